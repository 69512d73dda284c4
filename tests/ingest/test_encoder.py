"""The shipped encoder: what its vectors promise, and what it needs to make them."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ingest.encoder import JiwenEmbedding, StaticModel, late_interaction
from ingest.encoder.embedding import SHIPPED
from ingest.encoder.model import WEIGHTS

TEXTS = [
    "完善基本养老保险制度，落实渐进式延迟退休年龄政策。",
    "加快建设高速公路和轨道交通。",
    "",
    "2025年达到45.8%",
    "a" * 20_000 + "农村公路" * 5_000,
]


@pytest.fixture(scope="module")
def encoder():
    return JiwenEmbedding()


@pytest.fixture
def copied(tmp_path):
    folder = tmp_path / "weights"
    shutil.copytree(SHIPPED, folder)
    return folder


def cosine(encoder, question, text):
    return float(np.dot(encoder.get_query_embedding(question), encoder.get_text_embedding(text)))


@pytest.mark.parametrize("text", TEXTS, ids=["sentence", "short", "empty", "numbers", "long"])
def test_vectors_are_finite_and_of_length_one(encoder, text):
    for vector in (encoder.get_query_embedding(text), encoder.get_text_embedding(text)):
        assert np.isfinite(vector).all()
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    "text", ["，。！？", "\U00020000", "\n \t"], ids=["marks", "unknown character", "blank"]
)
def test_text_without_a_known_token_gets_the_vector_of_the_empty_text(encoder, text):
    assert encoder.get_text_embedding(text) == encoder.get_text_embedding("")


def test_a_batch_equals_its_texts_one_by_one(encoder):
    single = [encoder.get_text_embedding(text) for text in TEXTS]
    np.testing.assert_allclose(encoder.get_text_embedding_batch(TEXTS), single, atol=1e-6)


def test_another_encoder_gives_the_same_vectors(encoder):
    assert JiwenEmbedding().get_query_embedding(TEXTS[0]) == encoder.get_query_embedding(TEXTS[0])


@pytest.mark.parametrize("text", ["", "养老服务", *TEXTS])
def test_the_short_way_gives_the_same_vector(encoder, text):
    assert encoder.query_vector(text).tolist() == encoder.get_query_embedding(text)


async def _ask(encoder, text):
    return await encoder.aget_query_embedding(text)


def test_the_asynchronous_query_is_the_same(encoder):
    import asyncio

    assert asyncio.run(_ask(encoder, TEXTS[0])) == encoder.get_query_embedding(TEXTS[0])


def test_threads_that_start_together_get_the_same_vectors(encoder):
    fresh = StaticModel(SHIPPED)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: fresh.encode([TEXTS[0]])[0], range(16)))
    for vector in found:
        np.testing.assert_array_equal(vector, found[0])
    np.testing.assert_allclose(found[0], encoder.get_text_embedding(TEXTS[0]), atol=1e-6)


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("看病", "就医诊疗服务", "公路桥梁施工"),
        ("坐车", "公共交通运输", "粮食种植"),
        ("娃娃上学", "义务教育", "污水处理"),
        ("失业的人", "就业创业服务", "文物保护"),
        ("老人没人照顾", "养老服务", "高速铁路"),
        ("河水脏", "水污染防治", "职业教育"),
    ],
)
def test_related_words_are_nearer_than_unrelated(encoder, question, near, far):
    assert cosine(encoder, question, near) > cosine(encoder, question, far)


def test_full_width_and_quotation_marks_make_no_difference(encoder):
    assert encoder.get_text_embedding("“５Ｇ”网络") == encoder.get_text_embedding("5g网络")


def test_the_fingerprint_changes_with_the_weights(copied, encoder):
    assert JiwenEmbedding(folder=copied).fingerprint == encoder.fingerprint
    with np.load(copied / WEIGHTS) as data:
        arrays = dict(data)
    arrays["vectors"][7, 0] += 1
    np.savez(copied / WEIGHTS, **arrays)
    assert JiwenEmbedding(folder=copied).fingerprint != encoder.fingerprint


def test_a_missing_file_is_named(copied):
    (copied / WEIGHTS).unlink()
    with pytest.raises(FileNotFoundError, match=WEIGHTS):
        JiwenEmbedding(folder=copied).get_query_embedding("就业")


def test_token_matrix_holds_each_token_once_with_weights_that_sum_to_one(encoder):
    vectors, weights = encoder.token_matrix("公路、公路和桥梁")
    assert len(vectors) == len(weights) == len(set(encoder.model.tokens("公路、公路和桥梁")))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert weights.sum() == pytest.approx(1, abs=1e-5)


def test_rare_words_weigh_more_than_common_ones(encoder):
    _, weights = encoder.token_matrix("的石墨烯")
    assert weights[0] < weights[1:].max()


def test_late_interaction_is_highest_for_the_text_itself(encoder):
    question = encoder.token_matrix("农村公路养护")
    same = late_interaction(question, encoder.token_matrix("农村公路养护", query=False)[0])
    other = late_interaction(question, encoder.token_matrix("失业保险金", query=False)[0])
    assert same == pytest.approx(1, abs=1e-5)
    assert other < same
    assert late_interaction(encoder.token_matrix(""), encoder.token_matrix("公路")[0]) == 0


def test_torch_is_not_imported():
    code = (
        "import sys; from ingest.encoder import JiwenEmbedding; JiwenEmbedding().get_query_embedding('就业');"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_weights_stay_small():
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= 12e6
