"""Below Numba: hand-written vectors, prefetching, private switches; docs/native.md says what each buys."""
