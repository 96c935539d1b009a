"""Functions that the tests of studies run; in a module of their own, so that workers can import them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np

from acanthite.random import generator


def product(a, b, seed=1):
    return {"value": a * b, "noisy": a * b + float(generator(seed, "tests.product").normal())}


def sometimes(x, seed=1):
    if x > 2:
        raise ValueError(f"x = {x} is too much")
    return {"value": float(x)}


def slow(x, seconds=0.05, seed=1):
    time.sleep(seconds)
    return {"value": x + seed}


def spectrum(x, seed=1):
    return {"line": np.arange(3.0) * x, "area": x}


def kills_itself(x, folder, seed=1):
    """Kill the worker, the first time or always."""
    mark = Path(folder) / f"tried-{x}"
    if x == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if x == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"value": float(x)}


def ishigami(a, b, c):
    """A function whose Sobol indices are known in closed form."""
    return {"value": np.sin(a) + 7.0 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)}


def bowl(x, y, seed=1):
    return {"depth": (x - 0.3) ** 2 + (y - 0.6) ** 2, "height": x}


def halves(n=10, part=0, seed=1):
    return {"sum": float(sum(range(part, n, 2))), "count": len(range(part, n, 2))}


def two(settings):
    return 2


def added(parts):
    return {name: sum(part[name] for part in parts) for name in parts[0]}
