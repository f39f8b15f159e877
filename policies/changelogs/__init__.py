"""Changelogs: the entries that a change adds, and the headings that they stand under."""
