"""An optimiser that asks for the next points of a study."""
