"""Names in questions: the index by bigrams finds what looking for every name finds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.names import NameIndex

CHARACTERS = st.text(alphabet="长白山梨树模式1a", max_size=9)


def share(names, asked):
    """The share of one passage's names, looked for one by one."""
    best = 0.0
    for name in names:
        if len(name) >= 3 and name in asked:
            return 1.0
        if len(name) >= 5:
            grams = {name[i : i + 2] for i in range(len(name) - 1)}
            best = max(best, 0.8 * sum(gram in asked for gram in grams) / len(grams))
    return best


@given(
    st.lists(st.lists(CHARACTERS, max_size=3), max_size=6), st.text(alphabet="长白山梨树模式1a", max_size=20)
)
def test_as_if_every_name_were_looked_for(names, asked):
    wanted = np.array([share(own, asked) for own in names], dtype=np.float32)
    assert np.array_equal(NameIndex(names).shares(asked), wanted)


def test_a_name_counts_whole_in_part_or_not():
    index = NameIndex([["梨树模式"], ["长白山人才工程"], ["梨树"], []])
    shares = index.shares("梨树模式与长白山人才")
    assert shares[0] == 1.0
    assert 0 < shares[1] < 0.8
    assert shares[2] == shares[3] == 0  # names of two characters are not looked for
