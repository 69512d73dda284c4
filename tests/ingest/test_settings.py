"""Settings: from the environment, a `.env` file and flags, in that order of weight; errors in Chinese."""

from pathlib import Path

import pytest

from ingest import settings as settings_module
from ingest.errors import JiwenError, SettingsError
from ingest.settings import SHIPPED_SOURCE, Settings, load_settings


def test_defaults_need_no_environment():
    settings = load_settings()
    assert settings.source == SHIPPED_SOURCE
    assert settings.source.is_file()
    assert settings.host == "127.0.0.1"
    assert settings.port == 7860


def test_environment_is_read_and_flags_win(monkeypatch):
    monkeypatch.setenv("JIWEN_PORT", "8080")
    monkeypatch.setenv("JIWEN_DATA", "/somewhere")
    assert load_settings().port == 8080
    assert load_settings().data == Path("/somewhere")
    assert load_settings(port=9090, data=None).port == 9090
    assert load_settings(data=None).data == Path("/somewhere")


def test_env_file_weighs_less_than_the_environment(monkeypatch, tmp_path):
    file = tmp_path / ".env"
    file.write_text("JIWEN_PORT=8081\nJIWEN_MAX_HISTORY=3\nOTHER=1\n", encoding="utf-8")
    monkeypatch.setitem(Settings.model_config, "env_file", file)
    assert load_settings().port == 8081
    monkeypatch.setenv("JIWEN_PORT", "8082")
    assert (load_settings().port, load_settings().max_history) == (8082, 3)


def test_empty_variable_is_as_none(monkeypatch):
    monkeypatch.setenv("JIWEN_PORT", "")
    assert load_settings().port == 7860


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("port", "电话", ["JIWEN_PORT", "网页监听的端口", "'电话'", "应为整数"]),
        ("port", "0", ["JIWEN_PORT", "不小于 1"]),
        ("port", "70000", ["JIWEN_PORT", "'70000'", "不大于 65535"]),
        ("max_question", "3", ["JIWEN_MAX_QUESTION", "一个问题最多的字数", "不小于 10"]),
        ("concurrency", "1.5", ["JIWEN_CONCURRENCY", "同时回答的问题个数"]),
    ],
)
def test_wrong_value_is_named_with_what_is_allowed(monkeypatch, name, value, words):
    monkeypatch.setenv(f"JIWEN_{name.upper()}", value)
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert all(word in str(error.value) for word in words)


def test_every_wrong_value_is_named(monkeypatch):
    monkeypatch.setenv("JIWEN_PORT", "x")
    monkeypatch.setenv("JIWEN_CONCURRENCY", "0")
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert len(str(error.value).splitlines()) == 2


def test_wrong_flag_is_named():
    with pytest.raises(JiwenError, match="JIWEN_PORT"):
        load_settings(port="x")


def test_settings_do_not_change():
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1


def test_every_setting_is_described_in_chinese():
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert any("\u4e00" <= char <= "\u9fff" for char in field.description), name


def test_data_stays_in_the_clone_and_out_of_site_packages(monkeypatch, tmp_path):
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    monkeypatch.setattr(settings_module, "ROOT", tmp_path)
    assert load_settings().data == tmp_path / ".jiwen"
    (tmp_path / "pyproject.toml").unlink()
    assert tmp_path not in load_settings().data.parents
    assert Path.home() in load_settings().data.parents
