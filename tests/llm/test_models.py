"""Settings of models, and encoders and rerankers behind an endpoint."""

import pytest

from ingest.errors import JiwenError, ModelError, SettingsError
from ingest.models.build import embedding_from, language_model_from, reranker_from
from ingest.settings import load_settings
from tests.llm.conftest import KEY
from tests.llm.endpoint import Say

OPENAI = {"llm": "openai", "llm_url": "http://127.0.0.1:1/v1", "llm_model": "m"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"llm": "gpt"}, ["JIWEN_LLM", "'gpt'", "none", "openai", "local"]),
        ({"llm": "openai"}, ["JIWEN_LLM_URL", "http://"]),
        ({"llm": "openai", "llm_url": "http://127.0.0.1:1/v1"}, ["JIWEN_LLM_MODEL"]),
        ({"llm": "local"}, ["JIWEN_LLM_MODEL", "文件夹"]),
        ({"llm_url": "127.0.0.1:8000"}, ["JIWEN_LLM_URL", "http://"]),
        ({"llm_timeout": "soon"}, ["JIWEN_LLM_TIMEOUT", "'soon'", "数字"]),
        ({"llm_timeout": 0}, ["JIWEN_LLM_TIMEOUT", "不小于"]),
        ({"llm_4bit": "perhaps"}, ["JIWEN_LLM_4BIT", "true"]),
        ({"llm_extra": "[1]"}, ["JIWEN_LLM_EXTRA", "JSON"]),
        ({**OPENAI, "llm_answer_tokens": 600, "llm_context": 1024}, ["ANSWER_TOKENS", "一半"]),
        ({"embedding_url": "http://127.0.0.1:1/v1"}, ["JIWEN_EMBEDDING "]),
        ({"reranker_url": "http://127.0.0.1:1/v1"}, ["JIWEN_RERANKER "]),
    ],
)  # fmt: skip
def test_wrong_settings_are_told_by_name(given, told):
    with pytest.raises(SettingsError) as error:
        load_settings(**given)
    assert all(text in str(error.value) for text in told), str(error.value)


@pytest.mark.parametrize("url", [f"https://me:{KEY}@host/v1", f"https://host/v1?key={KEY}"])
def test_a_key_in_an_address_is_refused_and_not_repeated(url):
    with pytest.raises(SettingsError) as error:
        load_settings(llm_url=url)
    assert KEY not in str(error.value)
    assert KEY not in str(error.value.__cause__)


def test_a_key_does_not_show(monkeypatch):
    monkeypatch.setenv("JIWEN_LLM_API_KEY", KEY)
    settings = load_settings()
    assert settings.llm_api_key.get_secret_value() == KEY
    assert KEY not in repr(settings) + settings.model_dump_json() + str(settings.model_dump())


@pytest.mark.parametrize(
    ("build", "given", "told"),
    [
        (language_model_from, {"llm": "local", "llm_model": "/nowhere/model"}, "JIWEN_LLM_MODEL"),
        (embedding_from, {"embedding": "./nowhere"}, "JIWEN_EMBEDDING"),
        (reranker_from, {"reranker": "./nowhere"}, "JIWEN_RERANKER"),
    ],
)
def test_a_local_model_that_is_not_there(build, given, told):
    with pytest.raises(ModelError) as error:
        build(load_settings(**given))
    assert told in str(error.value)  # or the package that is missing, with the setting that wants it


def test_nothing_is_loaded_by_default():
    settings = load_settings()
    assert language_model_from(settings) is None
    assert reranker_from(settings) is None
    assert type(embedding_from(settings)).__name__ == "JiwenEmbedding"


