"""``acanthite fit``: a device file from a lab's own measurements."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from acanthite.commands.convert import ByName, Columns, Units, read_hints
from acanthite.commands.fit_report import (
    loops_json,
    moments_json,
    print_loops,
    print_moments,
    print_pulses,
    pulse_json,
)
from acanthite.commands.options import AsJson, Seed
from acanthite.errors import FitError, nearest

if TYPE_CHECKING:
    import xarray as xr

    from acanthite.fitting import DataFile

LawName = Annotated[
    str | None,
    typer.Option(
        "--law",
        metavar="LAW",
        help="vteam, yakopcic, stanford-pku, linear-drift, filament for loops; soft-bounds, power-step ... for pulse responses.",
        show_default="pulse responses: all, the best kept",
    ),
]

Names = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES", help="Parameters to fit: a,b,c.", show_default="those loops can tell apart"
    ),
]
Values = Annotated[
    list[str] | None,
    typer.Option("--fix", metavar="NAME=VALUE", help="Hold a parameter, in SI; several times."),
]
Shared = Annotated[
    str | None, typer.Option(metavar="NAMES", help="Parameters all devices have in common: a,b.")
]
EachName = Annotated[
    str, typer.Option(metavar="WHAT", help="device or cycle: what has parameters of its own.")
]
ScaleName = Annotated[
    str,
    typer.Option(metavar="SCALE", help="log or linear: compare currents by ratio or difference."),
]
Held = Annotated[
    float,
    typer.Option(metavar="SHARE", help="Hold out this share of devices or cycles, and predict it."),
]
Rate = Annotated[
    float | None, typer.Option(metavar="V/S", help="Speed of the sweep, where a file has no times.")
]
Begin = Annotated[
    str | None,
    typer.Option(
        "--begin", metavar="NAME", help="Parameter the state stands at when the data begin: w_on for RESETs by vteam.",
        show_default="a fresh device",
    ),
]  # fmt: skip
Ends = Annotated[
    str | None,
    typer.Option(metavar="LOW,HIGH", help="Conductances in S that relative levels run between."),
]
Flip = Annotated[
    bool,
    typer.Option(
        "--flip", help="Swap the electrodes of the loops, where the law SETs at the other sign."
    ),
]
Likelihood = Annotated[
    bool,
    typer.Option(
        "--likelihood",
        help="Pulse responses: fit law and noise at once, not the mean response first.",
    ),
]


def fit(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...", help="Lab files, or folders of them.", show_default=False
        ),
    ],
    law: LawName = None,
    out: Annotated[
        Path, typer.Option(metavar="FILE.toml", help="Device file; pictures go next to it.")
    ] = Path("device.toml"),
    free: Names = None,
    fix: Values = None,
    shared: Shared = None,
    each: EachName = "device",
    scale: ScaleName = "log",
    holdout: Held = 0.0,
    rate: Rate = None,
    begin: Begin = None,
    conductance: Ends = None,
    flip: Flip = False,
    likelihood: Likelihood = False,
    columns: Columns = None,
    units: Units = None,
    hints: ByName = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Fit a device law to loops, or a pulse law to pulse responses, and write a device file.

    The filament is random: it is fitted to how thresholds and conductances of five or more devices scatter, the other laws to the
    currents themselves. Two files of one device, SETs in one and RESETs in the other, are taken as sweeps in turn.
    The file holds every parameter with its standard error, 95 % interval and spread between devices, the correlations, what
    was held out, and each fitted file with its hash. 'acanthite train --device FILE.toml' trains on it. Files that cannot be
    read are reported, the others are fitted all the same, and the exit code is 1.
    """
    pulses, loops, files, whole = _read(paths, read_hints(columns, units, hints))
    if pulses and (law is None or not loops):
        given = {"holdout": holdout, "pulse_noise": likelihood, "conductance": _ends(conductance)}
        _pulses(pulses, law, given, out, files, as_json)
    elif loops:
        options = {
            "free": _split(free), "fixed": _pairs(fix or []), "shared": _split(shared) or (), "each": each, "scale": scale,
            "holdout": holdout, "rate": rate, "begin": begin, "seed": seed,
        }  # fmt: skip
        _loops([_flipped(r) for r in loops] if flip else loops, law, options, out, files, as_json)
    else:
        raise FitError(
            "no loop or pulse response found; 'acanthite convert' shows what the files hold"
        )
    if not whole:
        raise typer.Exit(1)


