"""``acanthite chip``: what a network costs on a chip, and a chip as a file to edit."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from acanthite.commands.options import (
    Threads,
    check_data_folder,
    interruptible,
    option,
    print_json,
)
from acanthite.errors import ChipError

if TYPE_CHECKING:
    from acanthite.cost import ChipCost, NetworkShape, WritingCost
    from acanthite.inference import Chip

Name = Annotated[
    str | None,
    typer.Argument(
        metavar="[NETWORK]",
        help="mlp, lenet5, vgg8, resnet20, tiny-transformer, widths such as 784-256-128-10, or a "
        "TOML file of layers. With --template: a chip by its cells, such as pcm or reram-wan.",
        show_default=False,
    ),
]
Template = Annotated[
    bool,
    typer.Option(
        "--template", help="Print the chip NAME (pcm without one) as a TOML file to edit."
    ),
]
ChipName = Annotated[
    str,
    option("CHIP", "A chip file, or a chip by its cells. Its table [circuits] has the node."),
]
NodeSize = Annotated[
    float | None, option("NM", "Of the process, in nanometres.", "that of the chip file, or 22")
]
Activity = Annotated[
    float | None,
    option("X", "Of the inputs of every layer: share of input bits that are one.", "uniform ones"),
]
Images = Annotated[
    str | None,
    option(
        "DIR|NAME",
        "Folder with the data set's files, tried first; or a data set, as --dataset.",
        False,
        name="--data",
    ),
]
DatasetName = Annotated[
    str | None,
    option("NAME", "mnist, fashion-mnist, digits: its images are the first layer's inputs.", ""),
]
Out = Annotated[
    Path | None,
    option("DIR", "Folder for numbers, tables, pictures and a page; with --template, a file.", ""),
]
TradeOff = Annotated[
    bool,
    typer.Option(
        "--trade-off",
        help="Train and judge it too, on chips of other converters, slices and tiles: accuracy "
        "against energy, in DIR. Needs torch. The same command goes on where it was stopped.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, every number in SI.")]


VARIED = {
    "converter_bits": (4.0, 6.0, 8.0),
    "slices": (1.0, 2.0),
    "tile": (64.0, 128.0, 256.0),
}
"""Settings of the trade-off."""


def chip(
    name: Name = None,
    template: Template = False,
    chip: ChipName = "pcm",
    node: NodeSize = None,
    activity: Activity = None,
    dataset: DatasetName = None,
    data: Images = None,
    out: Out = None,
    trade_off: TradeOff = False,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Say what a network costs on a chip: energy, latency and area, with their intervals.

    The chip is one description for accuracy and cost: cells, mapping, tiles, drivers, converters.
    What costs and does not compute (node, clock, kind of converter, buffers, links) is in the
    file's table [circuits].
    """
    if template:
        _print_template(name or "pcm", out)
        return
    if name is None:
        raise ChipError(
            "chip: nothing to do; name a network to cost, or print a chip to edit with --template "
            "[NAME]"
        )
    if trade_off and out is None:
        raise ChipError("chip: --trade-off needs a folder; give one with --out")
    dataset, folder = _data(dataset, data)
    cost, writing = _costed(name, chip, node, activity, dataset, folder)
    if out is not None:
        from acanthite.cost import write_chip_cost

        write_chip_cost(cost, out, writing)
    if trade_off:
        _trade_off(name, chip, dataset or "mnist", folder, out, threads)
    if as_json:
        from acanthite.cost.chip.report import as_dict

        print_json(as_dict(cost, writing))
    else:
        _print_cost(cost, writing, out)


def _data(dataset: str | None, data: str | None) -> tuple[str | None, Path | None]:
    """Return the data set and the folder with its files, of the two options."""
    if data is None:
        return dataset, None
    path = Path(data)
    if path.is_dir():
        return dataset or "mnist", path
    if dataset is not None:
        check_data_folder(path)
    return data, None


