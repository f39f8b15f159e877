"""Versions of products: where they are written, and which step leads from one to the next."""
