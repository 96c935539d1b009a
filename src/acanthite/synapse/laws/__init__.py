"""Pulse laws, one a file, and which of them are built in."""