def _read(
    paths: Sequence[Path], hints: tuple[dict[str, Any], dict[str, dict[str, Any]]]
) -> tuple[list[xr.Dataset], list[xr.Dataset], list[DataFile], bool]:
    """Return pulse responses, loops, the files they are from, and whether all could be read; those that could not are reported."""
    from acanthite.fitting import data_file
    from acanthite.measurement import read_folder
    from acanthite.measurement.io.folder import files_in

    general, special = hints
    recordings, skipped = read_folder(paths, by_name=special, **general)
    for entry in skipped:
        typer.echo(f"{'failed' if entry.broken else 'skipped'}  {entry}", err=True)
    left = {entry.file for entry in skipped}
    dates = {str(r.attrs.get("file")): str(r.attrs.get("date", "")) for r in recordings}
    files = [data_file(f, dates.get(f.name, "")) for f in files_in(paths) if f not in left]
    pulses = [r for r in recordings if "pulse" in r.dims and "pulse_voltage" in r.coords]
    loops = [r for r in recordings if "current" in r and "pulse" not in r.dims]
    return pulses, loops, files, not any(entry.broken for entry in skipped)


def _split(text: str | None) -> list[str] | None:
    return [part.strip() for part in text.split(",") if part.strip()] if text else None


def _pairs(texts: Sequence[str]) -> dict[str, float]:
    found = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise FitError(f"--fix {text!r}; expected NAME=VALUE with a number, in SI") from None
    return found


def _ends(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        raise FitError(f"--conductance {text!r}; expected two numbers LOW,HIGH in S") from None
    return low, high


def _loops(
    loops: Sequence[xr.Dataset],
    name: str | None,
    options: Mapping[str, Any],
    out: Path,
    files: Sequence[DataFile],
    as_json: bool,
) -> None:
    from acanthite import fitting
    from acanthite.console import working
    from acanthite.device import MODELS

    known = ("filament", *MODELS)
    if name not in known:
        given = f"--law {name!r}" if name else "no --law"
        raise FitError(
            f"{given}: loops need a device law, one of {', '.join(known)}{nearest(name or '', known)}"
        )
    if fitting.halves(loops):
        loops = [fitting.interleave(*loops)]
        typer.echo(f"sweeps in turn of one device: {loops[0].attrs['file']}", err=True)
    with working(f"fitting {name}") as progress:
        if name == "filament":
            found = fitting.fit_moments(
                loops, fitting.filament(), progress=progress, **_of_moments(options)
            )
        else:
            found = fitting.fit(loops, MODELS[name], progress=progress, **options)
    fitting.save(found, out, files)
    by_moments = isinstance(found, fitting.MomentFit)
    _picture(fitting.draw_moments(found) if by_moments else fitting.draw(found), out)
    if as_json:
        typer.echo(
            json.dumps(moments_json(found, out) if by_moments else loops_json(found, out), indent=2)
        )
    elif by_moments:
        print_moments(found, out)
    else:
        print_loops(found, out)


def _flipped(recording: xr.Dataset) -> xr.Dataset:
    names = [n for n in ("voltage", "current", "applied") if n in recording]
    return recording.assign({n: -recording[n] for n in names})


def _of_moments(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a fit by moments; those that only a fit to currents has are refused."""
    for name, default in (("shared", ()), ("each", "device"), ("scale", "log"), ("begin", None)):
        if options[name] != default:
            raise FitError(
                f"--{name} {options[name]!r}: the filament is fitted to distributions, not to currents; leave it out"
            )
    return {n: options[n] for n in ("free", "fixed", "holdout", "rate", "seed")}


def _pulses(
    recordings: Sequence[xr.Dataset],
    name: str | None,
    options: dict[str, Any],
    out: Path,
    files: Sequence[DataFile],
    as_json: bool,
) -> None:
    from dataclasses import replace

    from acanthite import fitting
    from acanthite.console import working
    from acanthite.synapse import save

    if len(recordings) > 1:
        raise FitError(
            f"{len(recordings)} pulse responses; expected one file, its devices in columns: fit them one by one"
        )
    laws = [name] if name else list(fitting.PULSE_LAWS)
    with working("fitting pulse laws") as progress:
        found = fitting.compare(recordings[0], laws, progress=progress, **options)
    best = next(iter(found))
    origin = {
        "fitted_to": "; ".join(f"{f.file}, sha256 {f.sha256}" for f in files),
        "held_out": found[best].held_out,
        "verdict": str(found[best].verdict),
    }
    if found[best].assumed:
        origin["conductance"] = "assumed: the file holds relative levels"
    kept = replace(
        found[best].synapse, provenance={k: v for k, v in origin.items() if v is not None}
    )
    save(kept, out)
    _picture(fitting.draw_pulses(found), out)
    if as_json:
        typer.echo(
            json.dumps(
                {n: pulse_json(f) for n, f in found.items()} | {"kept": best, "file": str(out)},
                indent=2,
            )
        )
        return
    print_pulses(found, out)


def _picture(figure: Any, out: Path) -> None:
    from acanthite.drawing import save_png

    save_png(figure, out.with_suffix(".png"))
