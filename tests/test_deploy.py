"""What docs/deploy.md and the files beside it say is so: settings, metrics, versions, addresses."""

import re
from pathlib import Path

import pytest
import yaml

from bot.web.loading import EngineLoader
from bot.web.service import Service
from ingest.service_settings import ServiceSettings
from ingest.settings import PREFIX, Settings, load_settings

DOCS = Path(__file__).resolve().parent.parent / "docs"
GUIDE = (DOCS / "deploy.md").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DOCS / "compose.yaml").read_text(encoding="utf-8"))
NGINX = (DOCS / "nginx.conf").read_text(encoding="utf-8")


def test_every_setting_that_is_named_exists_and_every_one_of_a_service_is_named():
    named = {name.lower() for name in re.findall(rf"{PREFIX}([A-Z_]+)", GUIDE)}
    assert named <= set(Settings.model_fields)
    assert set(ServiceSettings.__annotations__) <= named


@pytest.mark.parametrize("name", sorted(ServiceSettings.__annotations__))
def test_the_defaults_that_are_named_are_the_defaults(name):
    row = re.search(rf"^\| `{PREFIX}{name.upper()}` \| (\S+) \|", GUIDE, re.MULTILINE)
    assert row, name
    default = Settings.model_fields[name].default
    assert row.group(1) == (
        "空" if default == "" else f"{default:g}" if type(default) is float else str(default)
    )


def test_the_settings_of_the_compose_file_are_good(monkeypatch):
    for name, value in COMPOSE["services"]["app"]["environment"].items():
        assert name.removeprefix(PREFIX).lower() in Settings.model_fields, name
        monkeypatch.setenv(name, re.sub(r"\$\{.*\}", "", value))
    settings = load_settings()
    assert settings.rate > 0
    grace = float(COMPOSE["services"]["app"]["stop_grace_period"].removesuffix("s"))
    assert grace >= settings.stop_timeout + 5
    assert settings.proxies == COMPOSE["services"]["proxy"]["networks"]["inside"]["ipv4_address"]


def test_chroma_is_of_the_locked_version_and_not_open_to_the_outside():
    lock = (DOCS.parent / "requirements.lock").read_text(encoding="utf-8")
    chroma = COMPOSE["services"]["chroma"]
    assert re.search(r"^chromadb==(\S+)", lock, re.MULTILINE).group(1) == chroma["image"].partition(":")[2]
    assert "ports" not in chroma
    assert "ports" not in COMPOSE["services"]["app"]


def test_the_proxy_replaces_the_address_and_keeps_a_user_with_one_process():
    assert "ip_hash" in NGINX
    assert "proxy_buffering off" in NGINX
    assert "X-Forwarded-For $remote_addr" in NGINX
    assert "$proxy_add_x_forwarded_for" not in NGINX


def test_every_metric_that_is_named_exists_and_every_one_is_named(tmp_path):
    service = Service(EngineLoader(lambda report: None), Settings(data=tmp_path))
    there = set(re.findall(r"^# TYPE (\S+)", service.metrics(), re.MULTILINE))
    named = set(re.findall(r"\bjiwen_[a-z0-9_]+", GUIDE))
    assert {name.removesuffix("_bucket") for name in named} == there
