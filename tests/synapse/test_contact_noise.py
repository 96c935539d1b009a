"""Read noise of synapses whose cells are metallic contacts."""

import numpy as np
import pytest

from acanthite.constants import mS, uS
from acanthite.device import ContactNoise
from acanthite.errors import LawError
from acanthite.synapse import ConstantStep, with_contact_noise

NOISE = ContactNoise.of()


def cell(low, high, **others):
    return ConstantStep(size=0.02, conductance_min=low, conductance_max=high, **others)


def test_it_is_the_root_mean_square_over_the_window():
    one = with_contact_noise(cell(0.5 * mS, 0.5000001 * mS), NOISE, lowest=1.0, highest=1e4)
    half = 0.5e-7 * mS
    assert one.read_noise * half / (0.5 * mS) == pytest.approx(
        float(NOISE.relative(2e3, 1.0, 1e4)), rel=1e-4
    )


def test_it_comes_on_top_of_the_synapses_own():
    quiet, noisy = (
        with_contact_noise(cell(0.1 * mS, 1 * mS, read_noise=r), NOISE) for r in (0.0, 0.01)
    )
    assert noisy.read_noise == pytest.approx(np.hypot(0.01, quiet.read_noise))
    assert type(noisy) is ConstantStep


def test_clusters_have_no_contact_unless_it_is_extrapolated():
    clusters = cell(0.001 * uS, 2 * uS)
    assert with_contact_noise(clusters, NOISE) == clusters
    far = with_contact_noise(clusters, NOISE, extrapolated=True)
    assert 0.001 < far.read_noise < 0.1
    carriers = with_contact_noise(
        clusters, ContactNoise.of(hypothesis="carriers"), extrapolated=True
    )
    assert carriers.read_noise > 10 * far.read_noise


def test_an_empty_band_is_refused():
    with pytest.raises(LawError, match="highest"):
        with_contact_noise(cell(0.1 * mS, 1 * mS), NOISE, lowest=10.0, highest=1.0)
