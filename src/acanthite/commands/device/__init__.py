"""Commands on devices: laws fitted to measurements, and written for circuit simulators."""
