"""Prompts: their places, their versions, and what goes into them."""

import pytest

from bot.llm.evidence import budget_for, chosen, numbered, plain
from ingest.tokens import count_tokens
from prompts import prompt

PLACES = {
    "answer": {"plan", "sentences", "refusal", "passages", "question"},
    "condense": {"plan", "history", "question"},
    "suggest": {"count", "passages", "question"},
    "enrich": {"count", "example", "place", "passage"},
    "refuse": set(),
}


@pytest.mark.parametrize("name", PLACES)
def test_each_prompt_has_the_places_that_the_program_fills(name):
    assert prompt(name).variables == PLACES[name]


@pytest.mark.parametrize(
    "given", [{}, {"history": ""}, {"plan": "", "history": "", "question": "", "more": ""}]
)
def test_a_place_too_few_or_too_many_is_an_error(given):
    with pytest.raises(ValueError, match="condense"):
        prompt("condense").filled(**given)


def test_what_is_put_in_is_not_searched_for_places():
    filled = prompt("condense").filled(plan="{question}", history="{plan}", question="{history}")
    assert "《{question}》" in filled.rules
    assert "{plan}" in filled.task


def test_a_prompt_that_is_not_there():
    with pytest.raises(KeyError):
        prompt("nothing")


def test_the_version_is_that_of_the_content(tmp_path, monkeypatch):
    import prompts

    monkeypatch.setattr(prompts, "_HERE", tmp_path)
    versions = []
    for text in ("规则\n---\n任务", "规则\n---\n任务", "规则\n---\n任务。"):
        (tmp_path / "one.md").write_text(text, encoding="utf-8")
        prompts.prompt.cache_clear()
        versions.append(prompt("one").version)
    prompts.prompt.cache_clear()
    assert versions[0] == versions[1] != versions[2]


class Model:
    class metadata:  # noqa: N801
        context_window = 1500
        num_output = 200


@pytest.mark.parametrize("window", [600, 1000, 1500, 4000])
def test_the_budget_holds_whole_passages_best_first(window, passages):
    Model.metadata.context_window = window
    asked = prompt("refuse")
    nodes = [node for node in passages if node.metadata["kind"] == "paragraph"][:20]
    budget = budget_for(Model, asked, count_tokens)
    sources = chosen(nodes, budget, count_tokens)
    assert [source.node for source in sources] == nodes[: len(sources)]
    assert count_tokens(numbered(sources)) <= window - 200
    for source in sources:
        assert plain(source.node.text) in numbered(sources)


def test_tables_headings_and_definitions_are_not_given(passages):
    sources = chosen(passages, 10**6, count_tokens)
    assert {source.node.metadata["kind"] for source in sources}.isdisjoint({"indicator", "outline", "term"})
