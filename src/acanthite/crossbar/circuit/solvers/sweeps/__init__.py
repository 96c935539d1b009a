"""Sweeps along the lines with conjugate gradients: fast, for circuits whose terminals hold every node firmly."""
