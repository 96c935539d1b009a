"""An exploration, whole and interrupted."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from acanthite.cli import main
from acanthite.errors import TrainingError
from acanthite.explore import PROPERTIES, PropertyStudy
from acanthite.explore.findings import Findings, PropertyCurve, collect
from acanthite.explore.properties import chosen, scaled_to
from acanthite.explore.report import as_markdown
from acanthite.explore.study import AS_IT_IS, Task
from acanthite.nn import SGD, Dataset, TTv1, TTv2
from acanthite.synapse import PowerStep, SoftBounds, save

DEVICE = SoftBounds(
    up=0.13, down=0.11, up_spread=0.05, pulse_noise=0.15, conductance_min=0.0, conductance_max=2e-6
)


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a device file and three classes of noisy stripes."""
    draw = np.random.default_rng(1)
    labels = draw.integers(0, 3, 500)
    patterns = draw.random((3, 8, 8)) < 0.4
    pictures = ((patterns[labels] ^ (draw.random((500, 8, 8)) < 0.3)) * 200).astype(np.uint8)
    np.savez(
        tmp_path / "stripes.npz",
        images=pictures[:400], labels=labels[:400], test_images=pictures[400:], test_labels=labels[400:],
    )  # fmt: skip
    save(DEVICE, tmp_path / "mine.toml")
    return tmp_path


@pytest.fixture
def command(folder):
    """Return the arguments of a small exploration."""
    given = {
        "dataset": folder / "stripes.npz", "network": "64-12-3", "device": folder / "mine.toml", "points": 2,
        "seeds": 1, "rate": 10, "limit": 300, "threads": 1, "algorithm": "sgd", "out": folder / "out",
    }  # fmt: skip
    return [
        "explore",
        *(str(part) for name, value in given.items() for part in (f"--{name}", value)),
    ]


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_changed_is_the_property_measured(name) -> None:
    known = PROPERTIES[name]
    if name in (
        "read-noise",
        "stuck-cells",
    ):  # not of a mean device; tested with the trainings and with the cells
        assert known.own(DEVICE) == 0
        return
    for value in known.values(4):
        assert known.own(known.change(DEVICE, value)) == pytest.approx(value, rel=0.08, abs=2e-3)
    before = {p.name: p.own(DEVICE) for p in PROPERTIES.values() if p is not known}
    after = {
        p.name: p.own(known.change(DEVICE, known.perfect))
        for p in PROPERTIES.values()
        if p is not known
    }
    assert after == pytest.approx(before, rel=0.1, abs=5e-3)


def test_a_curved_law_is_explored_in_all_but_its_asymmetry() -> None:
    curved = PowerStep(up=0.2, down=0.2, conductance_min=0.0, conductance_max=1e-6)
    assert [p.name for p in chosen((), curved)] == [
        name for name in PROPERTIES if name != "asymmetry"
    ]
    with pytest.raises(TrainingError, match="'asymmetry' cannot be changed in law 'power-step'"):
        chosen(("asymmetry",), curved)


def test_knobs_counted_in_steps_go_with_the_step() -> None:
    fine = scaled_to(SGD(rate=0.1, window=0.5), 0.126 / 64, 3.0)
    assert (fine.rate, fine.window) == pytest.approx((0.3, 4.0))
    half = scaled_to(TTv2(rate=0.5, threshold=60.0), 0.063, 2.0)
    assert (half.rate, half.threshold, half.window) == pytest.approx((0.5, 30.0, TTv2().window))
    assert scaled_to(TTv1(rate=0.5), 0.063, 2.0).rate == pytest.approx(0.5)


def results(study, accuracy):
    """Return made-up trainings: ``accuracy(task)`` on held-out and test images alike."""
    return [
        {**vars(t), "validation_accuracy": accuracy(t), "test_accuracy": accuracy(t), "pulses": 1}
        for t in study.tasks(DEVICE)
    ]


def test_the_best_rate_counts_and_gains_and_limits_follow() -> None:
    study = PropertyStudy(
        algorithms=("sgd",), properties=("cycle-noise",), points=3, rates=(1.0, 3.0), seeds=2
    )

    def accuracy(task: Task) -> float:
        noise = 0.15 if task.property == AS_IT_IS else task.value
        return 0.9 - 0.1 * noise + (0.02 if task.rate == 3 else 0) + 0.001 * task.seed

    found = collect(study, DEVICE, results(study, accuracy))
    (first,) = found.ranking
    assert found.curves[0].rates.tolist() == [3, 3, 3]
    assert (first.property, first.own, first.perfect) == ("cycle-noise", 0.15, 0)
    assert first.gain == pytest.approx(0.015)
    assert first.gain_error == pytest.approx(0, abs=1e-12)
    assert first.bearable == pytest.approx(0.25)


