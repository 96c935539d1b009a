"""What sweeps that switch say: SET, RESET, resistances, spread, and the share of good cycles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite import analysis
from acanthite.analysis import Events, Resistances, SwitchingEvents
from acanthite.errors import AnalysisError
from acanthite.estimate import Estimate
from acanthite.formatting import as_text
from acanthite.report.measured.grouping.labels import cycle_numbers, device_labels
from acanthite.report.measured.kinds.conduction import state_branches
from acanthite.report.measured.kinds.spread import (
    distributions,
    endurance_numbers,
    middle,
    variances,
)
from acanthite.report.measured.study import Drawing, Finding, Number, Options, Study, Value

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

Array = NDArray[np.float64]

LEAST_CYCLES = 5  # for a picture of endurance


def analyse_loops(study: Study, options: Options) -> Finding:
    """Return what a study of loops says.

    Parameters
    ----------
    study : Study
    options : Options

    Returns
    -------
    Finding
    """
    events = analysis.find_events(*study.recordings, compliance=options.compliance)
    states, trouble = _states(study, events, options)
    samples = _samples(events, states)
    fitted = distributions(samples, options)
    conduction, branch_drawings = state_branches(study, events, options)
    cycling, cycling_drawing = endurance_numbers(states, options)
    return Finding(
        _summary(events),
        (
            *_switching(events),
            *_resistance(states),
            *variances(samples),
            *cycling,
            *fitted.numbers,
            *conduction,
        ),
        tuple(_values(study, events, states, options)),
        (_loops_drawing(study, events), *fitted.drawings, *cycling_drawing, *branch_drawings),
        (*study.notes, *trouble, *_remarks(events, states)),
    )


def _summary(events: SwitchingEvents) -> str:
    parts = []
    for event in events:
        if event.kind == "none":
            continue
        side = "negative" if event.excursion.sign < 0 else "positive"
        parts.append(
            f"{event.kind.upper()} at {side} voltage in {event.detected.sum()} of "
            f"{event.searched.sum()} sweeps"
        )
    if events.unipolar:
        parts.append("unipolar: SET and RESET have the same sign")
    return "; ".join(parts) + "."


def _states(
    study: Study, events: SwitchingEvents, options: Options
) -> tuple[Resistances | None, tuple[str, ...]]:
    try:
        return analysis.resistances(
            *study.recordings, read_voltage=options.read_voltage, events=events
        ), ()
    except AnalysisError as error:
        return None, (f"Resistances were not read: {error}",)


def _switching(events: SwitchingEvents) -> Iterator[Number]:
    if events.forming_voltage.size:
        yield Number(
            "V_form", analysis.mean(events.forming_voltage, "V"), "first SET of a pristine device"
        )
    for name, kind, values in (
        ("V_set", "set", events.set_voltage),
        ("V_reset", "reset", events.reset_voltage),
    ):
        event = events.first(kind)
        if event is None:
            continue
        switches, n = event.detected, int(event.searched.sum())
        how = (
            f"{event.abrupt.sum()} abrupt, confidence {np.median(event.confidence[switches]):.2f}"
            if switches.any()
            else ""
        )
        share = Estimate(event.share, "1", None, n)
        yield Number(f"sweeps that {kind}", share, f"{switches.sum()} of {n}; {how}" if how else "")
        if np.isfinite(values).any():
            estimate, what = middle(values, "V")
            typical = as_text(float(np.nanmedian(values)), "V")
            yield Number(name, estimate, f"{what}; median {typical}" if switches.sum() > 1 else "")
        if np.isfinite(values).sum() >= 3:
            yield Number(
                f"C_v of {name}", analysis.coefficient_of_variation(values), "spread over mean"
            )


def _resistance(states: Resistances | None) -> Iterator[Number]:
    if states is None:
        return
    at = f"read at {as_text(states.read_voltage, 'V')}"
    several = states.lrs.size > 1
    for name, values, bound, word in (
        ("R_on", states.lrs, states.lrs_is_bound, "an upper bound, held by the compliance"),
        ("R_off", states.hrs, states.hrs_is_bound, "a lower bound, not distinct from noise"),
    ):
        known = np.isfinite(values)
        if not known.any():
            continue
        n = int((bound & known).sum())
        estimate, what = middle(values, "ohm")
        note = f"{what}, {at}" if several else at
        note = f"{note}; in {n} of {known.sum()} sweeps {word}" if n else note
        yield Number(name, estimate, note)
    if np.isfinite(states.ratio).any():
        estimate, what = middle(states.ratio)
        yield Number("R_off over R_on", estimate, what if several else "")


def _samples(events: SwitchingEvents, states: Resistances | None) -> dict[str, tuple[Array, str]]:
    """Return what is spread, as magnitudes of shape (device, cycle), with its unit."""
    samples = {
        "|V_set|": (np.abs(events.set_voltage), "V"),
        "|V_reset|": (np.abs(events.reset_voltage), "V"),
    }
    if states is not None:
        samples |= {"R_on": (states.lrs, "ohm"), "R_off": (states.hrs, "ohm")}
    return {
        name: (values, unit)
        for name, (values, unit) in samples.items()
        if np.isfinite(values).any()
    }


def _values(
    study: Study, events: SwitchingEvents, states: Resistances | None, options: Options
) -> Iterator[Value]:
    for event in events:
        if event.kind == "none":
            continue
        labels = _labels(study, event.recording, options)
        cycles = cycle_numbers(study.recordings[event.recording])
        for d, c in np.argwhere(event.measured):
            voltage = event.voltage[d, c]
            yield Value(
                labels[d],
                cycles[c],
                f"V_{event.kind}",
                float(voltage),
                "V",
                float(event.confidence[d, c]),
                _word(event, events, d, c),
            )
    if states is None:
        return
    event = events.first("set") or events.first("reset")
    labels = _labels(study, event.recording if event else 0, options)
    cycles = cycle_numbers(study.recordings[event.recording if event else 0])
    for name, values, bound, word in (
        ("R_on", states.lrs, states.lrs_is_bound, "at most"),
        ("R_off", states.hrs, states.hrs_is_bound, "at least"),
    ):
        for d, c in np.argwhere(np.isfinite(values) if event is None else event.measured):
            yield Value(
                labels[d],
                cycles[c],
                name,
                float(values[d, c]),
                "ohm",
                None,
                word if bound[d, c] else "",
            )


def _labels(study: Study, recording: int, options: Options) -> list[str]:
    file = study.files[min(recording, len(study.files) - 1)]
    return device_labels(study.recordings[recording], file, options)


def _word(event: Events, events: SwitchingEvents, d: int, c: int) -> str:
    if event.gaps[d, c]:
        return "gaps"
    if event.missed[d, c]:
        return "opposite" if event.opposite[d, c] else "missed"
    if event is events.first("set") and events.forming[d, c]:
        return "forming"
    return "undone" if event.undone[d, c] else ("abrupt" if event.abrupt[d, c] else "gradual")


def _remarks(events: SwitchingEvents, states: Resistances | None) -> Iterator[str]:
    for event in events:
        if event.kind == "none":
            side = "negative" if event.excursion.sign < 0 else "positive"
            yield f"Nothing switches at {side} voltage."
            continue
        for n, what in (
            (int(event.missed.sum()), "were missed"),
            (int(event.undone.sum()), "are not remembered by the way back"),
            (int(event.opposite.sum()), "do the opposite"),
        ):
            if n:
                yield f"{n} of {event.searched.sum()} {event.kind.upper()} sweeps {what}."
        if event.gaps.any():
            yield (
                f"{event.gaps.sum()} of {event.measured.sum()} {event.kind.upper()} sweeps have "
                "gaps and were not searched; they count nowhere."
            )
        if np.isfinite(event.compliance):
            yield (
                f"{event.kind.upper()}: current limited to {as_text(event.compliance, 'A')}, as "
                "the file or the data say."
            )
    if sum(
        np.isfinite(v).any(axis=-1).sum() > 1 for v in (events.set_voltage, events.reset_voltage)
    ):
        yield (
            "Distributions take all cycles of all devices as one sample; where devices differ, "
            "their intervals and p values are surer than the data allow."
        )
    if states is not None and states.hrs_is_bound.any():
        yield "Where R_off is a lower bound, so are the ratio and its spread."


def _loops_drawing(study: Study, events: SwitchingEvents) -> Drawing:
    def draw() -> Canvas:
        from acanthite.drawing import new_figure

        figure, ax = new_figure(5.6, 3.7)
        analysis.plot_switching(study.recordings, events, ax)
        return figure

    many = sum(int(event.measured.sum()) for event in events) > len(events.events)
    caption = "Current against voltage" + (", the median sweep dark" if many else "")
    return Drawing(
        "loops",
        f"{caption}; dashed where SET and RESET were found, shaded from the 5 % to the 95 % point."
        if many
        else f"{caption}; dashed where SET and RESET were found.",
        draw,
    )
