"""What all tests share: no network, no setting from outside, the plan and one index read once."""

import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data"
_GUARD = ROOT / "tests" / "network_guard"
_LOG = "JIWEN_TEST_NETWORK_LOG"

# Before anything that reads them is imported: offline libraries, and the guard here and in child processes.
_log_handle, _log_path = tempfile.mkstemp(prefix="jiwen-network-")
os.close(_log_handle)
_llama_index = find_spec("llama_index.core")
os.environ |= {
    _LOG: _log_path,
    "PYTHONPATH": os.pathsep.join(filter(None, [str(_GUARD), str(ROOT), os.environ.get("PYTHONPATH")])),
    "TIKTOKEN_CACHE_DIR": str(Path(_llama_index.origin).parent / "_static" / "tiktoken_cache"),
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "ANONYMIZED_TELEMETRY": "False",
    "TMPDIR": tempfile.gettempdir(),  # else a command run here would move it into its data folder
}
sys.path.insert(0, str(_GUARD))
import sitecustomize  # noqa: E402

if Path(sitecustomize.__file__).parent != _GUARD:  # the interpreter has one of its own, imported at its start
    from importlib.util import module_from_spec, spec_from_file_location

    _spec = spec_from_file_location("network_guard", _GUARD / "sitecustomize.py")
    sitecustomize = module_from_spec(_spec)
    _spec.loader.exec_module(sitecustomize)
BlockedConnectionError = sitecustomize.BlockedConnectionError

# The same examples in every run; HYPOTHESIS_PROFILE=search draws many new ones. No test depends on time.
hypothesis.settings.register_profile("same", deadline=None, max_examples=80, derandomize=True, database=None)
hypothesis.settings.register_profile("search", deadline=None, max_examples=3000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


class Network:
    """What the guard stopped since the test began; `clear` is for the tests of the guard itself."""

    def __init__(self):
        self.clear()

    def clear(self):
        self._seen = os.path.getsize(_log_path)

    @property
    def blocked(self):
        with open(_log_path, encoding="utf-8") as file:
            file.seek(self._seen)
            return file.read().splitlines()


@pytest.fixture(autouse=True)
def network():
    """Fail the test that tried to leave the machine, in its own process or in one it started."""
    network = Network()
    yield network
    assert not network.blocked, "connections outside loopback"


def pytest_sessionfinish():
    Path(_log_path).unlink(missing_ok=True)


@pytest.fixture(autouse=True, scope="session")
def no_settings_from_outside():
    """Neither the developer's environment nor a `.env` beside the code changes what is tested."""
    from ingest.settings import PREFIX, Settings

    for name in Settings.model_fields:
        os.environ.pop(f"{PREFIX}{name.upper()}", None)
    before = Settings.model_config.get("env_file")
    Settings.model_config["env_file"] = None
    yield
    Settings.model_config["env_file"] = before


@pytest.fixture
def run_python(tmp_path):
    """Run Python with these arguments, as a user would, in an empty folder; the result has text outputs."""

    def run(*arguments, timeout=120, **options):
        environment = os.environ | {"PYTHONIOENCODING": "utf-8"} | options.pop("env", {})
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=options.pop("cwd", tmp_path),
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
            **options,
        )

    return run


@pytest.fixture(scope="session")
def raw():
    """The shipped plan's text as extracted."""
    from ingest.settings import SHIPPED_SOURCE

    return SHIPPED_SOURCE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def plan(raw):
    """The shipped plan as read."""
    from ingest.reader import read_plan

    return read_plan(raw)


@pytest.fixture(scope="session")
def passages(raw):
    """The shipped plan's passages."""
    from ingest.passages import plan_passages

    return tuple(plan_passages(raw))


@pytest.fixture(scope="session")
def small_source():
    """A second, small plan in the same conventions, about a province that does not exist."""
    return DATA / "small-plan.txt"


@pytest.fixture(scope="session")
def index_settings(tmp_path_factory):
    """Settings whose data folder is the session's own."""
    from ingest.settings import load_settings

    return load_settings(data=tmp_path_factory.mktemp("index"))


@pytest.fixture(scope="session")
def index(index_settings):
    """The shipped plan's index with the shipped encoder, built once."""
    from ingest.index import open_index

    return open_index(index_settings)
