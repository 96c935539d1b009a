"""Speed of the array solver. Run: pytest benchmarks --benchmark-only -p no:cacheprovider."""

import numpy as np
import pytest

from acanthite.crossbar import Crossbar, Sinh, gradient


def array(n, r=1.0, low=1e-6):
    rng = np.random.default_rng(1)
    return Crossbar(np.exp(rng.uniform(np.log(low), np.log(1e-3), (n, n))), r, r), rng.uniform(
        0.0, 1.0, n
    )


@pytest.mark.parametrize("n", [64, 256, 512])
def test_one_input(benchmark, n):
    """Lines factored once, one input solved."""
    crossbar, voltage = array(n)
    benchmark(lambda: crossbar.solve(voltage).output_current)


def test_all_lrs(benchmark):
    """10 ohm, all devices at 1 mS."""
    crossbar, voltage = array(256, 10.0, 1e-3)
    benchmark(lambda: crossbar.solve(voltage).output_current)


def test_gradient(benchmark):
    crossbar, voltage = array(256)
    solution = crossbar.solve(voltage)
    benchmark(gradient, solution, np.ones(256))


def test_nonlinear(benchmark):
    crossbar, voltage = array(128)
    bent = Crossbar(crossbar.conductance, devices=Sinh(crossbar.conductance, 0.3))
    benchmark(lambda: bent.solve(voltage).output_current)
