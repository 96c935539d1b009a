import numpy as np
import pytest
import xarray as xr

from acanthite.constants import uS
from acanthite.errors import AnalysisError
from acanthite.random import generator
from acanthite.synapse import SoftBounds, fit, summary

UP, DOWN, LOW, HIGH = 0.13, 0.14, 0.03 * uS, 2 * uS


def ladders(
    n_devices: int = 30,
    n_cycles: int = 20,
    noise: float = 0.1,
    up_spread: float = 0.1,
    bound_spread: float = 0.05,
) -> xr.Dataset:
    """Soft-bounds ladders, read at 5 mV, of devices that differ in s_up and G_max."""
    draw = generator(7, "ladders")
    up = UP * np.exp(up_spread * draw.standard_normal(n_devices))
    high = HIGH * (1 + bound_spread * draw.standard_normal(n_devices))
    pulses = np.tile(np.repeat([-0.3, 0.3], 30), n_cycles)
    g, path = np.full(n_devices, LOW), []
    for voltage in pulses:
        step = up * (high - g) if voltage < 0 else -DOWN * (g - LOW)
        g = g + step * (1 + noise * draw.standard_normal(n_devices))
        path.append(g)
    conductance = np.array(path).T.reshape(n_devices, n_cycles, 60)
    dims = ("device", "cycle", "pulse")
    read = np.full_like(conductance, 5e-3)
    return xr.Dataset(
        {"voltage": (dims, read), "current": (dims, conductance * read)},
        {"pulse_voltage": ("pulse", pulses[:60])},
    )


def test_parameters_noise_and_spread_are_found_within_their_errors() -> None:
    synapse = fit(ladders())
    assert isinstance(synapse, SoftBounds)
    truth = {
        "up": UP * np.exp(0.005),
        "down": DOWN,
        "conductance_min": LOW,
        "conductance_max": HIGH,
    }
    for name, (value, error, _, _) in summary(synapse).items():
        assert abs(value - truth[name]) < 4 * error, name
    assert synapse.pulse_noise == pytest.approx(0.1, rel=0.05)
    assert synapse.up_spread == pytest.approx(0.1, rel=0.4)
    assert synapse.upper_spread == pytest.approx(0.05 * HIGH / (0.5 * (HIGH - LOW)), rel=0.4)
    assert synapse.down_spread < 0.01
    assert (synapse.pulse_voltage, synapse.pulse_width) == pytest.approx((0.3, 1e-6))


def test_without_noise_the_law_is_found_exactly_and_nothing_is_left_over() -> None:
    synapse = fit(ladders(noise=0.0, up_spread=0.0, bound_spread=0.0))
    assert isinstance(synapse, SoftBounds)
    assert (synapse.up, synapse.down) == pytest.approx((UP, DOWN), rel=1e-9)
    assert (synapse.conductance_min, synapse.conductance_max) == pytest.approx(
        (LOW, HIGH), rel=1e-9
    )
    assert synapse.evidence is not None
    residuals = synapse.evidence.residuals
    assert residuals is not None
    assert float(np.abs(residuals["step"] - residuals["predicted"]).max()) < 1e-9 * HIGH
    assert synapse.evidence.n_steps == 30 * 20 * 59


def test_the_standard_error_is_the_scatter_of_repeated_fits() -> None:
    data = ladders(n_devices=60, up_spread=0.0, bound_spread=0.0)
    single = [fit(data.isel(device=[k])) for k in range(60)]
    shares = np.array([s.down for s in single if isinstance(s, SoftBounds)])
    errors = np.array([summary(s)["down"][1] for s in single])
    assert shares.std(ddof=1) == pytest.approx(errors.mean(), rel=0.35)


def test_a_conductance_of_one_device_and_one_cycle_will_do() -> None:
    data = ladders(noise=0.0)
    conductance = (data["current"] / data["voltage"]).isel(device=0, cycle=0)
    assert fit(conductance).conductance_max == pytest.approx(
        fit(data.isel(device=[0])).conductance_max, rel=1e-6
    )


def test_missing_reads_are_left_out() -> None:
    data = ladders(noise=0.0, up_spread=0.0, bound_spread=0.0)
    data["current"][3, 2, 10] = np.nan
    assert fit(data).conductance_max == pytest.approx(HIGH, rel=1e-6)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda d: d.drop_vars("current"), "no variable 'current'"),
        (lambda d: d.drop_vars("pulse_voltage"), "no coordinate 'pulse_voltage'"),
        (lambda d: d.rename(pulse="step"), r"expected \(device, cycle, pulse\)"),
        (lambda d: d.isel(pulse=slice(0, 30)), "0 depression steps; expected three or more"),
        (lambda d: d.assign_coords(pulse_voltage=d["pulse_voltage"].copy(data=np.tile([0.3, -0.3], 30))), "expected"),
        (lambda d: d.assign(current=d["current"].cumsum("pulse")), "soft bounds do not describe it"),
    ],
)  # fmt: skip
def test_data_that_cannot_be_fitted_is_refused(spoil: object, message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        fit(spoil(ladders(n_devices=2, n_cycles=3)))  # type: ignore[operator]


def test_an_unknown_law_gets_the_nearest_one() -> None:
    with pytest.raises(AnalysisError, match="did you mean 'soft-bounds'"):
        fit(ladders(2, 2), law="soft_bound")


def read_with(data: xr.Dataset, noise: float) -> xr.Dataset:
    """Return the ladders as read with a noise. [S]"""
    draw = generator(8, "reads").standard_normal(data["current"].shape)
    return data.assign(current=data["current"] + noise * draw * data["voltage"])


def test_noise_of_the_reads_is_not_taken_for_steps() -> None:
    small = fit(read_with(ladders(6, 4), 0.01 * uS))
    assert isinstance(small, SoftBounds)
    assert small.up == pytest.approx(fit(ladders(6, 4)).up, rel=0.1)
    for noise in (0.2 * uS, 0.3 * uS):
        with pytest.raises(AnalysisError, match="do not stand out of the noise of the reads"):
            fit(read_with(ladders(6, 4), noise))
    with pytest.raises(AnalysisError):
        fit(read_with(ladders(6, 4), 2 * uS))


def test_noise_of_the_steps_is_no_noise_of_the_reads() -> None:
    for noise in (0.5, 1.0):
        fit(ladders(3, 2, noise=noise))


def test_a_recording_of_conductances_will_do() -> None:
    data = ladders(2, 3)
    conductance = (data["current"] / data["voltage"]).assign_attrs(units="S")
    recording = conductance.to_dataset(name="conductance")
    assert fit(recording) == fit(data)
    relative = recording.assign(conductance=conductance.assign_attrs(units="1"))
    with pytest.raises(AnalysisError, match="relative levels"):
        fit(relative)
