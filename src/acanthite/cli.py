"""The command line: parse, call, print."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core

from acanthite import __version__
from acanthite.errors import AcanthiteError, DatasetError, ImageError, LawError, nearest

if TYPE_CHECKING:
    from acanthite.device import Filament, Law
    from acanthite.figures import Settings
    from acanthite.parameters import ParameterSet

__all__ = ["app", "main"]

# click's ClickException, wherever this version of typer keeps it
_USAGE: type[Exception] = typer.BadParameter.__mro__[2]
_ERROR, _FAILED, _INTERRUPTED = 2, 1, 130


class _Greedy(typer.core.TyperCommand):
    """A command whose ``--only`` takes every name up to the next option: ``--only fig3 fig4i --seed 7``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, spread_only(args))


def spread_only(args: Sequence[str]) -> list[str]:
    """Return ``--only a b`` as ``--only a --only b``."""
    found: list[str] = []
    taking = False
    for arg in args:
        if taking and not arg.startswith("-") and found[-1] != "--only":
            found.append("--only")
        elif arg.startswith("-"):
            taking = arg == "--only"
        found.append(arg)
    return found


def _whole(text: str, low: int, high: int, what: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise typer.BadParameter(f"{text!s} is not {what}")
    return number


def _seed(text: str) -> int:
    return _whole(text, 0, 2**63 - 1, "a seed; give a whole number from 0 to 2^63 - 1")


def _threads(text: str) -> int:
    return _whole(text, 1, 1024, "a number of threads; give a whole number from 1 to 1024")


app = typer.Typer(
    name="acanthite",
    help="The open digital twin of wafer-scale Ag2S memristive crossbar arrays: one device, every scale.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"acanthite {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    pass


Only = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FIG...",
        help="Run only these figures or groups: --only fig3 fig4i. See --list.",
        show_default="all",
    ),
]
Quick = Annotated[
    bool, typer.Option("--quick", help="Fewer devices, seeds and epochs: coarser numbers, soon.")
]
Seed = Annotated[
    int,
    typer.Option(metavar="N", parser=_seed, help="Key of every random number: same seed, same bits."),
]
Out = Annotated[
    Path, typer.Option(metavar="DIR", help="The run folder; one that is already there is resumed.")
]
Threads = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        parser=_threads,
        help="Threads to work on; no result depends on it.",
        show_default="all cores",
    ),
]
Parameters = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.toml",
        help="Your own parameters over the Ag2S set; 'acanthite parameters --template' prints one to edit.",
    ),
]
Data = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder with the MNIST files, tried before the cache.")
]
Image = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="An 8-bit grey photograph for the edge detection.",
        show_default="a built-in one",
    ),
]
Listing = Annotated[bool, typer.Option("--list", help="List the figures and exit.")]
Figures = Annotated[
    list[str] | None,
    typer.Argument(metavar="[FIG]...", help="Only the claims of these figures.", show_default="all"),
]
Template = Annotated[
    bool, typer.Option("--template", help="Print a TOML file to edit and give to 'reproduce --parameters'.")
]
Format = Annotated[str, typer.Option(metavar="FORMAT", help="verilog-a or spice (ngspice).")]
Target = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Where to write it.", show_default="the terminal")
]
Model = Annotated[
    str, typer.Option(metavar="MODEL", help="filament, vteam, yakopcic, stanford-pku, linear-drift.")
]
Thickness = Annotated[
    float | None,
    typer.Option(metavar="NM", help="Of the film, in nanometres.", show_default="the paper's 50"),
]
Over = Annotated[
    Path | None, typer.Option("--parameters", metavar="FILE.toml", help="Put this file over the set first.")
]


@app.command(cls=_Greedy)
def reproduce(
    only: Only = None,
    quick: Quick = False,
    seed: Seed = 1,
    out: Out = Path("acanthite-run"),
    threads: Threads = None,
    parameters: Parameters = None,
    data: Data = None,
    image: Image = None,
    show: Listing = False,
) -> None:
    """Simulate the paper, film to network, and write a report beside the published numbers.

    The run folder gets report.html (everything, in one file), claims.csv, figures, recordings and run.json.
    Stop it with Ctrl-C at any time: finished figures stay, and the same command goes on from there.
    """
    if show:
        _list_figures()
        return
    from acanthite import threads as pool
    from acanthite.figures import select

    select(only)
    pool.use(threads)
    _reproduce(_settings(seed, quick, parameters, data, image), only, out)


