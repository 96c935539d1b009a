"""Cells that are devices by their own law: written by its pulses, and left alone by its rates."""
