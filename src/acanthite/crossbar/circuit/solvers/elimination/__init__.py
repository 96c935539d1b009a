"""Elimination of every node without a subtraction: slower, right for any conductances."""
