"""Models that can take the place of what is shipped: a language model, another encoder, a reranker.

Each is made from the settings by one function; what it needs is imported there and nowhere else.
"""

from ingest.models.build import embedding_from, language_model_from, reranker_from

__all__ = ["embedding_from", "language_model_from", "reranker_from"]
