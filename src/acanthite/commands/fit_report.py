"""What ``acanthite fit`` tells of a fit: as tables, and as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from acanthite.fitting import DeviceFit, MomentFit, PulseFit, Verdict


_TOGETHER = 0.8  # correlation of errors from which it is printed


def _parameters_json(found: DeviceFit | MomentFit) -> dict[str, Any]:
    return {
        name: {
            "value": p.value, "unit": p.unit, "error": p.error if p.error < float("inf") else None,
            "interval": list(p.interval) if all(map(math.isfinite, p.interval)) else None,
            "device_spread": _finite(p.device_spread), "cycle_spread": _finite(p.cycle_spread), "relative_spread": p.relative,
        }
        for name, p in found.parameters.items()
    }  # fmt: skip


def _finite(values: tuple[float, ...] | None) -> list[float | None] | None:
    """Return numbers as JSON has them, which knows no infinity."""
    return None if values is None else [v if math.isfinite(v) else None for v in values]


def moments_json(found: MomentFit, out: Path) -> dict[str, Any]:
    """Return a fit by moments, for JSON."""
    return {
        "law": found.law.name, "devices": found.n_devices, "parameters": _parameters_json(found), "rms": found.rms,
        "misfit": found.misfit, "held_out": found.held_out, "unknowns": found.unknowns,
        "correlation": found.correlation.tolist(), "moments": found.quality(), "verdict": found.verdict.table(), "file": str(out),
    }  # fmt: skip


def loops_json(found: DeviceFit, out: Path) -> dict[str, Any]:
    """Return a fit to currents, for JSON."""
    return {
        "law": found.law.name, "devices": found.n_devices, "parameters": _parameters_json(found), "rms": found.rms, "scale": found.scale,
        "held": found.held, "held_out": found.held_out, "correlation": found.correlation.tolist(),
        "verdict": found.verdict.table(), "file": str(out),
    }  # fmt: skip


def pulse_json(found: PulseFit) -> dict[str, Any]:
    """Return a pulse law's fit, for JSON."""
    return {
        "rms": found.rms, "unit": found.unit, "held_out": found.held_out, "aic": found.aic, "read_noise": found.read_noise,
        "fluctuation": found.fluctuation, "memory": found.memory,
        "pulse_noise": found.synapse.pulse_noise, "parameters": found.summary(),
        "correlation": dict(found.correlation), "verdict": found.verdict.table(),
    }  # fmt: skip


def _print_parameters(found: DeviceFit | MomentFit) -> None:
    from acanthite.console import print_table

    rows = []
    for name, p in found.parameters.items():
        unit = "" if p.unit == "1" else p.unit
        known = p.error < float("inf")
        spread = f"{p.device_spread[0]:.1%}" if p.device_spread and p.relative else "-"
        cycle = f"{p.cycle_spread[0]:.1%}" if p.cycle_spread and p.relative else "-"
        interval = (
            f"{p.interval[0]:.4g} to {p.interval[1]:.4g}" if known else "not seen by these data"
        )
        rows.append(
            (
                name,
                f"{p.value:.4g}",
                unit,
                f"{p.error:.2g}" if known else "-",
                interval,
                spread,
                cycle,
            )
        )
    print_table(
        ("parameter", "value", "unit", "error", "95 % interval", "device spread", "cycle spread"),
        rows,
    )


def print_loops(found: DeviceFit, out: Path) -> None:
    """Print a fit to currents."""
    _print_parameters(found)
    log = found.scale == "log"
    what = "relative residual" if log else "residual over the floor"
    typer.echo(
        f"{found.n_devices} devices; {what} {found.rms:.3g} rms{_decades(found.rms) if log else ''}"
    )
    if found.held_out is not None:
        typer.echo(
            f"held-out {found.held}: {found.held_out:.3g} rms{_decades(found.held_out) if log else ''}"
        )
    _print_verdict(found.verdict)
    typer.echo(f"device file: {out}; pictures: {out.with_suffix('.png')}")


