# ruff: noqa: E402
import pytest

torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")

from acanthite.errors import TrainingError
from acanthite.nn.training import schedule as engine
from acanthite.torch import AnalogLinear, AnalogSGD, EngineSchedule

ACCURACY = [0.1, 0.5, 0.4, 0.45, 0.6, 0.6, 0.6]


def optimizer() -> AnalogSGD:
    return AnalogSGD(
        AnalogLinear(3, 2, algorithm="floating", seed=1).parameters(), 0.1, tile_lr=0.4
    )


@pytest.mark.parametrize(
    "schedule",
    [
        engine.Constant(),
        engine.StepDecay(2, 0.3),
        engine.Cosine(0.1),
        engine.Plateau(2, 0.5),
        engine.Plateau(),
    ],
)
def test_rates_are_those_of_the_online_engine(schedule) -> None:
    own = optimizer()
    drive = EngineSchedule(own, schedule, 6, accuracy=ACCURACY[0])
    for epoch in range(6):
        factor = schedule.factor(epoch, 6, ACCURACY[: epoch + 1])
        assert own.param_groups[0]["lr"] == pytest.approx(0.1 * factor)
        own.step()
        drive.step(ACCURACY[epoch + 1])


def test_a_schedule_goes_on_where_it_was_saved() -> None:
    ends = []
    for stop in (None, 2):
        own = optimizer()
        drive = EngineSchedule(own, "plateau", 6, accuracy=ACCURACY[0])
        for epoch in range(6):
            if epoch == stop:
                saved = own.state_dict(), drive.state_dict()
                own = optimizer()
                drive = EngineSchedule(own, "plateau", 6, accuracy=0.0)
                own.load_state_dict(saved[0])
                drive.load_state_dict(saved[1])
            own.step()
            drive.step(ACCURACY[epoch + 1])
        ends.append(own.param_groups[0]["lr"])
    assert ends[0] == ends[1] < 0.1


@pytest.mark.parametrize("algorithm", ["sgd", "ttv2", "mixed-precision", "ttv1"])
def test_a_factor_acts_where_the_engine_lets_it_act(algorithm: str, device) -> None:
    layer = AnalogLinear(5, 4, synapse=device, algorithm=algorithm, seed=1)
    slower = layer.tile.algorithm.at_rate(0.5)
    twin = AnalogLinear(5, 4, synapse=device, algorithm=slower, seed=1)
    for one, factor, rate in ((layer, 0.5, layer.tile.algorithm.rate), (twin, 1.0, slower.rate)):
        own = AnalogSGD([one.weight], 0.1, tile_lr=rate)
        own.param_groups[0]["lr"] *= factor
        for _ in range(20):
            own.zero_grad()
            one(torch.ones(3, 5)).sum().backward()
            own.step()
    assert torch.equal(layer.weight, twin.weight)
    assert layer.pulses == twin.pulses > 0


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        (("plateau", 3), "plateau needs the accuracy"),
        (("cosine", 0), "epochs = 0; expected one or more"),
        (("cosin", 3), "did you mean 'cosine'"),
    ],
)
def test_what_makes_no_schedule_is_refused(knobs, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        EngineSchedule(optimizer(), *knobs)


def layer_with_gradient() -> AnalogLinear:
    layer = AnalogLinear(3, 2, algorithm="floating", seed=1)
    layer(torch.ones(1, 3)).sum().backward()
    return layer


def test_the_state_of_another_optimizer_is_refused() -> None:
    layer = layer_with_gradient()
    own = AnalogSGD(layer.parameters(), 0.1)
    own.load_state_dict(torch.optim.SGD(layer.parameters(), 0.1).state_dict())
    with pytest.raises(TrainingError, match="no tile_lr_at"):
        own.step()


def test_a_negative_rate_is_refused() -> None:
    own = AnalogSGD(layer_with_gradient().parameters(), 0.1)
    own.param_groups[0]["lr"] = -1.0
    with pytest.raises(TrainingError, match="lr = -1; expected zero or more"):
        own.step()
