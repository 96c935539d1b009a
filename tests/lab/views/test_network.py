"""A training seen from outside: it goes on, ends, and can be stopped."""

import pytest

from acanthite.lab.views.network import StoppedError, Training, network_command

pytest.importorskip("sklearn")


def test_a_training_shows_its_curve():
    training = Training({"epochs": 3, "images": 500, "hidden": 16}, "floating")
    result = training.run()
    test, learned = training.curves()
    assert [y for _, y in test.points] == result.test_accuracy.tolist()
    assert [x for x, _ in learned.points] == [1, 2, 3]
    assert training.fraction == 1.0
    assert test.points[-1][1] > 0.6
    assert training.rows()[0].label == "test images right"


def test_a_training_can_be_stopped():
    training = Training({"epochs": 50}, "floating")
    training.stop()
    with pytest.raises(StoppedError):
        training.run()


def test_the_command_trains_the_same():
    command = network_command({"hidden": 16, "epochs": 3}, "sgd")
    assert command == (
        "acanthite train --dataset digits --network 64-16-10 --algorithm sgd --epochs 3 "
        "--limit 1437 --seed 1"
    )
