"""Frozen values and pure decisions: what a hotfix is, and what follows from it. No I/O, no clock, no network."""