Minutes = Annotated[
    float | None,
    typer.Option("--time", metavar="MIN", help="Deposition time in minutes, instead of the thickness."),
]
Anneal = Annotated[
    str | None,
    typer.Option(metavar="C", help="Anneal in degrees Celsius, or 'none'.", show_default="the paper's 160"),
]
AnnealTime = Annotated[
    float | None, typer.Option(metavar="H", help="Of the anneal, in hours.", show_default="the paper's 3")
]
Power = Annotated[float | None, typer.Option(metavar="W", help="RF power.", show_default="the paper's 150")]
Pressure = Annotated[
    float | None, typer.Option(metavar="MTORR", help="While sputtering.", show_default="the paper's 5")
]
Argon = Annotated[float | None, typer.Option(metavar="SCCM", help="Ar flow.", show_default="the paper's 20")]
Sulphide = Annotated[
    float | None, typer.Option("--h2s", metavar="SCCM", help="H2S flow.", show_default="the paper's 40")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, every number in SI.")]


@app.command()
def film(
    thickness: Thickness = None,
    time: Minutes = None,
    anneal: Anneal = None,
    anneal_time: AnnealTime = None,
    power: Power = None,
    pressure: Pressure = None,
    argon: Argon = None,
    h2s: Sulphide = None,
    parameters: Over = None,
    as_json: AsJson = False,
) -> None:
    """Print what a recipe gives: thickness, stoichiometry, phase, grain, barrier, XRD line, roughness."""
    from acanthite.console import print_film
    from acanthite.constants import hour, minute, mtorr, nm, sccm
    from acanthite.film import Recipe, grow

    given = (
        ("thickness", thickness, nm), ("deposition_time", time, minute), ("anneal_time", anneal_time, hour),
        ("rf_power", power, 1.0), ("pressure", pressure, mtorr), ("argon_flow", argon, sccm), ("h2s_flow", h2s, sccm),
    )  # fmt: skip
    changes: dict[str, Any] = {name: value * unit for name, value, unit in given if value is not None}
    if anneal is not None:
        changes["anneal_temperature"] = _anneal(anneal)
    chosen = _parameters(parameters)
    print_film(grow(Recipe.of(chosen, **changes), chosen), chosen, as_json)


@app.command()
def claims(figure: Figures = None) -> None:
    """Print the ledger: every published number and how acanthite stands to it."""
    from acanthite.console import print_claims

    print_claims(figure)


@app.command()
def parameters(template: Template = False, file: Over = None) -> None:
    """Print the Ag2S parameter set: value, unit, how it was obtained, source and place."""
    from acanthite.console import print_parameters
    from acanthite.parameters.template import template as as_template

    chosen = _parameters(file)
    if template:
        typer.echo(as_template(chosen), nl=False)
    else:
        print_parameters(chosen)


@app.command()
def export(
    format: Format = "spice",
    out: Target = None,
    model: Model = "filament",
    thickness: Thickness = None,
    name: Annotated[str, typer.Option(help="Of the module or subcircuit.")] = "acanthite_device",
    file: Over = None,
) -> None:
    """Write a nominal device for a circuit simulator, its noise from cycle to cycle off."""
    from acanthite import device
    from acanthite.files import write_text

    text = device.export(_device(model, thickness, file), format, name=name, parameters=_parameters(file))
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_text(out, text)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code.

    Parameters
    ----------
    args : sequence of str, optional
        Without the program's name; those of the process without it.

    Returns
    -------
    int
        0 done, 1 a figure failed, 2 bad input, 130 interrupted.
    """
    try:
        code = app(args=None if args is None else list(args), prog_name="acanthite", standalone_mode=False)
    except AcanthiteError as error:
        return _complain(str(error))
    except _USAGE as error:
        message = error.format_message()  # type: ignore[attr-defined]
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(message)
            return _ERROR
        return _complain(f"{message.rstrip('.')}; see 'acanthite --help'")
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("interrupted", err=True)
        return _INTERRUPTED
    return code if isinstance(code, int) else 0


def _complain(message: str) -> int:
    typer.echo(f"error: {' '.join(message.split())}", err=True)
    return _ERROR


def _settings(
    seed: int, quick: bool, parameters: Path | None, data: Path | None, image: Path | None
) -> Settings:
    from acanthite.figures import Settings

    if data is not None and not data.is_dir():
        raise DatasetError(
            f"data folder {data}: no such folder; give one that holds the MNIST files with --data"
        )
    if image is not None and not image.is_file():
        raise ImageError(f"image {image}: no such file; give an 8-bit grey picture with --image")
    return Settings(seed=seed, quick=quick, parameters=_parameters(parameters), data=data, image=image)


def _device(model: str, thickness: float | None, file: Path | None) -> Law | Filament:
    from acanthite import film
    from acanthite.constants import nm
    from acanthite.device import MODELS, Filament

    if model == "filament":
        chosen = _parameters(file)
        recipe = film.Recipe.of(chosen)
        if thickness is not None:
            recipe = replace(recipe, thickness=thickness * nm, deposition_time=None)
        return Filament.from_film(film.grow(recipe, chosen), chosen)
    if model not in MODELS:
        known = ("filament", *MODELS)
        raise LawError(
            f"model {model!r} is unknown; expected one of {', '.join(known)}{nearest(model, known)}"
        )
    if thickness is not None or file is not None:
        raise LawError(
            f"model {model!r} has no film; leave out --thickness and --parameters, or choose the filament"
        )
    return MODELS[model]


def _parameters(file: Path | None) -> ParameterSet:
    from acanthite.parameters import AG2S, load

    return AG2S if file is None else load(file, AG2S)


def _anneal(text: str) -> float | None:
    from acanthite.constants import celsius

    if text.strip().lower() == "none":
        return None
    try:
        return celsius(float(text))
    except ValueError:
        raise typer.BadParameter(
            f"--anneal {text}: give a temperature in degrees Celsius, such as 160, or 'none'"
        ) from None


def _list_figures() -> None:
    from acanthite.figures import NAMES, figure

    for name in NAMES:
        typer.echo(f"{name:<8} {figure(name).TITLE}")


def _reproduce(settings: Settings, only: list[str] | None, out: Path) -> None:
    from acanthite.console import RunDisplay, print_result
    from acanthite.report import reproduce

    with RunDisplay() as display:
        try:
            result = reproduce(settings, only, out, display)
        except KeyboardInterrupt:
            display.stop()
            typer.echo(
                f"interrupted; finished figures are kept in {out}: run the same command again to resume",
                err=True,
            )
            raise typer.Exit(_INTERRUPTED) from None
    print_result(result)
    if result.failed:
        raise typer.Exit(_FAILED)


if __name__ == "__main__":
    sys.exit(main())
