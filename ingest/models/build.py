"""From the settings to models."""

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import LLM
from llama_index.core.postprocessor.types import BaseNodePostprocessor

from ingest.errors import SettingsError
from ingest.models.settings import ModelSettings


def language_model_from(settings: ModelSettings) -> LLM | None:
    """The language model the settings choose; None for "none".

    Raises:
        SettingsError: settings are missing.
        ModelError: a package is not installed, or a local model cannot be loaded.
    """
    _check(settings)
    if settings.llm == "openai":
        from ingest.models.endpoint import endpoint_language_model

        return endpoint_language_model(settings)
    if settings.llm == "local":
        from ingest.models.local_llm import local_language_model

        return local_language_model(settings)
    return None


def embedding_from(settings: ModelSettings) -> BaseEmbedding:
    """The encoder the settings choose: an endpoint's, a local model, or the shipped one.

    Raises:
        SettingsError: settings are missing.
        ModelError: a package is not installed, or a local model cannot be loaded.
    """
    _check(settings)
    if settings.embedding_url:
        from ingest.models.endpoint import EndpointEmbedding

        return EndpointEmbedding(
            model_name=settings.embedding, url=settings.embedding_url, api_key=settings.embedding_api_key
        )
    if settings.embedding:
        from ingest.models.local_encoder import local_embedding

        return local_embedding(settings.embedding)
    from ingest.encoder import JiwenEmbedding

    return JiwenEmbedding()


def reranker_from(settings: ModelSettings) -> BaseNodePostprocessor | None:
    """The cross-encoder the settings choose, an endpoint's or a local one; None where none is set.

    Raises:
        SettingsError: settings are missing.
        ModelError: a package is not installed, or a local model cannot be loaded.
    """
    _check(settings)
    if settings.reranker_url:
        from ingest.models.endpoint import EndpointReranker

        return EndpointReranker(
            model_name=settings.reranker, url=settings.reranker_url, api_key=settings.reranker_api_key
        )
    if settings.reranker:
        from ingest.models.local_encoder import local_reranker

        return local_reranker(settings.reranker)
    return None


def _check(settings: ModelSettings) -> None:
    problem = settings.models_problem()
    if problem:
        raise SettingsError(problem)
