"""Many plans in one index: the plan is a key of every passage, in the vectors and in the words."""
