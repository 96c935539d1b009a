"""Pulse laws fitted to potentiation and depression."""
