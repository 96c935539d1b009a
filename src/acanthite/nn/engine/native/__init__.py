"""Below Numba: hand-written vectors, prefetching, private switches; see docs/native.md."""
