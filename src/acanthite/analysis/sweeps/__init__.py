"""Sweeps: where they switch, how surely, and between which resistances."""
