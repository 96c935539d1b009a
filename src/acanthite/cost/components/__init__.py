"""The parts of a chip, one a file: energy, latency, area and leakage at a node."""
