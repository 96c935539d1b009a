"""Ways to the voltages of a circuit: sweeps along its lines, elimination of its nodes, or its effective conductance."""
