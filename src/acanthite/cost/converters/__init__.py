"""Converters of column currents, one kind a file."""
