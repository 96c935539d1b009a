"""Arrays of cells that are read, written and disturbed: bias schemes, programming, leakage, and what happens in time."""
