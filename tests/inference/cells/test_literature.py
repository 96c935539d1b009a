"""Every literature model against its published figures, and what peers get wrong of them."""

import warnings

import numpy as np
import pytest

from acanthite.constants import hour, uS
from acanthite.errors import CellError, RangeWarning
from acanthite.inference import (
    PCM,
    CMOReRAM,
    HermesPCM,
    MiloRRAM,
    WanReRAM,
    cells,
)

DAY = 86400.0
YEAR = 365 * DAY
N = 100_000

# mean and standard deviation of G [uS] of 400,000 cells of the reference implementation of the
# published model, by x and time; the first column is the deviation right after programming
PUBLISHED = {
    0.02: (0.289, {0.0: (0.508, 0.364), hour: (0.334, 0.265), DAY: (0.264, 0.232), YEAR: (0.178, 0.194)}),
    0.1: (0.447, {0.0: (2.502, 0.607), hour: (1.843, 0.527), DAY: (1.538, 0.512), YEAR: (1.117, 0.495)}),
    0.3: (0.747, {0.0: (7.503, 0.961), hour: (5.821, 0.836), DAY: (4.993, 0.797), YEAR: (3.760, 0.745)}),
    0.6: (1.021, {0.0: (15.00, 1.280), hour: (11.64, 1.151), DAY: (9.976, 1.141), YEAR: (7.501, 1.129)}),
    1.0: (1.057, {0.0: (25.00, 1.401), hour: (19.39, 1.409), DAY: (16.62, 1.513), YEAR: (12.51, 1.651)}),
}  # fmt: skip


def last_digit(value):
    """Return half a unit of the last of four significant digits, or of three decimals."""
    return 5e-3 if value >= 10 else 5e-4


@pytest.mark.parametrize("x", PUBLISHED)
def test_phase_change_memory_is_the_published_model(x):
    written, later = PUBLISHED[x]
    programmed = PCM().program(np.full(N, 25 * uS * x), seed=7)
    assert programmed.written.std() / uS == pytest.approx(
        written, abs=3 * written / np.sqrt(2 * N) + 2e-3
    )
    for time, (mean, std) in later.items():
        read = programmed.at(time) / uS
        error = np.sqrt(1 / N + 1 / 400_000)
        assert read.mean() == pytest.approx(mean, abs=3 * std * error + last_digit(mean)), time
        moment = ((read - read.mean()) ** 4).mean() / read.std() ** 4
        assert read.std() == pytest.approx(
            std, abs=3 * std * np.sqrt((moment - 1) / 4) * error + last_digit(std)
        ), time


def spread_of(model, target, **options):
    return model.program(np.full(N, target), seed=3, **options).written.std()


@pytest.mark.parametrize("window", [25 * uS, 40 * uS])
@pytest.mark.parametrize("x", [0.1, 0.5, 0.9])
def test_errors_of_a_smaller_window_shrink_with_it(window, x):
    of_window = spread_of(WanReRAM(conductance_max=window), x * window)
    assert of_window / window == pytest.approx(
        spread_of(WanReRAM(), x * 40 * uS) / (40 * uS), rel=1e-12
    )


def test_a_window_beyond_what_was_measured_warns():
    with pytest.warns(RangeWarning, match="1e-04 S, measured up to 4e-05 S|0.0001 S, measured up"):
        WanReRAM(conductance_max=100 * uS)


@pytest.mark.parametrize(
    ("time", "coefficients"),
    [
        (1.0, (0.348, 16.030, -43.853, 45.393, -16.815)),
        (DAY, (0.701, 22.086, -50.773, 47.095, -16.458)),
        (2 * DAY, (0.782, 20.274, -43.507, 37.062, -11.934)),
    ],
)
@pytest.mark.parametrize("x", [0.3, 0.55, 0.8])
def test_reram_of_wan_spreads_as_published(time, coefficients, x):
    programmed = WanReRAM().program(np.full(N, 40 * uS * x), seed=5)
    sigma = sum(c * x**k for k, c in enumerate(coefficients))
    assert programmed.at(time).std() / uS == pytest.approx(sigma, rel=4 / np.sqrt(2 * N))
    assert programmed.at(time).mean() / uS == pytest.approx(40 * x, abs=4 * sigma / np.sqrt(N))


