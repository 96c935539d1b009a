"""The lines around an array, for the rows of a batch: the periphery's kernels, row by row."""

from __future__ import annotations

from numba import njit

from acanthite.nn.periphery import from_lines, to_lines


@njit(cache=True, nogil=True)
def read_lines(periphery, x, inputs, top, norm):
    """Put the rows of ``x`` through their converter into ``inputs``; fill their largest magnitudes and norms squared."""
    for k in range(x.shape[0]):
        top[k], norm[k] = to_lines(periphery, x[k])
        inputs[k] = periphery.inputs[: x.shape[1]]


@njit(cache=True, nogil=True)
def write_lines(periphery, z, top, norm):
    """Add the noise of each read to its outputs, clip and convert them, in place."""
    for k in range(z.shape[0]):
        from_lines(periphery, z[k], top[k], norm[k])
