import pytest

from acanthite.errors import TrainingError
from acanthite.nn import Cosine, Network, Periphery, Plateau, TTv2
from acanthite.nn.training.job_file import Plan, read_plan


@pytest.fixture
def plan(tmp_path):
    def write(text: str, **given):
        path = tmp_path / "plan.toml"
        path.write_text(text, encoding="utf-8")
        return read_plan(path, given)

    return write


def test_without_a_file_it_is_the_default() -> None:
    assert read_plan(None, {"epochs": None}) == Plan()
    assert read_plan(None, {"epochs": 3}).epochs == 3


def test_a_file_says_it_all_and_the_command_line_counts_more(plan) -> None:
    text = """
    dataset = "digits"
    network = "64-32-10"
    device = "mine.toml"
    epochs = 4
    seed = 7
    validation = 100
    limit = 1000

    [algorithm]
    name = "ttv2"
    rate = 1
    forget = true
    """
    found = plan(text, seed=8, limit=None)
    algorithm = TTv2(rate=1.0, forget=True)
    assert found == Plan("digits", "64-32-10", algorithm, "mine.toml", 4, 8, 100, 1000)
    assert isinstance(found.algorithm.rate, float)
    assert plan('algorithm = "sgd"').algorithm == "sgd"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epoch = 3", r"plan.toml: unknown key 'epoch'; expected .*; did you mean 'epochs'"),
        ("epochs = 3.5", "plan.toml: epochs = 3.5; expected a whole number"),
        ("epochs = true", "plan.toml: epochs = True; expected a whole number"),
        ("dataset = 3", "plan.toml: dataset = 3; expected a text"),
        ('algorithm = "ttv9"', "algorithm = 'ttv9'; expected one of .*; did you mean 'ttv"),
        ("[algorithm]\nrate = 0.5", r"\[algorithm\] needs name = one of sgd"),
        (
            '[algorithm]\nname = "sgd"\nthreshold = 3',
            r"\[algorithm\] sgd has no 'threshold'; expected .*rate",
        ),
        (
            '[algorithm]\nname = "sgd"\nrate = "fast"',
            r"\[algorithm\] rate = 'fast'; expected a number",
        ),
        ('[algorithm]\nname = "sgd"\nrate = -1.0', "SGD: rate = -1; expected more than zero"),
        ('schedule = "cosin"', "schedule = 'cosin'; expected one of .*; did you mean 'cosine'"),
        ("[schedule]\nevery = 3", r"\[schedule\] needs name = one of constant"),
        (
            '[schedule]\nname = "step"\nevery = 0',
            "schedule step: every = 0; expected one epoch or more",
        ),
        (
            '[schedule]\nname = "step"\nevery = 1.5',
            r"\[schedule\] every = 1.5; expected a whole number",
        ),
        (
            "[periphery]\nread_nois = 1",
            r"\[periphery\] periphery has no 'read_nois'; .* did you mean 'read_noise'",
        ),
        (
            "[periphery]\ninput_bits = 99",
            "periphery: input_bits = 99; expected a whole number from 2 to 24",
        ),
        ("epochs = = 3", "plan.toml: not valid TOML: .*line 1"),
    ],
)
def test_what_makes_no_sense_is_refused(plan, text: str, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        plan(text)


def test_network_schedule_and_periphery_are_those_of_the_file(plan, shapes) -> None:
    text = """
    network = "64-24-4"
    activation = "tanh"
    bias = "digital"
    bias_rate = 0.02
    validation = 200
    [schedule]
    name = "plateau"
    patience = 2
    [periphery]
    output_noise = 1
    output_bits = 9
    output_bound = 12
    """
    found = plan(text)
    periphery = Periphery(output_noise=1.0, output_bits=9, output_bound=12.0)
    expected = Network((64, 24, 4), "tanh", bias="digital", bias_rate=0.02, periphery=periphery)
    assert found.shape(shapes) == expected
    assert found.job(None).schedule == Plateau(patience=2)
    assert plan("", schedule="cosine").schedule == Cosine()


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(TrainingError, match=r"plan .*none.toml: No such file"):
        read_plan(tmp_path / "none.toml", {})
