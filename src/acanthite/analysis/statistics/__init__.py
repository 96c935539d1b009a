"""Samples and their spread: distributions, descriptive numbers, variance components."""
