"""Gradients through the wires of an array."""
