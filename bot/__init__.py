"""Asking: a question becomes an answer that stands on cited passages."""

import ingest as ingest  # before numpy: it settles how many threads that uses
