"""Evaluation: known answers, metrics, the run over them and its report."""
