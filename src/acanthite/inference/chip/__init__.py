"""What lies between a weight and a number, in one description."""
