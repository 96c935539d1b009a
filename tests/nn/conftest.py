from __future__ import annotations

import numpy as np
import pytest

from acanthite.constants import uS
from acanthite.nn import Dataset, Network
from acanthite.random import generator
from acanthite.synapse import SoftBounds


@pytest.fixture(scope="session")
def device() -> SoftBounds:
    """About the Ag2S device: 15 states, 15 % step noise."""
    return SoftBounds(
        up=0.13,
        down=0.14,
        up_spread=0.05,
        down_spread=0.05,
        lower_spread=0.02,
        upper_spread=0.03,
        pulse_noise=0.15,
        conductance_min=0.03 * uS,
        conductance_max=2 * uS,
    )


@pytest.fixture(scope="session")
def shapes() -> Dataset:
    """Four noisy 8 x 8 patterns that overlap: a task of a second, too hard for a linear threshold at a glance."""
    draw = generator(11, "shapes")
    patterns = draw.random((4, 3, 64)) < 0.3
    labels = draw.integers(0, 4, 3000).astype(np.uint8)
    chosen = patterns[labels, draw.integers(0, 3, 3000)]
    flipped = chosen ^ (draw.random((3000, 64)) < 0.08)
    images = (flipped * draw.integers(128, 256, (3000, 64))).astype(np.uint8)
    return Dataset("shapes", images[:2000], labels[:2000], images[2000:], labels[2000:])


@pytest.fixture(scope="session")
def small() -> Network:
    return Network((64, 24, 4), "relu")
