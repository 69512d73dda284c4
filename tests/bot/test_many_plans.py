"""Asking many plans: routed, compared, surveyed; every quotation stands in the plan that it names."""

import json

import pytest

from bot.cli import answer_lines, main
from bot.engine import Engine
from bot.plans.engine import MOST_SIDES, LibraryEngine
from bot.plans.pool import EnginePool
from eval.scale import write_plans
from ingest.errors import SettingsError
from ingest.index import open_index
from ingest.library.build import open_library
from ingest.settings import load_settings

FOREST = "森林覆盖率目标是多少"
EDITION_14, EDITION_13, OTHER = "0001-岚原省-十四五", "0002-岚原省-十三五", "0003-沐岭省-十四五"


@pytest.fixture(scope="module")
def settings(small_source, tmp_path_factory):
    """Three invented plans beside the small one, which is the home plan."""
    folder = tmp_path_factory.mktemp("plans")
    write_plans(folder, range(1, 4), size=0.0)
    return load_settings(
        data=tmp_path_factory.mktemp("data"), plans=folder, source=small_source, open_plans=2
    )


@pytest.fixture(scope="module")
def home(settings, index):
    return Engine(open_index(settings, index.embedding), settings)


@pytest.fixture(scope="module")
def many(home, settings, index):
    library, _ = open_library(settings, index.embedding)
    yield LibraryEngine(home, library)
    library.close()


@pytest.fixture(scope="module")
def ask(many):
    """Ask; whatever else a test is about, each quotation must stand at its span in the plan it names."""

    def asked(question, history=(), plan=""):
        answer = many.ask(question, history, plan)
        for number, citation in enumerate(answer.citations, 1):
            assert citation.n == number
            assert f"[{number}]" in answer.text
            text = many.engine_of(citation.plan or "small-plan").index.plan.text
            assert text[citation.start : citation.end].replace("\n", "") == citation.quote
            assert citation.place.startswith("《") == bool(citation.plan)
        return answer

    return asked


@pytest.mark.parametrize(
    "question", [FOREST, "青河省怎样扩大就业", "河长制是什么", "你好", "", "明天天气怎么样"]
)
def test_a_question_for_the_home_plan_is_answered_as_if_it_were_the_only_one(many, home, question):
    ours, theirs = many.ask(question), home.ask(question)
    assert (ours.text, ours.status, ours.citations) == (theirs.text, theirs.status, theirs.citations)


def test_another_plan_answers_as_it_would_alone(many, settings, index, tmp_path):
    alone = settings.model_copy(
        update={"source": settings.plans / f"{EDITION_14}.txt", "data": tmp_path, "plans": None}
    )
    engine = Engine(open_index(alone, index.embedding), alone)
    for question in (FOREST, "怎样发展数字经济", "主要指标有哪些约束性的"):
        ours, theirs = many.ask(f"岚原省{question}"), engine.ask(question)
        assert ours.status == theirs.status
        assert ours.text.endswith(theirs.text)
        assert [(c.passage_id, c.quote) for c in ours.citations] == [
            (c.passage_id, c.quote) for c in theirs.citations
        ]


def test_an_answer_names_the_plan_it_is_from(ask):
    answer = ask(f"岚原省{FOREST}")
    assert answer.status == "answered"
    assert answer.text.startswith("据《岚原省“十四五”规划纲要》：")
    assert {citation.plan for citation in answer.citations} == {EDITION_14}
    assert answer.citations[0].place.startswith("《岚原省“十四五”规划纲要》第一章")
    assert answer.to_json()["citations"][0]["plan"] == EDITION_14


def test_the_table_of_another_period_has_its_own_years(ask):
    answer = ask(f"岚原省十三五规划的{FOREST}")
    assert {citation.plan for citation in answer.citations} == {EDITION_13}
    assert "2020年目标" in answer.text
    assert "2015年预计" in answer.text
    assert "2025" not in answer.text
    assert "2015年预计）" in ask("岚原省十三五规划2015年的森林覆盖率是多少").text


def test_a_comparison_asks_both_and_numbers_the_marks_through(ask, many):
    answer = ask("岚原省和沐岭省的森林覆盖率目标有什么不同？")
    assert answer.status == "answered"
    assert [c.plan for c in answer.citations] == sorted(c.plan for c in answer.citations)
    assert {c.plan for c in answer.citations} == {EDITION_14, OTHER}
    values = [many.ask(FOREST, plan=key).value for key in (EDITION_14, OTHER)]
    assert all(value in answer.text for value in values)
    assert "个百分点" in answer.text or "两者相同" in answer.text


def test_two_editions_are_compared(ask):
    answer = ask("岚原省十四五规划和十三五规划的森林覆盖率目标有什么区别")
    assert {c.plan for c in answer.citations} == {EDITION_14, EDITION_13}


