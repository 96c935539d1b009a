"""Figures 4i, S15 and S16 on a stand-in for the experiments: ladders that follow soft bounds."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from acanthite.claims import CLAIMS
from acanthite.constants import uS
from acanthite.errors import DatasetUnavailableError
from acanthite.figures import Settings, experiments
from acanthite.figures.fig4_computing import fig4h, fig4i, fig4iExplanation
from acanthite.figures.supplement import figS15, figS16
from acanthite.nn import Dataset
from acanthite.random import generator
from acanthite.synapse import fit


def stand_in(settings: Settings) -> xr.Dataset:
    draw = generator(settings.seed, "stand-in")
    pulses, g, path = np.tile(np.repeat([-0.3, 0.3], 30), 5), np.full(4, 0.03 * uS), []
    for voltage in pulses:
        step = 0.13 * (2 * uS - g) if voltage < 0 else -0.14 * (g - 0.03 * uS)
        g = g + step * (1 + 0.1 * draw.standard_normal(4))
        path.append(g)
    dims = ("device", "cycle", "pulse")
    conductance = np.array(path).T.reshape(4, 5, 60)
    read = np.full_like(conductance, 5e-3)
    data = {"voltage": (dims, read), "current": (dims, conductance * read)}
    return xr.Dataset(data, {"pulse_voltage": ("pulse", pulses[:60])})


@pytest.fixture(autouse=True)
def experiment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments, "ladders", stand_in)
    monkeypatch.setattr(experiments, "synapse", lambda settings: fit(stand_in(settings)))


@pytest.fixture
def digits(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = generator(1, "digits")
    patterns = draw.random((10, 784)) < 0.2
    labels = draw.integers(0, 10, 20_500).astype(np.uint8)
    images = ((patterns[labels] ^ (draw.random((20_500, 784)) < 0.05)) * 255).astype(np.uint8)
    data = Dataset("digits", images[:20_000], labels[:20_000], images[20_000:], labels[20_000:])
    monkeypatch.setattr("acanthite.nn.mnist", lambda folder: data)
    monkeypatch.setattr(
        experiments, "count", lambda settings, full, quick: {10: 1, 20_000: 500}.get(full, quick)
    )


@pytest.mark.long
def test_training_gives_every_claim_and_draws(digits: None, tmp_path) -> None:
    outcome = fig4i.compute(Settings(quick=True))
    assert set(outcome.estimates) == {c.id for c in CLAIMS if c.figure == "fig4i"}
    gap = outcome.estimates["fig4i.sgd-gap"]
    final = {n: outcome.estimates[f"fig4i.{n}"].value for n in ("sgd", "ideal")}
    assert gap.value == pytest.approx(final["sgd"] - final["ideal"])
    assert gap.n == 3
    assert outcome.recordings["training"]["test_accuracy"].dims == ("algorithm", "seed", "epoch")
    fig4i.draw(outcome).savefig(tmp_path / "fig4i.png")


def test_the_matrices_of_the_training_are_drawn(digits: None, tmp_path) -> None:
    outcome = fig4h.compute(Settings(quick=True))
    data = outcome.recordings["matrices"]
    assert data["A"].shape == data["H"].shape == data["C"].shape == (10, 129)
    assert float(np.abs(data["H"]).max()) <= 1.0
    assert outcome.estimates["fig4h.sparse"].value < 1.0
    fig4h.draw(outcome).savefig(tmp_path / "fig4h.png")


@pytest.mark.slow
def test_the_explanation_is_fitted_to_the_ideal_device_and_scores_nothing(
    digits: None, tmp_path
) -> None:
    outcome = fig4iExplanation.compute(Settings(quick=True))
    assert not outcome.estimates
    assert not [c for c in CLAIMS if c.figure == "fig4iExplanation"]
    final = outcome.recordings["predictions"]["test_accuracy"]
    assert final.dims == ("case", "algorithm", "seed")
    fig4iExplanation.draw(outcome).savefig(tmp_path / "explanation.png")


def test_the_number_of_images_is_read_off_the_curve() -> None:
    accuracy = xr.DataArray([0.90, 0.94, np.nan])
    images = np.array([1000, 4000, 8000])
    assert fig4iExplanation._images_for(0.92, images, accuracy) == 2000
    assert fig4iExplanation._images_for(0.99, images, accuracy) == 4000


def test_without_mnist_the_figure_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(folder: object) -> Dataset:
        raise DatasetUnavailableError("MNIST is nowhere; put it somewhere")

    monkeypatch.setattr("acanthite.nn.mnist", unavailable)
    outcome = fig4i.compute(Settings())
    assert outcome.not_run == "MNIST is nowhere; put it somewhere"
    assert not outcome.estimates


def test_the_fitted_law_is_drawn_over_its_ladders(tmp_path) -> None:
    outcome = figS15.compute(Settings(quick=True))
    assert not outcome.estimates
    assert outcome.recordings["residuals"].attrs["up"] == pytest.approx(0.13, rel=0.1)
    figS15.draw(outcome).savefig(tmp_path / "figS15.png")


def test_shifting_brings_cells_to_their_own_points(tmp_path) -> None:
    outcome = figS16.compute(Settings(quick=True))
    data = outcome.recordings["shift"]
    assert float(np.abs(data["after"]).mean()) < 0.2 * float(np.abs(data["before"]).mean())
    assert float(data["reference"].std()) < float(data["after"].std())
    figS16.draw(outcome).savefig(tmp_path / "figS16.png")
