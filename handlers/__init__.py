"""What the bot does, one file per deed."""
