"""Predictions nobody has measured."""
