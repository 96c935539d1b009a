"""Laws checked, and compiled into kernels: their source is read, and baked into the integrator."""
