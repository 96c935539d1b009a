"""Confidence of events on simulated devices whose events are known: some of the populations of benchmarks/event_confidence.py."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite import threads
from acanthite.analysis.sweeps.confidence import COEFFICIENTS, confidence


@pytest.fixture(scope="module")
def bench():
    path = Path(__file__).parents[3] / "benchmarks" / "event_confidence.py"
    spec = importlib.util.spec_from_file_location("event_confidence", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    threads.use(None)


def _apart(bench, populations, edges):
    """Return how far confidence and the share that is right are apart in each bin."""
    seen = [bench.look(job) for job in populations]
    sure, right = (
        np.concatenate([getattr(s, name) for s in seen]) for name in ("confidence", "right")
    )
    where = np.searchsorted(edges, sure)
    return [
        float(sure[where == k].mean() - right[where == k].mean()) for k in range(len(edges) + 1)
    ]


@pytest.mark.long
def test_as_many_are_right_as_they_are_sure(bench):
    jobs = [(law, 500 + k) for law in ("yakopcic", "vteam") for k in range(10)]
    assert (
        np.abs(_apart(bench, jobs, [0.6, 0.85])).max() < 0.2
    )  # the events of a population are alike: few count


@pytest.mark.slow
def test_as_many_are_right_as_they_are_sure_whatever_the_law(bench):
    jobs = [(law, 1000 + k) for law in bench.LAWS for k in range(80)]
    # few events have a confidence between 0.8 and 0.9
    assert np.abs(_apart(bench, jobs, [0.5, 0.7, 0.9])).max() < 0.1


@given(
    st.sampled_from(list(COEFFICIENTS)),
    st.floats(1e-3, 10),
    st.floats(1e-4, 1),
    st.integers(0, 100),
)
def test_noise_and_rivals_never_make_an_event_surer(kind, decades, noise, rivals):
    def of(d, s, r):
        return float(confidence(kind, np.array(d), np.array(s), np.array(r)))

    best = of(decades, noise, rivals)
    assert 0 < best < 1
    assert of(decades, 2 * noise, rivals) <= best
    assert of(decades, noise, rivals + 1) <= best
    assert of(2 * decades, noise, rivals) >= best
