"""``acanthite advise``: which algorithm trains a device best, and what limits the device."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from acanthite.commands.options import AsJson, TrustCode, option, print_json, synapse_of

if TYPE_CHECKING:
    from acanthite.nn.advice import Advice, Forecast


def _mean_and_spread(text: str) -> str:
    reference_of(text)
    return text


def reference_of(text: str) -> tuple[float, float]:
    """Return the two numbers of a text such as ``0.4,0.1``."""
    try:
        mean, spread = (float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not a mean and a spread; give two numbers such as 0.4,0.1"
        ) from None
    return mean, spread


Device = Annotated[
    str,
    typer.Argument(
        metavar="DEVICE", help="ag2s, one of the literature (ecram ...), or a device file."
    ),
]
Reference = Annotated[
    str,
    option(
        "MEAN,SPREAD",
        "What the references of a fast array are wrong by, in half windows.",
        parser=_mean_and_spread,
    ),
]


AnalogueOnly = Annotated[
    bool,
    typer.Option("--analogue-only", help="Advise only what makes its gradients in the arrays."),
]


def advise(
    device: Device,
    reference: Reference = "0,0",
    analogue_only: AnalogueOnly = False,
    as_json: AsJson = False,
    trust_code: TrustCode = False,
) -> None:
    """Say which algorithm trains a device best, and which of its properties limits it.

    By a rule learnt from trainings on synthetic devices; nothing is trained. 'acanthite train
    --algorithm auto' trains with what is said, --algorithm auto-analogue with what --analogue-only
    says; 'acanthite explore' measures what each property costs.
    """
    from acanthite.nn.advice import advise as advised

    mean, spread = reference_of(reference)
    advice = advised(
        synapse_of(device, trust_code),
        reference_mean=mean,
        reference_spread=spread,
        analogue_only=analogue_only,
    )
    if as_json:
        print_json(_as_json(advice))
    else:
        _print(advice, device, mean, spread)


def _as_json(advice: Advice) -> dict[str, Any]:
    return {
        "traits": asdict(advice.traits),
        "outside": list(advice.outside),
        "algorithm": advice.best.candidate.name,
        "best_analogue": advice.best_analogue.candidate.name,
        "knobs": asdict(advice.algorithm),
        "forecasts": [_forecast(each) for each in advice.forecasts],
        "idealised": {name: _forecast(each) for name, each in advice.idealised.items()},
        "limit": advice.limit,
    }


def _forecast(forecast: Forecast) -> dict[str, Any]:
    return {
        "algorithm": forecast.candidate.name,
        "digital_gradients": forecast.candidate.digital,
        "accuracy": forecast.accuracy,
        "error": forecast.error,
    }


def _print(advice: Advice, device: str, mean: float, spread: float) -> None:
    from acanthite.console import print_table
    from acanthite.formatting import as_text

    best = advice.best
    print_table(
        ("algorithm", "value", "±", "gradients"),
        [
            (
                f"{each.candidate.name}{'  <- train with this' if each is best else ''}",
                f"{100 * each.accuracy:.1f} %",
                f"{100 * each.error:.1f}",
                "digital" if each.candidate.digital else "in the arrays",
            )
            for each in advice.forecasts
        ],
    )
    own = vars(advice.traits)
    print_table(
        ("property", "value", "ideal", "accuracy then", "gain"),
        [
            (
                name.replace("_", " "),
                as_text(own[name]),
                as_text(advice.ideal[name]),
                f"{100 * each.accuracy:.1f} % ({each.candidate.name})",
                f"{100 * advice.gain(name):+.1f}",
            )
            for name, each in advice.idealised.items()
        ],
    )
    typer.echo(f"limited most by: {_limit(advice)}")
    reference = {"reference_mean": mean, "reference_spread": spread}
    if advice.best.candidate.digital:
        typer.echo(_what_it_costs(advice))
    typer.echo(f"train: {_command(advice, device, {k: v for k, v in reference.items() if v})}")
    typer.echo(
        "accuracies are those the rule expects on its own small task (14 x 14 images of MNIST, "
        "196-64-32-10, 6 epochs of 20,000); what they rank is what counts"
    )
    if advice.outside:
        names = ", ".join(name.replace("_", " ") for name in advice.outside)
        typer.echo(f"beyond the devices the rule has seen: {names}; it speaks of the nearest")
    for note in advice.notes:
        typer.echo(f"note: {note}")


def _what_it_costs(advice: Advice) -> str:
    """Return what making gradients digitally takes, and what the best without it would reach."""
    other = advice.best_analogue
    return (
        f"{advice.best.candidate.name} multiplies and adds digitally for every weight and sample; "
        f"the best that makes its gradients in the arrays is {other.candidate.name}, "
        f"{100 * other.accuracy:.1f} % (--analogue-only)"
    )


def _limit(advice: Advice) -> str:
    """Return what limits a device, and whether the rule can tell."""
    gain = advice.gain(advice.limit)
    error = max(advice.best.error, advice.idealised[advice.limit].error)
    name = advice.limit.replace("_", " ")
    if gain <= 0:
        return "none of these"
    if gain < error:
        return f"none that the rule can tell ({name}, {100 * gain:+.1f}, is within its error)"
    return f"{name} ({100 * gain:+.1f} points)"


def _command(advice: Advice, device: str, reference: dict[str, float]) -> str:
    """Return the command that trains as advised, with the knobs that are not the algorithm's own."""
    from acanthite.nn.algorithms.catalogue import algorithm_named

    algorithm = advice.algorithm
    own = vars(algorithm_named(algorithm.name))
    changed = {name: value for name, value in vars(algorithm).items() if value != own[name]}
    changed |= {name: value for name, value in reference.items() if name in own}
    knobs = "".join(f" --knob {name}={_text(value)}" for name, value in changed.items())
    return f"acanthite train --device {device} --algorithm {algorithm.name}{knobs}"


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value).lower()
