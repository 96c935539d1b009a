"""A job made ready: named things looked up, the network fitted, network and algorithm adapted to the device."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numba import typeof, uint8
from numba.types import Array

from acanthite.errors import TrainingError
from acanthite.nn import Dataset, Job, Network, Periphery, TTv2
from acanthite.nn.training.setup import prepare
from acanthite.synapse import SoftBounds, save


def test_a_jobs_options_go_over_those_of_its_network(
    shapes: Dataset, small: Network, device: SoftBounds
) -> None:
    noisy = replace(small, periphery=Periphery(output_noise=0.1))
    job = Job(dataset=shapes, network=noisy, synapse=device)
    assert prepare(job).network == noisy
    changed = prepare(replace(job, activation="tanh", bias="digital", bias_rate=0.02)).network
    assert changed == replace(noisy, activation="tanh", bias="digital", bias_rate=0.02)


def test_read_noise_of_the_device_adds_to_that_of_network_and_algorithm(
    shapes: Dataset, small: Network, device: SoftBounds
) -> None:
    network = replace(small, periphery=Periphery(read_noise=0.03))
    algorithm = TTv2(window=0.5, read_noise=0.06)
    job = Job(
        dataset=shapes,
        network=network,
        synapse=replace(device, read_noise=0.08),
        algorithm=algorithm,
    )
    setup = prepare(job)
    assert setup.algorithm == replace(algorithm, read_noise=pytest.approx(0.1))
    assert setup.network.periphery.read_noise == pytest.approx(0.05)
    ideal = prepare(replace(job, algorithm="ideal"))
    assert ideal.network == network
    assert math.isclose(setup.pulse_energy, device.write_energy)


def test_a_device_may_be_named_by_its_file(
    shapes: Dataset, small: Network, device: SoftBounds, tmp_path
) -> None:
    path = tmp_path / "device.toml"
    save(device, path)
    assert prepare(Job(dataset=shapes, network=small, synapse=path)).synapse == device


def test_images_are_split_from_the_two_ends(shapes: Dataset, small: Network) -> None:
    job = Job(dataset=shapes, network=small, algorithm="floating", limit=30, validation=20)
    setup = prepare(job)
    assert (setup.training.images == shapes.images[:30]).all()
    assert (setup.held_out.images == shapes.images[-20:]).all()
    assert setup.identity["dataset"] == shapes.fingerprint


def test_kernels_are_given_one_kind_of_array_whatever_the_data_set_is_made_of(
    shapes: Dataset, small: Network
) -> None:
    frozen = shapes.images.copy()
    frozen.flags.writeable = False
    kinds = set()
    for changes in (
        {},
        {"images": frozen},
        {"labels": shapes.labels.astype(np.int64), "test_labels": shapes.test_labels.astype(int)},
        {"images": np.asfortranarray(shapes.images), "test_images": shapes.test_images[::-1]},
    ):
        job = Job(dataset=replace(shapes, **changes), network=small, algorithm="floating")
        setup = prepare(replace(job, validation=100))
        for data in (setup.training, setup.held_out):
            images = {typeof(data.images), typeof(data.test_images)}
            kinds |= images | {typeof(data.labels), typeof(data.test_labels)}
        assert (setup.training.images == shapes.images[:-100]).all()
    assert kinds == {
        Array(uint8, 1, "C", readonly=True),
        Array(uint8, 2, "C", readonly=True),
    }
    assert shapes.images.flags.writeable


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"algorithm": "sdg"}, "algorithm = 'sdg'; .* did you mean 'sgd'"),
        ({"algorithm": 3}, "algorithm = 3; expected one of sgd"),
        ({"epochs": 0}, "epochs = 0; expected a whole number of at least 1"),
        ({"epochs": 2.5}, "epochs = 2.5; expected a whole number"),
        ({"limit": 0}, "limit = 0; expected a whole number of at least 1"),
        ({"validation": -1}, "validation = -1; expected a whole number of at least 0"),
        ({"seed": "x"}, "seed = 'x'; expected a whole number"),
    ],
)
def test_a_job_that_makes_no_sense_is_refused_when_it_is_made(options, message) -> None:
    with pytest.raises(TrainingError, match=message):
        Job(**options)
