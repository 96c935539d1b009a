"""A network on a chip: what its tiles hold, and what that costs."""
