"""The command line: which commands there are, and how errors and interruptions end."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Annotated

import typer

from acanthite import __version__
from acanthite.commands.array.array import array
from acanthite.commands.command import Command, Group
from acanthite.commands.device.export import export
from acanthite.commands.device.fit import fit
from acanthite.commands.device.measure import measure
from acanthite.commands.lab.analyse import analyse
from acanthite.commands.lab.convert import convert
from acanthite.commands.lab.lab import lab
from acanthite.commands.network.advise import advise
from acanthite.commands.network.chip import chip
from acanthite.commands.network.explore import explore
from acanthite.commands.network.infer import infer
from acanthite.commands.network.train import train
from acanthite.commands.options import CLOSED, ERROR, INTERRUPTED
from acanthite.commands.paper.cite import cite
from acanthite.commands.paper.claims import claims
from acanthite.commands.paper.parameters import parameters
from acanthite.commands.paper.reproduce import Greedy, reproduce
from acanthite.commands.studies.study import study
from acanthite.commands.terminal import explain, flush, write_plainly
from acanthite.commands.wafer.film import film
from acanthite.commands.wafer.layout import layout
from acanthite.commands.wafer.wafer import wafer
from acanthite.errors import AcanthiteError

__all__ = ["app", "main"]

# click's ClickException, wherever this version of typer keeps it
_USAGE: type[Exception] = typer.BadParameter.__mro__[2]

# set by a shell that asks what a word could become
_COMPLETING = "_ACANTHITE_COMPLETE"

app = typer.Typer(
    name="acanthite",
    cls=Group,
    help="The open digital twin of wafer-scale Ag2S memristive crossbar arrays: one device, every "
    "scale.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    """Print what a report of a fault needs: versions, system and threads."""
    if not wanted:
        return
    import platform

    from acanthite import threads
    from acanthite.report.versions import versions

    typer.echo(f"acanthite {__version__}\n")
    for package, version in versions().items():
        if package != "acanthite":
            typer.echo(f"{package:<14}{version}")
    typer.echo(f"{'system':<14}{platform.system()} {platform.machine()}")
    typer.echo(f"{'threads':<14}{threads.count()}")
    raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the versions that matter in a report of a fault, and exit.",
        ),
    ] = False,
) -> None:
    pass


def _help(command: Callable[..., object]) -> str:
    """Return a command's docstring a paragraph a line, for the terminal to wrap."""
    paragraphs = (inspect.getdoc(command) or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


app.command(cls=Greedy, help=_help(reproduce))(reproduce)
for _command in (
    film,
    claims,
    cite,
    parameters,
    export,
    measure,
    layout,
    array,
    advise,
    train,
    explore,
    infer,
    study,
    chip,
    wafer,
    convert,
    analyse,
    fit,
    lab,
):
    app.command(cls=Command, help=_help(_command))(_command)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code.

    Parameters
    ----------
    args : sequence of str, optional
        Without the program's name; those of the process without it.

    Returns
    -------
    int
        0 done, 1 a figure failed, 2 bad input, 130 interrupted, 141 the reader of a pipe left.
    """
    write_plainly()
    try:
        code = app(
            args=None if args is None else list(args), prog_name="acanthite", standalone_mode=False
        )
        flush()
    except AcanthiteError as error:
        return _complain(str(error))
    except _USAGE as error:
        message = error.format_message()  # type: ignore[attr-defined]
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(message)
            return ERROR
        return _complain(f"{message.rstrip('.')}; see 'acanthite --help'")
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        return CLOSED
    except SystemExit:  # of a shell that completes a word, or what click makes of a broken pipe
        return 0 if _COMPLETING in os.environ else CLOSED
    except OSError as error:
        return _complain(explain(error))
    except MemoryError as error:
        return _complain(f"not enough memory ({error or 'no more is left'}); ask for less at once")
    return code if isinstance(code, int) else 0


def _complain(message: str) -> int:
    typer.echo(f"error: {' '.join(message.split())}", err=True)
    with suppress(OSError):  # what a full disk does not take would be told a second time
        flush()
    return ERROR


if __name__ == "__main__":
    sys.exit(main())
