"""What one training is: all that its result depends on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acanthite.arguments import count
from acanthite.errors import TrainingError, nearest
from acanthite.nn.algorithms.base import Algorithm
from acanthite.nn.algorithms.catalogue import algorithm_named
from acanthite.nn.data.datasets import Dataset
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.periphery import Periphery
from acanthite.nn.training.schedule import LearningRateSchedule, schedule_named
from acanthite.quantities import accepts_quantities
from acanthite.synapse.base import Synapse

AUTO, AUTO_ANALOGUE = AUTOMATIC = "auto", "auto-analogue"
"""Instead of an algorithm's name: the one that is advised for the device, of all or only of those
that make their gradients in the arrays."""


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class Job:
    """One training: what is trained, on what, and for how long.

    Parameters
    ----------
    dataset : str, path_like or Dataset
        ``"mnist"``, ``"fashion-mnist"``, ``"digits"``, ``"cifar10"``, an ``.npz`` file, or a data
        set of your own.
    network : str or Network
        ``"mlp"``, ``"lenet5"``, layer widths such as ``"784-256-128-10"``, or a shape of your own.
    synapse : Synapse, str or path_like, optional
        The device: a synapse, ``"ag2s"``, a name of :data:`acanthite.synapse.LITERATURE`, or a
        device file; ``"ideal"`` and ``"floating"`` do without.
    algorithm : str or Algorithm
        ``"sgd"``, ``"ttv2"``, ``"ideal"``, ``"floating"`` ... with their tuned knobs, one with
        knobs of your own, or ``"auto"``: what :func:`acanthite.nn.advise` says for the device;
        ``"auto-analogue"``: with ``analogue_only``.
    seed : int
        Key of the devices, the initial weights, the order of the samples and the pulses.
    epochs : int
        Passes over the training images.
    limit : int, optional
        Train on this many of the training images, the first ones; on all by default.
    validation : int
        Training images held out, the last ones; accuracy is then measured on them.
    test : bool
        Whether the test images are looked at. Choosing knobs must not.
    schedule : str or LearningRateSchedule, optional
        Of the rate; instead of the algorithm's own ``decay``: ``"constant"``, ``"step"``,
        ``"cosine"``, ``"plateau"``, or one with knobs of your own.
    activation, bias, bias_rate, periphery : optional
        Over those of the network; see :class:`~acanthite.nn.engine.network.Network`.
    write_energy : float, optional
        Of one pulse; the synapse's own by default. [J]

    Raises
    ------
    TrainingError
        If there is no such algorithm or schedule, or a number makes no sense.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> window = {"conductance_min": 0.0, "conductance_max": 2 * uS}
    >>> device = ac.synapse.SoftBounds(up=0.1, down=0.1, **window)
    >>> job = ac.nn.Job(
    ...     dataset="mnist", synapse=device, algorithm=ac.nn.SGD(rate=0.01), epochs=5
    ... )
    >>> job.network, job.seed, job.algorithm.name
    ('mlp', 1, 'sgd')
    """

    dataset: str | Path | Dataset = "mnist"
    network: str | Network = "mlp"
    synapse: Synapse | str | Path | None = None
    algorithm: str | Algorithm = "ttv2"
    seed: int = 1
    epochs: int = 10
    limit: int | None = None
    validation: int = 0
    test: bool = True
    schedule: str | LearningRateSchedule | None = None
    activation: str | None = None
    bias: str | None = None
    bias_rate: float | None = None
    periphery: Periphery | None = None
    write_energy: float | None = None

    def __post_init__(self) -> None:
        if self.algorithm not in AUTOMATIC:
            algorithm_named(self.algorithm)
        if self.schedule is not None:
            schedule_named(self.schedule)
        for name, least in (("seed", 0), ("epochs", 1), ("limit", 1), ("validation", 0)):
            value = getattr(self, name)
            if value is not None or name != "limit":
                whole = count(name, value, least=least, error=TrainingError)
                object.__setattr__(self, name, whole)

    @classmethod
    def of(cls, **options: Any) -> Job:
        """Return a job from keyword arguments.

        Raises
        ------
        TrainingError
            If one is unknown.
        """
        known = cls.__dataclass_fields__
        for name in options:
            if name not in known:
                raise TrainingError(f"train: unknown option {name!r}{nearest(name, known)}")
        return cls(**options)
