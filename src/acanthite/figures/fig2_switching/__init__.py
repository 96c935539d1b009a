"""Fig. 2: switching, its spread, and how long it holds."""
