"""Arrays that compute: matrices, and kernels for pictures, held by conductances."""
