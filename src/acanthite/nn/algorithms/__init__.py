"""Training algorithms, one a file."""
