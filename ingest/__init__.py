"""Ingestion: the plan's text becomes an outline, passages and an index."""
