"""Random laws fitted to the moments of what their loops show."""
