"""Options that several commands take, and how their text is read."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from acanthite.errors import DatasetError, LawError, ParameterError, nearest

if TYPE_CHECKING:
    from acanthite.fitting import FittedDevice
    from acanthite.measurement.io import Skipped
    from acanthite.parameters import ParameterSet
    from acanthite.synapse import Synapse

FAILED, ERROR, INTERRUPTED, CLOSED = 1, 2, 130, 141
"""Exit codes: something of the work failed, bad input, Ctrl-C, the reader of a pipe left."""


def option(
    metavar: str,
    help: str,
    default: str | bool = True,
    name: str | None = None,
    parser: Callable[[str], Any] | None = None,
) -> Any:
    """Return an option that takes a value.

    Parameters
    ----------
    metavar : str
        What stands for the value in the help.
    help : str
    default : str or bool
        What the help says counts without it; the default itself if True, nothing if False.
    name : str, optional
        Of the option, where it is not that of the argument.
    parser : callable, optional
        Turns the text into the value.
    """
    names = () if name is None else (name,)
    return typer.Option(*names, metavar=metavar, help=help, show_default=default, parser=parser)


def whole_number(low: int, high: int, what: str) -> Callable[[str], int]:
    """Return what parses a whole number from ``low`` to ``high``, or says what was expected."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise typer.BadParameter(f"{text!s} is not {what}")
        return number

    return parse


seed = whole_number(0, 2**63 - 1, "a seed; give a whole number from 0 to 2^63 - 1")
_threads = whole_number(1, 1024, "a number of threads; give a whole number from 1 to 1024")

SEED_HELP = "Key of every random number: same seed, same bits."
Seed = Annotated[int, option("N", SEED_HELP, parser=seed)]
Threads = Annotated[
    int | None,
    option("N", "Threads to work on; no result depends on it.", "all cores", parser=_threads),
]
Thickness = Annotated[float | None, option("NM", "Of the film, in nanometres.", "the paper's 50")]
Over = Annotated[
    Path | None, option("FILE.toml", "Put this file over the set first.", name="--parameters")
]
Target = Annotated[Path | None, option("FILE", "Where to write it.", "the terminal", "--out")]
Folder = Annotated[Path, option("DIR", "Folder to write to.", name="--out")]
Data = Annotated[Path | None, option("DIR", "Folder with the data set's files, tried first.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, every number in SI.")]
LabFiles = Annotated[
    list[Path],
    typer.Argument(metavar="PATH...", help="Lab files, or folders of them.", show_default=False),
]
FigureNames = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FIG]...", help="Only the claims of these figures.", show_default="all"
    ),
]
Lines = Annotated[str, option("NxM", "Word lines x bit lines, such as 64x64.", name="--array")]
NoDevice = Annotated[
    str | None,
    typer.Option(
        "--device",
        metavar="FILE.toml",
        hidden=True,
        help="Taken by other commands, not by this one.",
    ),
]
TrustCode = Annotated[
    bool,
    typer.Option(
        "--trust-code",
        help="Run Python that the device file names or holds, even where it is more than "
        "arithmetic. Only for files you know.",
    ),
]


def lines(text: str) -> tuple[int, int]:
    """Return word and bit lines of a text such as ``64x64``."""
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) != 2 or not all(p.strip().isdigit() for p in parts):
        raise typer.BadParameter(f"--array {text}: give word lines x bit lines, such as 64x64")
    return int(parts[0]), int(parts[1])


def in_si(**options: tuple[float | None, float]) -> dict[str, float]:
    """Return the options that were given, each times the unit behind it."""
    return {name: value * unit for name, (value, unit) in options.items() if value is not None}


def attributes(of: object, *names: str) -> dict[str, Any]:
    """Return some attributes of an object by name."""
    return {name: getattr(of, name) for name in names}


