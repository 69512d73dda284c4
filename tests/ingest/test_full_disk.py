"""A disk that fills up or may not be written to, in earnest: file systems of the tests' own."""

import subprocess
import sys

import pytest

from ingest.settings import load_settings
from tests.conftest import ROOT
from tests.ingest.hashing import copy_plan
from tests.ingest.test_faults import PASSAGES, script
from tests.mounts import needs_mounts, on_small_disk, read_only_folder

pytestmark = needs_mounts

# Build, fill the disk up to some room, change the plan and build again, then go back to the plan before.
FILL = """
import os, sys
from pathlib import Path
from ingest.errors import IndexBuildError
from ingest.index import open_index
from ingest.settings import load_settings
from tests.ingest.hashing import HashingEmbedding, nearest
source, data, room = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
settings = load_settings(source=source, data=data)
before = source.read_text(encoding="utf-8")
first = open_index(settings, HashingEmbedding())
with open(data / "ballast", "wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(4096))
    except OSError:
        os.truncate(data / "ballast", file.tell() - room)
source.write_text(before.replace("５０万人", "６０万人"), encoding="utf-8")
try:
    open_index(settings, HashingEmbedding())
    print("built")
except IndexBuildError as error:
    print("told", error)
print("folders", len(list((data / "indexes").iterdir())))
source.write_text(before, encoding="utf-8")
again = open_index(settings, HashingEmbedding())
print("good", again.built, again.manifest == first.manifest, nearest(again, {question!r}))
os.remove(data / "ballast")
source.write_text(before.replace("５０万人", "６０万人"), encoding="utf-8")
print("room", open_index(settings, HashingEmbedding()).built)
"""


@pytest.fixture
def settings(small_source, tmp_path):
    (tmp_path / "data").mkdir()
    return load_settings(source=copy_plan(small_source, tmp_path / "plan"), data=tmp_path / "data")


def run(command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=180, check=False)


@pytest.mark.parametrize(
    "room", [200_000, *(pytest.param(room, marks=pytest.mark.slow) for room in (0, 20_000, 400_000))]
)
def test_full_disk_keeps_the_last_good_index_and_says_what_to_do(settings, room):
    from tests.ingest.test_faults import QUESTION

    code = FILL.replace("{question!r}", repr(QUESTION))
    done = run(
        on_small_disk(settings.data, "4m", sys.executable, "-c", code, settings.source, settings.data, room)
    )
    assert done.returncode == 0, done.stderr
    told, folders, good, room_again = done.stdout.splitlines()
    assert told.startswith("told"), told
    assert all(word in told for word in ("磁盘空间", "JIWEN_DATA", "原有索引未受影响"))
    assert folders == "folders 1"
    assert good == "good False True term.1"
    assert room_again == "room True"
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_read_only_disk_serves_the_good_index_and_cannot_build(settings):
    command = [sys.executable, "-c", script(), settings.source, settings.data]
    assert run(command).stdout.split() == ["built", PASSAGES, "term.1"]
    done = run(read_only_folder(settings.data, *command))
    assert done.stdout.split() == ["found", PASSAGES, "term.1"], done.stderr
    settings.source.write_text(
        settings.source.read_text(encoding="utf-8").replace("５０万人", "６０万人"), encoding="utf-8"
    )
    done = run(read_only_folder(settings.data, *command))
    assert done.returncode == 1
    assert all(word in done.stderr for word in ("无法在", "JIWEN_DATA", "原有索引未受影响"))
    assert "Traceback" not in done.stderr