def test_the_rate_is_not_chosen_on_test_images() -> None:
    study = PropertyStudy(
        algorithms=("sgd",), properties=("cycle-noise",), points=2, rates=(1.0, 3.0), seeds=1
    )
    made = results(study, lambda task: task.rate / 10)
    for r in made:
        r["test_accuracy"] = 1 - r["validation_accuracy"]
    assert collect(study, DEVICE, made).baseline["sgd"].accuracy[0] == pytest.approx(0.7)


def test_where_nothing_helps_the_report_says_so() -> None:
    flat = PropertyCurve(
        "cycle-noise", "sgd", np.array([0.0, 1.0]), np.array([[0.9, 0.91], [0.9, 0.91]]), np.ones(2)
    )
    base = {"sgd": replace(flat, property=AS_IT_IS, values=np.zeros(1), accuracy=flat.accuracy[:1])}
    found = Findings(PropertyStudy(), {"cycle-noise": 0.15}, base, (flat,))
    assert "No property alone" in as_markdown(found)
    assert found.ranking[0].bearable is None
    assert "up to 1" in as_markdown(found)


def recorded(path) -> dict:
    """Return how long each training took that is in the journal."""
    if not path.exists():
        return {}
    with contextlib.closing(sqlite3.connect(path)) as journal:
        try:
            rows = journal.execute("SELECT settings, seed, seconds FROM records").fetchall()
        except sqlite3.OperationalError:
            return {}
    return {(settings, seed): seconds for settings, seed, seconds in rows}


def test_a_killed_exploration_goes_on_and_ends_in_the_same_numbers(command, folder, capsys) -> None:
    run = subprocess.Popen(
        [sys.executable, "-m", "acanthite", *command],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    journal = folder / "out" / "trainings" / "journal.sqlite"
    end = time.monotonic() + 240
    while len(recorded(journal)) < 4 and run.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    before = recorded(journal)
    assert len(before) >= 4
    assert main([*command, "--json"]) == 0
    resumed = json.loads(capsys.readouterr().out)
    after = recorded(journal)
    assert len(after) == 1 + 7 * 2
    assert before.items() <= after.items()
    assert resumed["baseline"]["sgd"] > 0.6
    assert {f["property"] for f in resumed["ranking"]} == set(PROPERTIES)
    for name in (
        "explore.png",
        "explore.svg",
        "explore.csv",
        "summary.csv",
        "report.md",
        "device.toml",
    ):
        assert (folder / "out" / name).stat().st_size > 100
    lines = list(csv.DictReader((folder / "out/explore.csv").read_text().splitlines()))
    assert len(lines) == 1 + 7 * 2
    assert len({r["test_accuracy"] for r in lines}) > 3
    tasks = PropertyStudy(
        str(folder / "stripes.npz"),
        "64-12-3",
        ("sgd",),
        points=2,
        rates=(10.0,),
        seeds=2,
        limit=300,
        validation=80,
    )
    again = tasks.tasks(DEVICE)[0].run(tasks, DEVICE, _stripes(folder))
    assert again["test_accuracy"] == float(lines[0]["test_accuracy"])
    code = main([*command, "--epochs", "3"])
    assert (code, "with epochs = 2, not 3" in capsys.readouterr().err) == (2, True)


def _stripes(folder) -> Dataset:
    from acanthite.nn import read_npz

    return read_npz(folder / "stripes.npz")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--property", "nonlinear"), "property 'nonlinear'; .* did you mean 'nonlinearity'"),
        (("--algorithm", "ideal"), "algorithm 'ideal' does not use the device"),
        (("--algorithm", "ttv"), "algorithm = 'ttv'; .* did you mean 'ttv"),
        (("--points", "1"), "points = 1; expected 2 or more"),
        (("--rate", "fast"), "fast is not a factor on the rate"),
        (("--rate", "-1"), "rates = .*-1.*; expected factors above zero"),
        (("--data", "/nowhere"), "data folder /nowhere: no such folder"),
        (("--device", "/nowhere.toml"), "no such device file"),
    ],
)
def test_bad_input_is_one_clear_error(command, capsys, args, message) -> None:
    assert main([*command, *args]) == 2
    err = capsys.readouterr().err
    assert err.startswith("error: ")
    assert re.search(message, err)


def test_a_folder_of_other_things_is_left_alone(command, folder, capsys) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "thesis.txt").write_text("mine")
    assert main(command) == 2
    assert "holds other things than an exploration" in capsys.readouterr().err
    assert [p.name for p in (folder / "out").iterdir()] == ["thesis.txt"]


def test_a_property_that_is_none_is_refused_when_the_study_is_made() -> None:
    with pytest.raises(TrainingError, match="property 'colour'; expected some of"):
        PropertyStudy(properties=("colour",))
