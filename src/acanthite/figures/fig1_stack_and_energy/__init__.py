"""Fig. 1: the wafer, the stack, and what a write costs."""
