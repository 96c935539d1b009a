"""The rule on devices that it never saw, trained by ``benchmarks/advice.py check``."""

import csv
from pathlib import Path

import numpy as np
import pytest

from acanthite.nn.advice import TRAITS, Traits, learnt_rule

CHECKED = Path(__file__).parents[2] / "references" / "advised_devices.csv"


@pytest.fixture(scope="module")
def fresh() -> tuple[list[Traits], np.ndarray]:
    """Devices drawn after the rule was fixed, and the accuracy of each candidate."""
    with CHECKED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    rows = [row for row in rows if row["drawn"] == "fresh"]
    devices = [Traits(**{name: float(row[name]) for name in TRAITS}) for row in rows]
    names = [each.name for each in learnt_rule().candidates]
    return devices, np.array([[float(row[name]) for name in names] for row in rows])


@pytest.mark.parametrize("analogue_only", [False, True])
def test_what_it_advises_is_within_half_a_point_of_the_best(fresh, analogue_only) -> None:
    devices, accuracies = fresh
    known = learnt_rule()
    allowed = np.array([not (analogue_only and each.digital) for each in known.candidates])
    predicted = np.array([known.predict(each) for each in devices])
    chosen = np.argmax(predicted[:, allowed], axis=1)
    accuracies = accuracies[:, allowed]
    regrets = accuracies.max(axis=1) - accuracies[np.arange(len(devices)), chosen]
    assert len(devices) == 20
    assert np.sum(regrets <= 0.005) >= 19
    assert regrets.mean() < 0.002


def test_it_is_as_wrong_as_it_says(fresh) -> None:
    devices, accuracies = fresh
    known = learnt_rule()
    useful = accuracies > 0.7
    wrong = np.array([known.predict(each) for each in devices]) - accuracies
    said = np.array([known.errors(each) for each in devices])
    assert 0.5 < np.sqrt(np.mean((wrong / said)[useful] ** 2)) < 1.5


def test_no_device_of_the_table_judges_it(fresh) -> None:
    devices, _ = fresh
    learnt = np.array([each.coordinates for each in learnt_rule().devices])
    for each in devices:
        assert abs(learnt - each.coordinates).max(axis=1).min() > 0.01
