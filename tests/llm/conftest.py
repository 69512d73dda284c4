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
    """Make an engine worded by the endpoint, with these settings, over the shipped plan or another."""
    pytest.importorskip("llama_index.llms.openai_like", reason="需要附加包 openai")
    from bot.engine import Engine
    from bot.llm import writer_for
    from ingest.models.build import language_model_from
    from ingest.settings import load_settings

    def make(over=index, **given):
        chosen = {"llm": "openai", "llm_url": endpoint.url, "llm_model": "scripted", "llm_api_key": KEY}
        settings = load_settings(**{"data": index_settings.data, "llm_timeout": 20.0, **chosen, **given})
        return Engine(over, settings, writer=writer_for(language_model_from(settings), over, settings))

    return make


def marked_lines(answer):
    """The lines of an answer that say something of the plan, without the fixed wording around them."""
    return [
        line
        for line in answer.text.splitlines()
        if line
        and not line.startswith(("（语言模型", "按“", "|---"))
        and not (line.startswith("**") and line.endswith("**"))
    ]


def unproved_numbers(answer):
    """The numbers of an answer that do not stand in what their line cites."""
    import re

    quotes = {citation.n: citation.quote for citation in answer.citations}
    found = []
    for line in marked_lines(answer):
        cited = "".join(quotes[int(n)] for n in re.findall(r"\[(\d+)\]", line))
        plain = re.sub(r"\[\d+\]", "", line)
        found += [
            number
            for number in re.findall(r"\d+(?:\.\d+)?", plain)
            if number not in re.findall(r"\d+(?:\.\d+)?", cited)
        ]
    return found
