"""Faults on the real parts: killed builds, torn files, two builders, disks that cannot be written to.

The tests start real processes where a fault belongs to one: Chroma keeps its files open within a process.
"""

import ctypes
import errno
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time

import pytest

from ingest.errors import IndexBuildError
from ingest.index import open_index
from ingest.settings import load_settings
from tests.ingest.hashing import HashingEmbedding, copy_plan, nearest

EMBEDDING = HashingEmbedding()
PASSAGES = "47"  # of the small plan
QUESTION = "河长制：是指由各级党政负责人担任河长，负责组织领导相应河湖管理和保护的制度。2018年6月"
# What a process does that a test kills, starves or runs beside others: open the index and ask it.
OPEN = """
import sys
from pathlib import Path
from ingest.errors import JiwenError
from ingest.index import open_index
from ingest.settings import load_settings
from tests.ingest.hashing import HashingEmbedding, nearest
def tell(what, done, total):
    print(what, done, flush=True)
try:
    settings = load_settings(source=Path(sys.argv[1]), data=Path(sys.argv[2]))
    index = open_index(settings, HashingEmbedding(), progress={progress})
except JiwenError as error:
    sys.exit(str(error))
print("built" if index.built else "found", index.manifest["passages"], nearest(index, {question!r}))
"""


def script(progress=None):
    return OPEN.format(progress=progress, question=QUESTION)


@pytest.fixture
def settings(small_source, tmp_path):
    return load_settings(source=copy_plan(small_source, tmp_path / "plan"), data=tmp_path / "data")


@pytest.fixture
def opened(run_python, settings):
    """Open the index in a process of its own, with whatever befalls it."""

    def run(**options):
        return run_python("-c", script(), settings.source, settings.data, **options)

    return run


@pytest.fixture
def folder(settings):
    """The folder of a good index."""
    return settings.data / "indexes" / open_index(settings, EMBEDDING).manifest["fingerprint"]


def change(settings):
    text = settings.source.read_text(encoding="utf-8")
    settings.source.write_text(text.replace("５０万人", "６０万人"), encoding="utf-8")
    return text


