"""What studies run: jobs of the package by name, and functions of one's own."""
