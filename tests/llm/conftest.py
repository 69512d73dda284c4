"""An endpoint on loopback, and engines whose answers it words."""

import pytest

from tests.llm.endpoint import Endpoint

KEY = "sk-geheim-0123456789abcdef"


@pytest.fixture
def endpoint():
    """The scripted service."""
    server = Endpoint()
    yield server
    server.close()


@pytest.fixture(scope="session")
def verbatim_engine(index, index_settings):
    """The engine without a model."""
    from bot.engine import Engine

    return Engine(index, index_settings)


@pytest.fixture
def engine_with(index, index_settings, endpoint):
    """Make an engine worded by the endpoint, with these settings."""
    pytest.importorskip("llama_index.llms.openai_like", reason="需要 openai 附加包")
    from bot.engine import Engine
    from bot.llm import writer_for
    from ingest.models.build import language_model_from
    from ingest.settings import load_settings

    def make(**given):
        chosen = {"llm": "openai", "llm_url": endpoint.url, "llm_model": "scripted", "llm_api_key": KEY}
        settings = load_settings(**{"data": index_settings.data, "llm_timeout": 5.0, **chosen, **given})
        llm = language_model_from(settings)
        return Engine(index, settings, writer=writer_for(llm, index, settings))

    return make
