"""Elimination of every node without a subtraction: slower, and right whatever the ratios of conductances."""
