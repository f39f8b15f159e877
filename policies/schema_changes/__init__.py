"""Database migrations: which changed files are some, and what in them can't be taken back."""
