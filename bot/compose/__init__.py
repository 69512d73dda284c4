"""Composing: from ranked passages to a draft answer, one module for each kind of answer."""
