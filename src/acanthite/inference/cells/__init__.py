"""Cell models: what becomes of a conductance that is written, from then on. One model a file."""
