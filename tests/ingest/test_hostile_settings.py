"""Any value of any setting, and any questions file: good, or told by name in Chinese; no key is shown."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.enrichment import load_enrichment
from ingest.errors import JiwenError
from ingest.settings import Settings, load_settings
from tests.told import in_chinese, told

LIMITED = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=200)
SECRET = "sk-0123456789"
# What an environment can hold: no NUL, no half of a surrogate pair.
texts = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=30) | (
    st.sampled_from(
        (
            "",
            " ",
            "0",
            "-1",
            "1e9",
            "9" * 5000,
            "１２",
            "nan",
            "inf",
            "true",
            "{}",
            "[" * 5000,
            "\u202e8080",
            "8080\u200b",
        )
    )
)


@LIMITED
@given(name=st.sampled_from(sorted(Settings.model_fields)), value=texts)
def test_any_value_is_taken_or_told_with_its_name(monkeypatch, name, value):
    with monkeypatch.context() as patch:
        patch.setenv(f"JIWEN_{name.upper()}", value)
        said = told(load_settings)
    assert said is None or ("JIWEN_" in said and in_chinese(said))


@LIMITED
@given(values=st.dictionaries(st.sampled_from(sorted(Settings.model_fields)), texts, max_size=4))
def test_no_error_shows_a_secret(monkeypatch, values):
    secrets = {name for name in Settings.model_fields if name.endswith(("password", "key"))}
    with monkeypatch.context() as patch:
        for name, value in (values | dict.fromkeys(secrets, SECRET)).items():
            patch.setenv(f"JIWEN_{name.upper()}", value)
        shown = []
        shown.append(told(lambda: shown.append(repr(load_settings()))) or "")
    assert SECRET not in " ".join(shown)


@LIMITED
@given(content=st.binary(max_size=200))
def test_any_env_file_is_read_or_told(monkeypatch, tmp_path, content):
    file = tmp_path / ".env"
    file.write_bytes(b"JIWEN_PORT=8081\n" + content)
    monkeypatch.setitem(Settings.model_config, "env_file", file)
    said = told(load_settings)
    assert said is None or in_chinese(said)


@LIMITED
@given(
    content=st.binary(max_size=100) | st.sampled_from((b"[" * 100_000, b'{"id": 1}', b"9" * 5000, b"null"))
)
def test_any_questions_file_is_read_or_told(tmp_path, content):
    path = tmp_path / "plan.questions.jsonl"
    path.write_bytes(content)
    said = told(load_enrichment, path, [])
    assert said is None or path.name in said


@pytest.mark.parametrize("setting", ["data", "source"])
def test_path_that_no_system_takes_is_told(setting, tmp_path):
    from ingest.index import open_index

    given_ = {"data": tmp_path} | {setting: "a\0b"}
    with pytest.raises(JiwenError, match=f"JIWEN_{setting.upper()}"):
        open_index(load_settings(**given_))
