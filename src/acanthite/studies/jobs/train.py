"""A network trained on a device with some of its properties changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from acanthite.errors import StudyError
from acanthite.nn.algorithms.catalogue import algorithm_named
from acanthite.nn.data.datasets import load_dataset
from acanthite.nn.training.networks import network_named
from acanthite.nn.training.train import train as trained
from acanthite.synapse import Synapse, load
from acanthite.synapse.altered import altered
from acanthite.synapse.measured import ag2s

_ALTERED = ("pulse_noise", "step_spread", "stuck")

UNITS = {"pulses": "1"}


def train(
    dataset: str = "mnist",
    network: str = "mlp",
    algorithm: str = "ttv2",
    device: str = "ag2s",
    rate: float = 1.0,
    epochs: int = 1,
    limit: int = 10_000,
    validation: int = 5_000,
    test: bool = True,
    states: float | None = None,
    pulse_noise: float | None = None,
    step_spread: float | None = None,
    stuck: float | None = None,
    seed: int = 1,
) -> dict[str, float]:
    """Train a network on a device.

    Parameters
    ----------
    dataset, network, algorithm : str
        As ``acanthite train`` takes them.
    device : str
        ``"ag2s"``, or a device file.
    rate : float
        Factor on the algorithm's own rate. [1]
    epochs : int
    limit : int
        Train on the first so many images.
    validation : int
        Training images held out, the last ones.
    test : bool
        Whether the test images are looked at: choosing anything by a result must not.
    states : float
        Window over the step; that of the device without it. [1]
    pulse_noise : float
        Standard deviation of a step over its mean; of the device without it. [1]
    step_spread : float
        Of the steps between devices; of the device without it. [1]
    stuck : float
        Share of cells that stay where they are; none without it. [1]
    seed : int

    Returns
    -------
    dict of str to float
        ``validation_accuracy``, ``test_accuracy`` (where asked for) and ``pulses``.
    """
    synapse = ag2s() if device == "ag2s" else load(device)
    synapse = _changed(synapse, states, pulse_noise, step_spread, stuck)
    data = load_dataset(dataset)
    rule = algorithm_named(algorithm)
    if not rate > 0:
        raise StudyError(f"rate = {rate:g}; expected a factor above zero")
    if hasattr(rule, "rate"):
        rule = replace(rule, rate=rule.rate * rate)
    result = trained(
        data,
        network_named(network, data),
        synapse,
        rule,
        seed=seed,
        epochs=int(epochs),
        limit=int(limit),
        validation=int(validation),
        test=bool(test),
    )
    outputs: dict[str, Any] = {"pulses": float(result.pulses.sum())}
    if result.validation_accuracy is not None and validation:
        outputs["validation_accuracy"] = float(result.validation_accuracy[-1])
    if result.test_accuracy is not None and test:
        outputs["test_accuracy"] = float(result.test_accuracy[-1])
    return outputs


def _changed(synapse: Synapse, states: float | None, *rest: float | None) -> Synapse:
    changes = {name: v for name, v in zip(_ALTERED, rest, strict=True) if v is not None}
    if states is not None:
        changes["scale"] = synapse.n_states / states
    return altered(synapse, **changes) if changes else synapse


def fingerprint(settings: dict[str, Any]) -> str:
    """Return what says which images were trained on."""
    return load_dataset(settings.get("dataset", "mnist")).fingerprint
