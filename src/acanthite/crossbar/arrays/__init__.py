"""Arrays of cells that are read, written and disturbed, and what happens in time."""
