"""The locks against the known advisories, offline: nothing affected without a reason."""

import re
import sys
import tomllib

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from tests.conftest import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
KNOWN = tomllib.loads((ROOT / "docs" / "advisories.toml").read_text(encoding="utf-8"))
_LOCKED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ \\;]+)", re.MULTILINE)


def locked(name):
    return _LOCKED.findall((ROOT / name).read_text(encoding="utf-8"))


def affected(packages):
    """Advisories that the packages, (name, version) pairs, are affected by."""
    return [
        (advisory["id"], name, version)
        for advisory in KNOWN["advisory"]
        for name, version in packages
        if name == advisory["package"]
        and SpecifierSet(advisory["affected"]).contains(Version(version), prereleases=True)
    ]


@pytest.mark.parametrize("lock", LOCKS)
def test_no_locked_version_is_affected_without_a_reason(lock):
    because = {entry["id"]: entry.get("because") for entry in KNOWN["advisory"]}
    assert [found for found in affected(locked(lock)) if not because[found[0]]] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_been_looked_up(lock):
    assert sorted({name for name, _ in locked(lock)} - set(KNOWN["reviewed"]["packages"])) == []


def test_no_reason_and_no_review_outlives_its_package():
    packages = [pair for lock in LOCKS for pair in locked(lock)]
    needed = {id for id, _, _ in affected(packages)}
    assert [
        entry["id"] for entry in KNOWN["advisory"] if "because" in entry and entry["id"] not in needed
    ] == []
    assert sorted(set(KNOWN["reviewed"]["packages"]) - {name for name, _ in packages}) == []


def test_an_affected_version_would_be_found():
    assert affected([("gradio", "6.5.0"), ("nltk", "3.10.4")]) == [
        ("CVE-2026-28414", "gradio", "6.5.0"),
        ("CVE-2026-28416", "gradio", "6.5.0"),
    ]


def test_every_locked_file_has_its_hash():
    for lock in LOCKS:
        text = (ROOT / lock).read_text(encoding="utf-8")
        entries = re.split(r"^(?=[a-z0-9][a-z0-9._-]*==)", text, flags=re.MULTILINE)[1:]
        assert not [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]


def test_chromas_python_server_is_never_loaded(run_python, index_settings, index):
    """What its three open advisories need."""
    code = (
        "import sys; from pathlib import Path; from bot.engine import open_engine\n"
        "from ingest.settings import load_settings\n"
        "open_engine(load_settings(data=Path(sys.argv[1]))).ask('梨树模式是什么')\n"
        "import bot.web.server\n"
        "print([name for name in sys.modules if name.startswith(('chromadb.server', 'chromadb.app'))])"
    )
    done = run_python("-c", code, index_settings.data)
    assert done.stdout.strip() == "[]", done.stderr
    ours = [path for folder in ("bot", "eval", "ingest") for path in (ROOT / folder).rglob("*.py")]
    assert ours
    named = re.compile(r"chromadb\.(server|app)|trust_remote_code\s*=\s*True")
    assert not [str(path) for path in ours if named.search(path.read_text(encoding="utf-8"))]
    assert "chromadb.server" not in sys.modules
