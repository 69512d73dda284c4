"""Which citations are at an acceptable place, and which passages a right answer rests on."""

import pytest

from eval.places import Passage, gold_passages, is_at, place_of, relabel, right_citation
from eval.records import Place

BOX = Place(chapter=5, section=2, box=16, pages=(46, 47))


@pytest.mark.parametrize(
    ("found", "wanted", "same"),
    [
        (Place(10, 1, pages=(88,)), Place(10, 1, pages=(88,)), True),
        (Place(10, 1, pages=(87,)), Place(10, 1, pages=(88,)), True),  # section agrees, on another page
        (Place(10, 2, pages=(89,)), Place(10, 1, pages=(88,)), False),
        (Place(10, 2, pages=(88,)), Place(10, 1, pages=(88,)), True),  # the same page, no box in either
        (Place(11, 1, pages=(88,)), Place(10, 1, pages=(88,)), False),
        (Place(5, 2, 16, pages=(47,)), BOX, True),
        (Place(5, 2, 17, pages=(47,)), BOX, False),
        (Place(5, 2, pages=(47,)), BOX, False),
        (Place(5, 2, 16, pages=(47,)), Place(5, 2, pages=(46,)), True),  # a box of the named section
        (Place(5, 3, 16, pages=(47,)), Place(5, 2, pages=(47,)), False),
        (Place(term=17, pages=(139,)), Place(term=17, pages=(139,)), True),
        (Place(term=18, pages=(139,)), Place(term=17, pages=(139,)), False),
        (Place(1, 4, indicator=18, pages=(10,)), Place(1, 4, indicator=18, pages=(10,)), True),
        (Place(1, 4, indicator=17, pages=(10,)), Place(1, 4, indicator=18, pages=(10,)), False),
        (
            Place(12, None, pages=(100,)),
            Place(12, 0, pages=(100,)),
            True,
        ),  # a chapter's heading is its introduction
        (Place(12, 3, pages=(103,)), Place(12, pages=(100,)), True),  # the whole chapter
        (Place(pages=(3,)), Place(pages=(3, 4)), True),  # the preamble has only pages
        (Place(pages=(5,)), Place(pages=(3, 4)), False),
    ],
)
def test_is_at(found, wanted, same):
    assert is_at(found, wanted) is same


def test_an_indicator_is_told_by_its_passage(cite, make_record):
    assert place_of(cite("ind.18")).indicator == 18
    assert right_citation(cite("ind.18"), make_record())
    assert not right_citation(cite("ind.17"), make_record())


def test_gold_passages_are_those_with_the_facts(make_record, own_passages):
    section = Place(10, 1, pages=tuple(range(84, 92)))
    record = make_record(facts=(("2025年",), ("45.8%",)), places=(section,))
    gold = gold_passages(record, own_passages.values())
    assert len(gold) == 1
    assert "45.8%" in gold[0].text


def test_all_items_of_a_list_are_gold(make_record, own_passages, plan):
    chapter, section, box = next(found for found in plan.boxes() if found[2].number == 16)
    facts = tuple((item.name,) for item in box.items)
    record = make_record(facts=facts, places=(Place(chapter.number, section.number, 16),))
    gold = gold_passages(record, own_passages.values())
    assert len(gold) == len(box.items)


def test_a_place_without_facts_counts_whole_only_if_no_place_has_them(make_record, own_passages):
    term, elsewhere = Place(term=17), Place(10, 1)
    fact = own_passages["term.17"].text[10:20]
    assert [
        p.id
        for p in gold_passages(make_record(facts=((fact,),), places=(term, elsewhere)), own_passages.values())
    ] == ["term.17"]
    nowhere = gold_passages(make_record(facts=(("没有这样的话",),), places=(term,)), own_passages.values())
    assert [passage.id for passage in nowhere] == ["term.17"]


def test_chunks_go_under_the_ids_of_the_passages_they_cover():
    gold = [Passage("a", "", 100, 200, Place()), Passage("b", "", 200, 220, Place())]
    chunks = [
        Passage("far", "", 0, 120, Place()),
        Passage("both", "", 140, 300, Place()),
        Passage("again", "", 140, 300, Place()),
    ]
    assert relabel(chunks, gold) == ["far", "a", "b", "again"]
    assert relabel(gold, gold) == ["a", "b"]
