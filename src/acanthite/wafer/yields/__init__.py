"""Across the wafer: film maps, devices measured on every die, yield."""
