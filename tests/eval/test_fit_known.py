"""Training questions as the index knows them: at the sentence with the fact, never near what measures."""

import json

import pytest

from eval.fit import TrainingQuestion
from eval.fit_known import held_out_indexes, write_training
from ingest.enrichment import enrichment_path, load_enrichment
from ingest.passages import passage_fingerprint, plan_passages
from ingest.settings import load_settings
from ingest.unanswered import load_unanswered, unanswered_path
from tests.ingest.hashing import copy_plan


@pytest.fixture
def settings(small_source, tmp_path):
    return load_settings(source=copy_plan(small_source, tmp_path / "plan"), data=tmp_path / "data")


@pytest.fixture
def raw(settings):
    return settings.source.read_text(encoding="utf-8")


@pytest.fixture
def node(raw):
    return next(node for node in plan_passages(raw) if node.text.count("。") > 1)


def known(settings, node):
    found = load_enrichment(enrichment_path(settings.source), [node])
    return found[node.node_id] if found else None


def fact_of(node):
    second = node.text[node.text.index("。") + 1 :].strip()
    return second[:8]


def test_question_stands_at_the_sentence_that_holds_its_fact(settings, raw, node):
    question = TrainingQuestion("1", "这事谁来管", (node.node_id,), ((fact_of(node),),), "a")
    assert write_training(settings.source, raw, [question], []) == (1, 0)
    entry = known(settings, node)
    assert entry.questions == ()
    ((start, asked),) = entry.sentences
    assert asked == ("这事谁来管",)
    assert fact_of(node) in node.text[node.text.index(start) :][:60]
    assert node.text.index(start) > 0


def test_question_without_facts_stands_at_the_passage(settings, raw, node):
    write_training(settings.source, raw, [TrainingQuestion("1", "这事谁来管", (node.node_id,))], [])
    assert known(settings, node).questions == ("这事谁来管",)


def test_written_questions_stay_and_known_ones_are_replaced(settings, raw, node):
    written = {
        "id": node.node_id,
        "fingerprint": passage_fingerprint(node),
        "questions": ["写好的问句"],
        "keywords": ["词"],
    }
    path = enrichment_path(settings.source)
    path.write_text(json.dumps(written, ensure_ascii=False) + "\n", encoding="utf-8")
    for text in ("头一回的", "第二回的"):
        write_training(settings.source, raw, [TrainingQuestion("1", text, (node.node_id,))], [])
    assert known(settings, node).questions == ("写好的问句", "第二回的")
    write_training(settings.source, raw, [], [])
    assert path.read_text(encoding="utf-8") == json.dumps(written, ensure_ascii=False) + "\n"


def test_what_the_plan_does_not_answer_is_listed(settings, raw):
    questions = [TrainingQuestion("1", "去年修了几座桥", ()), TrainingQuestion("2", "去年修了几座桥", ())]
    assert write_training(settings.source, raw, questions, []) == (0, 1)
    assert load_unanswered(unanswered_path(settings.source)) == ("去年修了几座桥",)


def test_near_copies_of_what_measures_stay_out(settings, raw, node):
    questions = [
        TrainingQuestion("1", "去年一共修了几座桥？", ()),
        TrainingQuestion("2", "村里修桥的钱谁出", (node.node_id,)),
        TrainingQuestion("3", "河长归谁管", ()),
    ]
    measured = ["去年修了几座桥", "村里修桥的钱，谁出"]
    assert write_training(settings.source, raw, questions, measured) == (0, 1)
    assert load_unanswered(unanswered_path(settings.source)) == ("河长归谁管",)


def test_no_index_knows_the_questions_it_is_asked(settings, node, tmp_path):
    questions = [
        TrainingQuestion("1", "甲问这事谁管", (node.node_id,), (), "a"),
        TrainingQuestion("2", "甲问没有的事", (), (), "a"),
        TrainingQuestion("3", "乙说的另外一件", (node.node_id,), (), "b"),
        TrainingQuestion("4", "乙问哪有这个", (), (), "b"),
    ]
    folder = tmp_path / "folds"
    folder.mkdir()
    found = held_out_indexes(settings, questions, [], folder, folds=2)
    assert sorted(entry.id for _, left in found for entry in left) == ["1", "2", "3", "4"]
    for index, left in found:
        (author,) = {entry.author for entry in left}
        own = {entry.question for entry in questions if entry.author == author}
        others = {entry.question for entry in questions if entry.author != author and entry.passages}
        asked = {question.text for question in index.written}
        assert not asked & own
        assert others <= asked
        assert index.manifest["unanswered"] == 1
    assert not enrichment_path(settings.source).exists()  # what is shipped is as it was
