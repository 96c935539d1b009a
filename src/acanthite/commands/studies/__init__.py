"""Many points, on one machine or on a cluster."""
