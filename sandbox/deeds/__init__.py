"""What people and Apps do on GitHub: each deed changes the state, moves the git data and announces it by webhook.

REST and GraphQL are two doors to the same deeds.
"""
