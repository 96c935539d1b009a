"""``acanthite infer``: a trained network on a chip, from the day it is written to a year later."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Annotated

import typer

from acanthite.commands.options import (
    Seed,
    Threads,
    TrustCode,
    check_data_folder,
    interruptible,
    option,
    print_json,
    whole_number,
)
from acanthite.errors import ChipError, nearest

_count = whole_number(1, 10**9, "a count; give a whole number from 1")
_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31557600.0}
_NETWORKS = ("mlp", "lenet5", "resnet20")
_TIME = re.compile(r"([\d.]+(?:e[+-]?\d+)?)\s*([a-z]*)", re.IGNORECASE)


def _times(text: str) -> str:
    parse_times(text)
    return text


def parse_times(text: str) -> tuple[float, ...]:
    """Return times such as ``1s,1h,1d,1y`` in seconds; a number without a unit is in seconds."""
    times = []
    for part in text.split(","):
        match = _TIME.fullmatch(part.strip())
        try:
            times.append(float(match[1]) * _UNITS[match[2] or "s"])  # type: ignore[index]
        except (TypeError, KeyError, ValueError):
            raise typer.BadParameter(
                f"{part.strip()!r} is not a time; give times such as 1s,1h,30d,1y, in "
                f"{', '.join(_UNITS)}"
            ) from None
    return tuple(times)


def _normalise(text: str) -> str:
    mean_and_scale(text)
    return text


def mean_and_scale(text: str) -> tuple[float, float]:
    """Return the two numbers of a text such as ``0.1307,0.3081``."""
    try:
        mean, scale = (float(part) for part in text.split(","))
    except ValueError:
        mean, scale = math.nan, math.nan
    if not (math.isfinite(mean) and 0 < scale < math.inf):
        raise typer.BadParameter(
            f"{text!r} is not a mean and a scale; give two numbers such as 0.1307,0.3081"
        )
    return mean, scale


Model = Annotated[
    str,
    option(
        "FILE|NAME",
        "mlp, lenet5, resnet20 or widths, trained first; or a file of a torch state_dict.",
    ),
]
Architecture = Annotated[
    str | None,
    option("NAME", "Of the network in FILE: mlp, lenet5, resnet20, or widths.", "mlp"),
]
DatasetName = Annotated[
    str, option("NAME", "mnist, fashion-mnist, digits, cifar10, or an .npz file.", name="--dataset")
]
Data = Annotated[
    str | None,
    option("DIR|NAME", "Folder with the data set's files, tried first; or as --dataset.", False),
]
ChipName = Annotated[
    str, option("FILE|NAME", "A chip file, or pcm, ag2s ...; see 'acanthite chip --template'.")
]
Times = Annotated[str, option("TIMES", "After programming, in s, min, h, d, w, y.", parser=_times)]
Draws = Annotated[int, option("N", "Times the network is programmed.", parser=_count)]
TrainAware = Annotated[
    bool,
    typer.Option(
        "--train-aware", help="Train the network further, for the chip, before it is written."
    ),
]
Epochs = Annotated[int | None, option("N", "Of the training.", "some 3000 updates", parser=_count)]
Limit = Annotated[
    int | None, option("N", "Judge by the first N test images.", "all", parser=_count)
]
Normalise = Annotated[
    str,
    option("MEAN,SCALE", "What the network expects of pixels in [0, 1].", parser=_normalise),
]
Out = Annotated[Path, option("DIR", "Folder for accuracies, pictures and the report.")]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with what DIR holds, to the same bits.")
]
ResultAsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]


def infer(
    model: Model = "mlp",
    architecture: Architecture = None,
    dataset: DatasetName = "mnist",
    data: Data = None,
    chip: ChipName = "pcm",
    times: Times = "1s,1h,1d,1y",
    draws: Draws = 10,
    train_aware: TrainAware = False,
    epochs: Epochs = None,
    limit: Limit = None,
    normalise: Normalise = "0,1",
    seed: Seed = 1,
    out: Out = Path("acanthite-infer"),
    resume: Resume = False,
    threads: Threads = None,
    as_json: ResultAsJson = False,
    trust_code: TrustCode = False,
) -> None:
    """Write a trained network onto a chip, and read it a second, an hour, a year later.

    DIR gets the accuracy at each time with its spread, what the loss comes from, the weights and
    the use of the converters, as pictures with their data and as one page. Stop it with Ctrl-C at
    any time and go on with --resume.
    """
    from acanthite import threads as pool
    from acanthite.console import print_inference, working
    from acanthite.inference import load_chip
    from acanthite.report.inference import write_inference
    from acanthite.torch import InferenceStudy
    from acanthite.torch import infer as inferred

    pool.use(threads)
    name, weights = _network(model, architecture)
    dataset, folder = _data(dataset, data)
    study = InferenceStudy(
        chip=load_chip(chip),
        times=parse_times(times),
        network=name,
        weights=weights,
        trust=trust_code,
        normalise=mean_and_scale(normalise),
        aware=train_aware,
        draws=draws,
        seed=seed,
        epochs=epochs,
        limit=limit,
    )
    with (
        working("inference") as move,
        interruptible("run the same command with --resume to go on"),
    ):
        result, views = inferred(study, dataset, out=out, data=folder, resume=resume, progress=move)
        write_inference(out, study, result, views, str(dataset))
    if as_json:
        print_json(result.as_json(), indent=None)
    else:
        print_inference(result, out)


def _network(model: str, architecture: str | None) -> tuple[str, Path | None]:
    """Return the architecture, and the file of weights if the model is one."""
    widths = all(part.isdigit() for part in model.split("-"))
    if model in _NETWORKS or widths:
        if architecture is not None:
            raise ChipError(
                f"--architecture {architecture}: of a file; {model!r} is an architecture itself"
            )
        return model, None
    path = Path(model)
    if not path.is_file():
        raise ChipError(
            f"model {model!r}: no such file; expected one of {', '.join(_NETWORKS)}, widths such "
            f"as 784-256-10, or a file of a torch state_dict{nearest(model, _NETWORKS)}"
        )
    return architecture or "mlp", path


def _data(dataset: str, data: str | None) -> tuple[str, Path | None]:
    """Return the data set, and the folder it is looked for in; ``--data`` may name either."""
    from acanthite.nn.data.datasets import NAMES

    if data is None or data in NAMES or data.endswith(".npz"):
        return data or dataset, None
    folder = Path(data)
    check_data_folder(folder)
    return dataset, folder
