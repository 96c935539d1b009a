"""Recordings put together into studies: which kind, which device, which cycle."""