def test_killed_build_leaves_the_last_good_index(settings):
    good = open_index(settings, EMBEDDING)
    before = change(settings)
    builder = subprocess.Popen(
        [sys.executable, "-c", script("tell"), settings.source, settings.data],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    for line in builder.stdout:
        if line.strip() == "写入向量库 0":
            builder.send_signal(signal.SIGKILL)
            break
    assert builder.wait(60) == -signal.SIGKILL
    builder.stdout.close()
    assert [path.name for path in settings.data.rglob("manifest.json")] == ["manifest.json"]

    settings.source.write_text(before, encoding="utf-8")
    last_good = open_index(settings, EMBEDDING)
    assert not last_good.built
    assert last_good.manifest == good.manifest
    assert nearest(last_good, QUESTION) == "term.1"
    change(settings)
    after = open_index(settings, EMBEDDING)
    assert after.built
    assert "新增就业60万人" in after.by_id["c03s01.p01"].text


def test_remains_of_killed_builds_are_cleared_away_in_time(settings):
    home = settings.data / "indexes"
    old, new = home / "building-1111-2222", home / "building-3333-4444"
    for path in (old, new):
        path.mkdir(parents=True)
        (path / "passages.jsonl").write_text("{}", encoding="utf-8")
    day_before = time.time() - 86_400
    os.utime(old, (day_before, day_before))
    open_index(settings, EMBEDDING)
    assert not old.exists()
    assert new.exists()  # another process may still be at work there


def tear(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scramble(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 3 :] = b"\xff" * (len(content) - len(content) // 3)
    path.write_bytes(bytes(content))


def remove(path):
    shutil.rmtree(path) if path.is_dir() else path.unlink()


TORN = [
    ("chroma-*", remove),
    ("chroma-*/chroma.sqlite3", remove),
    ("chroma-*/chroma.sqlite3", tear),
    ("chroma-*/chroma.sqlite3", scramble),
    ("chroma-*/*/data_level0.bin", remove),
    ("chroma-*/*/header.bin", tear),
    ("passages.jsonl", tear),
    ("passages.jsonl", scramble),
    ("phrases.json", remove),
    ("phrases.json", tear),
    ("questions.npy", remove),
    ("questions.npy", tear),
    ("questions.npy", scramble),
    ("unanswered.npy", remove),
    ("unanswered.npy", tear),
    ("lexical", remove),
    ("lexical/text", remove),
    ("lexical/state.json", tear),
    ("lexical/text/scores.npy", tear),
    ("manifest.json", tear),
]


@pytest.mark.parametrize(
    ("pattern", "damage"), TORN, ids=[f"{damage.__name__} {path}" for path, damage in TORN]
)
def test_torn_or_missing_file_is_told_and_mended(settings, pattern, damage, caplog):
    """Within one process, where Chroma would go on with the client it has for the path."""
    first = open_index(settings, EMBEDDING)
    folder = settings.data / "indexes" / first.manifest["fingerprint"]
    for path in list(folder.glob(pattern)):
        damage(path)
    again = open_index(settings, EMBEDDING)
    assert again.built
    assert nearest(again, QUESTION) == "term.1"
    assert "索引已损坏，正在重建" in caplog.text
    assert not open_index(settings, EMBEDDING).built


def test_torn_database_is_mended_by_the_next_process(folder, opened):
    scramble(next(folder.glob("chroma-*/chroma.sqlite3")))
    done = opened()
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("built")
    assert "索引已损坏，正在重建" in done.stderr


@pytest.mark.parametrize(
    "changed",
    [
        {"passages": 3},
        {"questions": 7},
        {"questions_sha256": "0" * 64},
        {"unanswered": 7},
        {"unanswered_sha256": "0" * 64},
        {"vectors": "chroma-gone"},
        {"files": {"gone.bin": 1}},
        {"files": None},
    ],
)
def test_manifest_of_another_version_is_no_index(settings, changed):
    first = open_index(settings, EMBEDDING)
    path = settings.data / "indexes" / first.manifest["fingerprint"] / "manifest.json"
    path.write_text(json.dumps(first.manifest | changed), encoding="utf-8")
    again = open_index(settings, EMBEDDING)
    assert again.built
    assert again.manifest["passages"] == first.manifest["passages"]
    assert nearest(again, QUESTION) == "term.1"


def test_manifest_without_its_keys_is_no_index(settings):
    first = open_index(settings, EMBEDDING)
    (settings.data / "indexes" / first.manifest["fingerprint"] / "manifest.json").write_text(
        "{}", encoding="utf-8"
    )
    assert open_index(settings, EMBEDDING).built


def test_two_processes_build_at_once(settings):
    arguments = [sys.executable, "-c", script(), settings.source, settings.data]
    builders = [
        subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
        for _ in range(2)
    ]
    outputs = [builder.communicate(timeout=120) for builder in builders]
    assert [builder.returncode for builder in builders] == [0, 0], outputs
    assert all(out.split()[1:] == [PASSAGES, "term.1"] for out, _ in outputs), outputs
    assert len(list((settings.data / "indexes").iterdir())) == 1
    assert not open_index(settings, EMBEDDING).built


def test_build_that_was_overtaken_takes_the_others_index(settings):
    class Overtaken(HashingEmbedding):
        def _get_text_embeddings(self, texts):
            open_index(settings, EMBEDDING)  # another builder is done while this one embeds
            return super()._get_text_embeddings(texts)

    slow = open_index(settings, Overtaken(model_name="hashing"), rebuild=False)
    assert nearest(slow, QUESTION) == "term.1"


def without_root_rights():
    """Take from a child process what lets root write anywhere."""
    if (
        os.geteuid() == 0 and ctypes.CDLL(None).prctl(24, 1, 0, 0, 0) != 0
    ):  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE
        os._exit(99)


def read_only(folder):
    for path in [folder, *folder.rglob("*")]:
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~0o222)


def writable(folder):
    for path in [folder, *folder.rglob("*")]:
        path.chmod(stat.S_IMODE(path.stat().st_mode) | 0o700)


needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="takes rights from root as Linux does")


@needs_linux
def test_read_only_data_folder_serves_the_good_index(folder, settings, opened):
    read_only(settings.data)
    try:
        done = opened(preexec_fn=without_root_rights)
    finally:
        writable(settings.data)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["found", PASSAGES, "term.1"]


@needs_linux
def test_read_only_data_folder_without_an_index_says_what_to_do(folder, settings, opened):
    change(settings)
    read_only(settings.data)
    try:
        done = opened(preexec_fn=without_root_rights)
    finally:
        writable(settings.data)
    assert done.returncode == 1
    assert "无法在" in done.stderr
    assert all(word in done.stderr for word in ("写入权限", "JIWEN_DATA", "原有索引未受影响"))
    assert "Traceback" not in done.stderr
    assert folder.exists()


def limit_file_size(size):
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files as Unix does")
def test_full_disk_says_what_to_do_and_spoils_nothing(folder, settings, opened):
    """Files that cannot grow stand for a full disk."""
    before = change(settings)
    done = opened(preexec_fn=lambda: limit_file_size(20_000))
    assert done.returncode == 1
    assert all(word in done.stderr for word in ("磁盘空间", "JIWEN_DATA", "原有索引未受影响"))
    assert "Traceback" not in done.stderr
    assert list((settings.data / "indexes").iterdir()) == [folder]
    settings.source.write_text(before, encoding="utf-8")
    assert not open_index(settings, EMBEDDING).built


@pytest.mark.parametrize("step", ["ingest.lexical.LexicalIndex.save", "ingest.index.TextNode.to_json"])
def test_disk_that_fills_up_later_says_what_to_do(folder, settings, monkeypatch, step):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    change(settings)
    monkeypatch.setattr(step, full)
    with pytest.raises(IndexBuildError, match=r"磁盘空间.*JIWEN_DATA.*原有索引未受影响"):
        open_index(settings, EMBEDDING)
    assert list((settings.data / "indexes").iterdir()) == [folder]


def test_data_folder_that_is_a_file_says_what_to_do(settings, tmp_path):
    (tmp_path / "data").write_text("", encoding="utf-8")
    with pytest.raises(IndexBuildError, match="JIWEN_DATA"):
        open_index(settings, EMBEDDING)


def test_clock_that_jumps_harms_no_index(settings):
    first = open_index(settings, EMBEDDING)
    folder = settings.data / "indexes" / first.manifest["fingerprint"]
    for moment in (0, time.time() + 10 * 365 * 86_400):
        os.utime(folder, (moment, moment))
        assert not open_index(settings, EMBEDDING).built
    change(settings)
    assert open_index(settings, EMBEDDING).built


def test_clock_that_jumps_while_another_builds_spoils_neither(
    settings, small_source, tmp_path, monkeypatch, caplog
):
    """The other's folder looks days old then; that it is being built is told by its lock."""
    other = load_settings(source=copy_plan(small_source, tmp_path / "other"), data=settings.data)
    change(other)
    now = time.time()

    def jump(what, done, total):
        if (what, done) == ("建立词语索引", 0):
            monkeypatch.setattr("time.time", lambda: now + 3 * 86_400)
            open_index(other, EMBEDDING)

    index = open_index(settings, EMBEDDING, progress=jump)
    assert index.built
    assert "已损坏" not in caplog.text
    assert nearest(index, QUESTION) == "term.1"
    assert len(list((settings.data / "indexes").iterdir())) == 2


def test_what_a_killed_build_left_is_cleared_away_with_its_lock(settings):
    home = settings.data / "indexes"
    remains = [home / "building-1111-2222", home / "building-1111-2222.lock"]
    remains[0].mkdir(parents=True)
    remains[1].write_text("")
    for path in remains:
        os.utime(path, (1, 1))
    open_index(settings, EMBEDDING)
    assert not any(path.exists() for path in remains)


def test_folder_that_lost_its_manifest_is_built_anew(settings):
    index = open_index(settings, EMBEDDING)
    folder = settings.data / "indexes" / index.manifest["fingerprint"]
    (folder / "manifest.json").unlink()
    again = open_index(settings, EMBEDDING)
    assert again.built
    assert nearest(again, QUESTION) == nearest(index, QUESTION)
    assert not open_index(settings, EMBEDDING).built
