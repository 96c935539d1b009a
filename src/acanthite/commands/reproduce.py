"""``acanthite reproduce``: the twin of the whole paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core

from acanthite.commands.options import (
    FAILED,
    INTERRUPTED,
    NoDevice,
    Seed,
    Threads,
    chosen_parameters,
    refuse_device,
)
from acanthite.errors import DatasetError, ImageError

if TYPE_CHECKING:
    from acanthite.figures import Settings

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
Out = Annotated[
    Path, typer.Option(metavar="DIR", help="The run folder; one that is already there is resumed.")
]
Parameters = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.toml",
        help="Your own parameters over the Ag2S set; 'acanthite parameters --template' prints one to edit.",
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder with the MNIST files, tried before the cache."),
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
    typer.Argument(
        metavar="[FIG]...", help="Only the claims of these figures.", show_default="all"
    ),
]


class Greedy(typer.core.TyperCommand):
    """A command whose ``--only`` takes every name up to the next option: ``--only fig3 fig4i --seed 7``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse arguments with the names after ``--only`` spread."""
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
    device: NoDevice = None,
) -> None:
    """Simulate the paper, film to network, and write a report beside the published numbers.

    The run folder gets report.html (everything, in one file), claims.csv, figures, recordings and run.json.
    Stop it with Ctrl-C at any time: finished figures stay, and the same command goes on from there.
    """
    refuse_device(
        device,
        "the figures compare films, thicknesses and anneals, which a device file knows nothing of; give numbers of your own "
        "with --parameters, or the file to 'acanthite train', 'explore', 'array' or 'export'",
    )
    if show:
        _print_figures()
        return
    from acanthite import threads as pool
    from acanthite.figures import select

    select(only)
    pool.use(threads)
    _run(_settings(seed, quick, parameters, data, image), only, out)


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
    return Settings(
        seed=seed, quick=quick, parameters=chosen_parameters(parameters), data=data, image=image
    )


def _print_figures() -> None:
    from acanthite.figures import NAMES, figure
    from acanthite.figures.words import worded
    from acanthite.parameters import AG2S

    for name in NAMES:
        typer.echo(f"{name:<8} {worded(figure(name).TITLE, AG2S)}")


def _run(settings: Settings, only: list[str] | None, out: Path) -> None:
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
            raise typer.Exit(INTERRUPTED) from None
    print_result(result)
    if result.failed:
        raise typer.Exit(FAILED)
