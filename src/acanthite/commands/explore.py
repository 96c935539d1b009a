"""``acanthite explore``: what accuracy owes to each property of a device."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from acanthite.commands.options import INTERRUPTED, Threads, TrustCode, whole
from acanthite.commands.train import named_device
from acanthite.errors import DatasetError

if TYPE_CHECKING:
    from acanthite.explore import PropertyStudy
    from acanthite.synapse import Synapse


def _count(text: str) -> int:
    return whole(text, 1, 10**9, "a number of points, images or epochs; give a whole number from 1")


def _factor(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text} is not a factor on the rate; give a number such as 0.3"
        ) from None


DatasetName = Annotated[
    str, typer.Option(metavar="NAME", help="mnist, fashion-mnist, digits, or an .npz file.")
]
NetworkName = Annotated[
    str, typer.Option(metavar="NAME", help="mlp, lenet5, or widths: 784-256-128-10.")
]
Algorithms = Annotated[
    list[str], typer.Option("--algorithm", metavar="NAME", help="May be given several times.")
]
Properties = Annotated[
    list[str] | None,
    typer.Option(
        "--property", metavar="NAME", help="May be given several times.", show_default="all seven"
    ),
]
DeviceName = Annotated[str, typer.Option(metavar="DEVICE", help="ag2s, or a device file.")]
Points = Annotated[int, typer.Option(metavar="N", parser=_count, help="Values of each property.")]
Rates = Annotated[
    list[float] | None,
    typer.Option(
        "--rate",
        metavar="X",
        parser=_factor,
        help="Factor on the rate to try everywhere; may be given several times.",
        show_default="0.3, 1, 3",
    ),
]
Seeds = Annotated[int, typer.Option(metavar="N", parser=_count, help="Trainings of each kind.")]
Epochs = Annotated[int, typer.Option(metavar="N", parser=_count, help="Passes over the images.")]
Limit = Annotated[
    int, typer.Option(metavar="N", parser=_count, help="Train on the first N images.")
]
Out = Annotated[
    Path, typer.Option(metavar="DIR", help="Folder for points, tables, figure and report.")
]
Data = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder with the data set's files, tried first.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the map as one JSON object.")]


def explore(
    dataset: DatasetName = "mnist",
    network: NetworkName = "mlp",
    algorithm: Algorithms = ["sgd", "ttv2"],  # noqa: B006 - typer copies it
    device: DeviceName = "ag2s",
    properties: Properties = None,
    points: Points = 5,
    rate: Rates = None,
    seeds: Seeds = 3,
    epochs: Epochs = 2,
    limit: Limit = 10_000,
    out: Out = Path("acanthite-explore"),
    data: Data = None,
    threads: Threads = None,
    as_json: AsJson = False,
    trust_code: TrustCode = False,
) -> None:
    """Find which property of a device costs how much accuracy, and what to improve next.

    Properties: nonlinearity, asymmetry, states, cycle-noise, device-spread, read-noise, stuck-cells. Each is taken from
    perfect to bad, the device otherwise as it is, and at each value the rate is chosen anew on held-out images. DIR gets
    the figure, the tables and a report. Stop it with Ctrl-C, or let it be killed: the same command goes on.
    """
    from acanthite.explore import PropertyStudy

    if data is not None and not data.is_dir():
        raise DatasetError(
            f"data folder {data}: no such folder; give one that holds the files with --data"
        )
    study = PropertyStudy(
        dataset,
        network,
        tuple(algorithm),
        tuple(properties or ()),
        points,
        tuple(rate or PropertyStudy.rates),
        seeds,
        epochs,
        limit,
    )
    _run(study, lambda: named_device(device, trust_code), out, data, threads, as_json)


def _run(
    study: PropertyStudy,
    device: Callable[[], Synapse],
    out: Path,
    data: Path | None,
    threads: int | None,
    as_json: bool,
) -> None:
    from acanthite.console import print_exploration, working
    from acanthite.explore import explore
    from acanthite.explore.report import as_json as table

    with working("training") as move:
        try:
            found = explore(
                device(),
                study,
                out,
                data=data,
                workers=threads,
                progress=lambda done, of: move(done / of),
            )
        except KeyboardInterrupt:
            typer.echo("interrupted; run the same command to go on", err=True)
            raise typer.Exit(INTERRUPTED) from None
    if as_json:
        typer.echo(json.dumps(table(found), allow_nan=False))
    else:
        print_exploration(found, out)
