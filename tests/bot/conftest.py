"""What the tests of asking share: one engine over the session's index, its answers checked as they come."""

import pytest

from tests.bot.soundness import faults_in


@pytest.fixture(scope="session")
def engine(index, index_settings):
    """The default engine: no language model, no reranker."""
    from bot.engine import Engine

    return Engine(index, index_settings)


@pytest.fixture(scope="session")
def ask(engine):
    """Ask the engine; whatever else a test is about, the answer must stand on its citations."""

    def asked(question, history=()):
        answer = engine.ask(question, history)
        assert not faults_in(answer, engine.index, [entry for entry in history if isinstance(entry, str)])
        return answer

    return asked
