"""Commands on the paper: its figures, its claims, and the parameters they rest on."""
