"""The benchmark: this project beside what a user would take instead, in one run on one machine."""
