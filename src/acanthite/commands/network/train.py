"""``acanthite train``: a network trained on a device."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from acanthite.commands.options import (
    SEED_HELP,
    Data,
    Threads,
    TrustCode,
    check_data_folder,
    interruptible,
    option,
    print_json,
    seed,
    synapse_of,
    whole_number,
)
from acanthite.errors import TrainingError

if TYPE_CHECKING:
    from acanthite.nn.training.job import Job

_MANY = 10**9
_positive = whole_number(1, _MANY, "a number of epochs or images; give a whole number from 1")
_not_negative = whole_number(0, _MANY, "a number of images; give a whole number from 0")

DatasetName = Annotated[
    str | None, option("NAME", "mnist, fashion-mnist, digits, cifar10, or an .npz file.", "mnist")
]
NetworkName = Annotated[
    str | None, option("NAME", "mlp, lenet5, or widths: 784-256-128-10.", "mlp")
]
AlgorithmName = Annotated[
    str | None, option("NAME", "ttv2, sgd, ideal, floating ..., auto, or auto-analogue.", "ttv2")
]
Knobs = Annotated[
    list[str] | None,
    option("NAME=VALUE", "A knob of the algorithm; may be given several times.", name="--knob"),
]
ScheduleName = Annotated[
    str | None,
    option("NAME", "Of the rate: constant, step, cosine, plateau.", "the algorithm's decay"),
]
DeviceName = Annotated[
    str | None,
    option("DEVICE", "ag2s, one of the literature (ecram ...), or a device file.", "ag2s"),
]
Epochs = Annotated[int | None, option("N", "Passes over the images.", "10", parser=_positive)]
TrainSeed = Annotated[int | None, option("N", SEED_HELP, "1", parser=seed)]
Limit = Annotated[int | None, option("N", "Train on the first N images.", "all", parser=_positive)]
Validation = Annotated[
    int | None,
    option("N", "Training images held out, the last ones.", "0", parser=_not_negative),
]
Out = Annotated[Path, option("DIR", "Folder for checkpoint, numbers and pictures.")]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on from the checkpoint in DIR, to the same bits.")
]
Config = Annotated[
    Path | None, option("FILE.toml", "All of this as a file; options given here count more.")
]
ResultAsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]


def train(
    dataset: DatasetName = None,
    network: NetworkName = None,
    algorithm: AlgorithmName = None,
    knobs: Knobs = None,
    schedule: ScheduleName = None,
    device: DeviceName = None,
    epochs: Epochs = None,
    seed: TrainSeed = None,
    limit: Limit = None,
    validation: Validation = None,
    out: Out = Path("acanthite-train"),
    resume: Resume = False,
    config: Config = None,
    data: Data = None,
    threads: Threads = None,
    as_json: ResultAsJson = False,
    trust_code: TrustCode = False,
) -> None:
    """Train a network on a device, sample by sample, as the hardware would.

    DIR gets result.json, the learning curve, the distribution of the weights and the confusion
    matrix (PNG and CSV) and the checkpoint. Stop it with Ctrl-C at any time and go on with
    --resume.
    """
    from acanthite import threads as pool
    from acanthite.console import TrainingDisplay, print_training
    from acanthite.jit import first_compiled
    from acanthite.nn.training.folder import train_into
    from acanthite.nn.training.job_file import read_job

    check_data_folder(data)
    pool.use(threads)
    options = {
        "dataset": dataset,
        "network": network,
        "algorithm": algorithm,
        "device": device,
        "epochs": epochs,
        "seed": seed,
        "limit": limit,
        "validation": validation,
        "schedule": schedule,
    }
    job = _with_knobs(read_job(config, options), knobs or [])
    with (
        TrainingDisplay() as display,
        first_compiled(display.compiling),
        interruptible("run the same command with --resume to go on", display.stop),
    ):
        result = train_into(
            out,
            job,
            measure=lambda: display.during(
                "measuring the device", lambda: synapse_of(str(job.synapse), trust_code)
            ),
            resume=resume,
            data=data,
            watch=display.watch,
        )
    if as_json:
        print_json(result, indent=None)
    else:
        print_training(result, out)
        _print_adapted(job, result["settings"]["algorithm"])


def _with_knobs(job: Job, texts: list[str]) -> Job:
    from acanthite.nn.algorithms.catalogue import algorithm_named
    from acanthite.nn.training.job import AUTOMATIC
    from acanthite.nn.training.job_file import with_knobs

    if not texts:
        return job  # a name stays one, its knobs to be adapted to the device
    if job.algorithm in AUTOMATIC:
        raise TrainingError(
            f"--knob {texts[0]}: --algorithm {job.algorithm} chooses the knobs; name an algorithm, "
            "such as the one that 'acanthite advise' names"
        )
    knobs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        try:
            knobs[name.strip()] = json.loads(value)
        except ValueError:
            knobs[name.strip()] = value.strip()
        if not (equals and value):
            raise TrainingError(
                f"--knob {text}: expected NAME=VALUE, such as rate=0.5, forget=true or "
                "pulses=implicit"
            )
    algorithm = algorithm_named(job.algorithm)
    return replace(job, algorithm=with_knobs(algorithm, knobs, "--knob:"))


def _print_adapted(job: Job, used: Mapping[str, Any]) -> None:
    """Say which knobs of a named algorithm were changed for the device."""
    from acanthite.nn.algorithms.catalogue import algorithm_named
    from acanthite.nn.training.job import AUTOMATIC

    if job.algorithm in AUTOMATIC:
        knobs = [f"{key} {_short(value)}" for key, value in used.items() if key != "name"]
        typer.echo(f"chosen for this device: {used['name']} ({', '.join(knobs)})")
        return
    tuned = vars(algorithm_named(job.algorithm))
    changed = [
        f"{name} {used[name]:.3g} in place of {tuned[name]}"
        for name in ("rate", "shift_pairs")
        if name in used and used[name] != tuned[name]
    ]
    if changed:
        typer.echo(
            f"for the small steps of this device: {', '.join(changed)}; choose others with --knob"
        )


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value).lower()