def comma_separated(text: str | None) -> list[str]:
    """Return the parts of a text such as ``a,b``."""
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def chosen_parameters(file: Path | None) -> ParameterSet:
    """Return the Ag2S set, with the user's file over it if there is one."""
    from acanthite.parameters import AG2S, load

    return AG2S if file is None else load(file, AG2S)


def check_data_folder(folder: Path | None, what: str = "the files") -> None:
    """Refuse a ``--data`` that is no folder.

    Raises
    ------
    DatasetError
        If there is no such folder.
    """
    if folder is not None and not folder.is_dir():
        raise DatasetError(
            f"data folder {folder}: no such folder; give one that holds {what} with --data"
        )


def refuse_device(given: str | None, why: str) -> None:
    """Say why a command takes no device file, if it was given one."""
    if given is not None:
        raise LawError(f"--device {given}: {why}")


def print_json(value: Any, indent: int | None = 2) -> None:
    """Print a value as JSON, null in place of numbers that are not finite."""
    typer.echo(json.dumps(_finite(value), indent=indent, allow_nan=False))


def print_written(files: Iterable[Path]) -> None:
    """Print which files of a folder were written."""
    files = list(files)
    typer.echo(f"written to {files[0].parent}: {', '.join(path.name for path in files)}")


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def report_skipped(skipped: Iterable[Skipped]) -> bool:
    """Print which files were not read and why; return whether one of them is broken."""
    skipped = list(skipped)
    for entry in skipped:
        typer.echo(f"{'failed' if entry.broken else 'skipped'}  {entry}", err=True)
    return any(entry.broken for entry in skipped)


@contextmanager
def interruptible(advice: str, stop: Callable[[], None] = lambda: None) -> Iterator[None]:
    """End the command after Ctrl-C with a line that says how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        stop()
        typer.echo(f"interrupted; {advice}", err=True)
        raise typer.Exit(INTERRUPTED) from None


def device_of(name: str | Path, trust: bool = False) -> FittedDevice | Synapse:
    """Return what a device file holds, a device law or a pulse law, and warn where its fit is poor.

    Raises
    ------
    ParameterError
        If there is no such file, or it is no device file.
    """
    from acanthite.fitting import FittedDevice, load_device

    if not Path(name).is_file():
        raise ParameterError(
            f"device {str(name)!r}: no such device file; expected ag2s or a file that 'acanthite "
            f"fit' wrote"
        )
    device = load_device(name, trust=trust)
    fitted = isinstance(device, FittedDevice)
    verdict = str((device.verdict if fitted else device.provenance.get("verdict")) or "")
    if verdict.startswith("poor"):
        typer.echo(
            f"warning: device file {name}: {verdict}; numbers that follow from it may be far off",
            err=True,
        )
    return device


def law_of(name: str | Path, trust: bool = False) -> FittedDevice:
    """Return the device law of a device file; a pulse law, which knows no voltages, is refused."""
    from acanthite.fitting import FittedDevice

    device = device_of(name, trust)
    if not isinstance(device, FittedDevice):
        raise LawError(
            f"device file {name} holds the pulse law {device.NAME!r}, which knows no voltages; "
            f"expected a device law: fit loops"
        )
    return device


def synapse_of(name: str | Path, trust: bool = False) -> Synapse:
    """Return a synapse: the Ag2S one, fitted to its own ladders, one of the literature by name, or
    that of a device file.
    """
    from acanthite.fitting import meaning
    from acanthite.synapse.literature import LITERATURE, literature

    if name == "ag2s":
        from acanthite.synapse.measured import ag2s

        return ag2s()
    if name in LITERATURE:
        return literature(str(name))
    if not Path(name).is_file():
        known = ("ag2s", *LITERATURE)
        raise ParameterError(
            f"device {str(name)!r}: no such device file; expected ag2s, one of the literature "
            f"({', '.join(LITERATURE)}), or a file that 'acanthite fit' wrote"
            f"{nearest(str(name), known)}"
        )
    return meaning(device_of(name, trust)).synapse
