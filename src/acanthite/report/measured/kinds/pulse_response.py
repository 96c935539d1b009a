"""What pulse responses and write-read cycling say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite import analysis
from acanthite.analysis import PulseResponse
from acanthite.errors import AnalysisError
from acanthite.measurement import potentiating_sign
from acanthite.report.measured.grouping.labels import device_labels
from acanthite.report.measured.kinds.as_measured import analyse_other
from acanthite.report.measured.study import Drawing, Finding, Number, Options, Study, Value

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure as Canvas

Array = NDArray[np.float64]

_DRAWN = 2000  # single responses


def analyse_pulses(study: Study, options: Options) -> Finding:
    """Return what potentiation and depression say: labels, asymmetry, states, noise.

    Parameters
    ----------
    study : Study
    options : Options

    Returns
    -------
    Finding
    """
    recording = study.recordings[0]
    level, unit = levels(recording)
    up, down = _directions(recording, level)
    if up < 4 or down < 4:
        return analyse_other(
            study, f"{up} pulses up and {down} down: too few for a response; shown, not analysed."
        )
    labels = device_labels(recording, study.files[0], options)
    responses_by_device: dict[str, PulseResponse] = {}
    trouble = []
    for d, label in enumerate(labels):
        try:
            responses_by_device[label] = analysis.pulse_response(
                level[d][:, :up], level[d][:, up : up + down]
            )
        except AnalysisError as error:
            trouble.append(f"{label}: {error}")
    if not responses_by_device:
        return analyse_other(study, "A pulse response that does not change: shown, not analysed.")
    n, cycles = len(responses_by_device), level.shape[1]
    summary = (
        f"{up} pulses up and {down} down, {cycles} cycle{'s' * (cycles != 1)} of {n} "
        f"device{'s' * (n != 1)}; the levels of a cycle are averaged over cycles."
    )
    if unit == "1":
        trouble.append("The file holds relative levels, so there is no conductance to tell.")
    return Finding(
        summary.replace("; the levels of a cycle are averaged over cycles", "")
        if cycles == 1
        else summary,
        tuple(_numbers(responses_by_device, unit)),
        tuple(_values(responses_by_device, unit)),
        (_drawing(responses_by_device, unit),),
        (*study.notes, *trouble),
    )


def levels(recording: xr.Dataset) -> tuple[Array, str]:
    """Return the level after each pulse, shape (device, cycle, pulse), and its unit."""
    if "conductance" in recording:
        g, unit = recording["conductance"], str(recording["conductance"].attrs.get("units", "1"))
    elif "sample" in recording["current"].dims:
        g, unit = analysis.read_levels(recording), "S"
    else:
        g, unit = analysis.conductance(recording), "S"
    missing = [d for d in ("device", "cycle") if d not in g.dims]
    return np.asarray(
        g.expand_dims(missing).transpose("device", "cycle", "pulse").values, float
    ), unit


def _directions(recording: xr.Dataset, level: Array) -> tuple[int, int]:
    """Return the pulses up at the start, and those down after them."""
    if "direction" in recording.coords:
        sign = np.asarray(recording["direction"].values)
    elif "pulse_voltage" in recording.coords:
        volts = np.asarray(recording["pulse_voltage"].values, float)
        sign = np.sign(volts)
        if volts.ndim == 1:
            sign = potentiating_sign(level, volts) * sign
    else:
        return 0, 0
    if sign.ndim != 1 or (sign == 0).any():
        return 0, 0  # pulses and reads in turns
    up = int(np.argmax(sign < 0)) if (sign < 0).any() else len(sign)
    rest = sign[up:]
    down = int(np.argmax(rest > 0)) if (rest > 0).any() else len(rest)
    return up, down


def _numbers(responses_by_device: dict[str, PulseResponse], unit: str) -> Iterator[Number]:
    responses = list(responses_by_device.values())
    for name, get, note in _QUANTITIES:
        values = np.array([get(r) for r in responses])
        values = values[np.isfinite(values)]
        if values.size:
            yield Number(
                name,
                analysis.mean(values),
                note if len(responses) == 1 else f"{note}; mean over devices",
            )
    for name, get in (
        ("lowest level", lambda r: min(r.potentiation.levels.min(), r.depression.levels.min())),
        ("highest level", lambda r: max(r.potentiation.levels.max(), r.depression.levels.max())),
    ):
        yield Number(name, analysis.mean([get(r) for r in responses], unit))


_QUANTITIES = (
    ("nonlinearity, potentiation", lambda r: r.potentiation.label, "NeuroSim's label, −9 to 9"),
    ("nonlinearity, depression", lambda r: r.depression.label, "NeuroSim's label, −9 to 9"),
    ("asymmetry", lambda r: r.asymmetry, "difference of the labels"),
    ("effective states", lambda r: r.effective_states, "two standard deviations of a level apart"),
    ("step noise, potentiation", lambda r: r.potentiation.step_noise, "share of the range"),
    ("step noise, depression", lambda r: r.depression.step_noise, "share of the range"),
    ("dynamic range", lambda r: r.dynamic_range, "highest over lowest level"),
)


def _values(responses_by_device: dict[str, PulseResponse], unit: str) -> Iterator[Value]:
    for label, response in responses_by_device.items():
        for name, branch in (
            ("potentiation", response.potentiation),
            ("depression", response.depression),
        ):
            for n, level in enumerate(branch.levels, 1):
                yield Value(
                    label, n, f"level, {name}", float(level), unit, None, "numbered by pulse"
                )


def _drawing(responses_by_device: dict[str, PulseResponse], unit: str) -> Drawing:
    label, response = next(iter(responses_by_device.items()))

    def draw() -> Canvas:
        from acanthite.drawing import new_figure

        figure, ax = new_figure(5.6, 3.5)
        analysis.plot_pulse_response(response, unit, ax)
        return figure

    which = f", {label}" if len(responses_by_device) > 1 else ""
    return Drawing("pulses", f"Level after each pulse and NeuroSim's curves{which}.", draw)
