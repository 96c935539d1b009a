"""A network that learns: what is trained, and how far it is."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from acanthite.errors import AcanthiteError
from acanthite.formatting import as_text, percent
from acanthite.lab.views.curves import Curve, Row
from acanthite.lab.views.knobs import Knob, si_values

if TYPE_CHECKING:
    from acanthite.nn import TrainingProgress, TrainingResult

NETWORK_KNOBS: tuple[Knob, ...] = (
    Knob("epochs", "epochs", "", 1, 50, 1, 15, whole=True),
    Knob("hidden", "hidden units", "", 4, 256, 1, 64, whole=True),
    Knob("images", "training images", "", 100, 1437, 1, 1437, whole=True),
    Knob("seed", "seed", "", 1, 1000, 1, 1, whole=True),
)
"""The knobs of a training on scikit-learn's digits of 8 x 8 pixels."""

ALGORITHMS = ("ttv2", "sgd", "ideal", "floating")


class StoppedError(AcanthiteError):
    """The person stopped the training."""


@dataclass
class Training:
    """A training under way, seen from another thread.

    Parameters
    ----------
    shown : mapping of str to float
        Values of :data:`NETWORK_KNOBS`.
    algorithm : str
        One of :data:`ALGORITHMS`.
    """

    shown: Mapping[str, float]
    algorithm: str
    seen: list[float] = field(default_factory=list)
    """Accuracy on the test images after each epoch, the untrained network's first. [1]"""
    learned: list[float] = field(default_factory=list)
    """Accuracy on the training images of each epoch, each before its own update. [1]"""
    fraction: float = 0.0
    result: TrainingResult | None = None
    _stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> TrainingResult:
        """Train to the end.

        Raises
        ------
        StoppedError
            If it was stopped.
        AcanthiteError
            If a value is out of bounds, or scikit-learn is missing.
        """
        from acanthite import nn
        from acanthite.synapse import measured

        values = {name: int(v) for name, v in si_values(NETWORK_KNOBS, self.shown).items()}
        on_device = self.algorithm in ("ttv2", "sgd")
        self.result = nn.train(
            nn.digits(),
            f"64-{values['hidden']}-10",
            synapse=measured.ag2s() if on_device else None,
            algorithm=self.algorithm,
            epochs=values["epochs"],
            limit=values["images"],
            seed=values["seed"],
            watch=self._watch,
        )
        return self.result

    def stop(self) -> None:
        """End it at its next report."""
        self._stopped.set()

    def _watch(self, standing: TrainingProgress) -> None:
        if self._stopped.is_set():
            raise StoppedError("stopped")
        self.fraction = standing.fraction
        if len(self.seen) <= standing.epoch and standing.accuracy == standing.accuracy:
            self.seen.append(standing.accuracy)
            if standing.epoch:
                self.learned.append(standing.train_accuracy)

    def curves(self) -> tuple[Curve, ...]:
        """Return the accuracies so far."""
        if self.result is not None and self.result.test_accuracy is not None:
            seen = self.result.test_accuracy.tolist()
            learned = self.result.train_accuracy.tolist()
        else:
            seen, learned = list(self.seen), list(self.learned)
        return (
            Curve("test images", [[float(k), value] for k, value in enumerate(seen)]),
            Curve("training images", [[float(k), value] for k, value in enumerate(learned, 1)]),
        )

    def rows(self) -> tuple[Row, ...]:
        """Return what a finished training gave."""
        result = self.result
        if result is None or result.test_accuracy is None:
            return (Row("done", percent(self.fraction)),)
        rows = [Row("test images right", percent(float(result.test_accuracy[-1])))]
        pulses = int(result.pulses.sum())
        if pulses:
            rows.append(Row("write pulses", as_text(float(pulses))))
            rows.append(Row("energy of one pulse", as_text(result.write_energy, "J")))
            rows.append(Row("energy of writing", as_text(pulses * result.write_energy, "J")))
        return tuple(rows)


def network_command(shown: Mapping[str, float], algorithm: str) -> str:
    """Return the command that repeats a training."""
    v = si_values(NETWORK_KNOBS, shown)
    return (
        f"acanthite train --dataset digits --network 64-{v['hidden']:g}-10 "
        f"--algorithm {algorithm} --epochs {v['epochs']:g} --limit {v['images']:g} "
        f"--seed {v['seed']:g}"
    )
