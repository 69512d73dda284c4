"""The inverted index of values gives what looking at every passage would."""

from hypothesis import given
from hypothesis import strategies as st

from bot.holders import Holders, JoinedTexts

VALUES = st.sampled_from("甲乙丙丁")


@given(st.lists(st.sets(VALUES), max_size=6), st.lists(VALUES, max_size=4))
def test_who_holds_what(held, wanted):
    holders = Holders(held)
    assert holders.any.tolist() == [bool(values) for values in held]
    assert holders.any_of(wanted).tolist() == [any(value in values for value in wanted) for values in held]
    assert holders.count_of(wanted).tolist() == [sum(value in values for value in wanted) for values in held]


@given(st.lists(st.text("甲乙", max_size=5), max_size=6), st.text("甲乙", min_size=1, max_size=3))
def test_in_which_texts_a_word_stands(texts, word):
    assert JoinedTexts(texts).holding(word) == [i for i, text in enumerate(texts) if word in text]
