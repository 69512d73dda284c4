"""Models that can take the place of what is shipped: a language model, another encoder, a reranker.

`ingest.models.build` makes each from the settings; what it needs is imported there and nowhere else.
"""
