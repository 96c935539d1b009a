"""``acanthite explore``: what accuracy owes to each property of a device."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from acanthite.commands.options import (
    Data,
    Threads,
    TrustCode,
    check_data_folder,
    interruptible,
    option,
    print_json,
    synapse_of,
    whole_number,
)

_count = whole_number(1, 10**9, "a number of points, images or epochs; give a whole number from 1")


def _factor(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text} is not a factor on the rate; give a number such as 0.3"
        ) from None


_RATE_HELP = "Factor on the rate to try everywhere; may be given several times."
DatasetName = Annotated[
    str, option("NAME", "mnist, fashion-mnist, digits, cifar10, or an .npz file.")
]
NetworkName = Annotated[str, option("NAME", "mlp, lenet5, or widths: 784-256-128-10.")]
Algorithms = Annotated[list[str], option("NAME", "May be given several times.", name="--algorithm")]
Properties = Annotated[
    list[str] | None, option("NAME", "May be given several times.", "all seven", "--property")
]
DeviceName = Annotated[str, option("DEVICE", "ag2s, one of the literature, or a device file.")]
Points = Annotated[int, option("N", "Values of each property.", parser=_count)]
Rates = Annotated[
    list[float] | None,
    option("X", _RATE_HELP, "0.3, 1, 3", "--rate", _factor),
]
Seeds = Annotated[int, option("N", "Trainings of each kind.", parser=_count)]
Epochs = Annotated[int, option("N", "Passes over the images.", parser=_count)]
Limit = Annotated[int, option("N", "Train on the first N images.", parser=_count)]
Out = Annotated[Path, option("DIR", "Folder for points, tables, figure and report.")]
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

    Properties: nonlinearity, asymmetry, states, cycle-noise, device-spread, read-noise,
    stuck-cells. Each is taken from perfect to bad, the device otherwise as it is, and at each value
    the rate is chosen anew on held-out images. DIR gets the figure, the tables and a report. Stop
    it with Ctrl-C, or let it be killed: the same command goes on.
    """
    from acanthite.console import print_exploration, working
    from acanthite.explore import PropertyStudy
    from acanthite.explore import explore as explored
    from acanthite.explore.report import as_json as table

    check_data_folder(data)
    study = PropertyStudy(
        dataset=dataset,
        network=network,
        algorithms=tuple(algorithm),
        properties=tuple(properties or ()),
        points=points,
        rates=tuple(rate or PropertyStudy.rates),
        seeds=seeds,
        epochs=epochs,
        limit=limit,
    )
    with working("training") as move, interruptible("run the same command to go on"):
        findings = explored(
            synapse_of(device, trust_code),
            study,
            out,
            data=data,
            workers=threads,
            progress=lambda done, of: move(done / of),
        )
    if as_json:
        print_json(table(findings), indent=None)
    else:
        print_exploration(findings, out)
