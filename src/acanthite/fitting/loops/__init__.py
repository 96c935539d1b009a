"""Device laws fitted to loops and transients, curve by curve."""
