"""The library: many plans in one index, each of them as it would be with an index of its own."""

import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.scale import write_plans
from ingest.errors import IndexBuildError, SettingsError
from ingest.index import open_index
from ingest.library.build import _alone, build_library, library_folder, open_library
from ingest.library.catalogue import entry_of, read_notes
from ingest.library.title import owner_of, period_of
from ingest.library.words import WordStore, pairs
from ingest.place import place_of_words
from ingest.settings import load_settings
from ingest.terms import lexical_terms

KEYS = ["0001-岚原省-十四五", "0002-岚原省-十三五", "small-plan"]


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plans")
    write_plans(folder, range(1, 3), size=0.0)
    return folder


@pytest.fixture
def settings(sources, small_source, tmp_path):
    folder = shutil.copytree(sources, tmp_path / "plans")
    return load_settings(data=tmp_path / "data", plans=folder, source=small_source)


@pytest.fixture(scope="module")
def embedding(index):
    return index.embedding


@pytest.fixture(scope="module")
def library(sources, small_source, embedding, tmp_path_factory):
    settings = load_settings(data=tmp_path_factory.mktemp("data"), plans=sources, source=small_source)
    library, built = open_library(settings, embedding)
    assert sorted(built.changed) == KEYS
    yield library
    library.close()


FIVE = "国民经济和社会发展第十四个五年"


@pytest.mark.parametrize(
    ("title", "region", "level", "names", "period"),
    [
        (f"吉林省{FIVE}（2021—2025年）规划", "吉林省", "省", "吉林省 吉林", "十四五"),
        (f"北京市朝阳区{FIVE}规划纲要", "北京市朝阳区", "县", "北京市朝阳区 朝阳区 朝阳", "十四五"),
        ("长春市“十三五”交通运输发展规划", "长春市", "市", "长春市 长春", "十三五"),
        (f"内蒙古自治区{FIVE}规划", "内蒙古自治区", "省", "内蒙古自治区 内蒙古", "十四五"),
        (f"中华人民共和国{FIVE}规划", "中华人民共和国", "国家", "中华人民共和国 国家", "十四五"),
        (f"重庆市{FIVE}规划", "重庆市", "省", "重庆市 重庆", "十四五"),
    ],
)
def test_a_title_tells_whose_plan_it_is(title, region, level, names, period):
    owner = owner_of(title)
    assert (owner.region, owner.level, owner.names, period_of(title)) == (
        region,
        level,
        tuple(names.split()),
        period,
    )


def test_a_label_is_short_unless_the_plan_is_for_one_field():
    general = entry_of("a", "青河省国民经济和社会发展第十四个五年规划纲要")
    assert general.label == "《青河省“十四五”规划纲要》"
    assert entry_of("b", "青河省“十四五”交通运输发展规划").label == "《青河省“十四五”交通运输发展规划》"