def test_reram_of_wan_says_nothing_between_its_times():
    programmed = WanReRAM().program([10 * uS])
    with pytest.raises(
        CellError, match="time = 3600 s; this model was measured at 1, 86400, 172800 s"
    ):
        programmed.at(hour)


@pytest.mark.parametrize(
    ("acceptance", "offset", "slope"),
    [(0.02, 0.01121854, 0.01129027), (0.002, 0.00081107, 0.00106879)],
)
@pytest.mark.parametrize("target", [12.0, 40.0, 80.0])
def test_reram_of_a_conductive_oxide_is_written_within_its_acceptance(
    acceptance, offset, slope, target
):
    error = spread_of(CMOReRAM(acceptance=acceptance), target * uS) / uS
    assert error == pytest.approx(offset + slope * target, rel=4 / np.sqrt(2 * N))


def test_reram_of_a_conductive_oxide_relaxes_as_published():
    programmed = CMOReRAM().program(np.full(N, 50 * uS), seed=2)
    relaxed = (programmed.aged(DAY) - programmed.written) / uS
    assert relaxed.mean() == pytest.approx(-0.08900206 * np.log(DAY), abs=0.01)
    assert relaxed.std() == pytest.approx(0.04201137 * np.log(DAY) + 0.41183342, rel=0.01)
    at_50 = (
        0.0277316483 * np.log10(programmed.aged(DAY) / uS) * np.sqrt(np.log((DAY + 1e-6) / 2e-6))
    )
    np.testing.assert_allclose(programmed.read_error(DAY) / uS, at_50, rtol=1e-12)


def test_an_acceptance_nobody_measured_is_refused():
    with pytest.raises(CellError, match=r"acceptance = 0\.01; expected 0\.02 or 0\.002"):
        CMOReRAM(acceptance=0.01)


@pytest.mark.parametrize("target", [50.0, 120.0, 225.0])
def test_rram_of_milo_is_written_as_published(target):
    assert spread_of(MiloRRAM(), target * uS) / uS == pytest.approx(
        4.782321 - 0.009107 * target, rel=4 / np.sqrt(2 * N)
    )


def test_rram_of_milo_warns_of_any_later_time():
    programmed = MiloRRAM().program([60 * uS])
    with pytest.warns(RangeWarning, match="past the 0 s over which the model was measured"):
        programmed.at(1.0)


@pytest.mark.parametrize(("devices", "first"), [(1, 200.0), (2, 300.0)])
@pytest.mark.parametrize("x", [0.01, 0.05, 0.0945, 0.2, 0.31, 0.9])
def test_phase_change_memory_of_a_chip_drifts_as_published(devices, first, x):
    model = HermesPCM(devices=devices)
    programmed = model.program(np.full(N, x * model.conductance_max), seed=4)
    there = programmed.written > 0
    exponent = -np.log(programmed.aged(DAY)[there] / programmed.written[there]) / np.log1p(
        DAY / first
    )
    low = np.clip(-0.0387 * np.log(x) - 0.0182, 0.0720, 0.13)
    mean = low if x < 0.0945 else -0.0436 * x**2 - 0.0126 * x + 0.0736
    assert exponent.mean() == pytest.approx(mean, abs=0.06 * mean * (4 / np.sqrt(N)) + 2e-4)


def test_one_and_two_devices_differ_where_published():
    one, two = (spread_of(HermesPCM(devices=d), w * uS) / uS for d, w in ((1, 10.35), (2, 20.7)))
    assert one == pytest.approx(0.15781817 + 2.32443916 - 2.16310839 + 0.68841818, rel=0.01)
    assert two == pytest.approx(0.16603222 + 4.71806468 - 8.48101252 + 4.68961419, rel=0.01)
    with pytest.raises(CellError, match="devices = 3; expected 1 or 2"):
        HermesPCM(devices=3)


def test_reference_windows_are_options_and_not_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cells("reram-wan", conductance_max=40 * uS) == WanReRAM()
        assert cells("pcm-two-devices").conductance_max == 20.7 * uS