def test_without_a_model_none_of_its_packages_is_imported(run_python):
    code = (
        "import sys; import bot.engine; from ingest.models.build import language_model_from; "
        "heavy = ('torch', 'openai', 'llama_index.llms.openai_like', 'bot.llm.writer'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    assert run_python("-c", code).stdout.strip() == "[]"


@pytest.fixture
def letters(endpoint):
    """Vectors that count some characters, so that texts that share them are near."""
    endpoint.embed = lambda text: [1.0 + text.count(char) for char in "的粮水林路业人"]
    return endpoint


def settings_for(endpoint, folder, small_source, **given):
    chosen = {"embedding": "letters", "embedding_url": endpoint.url, "embedding_api_key": KEY}
    return load_settings(**{"source": small_source, "data": folder, **chosen, **given})


def test_an_index_is_built_with_the_endpoints_vectors_and_again_when_the_model_changes(
    letters, tmp_path, small_source
):
    from ingest.index import open_index

    built = [
        open_index(settings_for(letters, tmp_path, small_source, **given)).built
        for given in ({}, {}, {"embedding": "others"}, {"embedding": "", "embedding_url": ""})
    ]
    assert built == [True, False, True, True]
    assert letters.headers[0]["Authorization"] == f"Bearer {KEY}"


def test_vectors_have_length_one_and_come_in_order(letters):
    settings = load_settings(embedding="letters", embedding_url=letters.url)
    found = embedding_from(settings).get_text_embedding_batch(["粮粮粮", "路"])
    assert [round(sum(x * x for x in vector), 6) for vector in found] == [1.0, 1.0]
    assert found[0][1] > found[1][1]


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Say(status=401, body=f"key {KEY}"), "密钥"),
        (Say(status=500, body=f"key {KEY}"), "500"),
        (Say(status=200), None),
    ],
)
def test_an_encoder_that_fails_is_told_without_the_key(reply, told, letters):
    letters.say(reply)
    embedding = embedding_from(
        load_settings(embedding="letters", embedding_url=letters.url, embedding_api_key=KEY)
    )
    assert KEY not in repr(embedding) + str(embedding.to_dict())
    if told is None:
        assert len(embedding.get_query_embedding("粮")) == 7
        return
    with pytest.raises(JiwenError) as error:
        embedding.get_query_embedding("粮")
    assert told in str(error.value)
    assert "JIWEN_EMBEDDING_URL" in str(error.value)
    assert KEY not in str(error.value)


def test_an_engine_whose_encoder_fails_says_so_instead_of_breaking(letters, tmp_path, small_source):
    from bot.engine import Engine
    from ingest.index import open_index

    settings = settings_for(letters, tmp_path, small_source)
    engine = Engine(open_index(settings), settings)
    letters.say(Say(status=500))
    answer = engine.ask("粮食生产有什么安排？")
    assert answer.status == "invalid"
    assert "JIWEN_EMBEDDING_URL" in answer.text


def test_a_reranker_puts_the_best_passages_in_order(endpoint, index, index_settings):
    from bot.question import read_question
    from bot.retrieve import PlanRetriever

    settings = load_settings(
        data=index_settings.data, reranker="cross", reranker_url=endpoint.url, reranker_top=5
    )
    plain = PlanRetriever(index)
    question = read_question("粮食生产有什么安排")
    before = plain.rank(question)
    wanted = [index.passages[i].node_id for i in before.top(5)][::-1]
    order = {index.by_id[name].text[:30]: k for k, name in enumerate(wanted)}
    endpoint.relevance = lambda query, text: -next(k for head, k in order.items() if head in text)
    after = PlanRetriever(index, reranker=reranker_from(settings), rerank_top=5).rank(question)
    assert [index.passages[i].node_id for i in after.top(5)] == wanted
    assert after.top(20)[5:] == before.top(20)[5:]
    assert sorted(after.scores[after.top(5)]) == sorted(before.scores[before.top(5)])
    assert list(after.scores[after.top(5)]) == list(before.scores[before.top(5)])


def test_a_reranker_that_fails_changes_nothing(endpoint, index, index_settings, caplog):
    from bot.question import read_question
    from bot.retrieve import PlanRetriever

    endpoint.say(Say(status=403, body=f"key {KEY}"))
    settings = load_settings(reranker="cross", reranker_url=endpoint.url, reranker_api_key=KEY)
    question = read_question("粮食生产有什么安排")
    after = PlanRetriever(index, reranker=reranker_from(settings)).rank(question)
    assert after.top(20) == PlanRetriever(index).rank(question).top(20)
    assert "JIWEN_RERANKER_URL" in caplog.text
    assert KEY not in caplog.text