def test_notes_go_before_the_title():
    entry = entry_of("a", "规划", {"region": "青河市", "names": ["河城"], "period": "十四五"})
    assert entry.names == ("青河市", "河城", "青河")
    assert entry.period == "十四五"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[a", "无法读取"),
        ("a = 1", "应为一节"),
        ("[a]\ntitel = 'x'", "没有“titel”这一项"),
        ("[a]\nnames = 'x'", "应为名称的列表"),
        ("[a]\nlevel = 3", "level 应为文字"),
    ],
)
def test_bad_notes_are_told(tmp_path, text, told):
    (tmp_path / "plans.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=told):
        read_notes(tmp_path)


def test_a_folder_that_is_not_there_is_told(settings, embedding, tmp_path):
    missing = settings.model_copy(update={"plans": tmp_path / "missing"})
    with pytest.raises(SettingsError, match="JIWEN_PLANS"):
        build_library(missing, embedding)


def test_a_plan_is_what_it_would_be_with_an_index_of_its_own(library, sources, embedding, tmp_path):
    key = KEYS[0]
    own = open_index(load_settings(data=tmp_path, source=sources / f"{key}.txt"), embedding)
    here = library.index(key)
    assert here.plan == own.plan
    assert [(n.node_id, n.text, n.metadata) for n in here.passages] == [
        (n.node_id, n.text, n.metadata) for n in own.passages
    ]
    terms = lexical_terms("怎样发展数字经济")
    for name, scores in own.lexical.scores(terms).items():
        assert np.allclose(here.lexical.scores(terms)[name], scores, atol=1e-5)
    query = embedding.get_query_embedding("怎样发展数字经济")
    theirs = own.collection.query(query_embeddings=[query], n_results=20, include=["distances"])
    ours = here.collection.cosines(query, len(here.passages))
    nearest = np.argsort(-ours, kind="stable")[:20]
    assert [here.passages[i].node_id for i in nearest] == theirs["ids"][0]
    assert np.allclose(1 - ours[nearest], theirs["distances"][0], atol=1e-4)
    assert len(here.questions) == len(own.questions) == 0


def test_questions_written_for_a_plan_come_with_it(settings, embedding):
    from ingest.passages import passage_fingerprint, plan_passages

    source = settings.plans / f"{KEYS[0]}.txt"
    node = next(n for n in plan_passages(source.read_text(encoding="utf-8")) if n.metadata["kind"] == "term")
    source.with_suffix(".questions.jsonl").write_text(
        f'{{"id": "{node.node_id}", "fingerprint": "{passage_fingerprint(node)}", '
        '"questions": ["这词啥意思"], "keywords": []}',
        encoding="utf-8",
    )
    library, _ = open_library(settings, embedding)
    index = library.index(KEYS[0])
    assert [question.text for question in index.written] == ["这词啥意思"]
    assert [index.passages[question.passage].node_id for question in index.written] == [node.node_id]
    query = embedding.get_query_embedding("这词啥意思")
    assert index.questions.cosines(query, 1) == pytest.approx([1], abs=1e-5)
    library.close()


def test_only_what_changed_is_built_again(settings, embedding):
    assert sorted(build_library(settings, embedding).changed) == KEYS
    assert sorted(build_library(settings, embedding).kept) == KEYS
    changed = settings.plans / f"{KEYS[0]}.txt"
    changed.write_text(changed.read_text(encoding="utf-8").replace("数字经济", "低空经济"), encoding="utf-8")
    (settings.plans / f"{KEYS[1]}.txt").unlink()
    built = build_library(settings, embedding)
    assert (built.changed, built.kept, built.removed) == ([KEYS[0]], [KEYS[2]], [KEYS[1]])
    library, _ = open_library(settings, embedding)
    assert {hit.plan for hit in library.words.holding(["低空经济"], None, 50)} == {KEYS[0]}
    assert not library.words.holding(["数字经济"], [KEYS[0]], 50)
    assert library.vectors.count() == sum(stored.passages for stored in library.stored.values())
    library.close()


def test_a_plan_that_cannot_be_read_keeps_no_other_out(settings, embedding):
    (settings.plans / "broken.txt").write_text("没有章节的文字", encoding="utf-8")
    built = build_library(settings, embedding)
    assert sorted(built.changed) == KEYS
    assert "不是可识别的规划文本" in built.failed["broken"]


def test_a_build_that_dies_leaves_the_last_good_one_and_is_taken_up_again(settings, embedding, monkeypatch):
    build_library(settings, embedding)
    changed = settings.plans / f"{KEYS[0]}.txt"
    before = changed.read_text(encoding="utf-8")
    changed.write_text(before.replace("数字经济", "低空经济"), encoding="utf-8")

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:  # after the vectors, before the catalogue
        patched.setattr(WordStore, "replace", die)
        with pytest.raises(KeyboardInterrupt):
            build_library(settings, embedding)
    from ingest.library.library import Library

    library = Library(library_folder(settings, embedding), embedding)
    total = sum(stored.passages for stored in library.stored.values())
    assert "数字经济" in library.index(KEYS[0]).plan.text
    assert library.vectors.count() > total  # both versions
    assert library.search("数字经济", ["数字经济"])[0].text.count("低空经济") == 0
    library.close()
    changed.write_text(before, encoding="utf-8")  # and now the change is given up
    assert build_library(settings, embedding).changed == []
    library = Library(library_folder(settings, embedding), embedding)
    assert library.vectors.count() == total
    library.close()


def test_vectors_that_are_lost_are_built_again(settings, embedding):
    build_library(settings, embedding)
    shutil.rmtree(library_folder(settings, embedding) / "chroma")
    # Chroma holds on to what it has once opened: as another process would, the library is moved.
    moved = settings.model_copy(update={"data": settings.data.with_name("moved")})
    settings.data.rename(moved.data)
    assert sorted(build_library(moved, embedding).changed) == KEYS


def test_two_builds_at_once_are_told(settings, embedding):
    build_library(settings, embedding)
    with (
        _alone(library_folder(settings, embedding)),
        pytest.raises(IndexBuildError, match="另一个程序正在建立规划库"),
    ):
        build_library(settings, embedding)


def test_a_torn_file_is_told(settings, embedding):
    build_library(settings, embedding)
    path = library_folder(settings, embedding) / "plans.sqlite3"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(IndexBuildError, match="--rebuild"):
        build_library(settings, embedding)
    assert sorted(build_library(settings, embedding, rebuild=True).changed) == KEYS


def test_a_phrase_is_found_wherever_it_stands_and_nowhere_else(library):
    texts = {
        (key, node.node_id): f"{node.metadata.get('title', '')} {node.metadata.get('lead', '')}\n{node.text}"
        for key in library.stored
        for node in library.index(key).passages
    }
    for phrase in ("现代化", "字经", "一河两岸", "2025"):
        standing = {
            place for place, text in texts.items() if phrase in text.replace("“", "").replace("”", "")
        }
        found = {(hit.plan, hit.passage_id) for hit in library.words.holding([phrase], None, 5000)}
        assert found == standing, phrase
        counted = library.words.counted([phrase], None)
        assert counted == {key: sum(plan == key for plan, _ in standing) for key in {p for p, _ in standing}}


def test_search_keeps_to_the_plans_that_are_asked_for(library):
    every = {hit.plan for hit in library.search("怎样发展经济", ["发展", "经济"])}
    assert len(every) > 1
    assert {hit.plan for hit in library.search("怎样发展经济", ["发展", "经济"], ["small-plan"])} == {
        "small-plan"
    }
    assert library.search("怎样发展经济", ["发展", "经济"], []) == []


def test_meaning_finds_what_words_do_not(library):
    assert library.words.ranked(["电脑"], ["small-plan"], 5) == []
    assert "数字" in library.search("电脑", ["电脑"], ["small-plan"])[0].text


def test_a_place_in_words_can_be_read_back(passages):
    for node in passages:
        where = place_of_words(node.metadata["place"])
        assert ",".join(map(str, where.pages)) == node.metadata["pages"]
        for name in ("chapter", "section", "box", "term"):
            assert getattr(where, name) == node.metadata.get(name), node.node_id
    with pytest.raises(ValueError, match="not a place"):
        place_of_words("第三章")


@given(st.text(alphabet="省市规划发展人民经济，。“”", min_size=2, max_size=30), st.data())
def test_the_pairs_of_a_part_stand_in_a_row_in_those_of_the_whole(text, data):
    start = data.draw(st.integers(0, len(text) - 2))
    part = text[start : data.draw(st.integers(start + 2, len(text)))].strip("，。“”")
    inner = pairs(part)
    if len(part) < 2 or any(char in "，。" for char in part):
        return
    whole = pairs(text)
    assert any(whole[i : i + len(inner)] == inner for i in range(len(whole)))
