"""Advice on a device: what to train it with, and what limits it."""

from dataclasses import replace

import pytest

from acanthite.errors import TrainingError
from acanthite.nn import Job, advise, prepare
from acanthite.nn.advice import advised_algorithm
from acanthite.synapse import SoftBounds, literature

DEVICE = SoftBounds(
    up=0.5,
    down=0.45,
    pulse_noise=0.3,
    up_spread=0.1,
    down_spread=0.1,
    lower_spread=0.1,
    upper_spread=0.1,
    conductance_min=0.0,
    conductance_max=2e-6,
)

FINE = replace(DEVICE, up=0.0054, down=0.0036, pulse_noise=0.8)
"""Many noisy steps away from the middle: mixed precision is far ahead."""


def test_forecasts_are_the_best_first_and_the_best_of_all_is_chosen() -> None:
    advice = advise(DEVICE)
    accuracies = [each.accuracy for each in advice.forecasts]
    assert accuracies == sorted(accuracies, reverse=True)
    assert advice.best is advice.forecasts[0]
    own = [each for each in advice.forecasts if not each.candidate.digital]
    assert advice.best_analogue is own[0]
    assert all(0 < each.error < 0.2 for each in advice.forecasts)


def test_where_gradients_must_be_made_in_the_arrays_none_are_made_digitally() -> None:
    every, analogue = advise(FINE), advise(FINE, analogue_only=True)
    assert every.best.candidate.digital
    assert analogue.best is analogue.best_analogue
    assert analogue.best.candidate == every.best_analogue.candidate
    assert analogue.algorithm.name == analogue.best.candidate.algorithm.name
    assert not any(each.candidate.digital for each in analogue.idealised.values())


def test_few_states_are_what_limits_a_device_of_few_states() -> None:
    advice = advise(DEVICE)
    assert advice.limit == "states"
    assert advice.gain("states") > 0.01
    assert advice.ideal["noise"] == 0.0
    assert advice.ideal["states"] > advice.traits.states


def test_a_device_beyond_the_table_is_said_to_be() -> None:
    assert advise(DEVICE).outside == ()
    noisy = replace(DEVICE, pulse_noise=40.0)
    assert advise(noisy).outside == ("noise",)


def test_what_the_rule_does_not_know_of_is_noted() -> None:
    (note,) = advise(replace(DEVICE, read_noise=0.1)).notes
    assert note.startswith("the device has read noise")


def test_wrong_references_change_what_is_said_of_algorithms_that_need_them() -> None:
    right, wrong = (
        {each.candidate.name: each.accuracy for each in advise(DEVICE, **given).forecasts}
        for given in ({}, {"reference_mean": 0.4, "reference_spread": 0.5})
    )
    assert wrong["ttv2"] < right["ttv2"] - 0.02
    assert abs(wrong["sgd"] - right["sgd"]) < abs(wrong["ttv2"] - right["ttv2"])


def test_a_job_may_leave_the_choice_to_the_rule(shapes, small) -> None:
    setup = prepare(Job(dataset=shapes, network=small, synapse=DEVICE, algorithm="auto"))
    algorithm, advice = advised_algorithm(DEVICE, small)
    assert setup.algorithm == algorithm
    assert algorithm.name == advice.best.candidate.algorithm.name
    assert algorithm.window > advice.algorithm.window  # of an array of fewer lines


def test_a_job_may_leave_the_choice_among_the_analogue_to_the_rule(shapes, small) -> None:
    setup = prepare(Job(dataset=shapes, network=small, synapse=FINE, algorithm="auto-analogue"))
    assert setup.algorithm == advised_algorithm(FINE, small, analogue_only=True)[0]
    assert setup.algorithm.name == advise(FINE).best_analogue.candidate.algorithm.name


def test_knobs_are_adapted_to_the_device_as_training_would(shapes, small) -> None:
    fine = replace(DEVICE, up=0.002, down=0.0019)
    assert advise(fine).algorithm == advise(fine).algorithm.adapted_to(fine)


def test_without_a_device_there_is_nothing_to_choose_for(shapes, small) -> None:
    with pytest.raises(TrainingError, match="'auto' needs a device"):
        prepare(Job(dataset=shapes, network=small, algorithm="auto"))


def test_what_is_no_synapse_is_refused() -> None:
    with pytest.raises(TrainingError, match="expected a synapse"):
        advise("ecram")  # type: ignore[arg-type]


def test_weights_of_several_devices_are_said_to_be_unknown_to_the_rule() -> None:
    assert any("several devices a weight" in note for note in advise(literature("pcm")).notes)
