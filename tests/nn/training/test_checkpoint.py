"""A run that was stopped, at any moment, goes on to the same bits; nothing foreign or damaged is resumed."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from acanthite import nn
from acanthite.errors import TrainingError
from acanthite.nn import SGD, FloatingPoint, Ideal, TTv2, train
from acanthite.nn.training import checkpoint

KNOBS = {
    "ttv2": TTv2(rate=0.5, window=0.6, threshold=10.0, read_noise=0.02),
    "ttv2 with a lag": TTv2(rate=0.5, threshold=10.0, lag=16),
    "sgd": SGD(rate=0.02, window=1.0),
    "ideal": Ideal(rate=0.02),
    "floating": FloatingPoint(),
}


class StopError(Exception):
    pass


def stop_after(fraction: float):
    def watch(standing: nn.TrainingProgress) -> None:
        if standing.fraction >= fraction:
            raise StopError

    return watch


@pytest.mark.long
@pytest.mark.parametrize("name", KNOBS)
@pytest.mark.parametrize("fraction", [0.4, 0.5])
def test_a_stopped_run_goes_on_to_the_same_bits(
    name, fraction, shapes, small, device, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("acanthite.nn.training.loop.CHUNK", 300)
    path, options = tmp_path / "checkpoint.npz", {"epochs": 2, "validation": 200}
    whole = train(shapes, small, device, KNOBS[name], **options)
    with pytest.raises(StopError):
        train(
            shapes,
            small,
            device,
            KNOBS[name],
            checkpoint=path,
            checkpoint_every=0.0,
            watch=stop_after(fraction),
            **options,
        )
    resumed = train(shapes, small, device, KNOBS[name], checkpoint=path, **options)
    assert (resumed.weights == whole.weights).all()
    assert resumed.to_dataset().identical(whole.to_dataset())
    assert (resumed.confusion == whole.confusion).all()


def test_a_finished_run_gives_its_result_again_and_may_go_on_for_longer(
    shapes, small, device, tmp_path
) -> None:
    path = tmp_path / "checkpoint.npz"
    first = train(shapes, small, device, KNOBS["ttv2"], epochs=1, checkpoint=path)
    again = train(shapes, small, device, KNOBS["ttv2"], epochs=1, checkpoint=path)
    assert (first.weights == again.weights).all()
    assert again.samples_per_second == first.samples_per_second
    longer = train(shapes, small, device, KNOBS["ttv2"], epochs=2, checkpoint=path)
    assert (longer.weights == train(shapes, small, device, KNOBS["ttv2"], epochs=2).weights).all()
    with pytest.raises(TrainingError, match="has 2 epochs behind it, more than epochs = 1"):
        train(shapes, small, device, KNOBS["ttv2"], epochs=1, checkpoint=path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"network": nn.Network((64, 20, 4), "relu")},
            r"made with network = .*64, 24, 4.*, not .*64, 20, 4",
        ),
        (
            {"algorithm": TTv2(rate=0.4)},
            r"made with algorithm = TTv2\(.*rate=0.5.*, not TTv2\(.*rate=0.4",
        ),
        (
            {"seed": 2},
            "made with seed = 1, not 2; resume with the settings it was made with, or start anew",
        ),
        ({"limit": 1000}, "made with limit = None, not 1000"),
    ],
)
def test_the_checkpoint_of_another_training_is_refused(
    change, message, shapes, small, device, tmp_path
) -> None:
    path = tmp_path / "checkpoint.npz"
    options = {"network": small, "synapse": device, "algorithm": KNOBS["ttv2"], "epochs": 1}
    train(shapes, **options, checkpoint=path)
    before = path.read_bytes()
    with pytest.raises(TrainingError, match=message):
        train(shapes, **{**options, **change}, checkpoint=path)
    assert path.read_bytes() == before


def test_another_device_or_other_images_are_refused(shapes, small, device, tmp_path) -> None:
    path = tmp_path / "checkpoint.npz"
    train(shapes, small, device, "ideal", epochs=1, checkpoint=path)
    with pytest.raises(
        TrainingError, match=r"made with device = SoftBounds.*up=0.13.*not SoftBounds"
    ):
        train(shapes, small, replace(device, up=0.1), "ideal", epochs=1, checkpoint=path)
    spoiled = replace(shapes, labels=np.roll(shapes.labels, 1))
    with pytest.raises(TrainingError, match=r"made with dataset = shapes \(CRC"):
        train(spoiled, small, device, "ideal", epochs=1, checkpoint=path)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda b: b[: len(b) // 2], "cannot be read"),
        (lambda b: b"", "cannot be read"),
        (lambda b: b[: len(b) // 2] + b"\0\xff" * 8 + b[len(b) // 2 + 16 :], "cannot be read"),
    ],
)
def test_a_damaged_checkpoint_is_refused(damage, message, shapes, small, device, tmp_path) -> None:
    path = tmp_path / "checkpoint.npz"
    train(shapes, small, device, "ideal", epochs=1, checkpoint=path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(TrainingError, match=message):
        train(shapes, small, device, "ideal", epochs=1, checkpoint=path)


def test_a_file_that_is_no_checkpoint_is_refused(shapes, small, device, tmp_path) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, images=np.zeros(3))
    with pytest.raises(TrainingError, match="not a checkpoint of a training"):
        train(shapes, small, device, "ideal", epochs=1, checkpoint=path)


def test_a_loss_that_is_no_number_leaves_the_checkpoint_whole(
    shapes, small, device, tmp_path, monkeypatch
) -> None:
    path = tmp_path / "checkpoint.npz"
    train(shapes, small, device, KNOBS["floating"], epochs=1, checkpoint=path)
    before = path.read_bytes()
    run = FloatingPoint.run

    def spoilt(self, state, batch, epoch):
        state.weights[5] = np.nan
        return run(self, state, batch, epoch)

    monkeypatch.setattr(FloatingPoint, "run", spoilt)
    with pytest.raises(TrainingError, match="diverged in epoch 2; lower its rate"):
        train(
            shapes,
            small,
            device,
            KNOBS["floating"],
            epochs=2,
            checkpoint=path,
            checkpoint_every=0.0,
        )
    assert path.read_bytes() == before


def test_every_array_of_a_state_is_kept(small, device) -> None:
    state = KNOBS["ttv2"].start(small, device, 1)
    names = {name for name, _ in checkpoint.arrays(state)}
    assert {
        "state.fast.weights",
        "state.slow.weights",
        "state.digital.hidden",
        "state.clock",
    } <= names
    assert {"state.rng.state", "state.rng.words", "state.rng.normals"} <= names


CODE = """
import sys
from pathlib import Path
import numpy as np
from acanthite.nn import Network, TTv2, read_npz, train
from acanthite.synapse import SoftBounds
device = SoftBounds(up=0.13, down=0.14, pulse_noise=0.15, conductance_min=0.0, conductance_max=1e-6)
folder = Path(sys.argv[1])
result = train(folder / "shapes.npz", Network((64, 24, 4), "relu"), device, TTv2(threshold=10.0), epochs=40,
               checkpoint=folder / "checkpoint.npz", checkpoint_every=0.0)
np.save(folder / "weights.npy", result.weights)
"""


def test_a_run_killed_at_random_moments_ends_in_the_same_bits(shapes, tmp_path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        folder.mkdir()
        np.savez(
            folder / "shapes.npz",
            images=shapes.images,
            labels=shapes.labels,
            test_images=shapes.test_images,
            test_labels=shapes.test_labels,
        )
    call = [sys.executable, "-c", CODE]
    subprocess.run([*call, str(whole)], check=True)
    draw, kills, path = random.Random(), 0, killed / "checkpoint.npz"
    while not (killed / "weights.npy").exists():
        process = subprocess.Popen([*call, str(killed)])
        deadline, before = time.monotonic() + 60, path.stat().st_mtime_ns if path.exists() else 0
        while process.poll() is None and time.monotonic() < deadline:
            if path.exists() and path.stat().st_mtime_ns != before and kills < 2:
                time.sleep(draw.uniform(0.0, 0.1))
                os.kill(process.pid, signal.SIGKILL)
                kills += process.wait() == -signal.SIGKILL
            time.sleep(0.001)
        assert process.wait() in (0, -signal.SIGKILL)
    assert kills >= 1
    assert (np.load(killed / "weights.npy") == np.load(whole / "weights.npy")).all()
