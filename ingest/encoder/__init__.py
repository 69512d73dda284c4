"""The shipped dense encoder: static token vectors, trained from scratch by `ingest.encoder.train`."""

from ingest.encoder.embedding import JiwenEmbedding
from ingest.encoder.model import StaticModel, late_interaction

__all__ = ["JiwenEmbedding", "StaticModel", "late_interaction"]
