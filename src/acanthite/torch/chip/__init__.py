"""A trained torch model on a chip: written once, read at any time after."""
