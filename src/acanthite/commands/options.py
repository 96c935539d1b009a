"""Options that several commands take, and how their text is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from acanthite.errors import LawError, ParameterError

if TYPE_CHECKING:
    from acanthite.fitting import FittedDevice
    from acanthite.parameters import ParameterSet
    from acanthite.synapse import Synapse

FAILED, ERROR, INTERRUPTED, CLOSED = 1, 2, 130, 141
"""Exit codes: something of the work failed, bad input, Ctrl-C, the reader of a pipe left."""


def whole(text: str, low: int, high: int, what: str) -> int:
    """Return a whole number from ``low`` to ``high``, or say what was expected."""
    try:
        number = int(text)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise typer.BadParameter(f"{text!s} is not {what}")
    return number


def seed(text: str) -> int:
    """Parse a seed."""
    return whole(text, 0, 2**63 - 1, "a seed; give a whole number from 0 to 2^63 - 1")


def threads(text: str) -> int:
    """Parse a number of threads."""
    return whole(text, 1, 1024, "a number of threads; give a whole number from 1 to 1024")


Seed = Annotated[
    int,
    typer.Option(
        metavar="N", parser=seed, help="Key of every random number: same seed, same bits."
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        parser=threads,
        help="Threads to work on; no result depends on it.",
        show_default="all cores",
    ),
]
Thickness = Annotated[
    float | None,
    typer.Option(metavar="NM", help="Of the film, in nanometres.", show_default="the paper's 50"),
]
Over = Annotated[
    Path | None,
    typer.Option("--parameters", metavar="FILE.toml", help="Put this file over the set first."),
]
Target = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Where to write it.", show_default="the terminal"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, every number in SI.")]


def chosen_parameters(file: Path | None) -> ParameterSet:
    """Return the Ag2S set, with the user's file over it if there is one."""
    from acanthite.parameters import AG2S, load

    return AG2S if file is None else load(file, AG2S)


NoDevice = Annotated[
    str | None,
    typer.Option(
        "--device",
        metavar="FILE.toml",
        hidden=True,
        help="Taken by other commands, not by this one.",
    ),
]


def refuse_device(given: str | None, why: str) -> None:
    """Say why a command takes no device file, if it was given one."""
    if given is not None:
        raise LawError(f"--device {given}: {why}")


TrustCode = Annotated[
    bool,
    typer.Option(
        "--trust-code",
        help="Run Python that the device file names or holds, even where it is more than arithmetic. Only for files you know.",
    ),
]


def device_of(name: str | Path, trust: bool = False) -> FittedDevice | Synapse:
    """Return what a device file holds: a device law, or a pulse law.

    Raises
    ------
    ParameterError
        If there is no such file, or it is no device file.
    """
    from acanthite.fitting import load_device

    _file_there(name)
    return _warned(name, load_device(name, trust=trust))


def _warned(name: str | Path, device: FittedDevice | Synapse) -> FittedDevice | Synapse:
    """Return the device of a file; where the file says that its fit is poor, so does the command."""
    from acanthite.fitting import FittedDevice

    fitted = isinstance(device, FittedDevice)
    verdict = device.verdict if fitted else device.provenance.get("verdict")
    if str(verdict or "").startswith("poor"):
        typer.echo(
            f"warning: device file {name}: {verdict}; numbers that follow from it may be far off",
            err=True,
        )
    return device


def _file_there(name: str | Path) -> None:
    if not Path(name).is_file():
        raise ParameterError(
            f"device {str(name)!r}: no such device file; expected ag2s or a file that 'acanthite "
            f"fit' wrote"
        )


def law_of(name: str | Path, trust: bool = False) -> FittedDevice:
    """Return the device law of a device file; a pulse law, which says nothing of voltages, is refused."""
    from acanthite.fitting import FittedDevice

    device = device_of(name, trust)
    if not isinstance(device, FittedDevice):
        raise LawError(
            f"device file {name} holds the pulse law {device.NAME!r}, which knows no voltages; "
            f"expected a device law: fit loops"
        )
    return device


def synapse_of(name: str | Path, trust: bool = False) -> Synapse:
    """Return the synapse of a device file: its pulse law, or the one its device law makes."""
    from acanthite.fitting import meaning

    return meaning(device_of(name, trust)).synapse
