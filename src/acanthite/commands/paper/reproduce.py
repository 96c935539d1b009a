"""``acanthite reproduce``: the twin of the whole paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from acanthite.commands.command import Command
from acanthite.commands.options import (
    FAILED,
    NoDevice,
    Seed,
    Threads,
    check_data_folder,
    chosen_parameters,
    interruptible,
    option,
    refuse_device,
    whole_number,
)
from acanthite.errors import ImageError

Only = Annotated[
    list[str] | None,
    option("FIG...", "Run only these figures or groups: --only fig3 fig4i. See --list.", "all"),
]
Quick = Annotated[
    bool, typer.Option("--quick", help="Fewer devices, seeds and epochs: coarser numbers, soon.")
]
Out = Annotated[Path, option("DIR", "The run folder; one that is already there is resumed.")]
Parameters = Annotated[
    Path | None,
    option(
        "FILE.toml",
        "Your own parameters over the Ag2S set; 'acanthite parameters --template' prints one to "
        "edit.",
    ),
]
Data = Annotated[Path | None, option("DIR", "Folder with the MNIST files, tried before the cache.")]
Image = Annotated[
    Path | None,
    option("FILE", "An 8-bit grey photograph for the edge detection.", "a built-in one"),
]
_seeds = whole_number(0, 1000, "a number of seeds; give a whole number from 0 to 1000")
_draws = whole_number(0, 10_000, "a number of draws; give a whole number from 0 to 10000")
Seeds = Annotated[
    int | None,
    option(
        "N",
        "Judge every claim over N seeds, from 5001 on; 0 for the run's own alone.",
        "10, or 2 with --quick",
        parser=_seeds,
    ),
]
Posterior = Annotated[
    int,
    option(
        "N",
        "Also compute every claim for N draws of the fitted parameters from their posterior.",
        parser=_draws,
    ),
]
Scheduler = Annotated[
    str | None,
    option(
        "ADDRESS", "Of a Dask cluster that takes the seeds and draws: tcp://10.0.0.1:8786.", False
    ),
]
Listing = Annotated[bool, typer.Option("--list", help="List the figures and exit.")]


class Greedy(Command):
    """A command whose ``--only`` takes every name up to the next option.

    As in ``--only fig3 fig4i --seed 7``.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse arguments with the names after ``--only`` spread."""
        return super().parse_args(ctx, spread_only(args))


def spread_only(args: Sequence[str]) -> list[str]:
    """Return ``--only a b`` as ``--only a --only b``."""
    spread: list[str] = []
    taking = False
    for arg in args:
        if taking and not arg.startswith("-") and spread[-1] != "--only":
            spread.append("--only")
        elif arg.startswith("-"):
            taking = arg == "--only"
        spread.append(arg)
    return spread


def reproduce(
    only: Only = None,
    quick: Quick = False,
    seed: Seed = 1,
    seeds: Seeds = None,
    posterior: Posterior = 0,
    scheduler: Scheduler = None,
    out: Out = Path("acanthite-run"),
    threads: Threads = None,
    parameters: Parameters = None,
    data: Data = None,
    image: Image = None,
    show: Listing = False,
    device: NoDevice = None,
) -> int:
    """Simulate the paper, film to network, and write a report beside the published numbers.

    The run folder gets report.html (everything, in one file), claims.csv, figures, recordings and
    run.json. Pictures are those of --seed, verdicts those of --seeds. Stop it with Ctrl-C at any
    time: finished figures stay, and the same command goes on from there.
    """
    refuse_device(
        device,
        "the figures compare films, thicknesses and anneals, which a device file knows nothing of; "
        "give numbers of your own "
        "with --parameters, or the file to 'acanthite train', 'explore', 'array' or 'export'",
    )
    if show:
        _print_figures()
        return 0
    from acanthite import threads as pool
    from acanthite.console import RunDisplay, print_result
    from acanthite.figures import Settings, select
    from acanthite.report import reproduce as reproduced

    select(only)
    pool.use(threads)
    check_data_folder(data, "the MNIST files")
    if image is not None and not image.is_file():
        raise ImageError(f"image {image}: no such file; give an 8-bit grey picture with --image")
    settings = Settings(
        seed=seed, quick=quick, parameters=chosen_parameters(parameters), data=data, image=image
    )
    advice = f"finished figures are kept in {out}: run the same command again to resume"
    with RunDisplay() as display, interruptible(advice, display.stop):
        result = reproduced(settings, only, out, display, seeds, posterior, scheduler)
    print_result(result)
    return FAILED if result.failed else 0


def _print_figures() -> None:
    from acanthite.figures import NAMES, figure
    from acanthite.figures.words import worded
    from acanthite.parameters import AG2S

    for name in NAMES:
        typer.echo(f"{name:<8} {worded(figure(name).TITLE, AG2S)}")
