"""Asking many plans: which plan a question means, comparisons of plans, which plans speak of something."""
