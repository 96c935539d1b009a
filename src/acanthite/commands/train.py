"""``acanthite train``: a network trained on a device."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from acanthite.commands.options import INTERRUPTED, Threads, TrustCode, seed, synapse_of, whole
from acanthite.errors import DatasetError, TrainingError

if TYPE_CHECKING:
    from acanthite.nn.training.job import Job
    from acanthite.synapse import Synapse


def _positive(text: str) -> int:
    return whole(text, 1, 10**9, "a number of epochs or images; give a whole number from 1")


def _not_negative(text: str) -> int:
    return whole(text, 0, 10**9, "a number of images; give a whole number from 0")


DatasetName = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="mnist, fashion-mnist, digits, or an .npz file.", show_default="mnist"
    ),
]
NetworkName = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="mlp, lenet5, or widths: 784-256-128-10.", show_default="mlp"
    ),
]
AlgorithmName = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="ttv2, sgd, ideal, floating ...", show_default="ttv2"),
]
Knobs = Annotated[
    list[str] | None,
    typer.Option(
        "--knob", metavar="NAME=VALUE", help="A knob of the algorithm; may be given several times."
    ),
]
ScheduleName = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Of the rate: constant, step, cosine, plateau.",
        show_default="the algorithm's decay",
    ),
]
DeviceName = Annotated[
    str | None,
    typer.Option(
        metavar="DEVICE", help="ag2s, or a device file of 'acanthite fit'.", show_default="ag2s"
    ),
]
Epochs = Annotated[
    int | None,
    typer.Option(metavar="N", parser=_positive, help="Passes over the images.", show_default="10"),
]
TrainSeed = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        parser=seed,
        help="Key of every random number: same seed, same bits.",
        show_default="1",
    ),
]
Limit = Annotated[
    int | None,
    typer.Option(
        metavar="N", parser=_positive, help="Train on the first N images.", show_default="all"
    ),
]
Validation = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        parser=_not_negative,
        help="Training images held out, the last ones.",
        show_default="0",
    ),
]
Out = Annotated[
    Path, typer.Option(metavar="DIR", help="Folder for checkpoint, numbers and pictures.")
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on from the checkpoint in DIR, to the same bits.")
]
Config = Annotated[
    Path | None,
    typer.Option(metavar="FILE.toml", help="All of this as a file; options given here count more."),
]
Data = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder with the data set's files, tried first.")
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

    DIR gets result.json, the learning curve, the distribution of the weights and the confusion matrix (PNG and CSV)
    and the checkpoint. Stop it with Ctrl-C at any time and go on with --resume.
    """
    from acanthite import threads as pool
    from acanthite.nn.training.job_file import read_job

    if data is not None and not data.is_dir():
        raise DatasetError(
            f"data folder {data}: no such folder; give one that holds the files with --data"
        )
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
    _run(job, out, resume, data, as_json, trust_code)


def _with_knobs(job: Job, texts: list[str]) -> Job:
    from acanthite.nn.algorithms.catalogue import algorithm_named
    from acanthite.nn.training.job_file import with_knobs

    algorithm = algorithm_named(job.algorithm)
    knobs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        try:
            knobs[name.strip()] = json.loads(value)
        except ValueError:
            knobs[name.strip()] = value.strip()
        if not (equals and value):
            raise TrainingError(
                f"--knob {text}: expected NAME=VALUE, such as rate=0.5, forget=true or pulses=implicit"
            )
    if not knobs:
        return job  # a name stays one, its knobs to be adapted to the device
    return replace(job, algorithm=with_knobs(algorithm, knobs, "--knob:"))


def named_device(name: str, trust: bool = False) -> Synapse:
    """Return the synapse of a device: the Ag2S one fitted to its own ladders, or a device file's."""
    if name == "ag2s":
        from acanthite.synapse.measured import ag2s

        return ag2s()
    return synapse_of(name, trust)


def _run(job: Job, out: Path, resume: bool, data: Path | None, as_json: bool, trust: bool) -> None:
    from acanthite.console import TrainingDisplay, print_training
    from acanthite.jit import first_compiled
    from acanthite.nn.training.folder import train_into

    with TrainingDisplay() as display, first_compiled(display.compiling):
        try:
            result = train_into(
                out,
                job,
                measure=lambda: display.during(
                    "measuring the device", lambda: named_device(str(job.synapse), trust)
                ),
                resume=resume,
                data=data,
                watch=display.watch,
            )
        except KeyboardInterrupt:
            display.stop()
            typer.echo("interrupted; run the same command with --resume to go on", err=True)
            raise typer.Exit(INTERRUPTED) from None
    if as_json:
        typer.echo(json.dumps(result, allow_nan=False))
    else:
        print_training(result, out)
        _print_adapted(job, result["settings"]["algorithm"])


def _print_adapted(job: Job, used: Mapping[str, Any]) -> None:
    """Say which knobs of a named algorithm were changed for the device."""
    from acanthite.nn.algorithms.catalogue import algorithm_named

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
