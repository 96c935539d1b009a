"""Solvers of circuits: sweeps along lines, elimination of nodes, effective conductance."""