def test_one_side_that_says_nothing_makes_a_part_of_an_answer(ask):
    answer = ask("青河省和岚原省的河长制有什么不同")
    assert answer.status == "partial"
    assert {c.plan for c in answer.citations} == {"small-plan"}


def test_too_many_sides_are_told(many, monkeypatch):
    monkeypatch.setattr("bot.plans.engine.MOST_SIDES", 1)
    answer = many.ask("岚原省和沐岭省的森林覆盖率目标有什么不同？")
    assert answer.status == "invalid"
    assert "最多比较1份" in answer.text
    assert MOST_SIDES > 2


def test_which_plans_speak_of_something(ask, many):
    answer = ask("哪些规划提到现代化？")
    assert answer.status == "answered"
    texts = {key: many.engine_of(key).index.plan.text for key in many.library.stored}
    said = [key for key, text in texts.items() if "现代化" in text]
    assert f"**{len(said)}份**" in answer.text
    assert {c.plan for c in answer.citations} <= set(said)
    assert all("现代化" in c.quote for c in answer.citations)
    assert {c.plan for c in ask("哪些十三五规划提到现代化？").citations} == {EDITION_13}


def test_what_no_plan_says_is_said_to_be_in_none(ask):
    answer = ask("哪些规划提到火星移民基地？")
    assert answer.status == "not_in_plan"
    assert not answer.citations


def test_a_follow_up_stays_with_its_plan(ask):
    before = f"岚原省2025年{FOREST}"
    assert {c.plan for c in ask("那城镇化率呢？", [before]).citations} == {EDITION_14}
    assert {c.plan for c in ask("那沐岭省呢？", [before]).citations} == {OTHER}
    assert "森林覆盖率" in ask("那沐岭省呢？", [before]).text
    home = ask("青河省的河长制是什么", [before])
    assert {c.plan for c in home.citations} == {""}


def test_a_plan_may_be_chosen(ask, many):
    for name in (EDITION_14, "岚原省", "《岚原省“十四五”规划纲要》"):
        assert {c.plan for c in ask(FOREST, plan=name).citations} == {EDITION_14}
    assert many.plan("岚原省十三五规划").key == EDITION_13
    unknown = ask(FOREST, plan="不存在省")
    assert unknown.status == "invalid"
    assert EDITION_14 in unknown.text
    with pytest.raises(SettingsError, match="没有名为"):
        many.plan("不存在省")


@pytest.mark.parametrize("question", [None, 3, "", "岚原省" * 200, "岚原省", "岚原省？", "和岚原省和"])
def test_a_bad_question_is_answered_all_the_same(many, question):
    assert many.ask(question).status in ("invalid", "not_in_plan", "out_of_scope", "answered")


def test_no_more_engines_stay_open_than_the_settings_say(many):
    for key in (EDITION_14, EDITION_13, OTHER):
        many.ask(FOREST, plan=key)
    assert many._pool.open_keys == (EDITION_13, OTHER)


def test_an_engine_is_opened_once_for_two_questions_at_a_time():
    import threading

    opened, go = [], threading.Event()

    def open_(key):
        opened.append(key)
        go.wait(5)
        return key

    pool = EnginePool(open_, 2)
    got = []
    threads = [threading.Thread(target=lambda: got.append(pool.get("a"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    go.set()
    for thread in threads:
        thread.join()
    assert opened == ["a"]
    assert got == ["a"] * 4


def test_lines_may_name_their_plan(many):
    lines = [
        json.dumps({"id": 1, "question": FOREST, "plan": "沐岭省"}),
        '{"id": 2, "question": "x", "plan": 3}',
    ]
    first, second = answer_lines(many, lines)
    assert {citation["plan"] for citation in first["citations"]} == {OTHER}
    assert second["status"] == "invalid"


def test_the_command_line_asks_and_lists_plans(settings, capsys):
    where = ["--source", str(settings.source), "--data", str(settings.data), "--plans", str(settings.plans)]
    assert main(["ask", *where, "--plan", "沐岭省", FOREST]) == 0
    assert "《沐岭省“十四五”规划纲要》" in capsys.readouterr().out
    assert main(["plans", *where]) == 0
    assert EDITION_13 in capsys.readouterr().out
    assert main(["plans", *where, "现代化"]) == 0
    assert "提到“现代化”" in capsys.readouterr().out
    single = where[:4]
    assert main(["plans", *single]) == 1
    assert "JIWEN_PLANS" in capsys.readouterr().err
    assert main(["ask", *single, "--plan", "沐岭省", FOREST]) == 1
    assert "JIWEN_PLANS" in capsys.readouterr().out
