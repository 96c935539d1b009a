import numpy as np
import pytest

from acanthite.errors import TrainingError
from acanthite.nn import SGD, Constant, Cosine, FloatingPoint, Job, Plateau, StepDecay, train
from acanthite.nn.training.schedule import SCHEDULES, LearningRateSchedule


def factors(schedule, epochs: int, accuracy=()) -> list[float]:
    return [schedule.factor(k, epochs, accuracy[: k + 1]) for k in range(epochs)]


def test_every_schedule_keeps_the_contract_and_begins_at_one() -> None:
    for kind in SCHEDULES.values():
        assert isinstance(kind(), LearningRateSchedule)
        assert kind().factor(0, 10, [0.1]) == 1.0


def test_factors() -> None:
    assert factors(Constant(), 3) == [1, 1, 1]
    assert factors(StepDecay(every=2, drop=0.1), 5) == pytest.approx([1, 1, 0.1, 0.1, 0.01])
    assert factors(Cosine(last=0.2), 3) == pytest.approx([1, 0.6, 0.2])
    assert Cosine().factor(0, 1, []) == 1.0
    accuracy = [0.1, 0.5, 0.6, 0.6, 0.59, 0.58, 0.7]
    assert factors(Plateau(patience=2), 7, accuracy) == [1, 1, 1, 1, 0.5, 0.5, 0.5]


def test_a_step_of_one_epoch_is_the_algorithms_own_decay(shapes, small, device) -> None:
    own = train(shapes, small, device, SGD(rate=0.02, decay=0.6), epochs=3)
    step = train(
        shapes,
        small,
        device,
        SGD(rate=0.02, decay=0.9),
        epochs=3,
        schedule=StepDecay(every=1, drop=0.6),
    )
    assert (own.weights == step.weights).all()


def test_plateau_looks_at_the_held_out_images_after_a_resume_too(shapes, small, tmp_path) -> None:
    path, schedule = tmp_path / "checkpoint.npz", Plateau(patience=1, drop=0.1)
    options = {
        "synapse": None,
        "algorithm": FloatingPoint(rate=0.05),
        "validation": 300,
        "schedule": schedule,
    }
    for epochs in (3, 6):
        resumed = train(shapes, small, checkpoint=path, epochs=epochs, **options)
    whole = train(shapes, small, epochs=6, **options)
    assert (resumed.weights == whole.weights).all()
    assert factors(schedule, 6, whole.validation_accuracy.tolist())[-1] < 1
    constant = train(shapes, small, epochs=6, **{**options, "schedule": Constant()})
    assert np.any(constant.weights != whole.weights)


def test_what_makes_no_sense_is_refused(shapes, small, tmp_path) -> None:
    with pytest.raises(TrainingError, match="schedule plateau needs validation"):
        train(shapes, small, algorithm="floating", epochs=1, schedule=Plateau())
    with pytest.raises(
        TrainingError, match=r"schedule step: drop = 1.5; expected a number above 0 to 1"
    ):
        StepDecay(drop=1.5)
    path = tmp_path / "checkpoint.npz"
    train(shapes, small, algorithm="floating", epochs=1, schedule=Cosine(), checkpoint=path)
    with pytest.raises(TrainingError, match="made with epochs of the schedule = 1, not 2"):
        train(shapes, small, algorithm="floating", epochs=2, schedule=Cosine(), checkpoint=path)


def test_a_schedule_may_be_given_by_its_name(shapes, small) -> None:
    options = {"algorithm": "floating", "epochs": 2, "limit": 200}
    named = train(shapes, small, schedule="cosine", **options)
    own = train(shapes, small, schedule=Cosine(), **options)
    assert (named.weights == own.weights).all()
    with pytest.raises(TrainingError, match="schedule plateau needs validation"):
        train(shapes, small, schedule="plateau", **options)


@pytest.mark.parametrize("schedule", ["cosin", 3.0, Cosine])
def test_what_is_no_schedule_is_refused(schedule) -> None:
    with pytest.raises(
        TrainingError, match=r"schedule = .*; expected one of constant, step, cosine"
    ):
        Job(schedule=schedule)


def test_a_plateau_drops_the_rate_after_patience_epochs_in_a_row_without_a_new_best() -> None:
    assert factors(Plateau(patience=1), 4, [0.1, 0.1, 0.2, 0.1]) == [1, 0.5, 0.5, 0.25]
    assert "after this many epochs in a row without a new best" in (Plateau.__doc__ or "")
