"""Unit cells: weights of several devices each, and the synapses they are drawn from."""
