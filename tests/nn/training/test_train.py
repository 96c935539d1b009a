import os
from dataclasses import replace

import numpy as np
import pytest

from acanthite import nn
from acanthite.errors import DatasetError, DatasetUnavailableError, TrainingError
from acanthite.nn import SGD, FloatingPoint, Ideal, Job, TTv2, train, train_many

KNOBS = {
    "ttv2": TTv2(rate=0.5, window=0.6, threshold=10.0),
    "sgd": SGD(rate=0.02, window=1.0, decay=0.9),
    "ideal": Ideal(rate=0.02),
    "floating": FloatingPoint(),
}


def same(a: nn.TrainingResult, b: nn.TrainingResult) -> bool:
    return bool((a.weights == b.weights).all()) and a.to_dataset().identical(b.to_dataset())


def test_results_do_not_depend_on_the_number_of_threads(shapes, small, device) -> None:
    jobs = [
        Job(
            dataset=shapes,
            network=small,
            synapse=device,
            algorithm=KNOBS[name],
            seed=seed,
            epochs=2,
        )
        for name in KNOBS
        for seed in (1, 2)
    ]
    one, two = (train_many(jobs, threads=n) for n in (1, 2))
    assert all(same(a, b) for a, b in zip(one, two, strict=True))
    assert len({r.weights.tobytes() for r in one}) == len(jobs), "every run is another"


def test_one_run_is_the_same_as_the_same_job_among_many(shapes, small, device) -> None:
    alone = train(shapes, small, device, KNOBS["ttv2"], seed=2, epochs=1)
    one = Job(
        dataset=shapes, network=small, synapse=device, algorithm=KNOBS["ttv2"], seed=2, epochs=1
    )
    among = train_many([replace(one, algorithm="sgd"), one], threads=2)
    assert same(alone, among[1])


def test_ttv2_learns_what_the_ideal_device_learns_and_sgd_learns_less(
    shapes, small, device
) -> None:
    seeds = (1, 2, 3)
    jobs = [
        Job(
            dataset=shapes,
            network=small,
            synapse=device,
            algorithm=KNOBS[name],
            seed=seed,
            epochs=10,
        )
        for name in ("ttv2", "sgd", "ideal")
        for seed in seeds
    ]
    final = np.array([r.test_accuracy[-1] for r in train_many(jobs, threads=2)]).reshape(3, 3)
    ttv2, sgd, ideal = final.mean(axis=1)
    assert ideal > 0.9
    assert ttv2 > 0.88
    assert ideal - ttv2 < 0.5 * (ideal - sgd)


def test_a_result_accounts_for_pulses_and_energy(shapes, small, device) -> None:
    result = train(shapes, small, device, KNOBS["sgd"], epochs=3, write_energy=50e-15)
    data = result.to_dataset()
    assert result.pulses.shape == (3,)
    assert (result.pulses > 0).all()
    assert result.energy == pytest.approx(result.pulses * 50e-15)
    assert data["energy"].attrs["units"] == "J"
    assert result.test_accuracy is not None
    assert result.test_accuracy.shape == (4,)
    own = train(shapes, small, device, KNOBS["sgd"], epochs=1)
    assert own.write_energy == pytest.approx(device.write_energy)


def test_held_out_images_are_the_last_ones_and_are_not_trained_on(shapes, small, device) -> None:
    spoiled = replace(shapes, labels=shapes.labels.copy())
    spoiled.labels[1500:] = 0
    clean, other = (
        train(d, small, device, KNOBS["ideal"], epochs=1, validation=500, test=False)
        for d in (shapes, spoiled)
    )
    assert (clean.weights == other.weights).all()
    assert clean.test_accuracy is None
    assert clean.validation_accuracy is not None
    assert clean.validation_accuracy[-1] != other.validation_accuracy[-1]


def test_progress_runs_to_one_and_never_back(shapes, small, device) -> None:
    seen: list[float] = []
    job = Job(dataset=shapes, network=small, synapse=device, algorithm="ideal", epochs=2)
    train_many([replace(job, seed=k) for k in range(3)], threads=2, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)


def test_an_error_in_the_callers_progress_ends_the_runs(shapes, small, device) -> None:
    def interrupt(fraction: float) -> None:
        raise KeyboardInterrupt

    job = Job(dataset=shapes, network=small, synapse=device, algorithm="ideal", epochs=50)
    with pytest.raises(KeyboardInterrupt):
        train_many([replace(job, seed=k) for k in range(8)], progress=interrupt)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"algorithm": "ttv3"}, TrainingError, "algorithm = 'ttv3'; .* did you mean 'ttv2'"),
        ({"network": "mlpp"}, TrainingError, "network = 'mlpp'; .* did you mean 'mlp'"),
        ({"epochs": 0}, TrainingError, "epochs = 0; expected a whole number of at least 1"),
        ({"limit": 5000}, TrainingError, "limit = 5000; expected 1 to 2000"),
        ({"validation": 2000}, TrainingError, "validation = 2000; expected 0 to 1999"),
        ({"epoch": 3}, TrainingError, "unknown option 'epoch'; did you mean 'epochs'"),
        (
            {"network": nn.Network((100, 4))},
            DatasetError,
            r"shape \(2000, 64\) .* expected \(n, 100\)",
        ),
        (
            {"network": nn.Network((64, 3))},
            DatasetError,
            "has labels up to 3; expected labels below 3",
        ),
        (
            {"algorithm": FloatingPoint(rate=1e30)},
            TrainingError,
            "diverged in epoch 1; lower its rate",
        ),
    ],
)
def test_what_cannot_be_trained_is_refused(options, error, message, shapes, small, device) -> None:
    arguments = {
        "dataset": shapes,
        "network": small,
        "synapse": device,
        "algorithm": "ideal",
        "epochs": 1,
        **options,
    }
    with pytest.raises(error, match=message):
        train(**arguments)


def test_another_data_set_is_refused_by_name(device) -> None:
    with pytest.raises(DatasetError, match=r"dataset = 'mnst'; .* did you mean 'mnist'"):
        train("mnst", synapse=device)


@pytest.fixture(scope="module")
def mnist() -> nn.Dataset:
    if "ACANTHITE_DATA" not in os.environ:
        pytest.skip("set ACANTHITE_DATA to a folder with MNIST's IDX files to train on real digits")
    try:
        return nn.mnist(fetch=False)
    except DatasetUnavailableError as error:
        pytest.skip(str(error))


@pytest.mark.long
def test_real_digits_are_learnt_in_one_epoch_of_five_thousand(mnist, device) -> None:
    quick = TTv2(threshold=10.0)  # the default waits for more evidence than 5,000 samples hold
    jobs = [
        Job(dataset=mnist, synapse=device, algorithm=algorithm, epochs=1, limit=5000)
        for algorithm in ("floating", "ideal", quick)
    ]
    floating, ideal, ttv2 = (r.test_accuracy[-1] for r in train_many(jobs))
    assert floating > 0.88
    assert ideal > 0.85
    assert ttv2 > 0.80


def test_read_noise_of_the_device_is_in_every_read_but_those_of_the_ideal_one(
    shapes, small, device
) -> None:
    noisy = replace(device, read_noise=0.4)
    runs = {
        (name, d.read_noise > 0): train(shapes, small, d, KNOBS[name], seed=1, epochs=3)
        for name in ("ttv2", "sgd", "ideal")
        for d in (device, noisy)
    }
    for name in ("ttv2", "sgd"):
        assert runs[name, True].test_accuracy.mean() < runs[name, False].test_accuracy.mean()
    assert same(runs["ideal", True], runs["ideal", False])
