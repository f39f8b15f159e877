"""GitHub's objects as JSON: one function for each, with every property that GitHub's published description requires."""
