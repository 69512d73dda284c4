"""The vectors in a real Chroma server: builders at once, a killed build, the server gone and back."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from ingest.errors import VectorServerError
from ingest.index import open_index
from ingest.settings import load_settings
from ingest.vector_server import PREFIX
from tests.chroma import ChromaServer
from tests.ingest.hashing import HashingEmbedding, copy_plan, nearest
from tests.ingest.test_faults import PASSAGES, QUESTION, change, script

EMBEDDING = HashingEmbedding()


@pytest.fixture(scope="module")
def chroma(tmp_path_factory):
    with ChromaServer(tmp_path_factory.mktemp("chroma")) as server:
        yield server


@pytest.fixture
def client(chroma):
    import chromadb

    client = chromadb.HttpClient("127.0.0.1", chroma.port)
    for collection in client.list_collections():
        client.delete_collection(collection.name)
    return client


@pytest.fixture
def settings(chroma, client, small_source, tmp_path):
    return load_settings(
        source=copy_plan(small_source, tmp_path / "plan"), data=tmp_path / "data", chroma=chroma.url
    )


def names(client):
    return sorted(collection.name for collection in client.list_collections())


def builder(settings, data, progress=None):
    return subprocess.Popen(
        [sys.executable, "-c", script(progress), settings.source, data],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "JIWEN_CHROMA": settings.chroma},
    )


def test_the_vectors_are_in_the_server_and_the_rest_in_the_data_folder(settings, client):
    index = open_index(settings, EMBEDDING)
    assert index.built
    assert nearest(index, QUESTION) == "term.1"
    assert names(client) == [index.manifest["vectors"] + "-passages"]
    assert not list(settings.data.rglob("chroma.sqlite3"))
    assert not open_index(settings, EMBEDDING).built


def test_another_machine_uses_the_vectors_that_are_there(settings, client, tmp_path):
    first = open_index(settings, EMBEDDING)
    second = open_index(settings.model_copy(update={"data": tmp_path / "other"}), EMBEDDING)
    assert second.built  # its own lexical index
    assert second.manifest["vectors"] == first.manifest["vectors"]
    assert len(names(client)) == 1


def test_two_processes_may_start_at_once(settings, client, tmp_path):
    builders = [builder(settings, tmp_path / f"data-{n}") for n in range(2)]
    outputs = [process.communicate(timeout=120)[0] for process in builders]
    assert [process.returncode for process in builders] == [0] * 2
    assert all(out.split()[1:] == [PASSAGES, "term.1"] for out in outputs), outputs
    assert len(names(client)) == 1


def test_a_killed_build_is_no_index_and_is_completed(settings, client):
    process = builder(settings, settings.data, "tell")
    for line in process.stdout:
        if line.strip() == "写入向量库 0":
            process.send_signal(signal.SIGKILL)
            break
    process.communicate(timeout=60)
    assert not list(settings.data.rglob("manifest.json"))
    index = open_index(settings, EMBEDDING)
    assert nearest(index, QUESTION) == "term.1"
    assert index.collection.count() == int(PASSAGES)


def test_rows_of_a_build_that_stopped_half_way_are_completed(settings, client):
    whole = open_index(settings, EMBEDDING)
    held = client.get_collection(whole.collection.name, embedding_function=None)
    held.delete(ids=held.get(limit=20)["ids"])
    held.modify(metadata={"source": settings.source.name, "made": 1})
    shutil.rmtree(settings.data / "indexes")
    index = open_index(settings, EMBEDDING)
    assert index.collection.count() == int(PASSAGES)
    assert index.manifest["vectors"] == whole.manifest["vectors"]


def test_a_rebuild_does_not_touch_what_others_use(settings, client):
    used = open_index(settings, EMBEDDING)
    rebuilt = open_index(settings, EMBEDDING, rebuild=True)
    assert rebuilt.manifest["vectors"] != used.manifest["vectors"]
    assert nearest(used, QUESTION) == nearest(rebuilt, QUESTION) == "term.1"


def test_the_last_index_before_is_kept_and_older_ones_go(settings, client):
    other = client.create_collection(
        f"{PREFIX}another-passages", metadata={"source": "another.txt", "made": 1, "whole": True}
    )
    for kind in ("-questions", "-passages"):  # of a version that kept the written questions there
        marks = {"source": settings.source.name, "made": 1, "whole": True}
        client.create_collection(f"{PREFIX}earlier{kind}", metadata=marks)
    made = [open_index(settings, EMBEDDING)]
    for text in ("６０万人", "７０万人"):
        old = settings.source.read_text(encoding="utf-8")
        settings.source.write_text(old.replace("５０万人", text).replace("６０万人", text), encoding="utf-8")
        made.append(open_index(settings, EMBEDDING))
    vectors = [index.manifest["vectors"] for index in made]
    assert len(set(vectors)) == 3
    kept = {name.rpartition("-")[0] for name in names(client)}
    assert kept == {*vectors[1:], other.name.rpartition("-")[0]}
    assert nearest(made[1], QUESTION) == "term.1"


def test_without_a_server_the_way_out_is_told_and_nothing_is_lost(settings, chroma):
    open_index(settings, EMBEDDING)
    manifest = next(settings.data.rglob("manifest.json")).read_text(encoding="utf-8")
    chroma.stop()
    try:
        with pytest.raises(VectorServerError, match="JIWEN_CHROMA"):
            open_index(settings, EMBEDDING)
        change(settings)
        with pytest.raises(VectorServerError, match=chroma.url):
            open_index(settings, EMBEDDING)
    finally:
        chroma.start()
    assert next(settings.data.rglob("manifest.json")).read_text(encoding="utf-8") == manifest
    assert open_index(settings, EMBEDDING).built


def test_a_server_that_is_gone_and_back_goes_on(settings, chroma):
    index = open_index(settings, EMBEDDING)
    assert index.collection.alive()
    chroma.stop()
    with pytest.raises(VectorServerError, match="没有应答"):
        nearest(index, QUESTION)
    index.collection._seen = float("-inf")  # as if the last answer were long ago
    assert not index.collection.alive()
    chroma.start()
    assert nearest(index, QUESTION) == "term.1"
    assert index.collection.alive()


def test_a_collection_that_somebody_removed_is_told_and_built_anew(settings, client):
    index = open_index(settings, EMBEDDING)
    client.delete_collection(index.collection.name)
    with pytest.raises(VectorServerError, match="找不到"):
        nearest(index, QUESTION)
    again = open_index(settings, EMBEDDING)
    assert again.built
    assert nearest(again, QUESTION) == "term.1"


def test_a_local_index_and_one_in_a_server_do_not_mix(settings, tmp_path):
    there = open_index(settings, EMBEDDING)
    here = open_index(settings.model_copy(update={"chroma": ""}), EMBEDDING)
    assert here.built
    assert here.manifest["fingerprint"] != there.manifest["fingerprint"]
    assert not open_index(settings, EMBEDDING).built
    assert json.loads(next(settings.data.rglob("*-server/manifest.json")).read_text(encoding="utf-8"))
