"""Fixed wording: every text can be loaded by name, with its variables checked."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prompts
from prompts import fill, section, wording

FOLDER = Path(prompts.__file__).resolve().parent
TEXTS = [
    (f"{name}.{key}", text)
    for path in sorted(FOLDER.glob("*.toml"))
    for name, named in tomllib.loads(path.read_text(encoding="utf-8")).items()
    for key, text in named.items()
]


def variables(text):
    return set(re.findall(r"\{([a-z_]+)\}", text))


@pytest.mark.parametrize(("name", "text"), TEXTS, ids=[name for name, _ in TEXTS])
def test_every_wording_is_filled(name, text):
    assert isinstance(text, str)
    assert text.strip()
    filled = wording(name, **{variable: "…" for variable in variables(text)})
    assert not variables(filled)


def test_no_name_is_given_twice():
    names = [name for name, _ in TEXTS]
    assert len(names) == len(set(names))


def test_braces_belong_to_variables():
    for name, text in TEXTS:
        assert text.count("{") == text.count("}") == len(re.findall(r"\{[a-z_]+\}", text)), name


def test_unknown_name():
    with pytest.raises(KeyError, match="no_such"):
        wording("no_such.text")
    with pytest.raises(KeyError, match="no_such"):
        section("no_such")


@pytest.mark.parametrize("given_variables", [{}, {"length": 1}, {"length": 1, "limit": 2, "more": 3}])
def test_missing_or_surplus_variable_is_told(given_variables):
    with pytest.raises(ValueError, match=r"invalid\.too_long"):
        wording("invalid.too_long", **given_variables)


def test_values_are_put_in_as_they_are():
    text = wording("invalid.too_long", length=412, limit=300)
    assert "412" in text
    assert "300" in text


def test_section_gives_its_texts():
    name = TEXTS[0][0].partition(".")[0]
    assert section(name) == {key.partition(".")[2]: text for key, text in TEXTS if key.startswith(f"{name}.")}


@given(st.text(), st.text("{}abc"))
def test_value_is_never_read_as_a_template(before, value):
    """What a user typed may hold braces; it is put in word for word, once."""
    text = before.replace("{", "").replace("}", "")
    assert fill(text + "{value}", "test", value=value) == text + value