def _print_verdict(verdict: Verdict) -> None:
    """Print the verdict, beside the output where it is poor, so that no one misses it."""
    typer.echo(f"verdict: {verdict}", err=verdict.quality == "poor")


def _decades(rms: float) -> str:
    """Return a residual so large that it is no relative error any more, in decades."""
    return f" of the logarithm, {rms / math.log(10):.2g} decades" if rms > 0.3 else ""


def print_moments(found: MomentFit, out: Path) -> None:
    """Print a fit by moments."""
    from acanthite.console import print_table

    _print_parameters(found)
    rows = [
        (
            name, f"{m['measured'].item():.3f}", f"{m['fitted'].item():.3f}", f"{m['error'].item():.2g}",
            "" if m["used"].item() else "no",
        )
        for name, m in ((str(n), found.moments.sel(moment=n)) for n in found.moments["moment"].values)
        if m["measured"].notnull().item()
    ]  # fmt: skip
    print_table(("moment of the logarithm", "measured", "law", "error", "fitted"), rows)
    typer.echo(
        f"{found.n_devices} devices; moments within {found.rms:.2g} standard errors rms"
        + (
            ""
            if found.misfit is None
            else f"; a law that holds would miss by as much in {found.misfit:.0%} of cases"
        )
    )
    if found.held_out is not None:
        typer.echo(f"held-out devices: {found.held_out:.2g} standard errors rms")
    _print_verdict(found.verdict)
    typer.echo(f"device file: {out}; pictures: {out.with_suffix('.png')}")


def print_pulses(found: Mapping[str, PulseFit], out: Path) -> None:
    """Print the fits of pulse laws, the best first."""
    from acanthite.console import print_table

    best = next(iter(found))
    rows = [
        (
            name, f"{f.rms:.4g}", "-" if f.held_out is None else f"{f.held_out:.4g}", f"{f.aic - found[best].aic:.0f}",
            f"{f.synapse.pulse_noise:.3g}", f"{f.read_noise:.3g}", f"{f.fluctuation:.3g}",
        )
        for name, f in found.items()
    ]  # fmt: skip
    unit = "" if found[best].unit == "1" else f" / {found[best].unit}"
    print_table(
        (
            "law",
            f"rms{unit}",
            f"held out{unit}",
            "AIC - best",
            "step noise / step",
            f"read noise{unit}",
            f"fluctuation{unit}",
        ),
        rows,
    )
    typer.echo(f"kept: {best}")
    table = [
        (name, *(_short(p[key]) for key in ("value", "error", "interval", "device_spread")))
        for name, p in found[best].summary().items()
    ]
    print_table(("parameter", "value", "error", "95 % interval", "device spread"), table)
    _print_correlated(found[best])
    if found[best].assumed:
        typer.echo(
            "the file holds relative levels: 0.1 to 1 uS assumed for their range; say otherwise with --conductance"
        )
    _print_verdict(found[best].verdict)
    typer.echo(f"device file: {out}; pictures: {out.with_suffix('.png')}")


def _short(value: Any) -> str:
    """Return a number or the ends of an interval, four digits each."""
    if value is None:
        return "-"
    return " to ".join(f"{v:.4g}" for v in value) if isinstance(value, tuple) else f"{value:.4g}"


def _print_correlated(found: PulseFit) -> None:
    """Say which parameters are only known together."""
    rows = dict(found.correlation)
    names = list(rows)
    pairs = [
        (a, b, rows[a][k])
        for k, b in enumerate(names)
        for a in names[:k]
        if abs(rows[a][k]) > _TOGETHER
    ]
    if pairs:
        pairs = ", ".join(
            f"{a} and {b} {r:+.2f}" for a, b, r in sorted(pairs, key=lambda p: -abs(p[2]))[:6]
        )
        typer.echo(f"errors go together: {pairs}; all correlations are in the device file")
