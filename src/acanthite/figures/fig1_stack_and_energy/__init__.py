"""Fig. 1: the stack, and what a write costs."""
