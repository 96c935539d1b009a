"""Sweeps along the lines with conjugate gradients: fast, where every node is held firmly."""
