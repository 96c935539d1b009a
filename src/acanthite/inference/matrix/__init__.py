"""A matrix of weights on a chip: cut to tiles, written, read at a time, multiplied by."""
