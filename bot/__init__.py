"""Asking: a question becomes an answer that stands on cited passages."""
