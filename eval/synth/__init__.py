"""Invented plans in the conventions of real ones, to measure and test what many plans do."""