def _costed(
    name: str,
    chip: str,
    node: float | None,
    activity: float | None,
    dataset: str | None,
    data: Path | None,
) -> tuple[ChipCost, WritingCost]:
    from acanthite.constants import nm
    from acanthite.cost import chip_cost, load_circuits, load_network, programming_cost
    from acanthite.inference import load_chip

    described, circuits = load_chip(chip), load_circuits(chip)
    if node is not None:
        circuits = replace(circuits, node=node * nm)
    network = load_network(name)
    if activity is not None:
        network = network.with_activity(activity)
    if dataset is not None:
        network = _with_images(network, described, dataset, data)
    cost = chip_cost(network, described, circuits)
    return cost, programming_cost(network, described, circuits)


def _trade_off(
    network: str, chip: str, dataset: str, data: Path | None, out: Path | None, workers: int | None
) -> None:
    """Judge and cost the network on chips that differ, and draw what that gives."""
    from acanthite.console import working
    from acanthite.cost import draw_trade_off
    from acanthite.drawing import save_with_data
    from acanthite.studies import Axis, ParameterStudy, run_study

    assert out is not None
    if data is not None:
        os.environ["ACANTHITE_DATA"] = str(data.resolve())  # workers look there too
    axes = tuple(Axis(setting, values=values) for setting, values in VARIED.items())
    source = str(Path(chip).resolve()) if Path(chip).is_file() else chip
    study = ParameterStudy(
        "chip", axes, fixed={"network": network, "chip": source, "dataset": dataset}
    )
    with working("judging") as move, interruptible("run the same command to go on"):
        result = run_study(study, out / "trade-off", workers=workers, progress=move)
    if "accuracy" not in result.data:
        raise ChipError(f"chip: no point of the trade-off worked: {_first_error(result.data)}")
    save_with_data(draw_trade_off(result.data).figure, out / "trade-off" / "trade-off")  # type: ignore[arg-type]


def _first_error(data: Any) -> str:
    return next(str(error) for error in data["error"].values.ravel() if str(error))


def _with_images(
    network: NetworkShape, chip: Chip, dataset: str, data: Path | None
) -> NetworkShape:
    """Return the network with a first layer as active as images are."""
    from acanthite.cost import NetworkShape, activity_of
    from acanthite.nn.data.datasets import load_dataset

    images = load_dataset(dataset, data).images
    first, *others = network.layers
    pixels = images.shape[1]
    if first.positions == 1 and first.inputs != pixels:
        raise ChipError(
            f"network {network.name!r} has {first.inputs} inputs; images of {dataset} have {pixels} "
            "pixels"
        )
    measured = activity_of(images[:1000], chip)
    return NetworkShape(network.name, (replace(first, activity=measured), *others))


def _print_cost(cost: ChipCost, writing: WritingCost, out: Path | None) -> None:
    from acanthite.console import print_table
    from acanthite.cost.chip import report

    print_table((cost.network, "value", "interval"), report.total_rows(cost))
    typer.echo()
    rows = report.component_rows(cost)
    print_table(("component", "energy", "of it", "area", "of that"), rows)
    typer.echo()
    print_table(("layer", "energy", "time", "tiles", "area"), report.layer_rows(cost))
    typer.echo(f"\nThe slowest layer is {cost.critical_layer}.")
    typer.echo(report.writing_sentence(writing))
    typer.echo("What matters most:")
    for sentence in report.constant_sentences(cost):
        typer.echo(f"  {sentence}")
    typer.echo("Not modelled:")
    for limit in cost.limits:
        typer.echo(f"  {limit}")
    if out is not None:
        typer.echo(f"folder: {out}")


def _print_template(name: str, out: Path | None) -> None:
    from acanthite.cost import circuits_text
    from acanthite.files import write_text
    from acanthite.inference import chip_template

    text = (
        f"{chip_template(name)}\n# What the chip costs, and not how exact it is:\n{circuits_text()}"
    )
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_text(out, text)
