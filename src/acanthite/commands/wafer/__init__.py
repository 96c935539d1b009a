"""Commands from a recipe to a wafer: film, masks, and maps over the dies."""
