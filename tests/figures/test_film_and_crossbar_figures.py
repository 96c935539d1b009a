"""Figures of the film, the array and the cost; measurements come from a small synthetic recording."""

import io
import sys
import types

import numpy as np
import PIL.Image
import pytest
import xarray as xr

import acanthite.figures
from acanthite.claims import CLAIMS
from acanthite.constants import fJ, mV, nm
from acanthite.errors import ImageError
from acanthite.figures import Settings, figure
from acanthite.parameters import AG2S, Quantity

FIGURES = ("fig1b", "fig1d", "fig3a", "fig3b", "fig4b", "fig4c", "fig4d", "fig4e", "fig4f",
           "figS1", "figS2", "figS3", "figS4", "noteS1")  # fmt: skip


def lrs_reads(spread=0.0):
    """18 linear devices, six of them LRS, swept to and fro over the read window."""
    ramp = np.linspace(-25.5 * mV, 25.5 * mV, 103)
    volts = np.broadcast_to(np.concatenate([ramp, ramp[::-1]]), (18, 1, 206))
    g = np.where(np.arange(18) < 6, 1e-4 * (1 + spread * (-1.0) ** np.arange(18)), 1e-9)
    data = {
        "voltage": (("device", "cycle", "sample"), volts),
        "current": (("device", "cycle", "sample"), g[:, None, None] * volts),
    }
    return xr.Dataset(data, {"state": ("device", np.where(np.arange(18) < 6, "LRS", "HRS"))})


@pytest.fixture
def experiments(monkeypatch):
    fake = types.ModuleType("acanthite.figures.experiments")
    fake.write_pulses = lambda settings: (None, np.array([[20, 40, 60], [30, 50, 70]]) * fJ)
    fake.lrs_reads = lambda settings: lrs_reads()
    monkeypatch.setitem(sys.modules, fake.__name__, fake)
    monkeypatch.setattr(acanthite.figures, "experiments", fake, raising=False)
    return fake


@pytest.mark.long
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_answers_its_claims_and_draws(name, experiments):
    module, settings = figure(name), Settings(quick=True)
    outcome = module.compute(settings)
    claims = {c.id: c for c in CLAIMS if c.figure == name and c.how != "missing"}
    assert set(outcome.estimates) == set(claims)
    for key, claim in claims.items():
        assert outcome.estimates[key].unit == claim.unit
        assert isinstance(outcome.estimates[key].value, float)
    picture = io.BytesIO()
    module.draw(outcome).savefig(picture, format="png", dpi=40)
    assert picture.tell() > 1000


@pytest.mark.long
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_repeats_and_its_recordings_are_stored(name, experiments, tmp_path):
    first, second = (figure(name).compute(Settings(seed=4, quick=True)) for _ in range(2))
    assert first.estimates == second.estimates
    for stem, data in first.recordings.items():
        assert data.identical(second.recordings[stem])
        data.to_netcdf(tmp_path / "one.nc", engine="h5netcdf")
        with xr.open_dataset(tmp_path / "one.nc", engine="h5netcdf") as stored:
            assert set(stored.variables) == set(data.variables)


def test_given_claims_follow_the_parameters():
    thinner = AG2S.replace(
        {
            "stack.film_thickness": Quantity(40 * nm, "m", "mine", "log", "measured"),
            "process.rf_power": Quantity(120.0, "W", "mine", "log", "measured"),
        }
    )
    settings = Settings(parameters=thinner)
    assert figure("fig1b").compute(settings).estimates["fig1b.film"].value == 40 * nm
    assert figure("figS1").compute(settings).estimates["figS1.rf-power"].value == 120.0


def test_identical_devices_see_the_edges_software_sees(experiments):
    for name in ("fig4e", "fig4f"):
        assert figure(name).compute(Settings()).estimates[f"{name}.ssim"].value == pytest.approx(
            1.0
        )


def test_mismatched_devices_do_not(experiments):
    experiments.lrs_reads = lambda settings: lrs_reads(spread=0.06)
    assert figure("fig4e").compute(Settings()).estimates["fig4e.ssim"].value < 0.9


def test_edges_of_the_users_picture(experiments, tmp_path):
    picture = np.zeros((20, 30), np.uint8)
    picture[:, 15:] = 200
    PIL.Image.fromarray(picture).save(tmp_path / "mine.png")
    data = figure("fig4e").compute(Settings(image=tmp_path / "mine.png")).recordings["edges"]
    assert data.original.shape == (20, 30)
    assert sorted(np.unique(data.hardware)) == [0, 255]
    PIL.Image.new("RGB", (20, 20)).save(tmp_path / "colour.png")
    with pytest.raises(ImageError, match="RGB colour"):
        figure("fig4e").compute(Settings(image=tmp_path / "colour.png"))


def test_a_dear_write_is_not_the_lowest(experiments):
    experiments.write_pulses = lambda settings: (None, np.full((4, 3), 2000 * fJ))
    estimates = figure("fig1d").compute(Settings()).estimates
    assert estimates["fig1d.lowest"].value == 0.0
    assert estimates["fig1d.biology"].value == pytest.approx(20.0)
