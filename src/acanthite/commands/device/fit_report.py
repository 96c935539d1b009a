"""What ``acanthite fit`` reports of a fit: as tables, and as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from acanthite.commands.options import attributes

if TYPE_CHECKING:
    from acanthite.fitting import DeviceFit, MomentFit, PulseFit, Verdict

_TOGETHER = 0.8  # correlation of errors from which it is printed


def device_json(fit: DeviceFit | MomentFit, out: Path) -> dict[str, Any]:
    """Return a fit of a device law, for JSON."""
    own = (
        ("misfit", "held_out", "unknowns") if _is_by_moments(fit) else ("scale", "held", "held_out")
    )
    entries = {
        "law": fit.law.name,
        "devices": fit.n_devices,
        "parameters": {name: _parameter_json(p) for name, p in fit.parameters.items()},
        "rms": fit.rms,
        **attributes(fit, *own),
        "correlation": fit.correlation.tolist(),
    }
    if _is_by_moments(fit):
        entries["moments"] = fit.quality()
    return entries | {"verdict": fit.verdict.table(), "file": str(out)}


def _parameter_json(parameter: Any) -> dict[str, Any]:
    seen = all(map(math.isfinite, parameter.interval))
    return {
        **attributes(parameter, "value", "unit", "error"),
        "interval": list(parameter.interval) if seen else None,
        **attributes(parameter, "device_spread", "cycle_spread"),
        "relative_spread": parameter.relative,
    }


def pulses_json(fits: Mapping[str, PulseFit], out: Path) -> dict[str, Any]:
    """Return the fits of pulse laws, for JSON."""
    entries = {
        name: {
            **attributes(
                fit, "rms", "unit", "held_out", "aic", "read_noise", "fluctuation", "memory"
            ),
            "pulse_noise": fit.synapse.pulse_noise,
            "parameters": fit.summary(),
            "correlation": dict(fit.correlation),
            "verdict": fit.verdict.table(),
        }
        for name, fit in fits.items()
    }
    return {**entries, "kept": next(iter(fits)), "file": str(out)}


def _is_by_moments(fit: DeviceFit | MomentFit) -> bool:
    from acanthite.fitting import MomentFit

    return isinstance(fit, MomentFit)


def _print_parameters(fit: DeviceFit | MomentFit) -> None:
    from acanthite.console import print_table

    rows = []
    for name, p in fit.parameters.items():
        known = p.error < math.inf
        spreads = (
            f"{spread[0]:.1%}" if spread and p.relative else "-"
            for spread in (p.device_spread, p.cycle_spread)
        )
        rows.append(
            (
                name,
                f"{p.value:.4g}",
                "" if p.unit == "1" else p.unit,
                f"{p.error:.2g}" if known else "-",
                _short(p.interval) if known else "not seen by these data",
                *spreads,
            )
        )
    names = "parameter", "value", "unit", "error", "95 % interval", "device spread", "cycle spread"
    print_table(names, rows)


def print_loops(fit: DeviceFit, out: Path) -> None:
    """Print a fit to currents."""
    _print_parameters(fit)
    what = "relative residual" if fit.scale == "log" else "residual over the floor"
    typer.echo(f"{fit.n_devices} devices; {what} {_rms(fit.rms, fit.scale)}")
    if fit.held_out is not None:
        typer.echo(f"held-out {fit.held}: {_rms(fit.held_out, fit.scale)}")
    _print_end(fit.verdict, out)


def _print_end(verdict: Verdict, out: Path) -> None:
    """Print the verdict, on standard error where it is poor, and the files."""
    typer.echo(f"verdict: {verdict}", err=verdict.quality == "poor")
    typer.echo(f"device file: {out}; pictures: {out.with_suffix('.png')}")


def _rms(rms: float, scale: str) -> str:
    """Return a residual as text, in decades too where it is too large for a relative error."""
    decades = f" of the logarithm, {rms / math.log(10):.2g} decades" if rms > 0.3 else ""
    return f"{rms:.3g} rms{decades if scale == 'log' else ''}"


def print_moments(fit: MomentFit, out: Path) -> None:
    """Print a fit by moments."""
    from acanthite.console import print_table

    _print_parameters(fit)
    rows = []
    for name in fit.moments["moment"].values:
        moment = fit.moments.sel(moment=name)
        measured, fitted, error = (moment[n].item() for n in ("measured", "fitted", "error"))
        used = "" if moment["used"].item() else "no"
        if not math.isnan(measured):
            rows.append((str(name), f"{measured:.3f}", f"{fitted:.3f}", f"{error:.2g}", used))
    print_table(("moment of the logarithm", "measured", "law", "error", "fitted"), rows)
    misfit = ""
    if fit.misfit is not None:
        misfit = f"; a law that holds would miss by as much in {fit.misfit:.0%} of cases"
    typer.echo(f"{fit.n_devices} devices; moments within {fit.rms:.2g} standard errors rms{misfit}")
    if fit.held_out is not None:
        typer.echo(f"held-out devices: {fit.held_out:.2g} standard errors rms")
    _print_end(fit.verdict, out)


def print_pulses(fits: Mapping[str, PulseFit], out: Path) -> None:
    """Print the fits of pulse laws, the best first."""
    from acanthite.console import print_table

    name, best = next(iter(fits.items()))
    unit = "" if best.unit == "1" else f" / {best.unit}"
    columns = (f"rms{unit}", f"held out{unit}", "AIC - best", "step noise / step")
    rows = [
        (
            law,
            _short(fit.rms),
            _short(fit.held_out),
            f"{fit.aic - best.aic:.0f}",
            f"{fit.synapse.pulse_noise:.3g}",
            f"{fit.read_noise:.3g}",
            f"{fit.fluctuation:.3g}",
        )
        for law, fit in fits.items()
    ]
    print_table(("law", *columns, f"read noise{unit}", f"fluctuation{unit}"), rows)
    typer.echo(f"kept: {name}")
    keys = ("value", "error", "interval", "device_spread")
    table = [(p, *(_short(row[key]) for key in keys)) for p, row in best.summary().items()]
    print_table(("parameter", "value", "error", "95 % interval", "device spread"), table)
    _print_correlated(best.correlation)
    if best.assumed:
        typer.echo(
            "the file holds relative levels: 0.1 to 1 uS assumed for their range; say otherwise "
            "with --conductance"
        )
    _print_end(best.verdict, out)


def _short(value: Any) -> str:
    """Return a number or the ends of an interval, four digits each."""
    if value is None:
        return "-"
    return " to ".join(f"{v:.4g}" for v in value) if isinstance(value, tuple) else f"{value:.4g}"


def _print_correlated(correlation: Mapping[str, Sequence[float]]) -> None:
    """Print which parameters are known only together."""
    names = list(correlation)
    pairs = [
        (a, b, correlation[a][k])
        for k, b in enumerate(names)
        for a in names[:k]
        if abs(correlation[a][k]) > _TOGETHER
    ]
    strongest = sorted(pairs, key=lambda pair: -abs(pair[2]))[:6]
    if strongest:
        text = ", ".join(f"{a} and {b} {r:+.2f}" for a, b, r in strongest)
        typer.echo(f"errors go together: {text}; all correlations are in the device file")
