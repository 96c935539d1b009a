from dataclasses import replace

import pytest

from acanthite.errors import TrainingError
from acanthite.nn import Cosine, Job, Network, Periphery, Plateau, TTv2
from acanthite.nn.training.job_file import read_job
from acanthite.nn.training.setup import prepare


@pytest.fixture
def job(tmp_path):
    def write(text: str, **given):
        path = tmp_path / "job.toml"
        path.write_text(text, encoding="utf-8")
        return read_job(path, given)

    return write


def test_without_a_file_it_is_the_default() -> None:
    assert read_job(None, {"epochs": None}) == Job(synapse="ag2s")
    assert read_job(None, {"epochs": 3}).epochs == 3


def test_a_file_says_it_all_and_the_command_line_counts_more(job) -> None:
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
    found = job(text, seed=8, limit=None)
    algorithm = TTv2(rate=1.0, forget=True)
    expected = Job(
        dataset="digits",
        network="64-32-10",
        algorithm=algorithm,
        synapse="mine.toml",
        epochs=4,
        seed=8,
        validation=100,
        limit=1000,
    )
    assert found == expected
    assert isinstance(found.algorithm.rate, float)
    assert job('algorithm = "sgd"').algorithm == "sgd"
    assert job('algorithm = "auto"').algorithm == "auto"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epoch = 3", r"job.toml, line 1: unknown key 'epoch'; did you mean 'epochs'"),
        ("epochs = 3.5", "job.toml, line 1: epochs = 3.5; expected a whole number"),
        ("epochs = true", "job.toml, line 1: epochs = True; expected a whole number"),
        ("dataset = 3", "job.toml, line 1: dataset = 3; expected a text"),
        ('algorithm = "ttv9"', "line 1: algorithm = 'ttv9'; expected one of .*; did you mean 'ttv"),
        ("[algorithm]\nrate = 0.5", r"line 1: \[algorithm\] needs name = one of sgd"),
        (
            '[algorithm]\nname = "sgd"\nthreshold = 3',
            r"line 3: \[algorithm\] has unknown field 'threshold'; expected .*rate",
        ),
        (
            '[algorithm]\nname = "sgd"\nrate = "fast"',
            r"line 3: \[algorithm\] rate = 'fast'; expected a finite number",
        ),
        (
            '[algorithm]\nname = "sgd"\nrate = -1.0',
            "line 3: SGD: rate = -1.0; expected a positive number",
        ),
        (
            'schedule = "cosin"',
            "line 1: schedule = 'cosin'; expected one of .*; did you mean 'cosine'",
        ),
        ("[schedule]\nevery = 3", r"line 1: \[schedule\] needs name = one of constant"),
        (
            '[schedule]\nname = "step"\nevery = 0',
            "line 3: schedule step: every = 0; expected a whole number of at least 1",
        ),
        (
            '[schedule]\nname = "step"\nevery = 1.5',
            r"line 3: \[schedule\] every = 1.5; expected a whole number",
        ),
        (
            "[periphery]\nread_nois = 1",
            r"line 2: \[periphery\] has unknown field 'read_nois'; did you mean 'read_noise'",
        ),
        (
            "[periphery]\ninput_bits = 99",
            "line 2: periphery: input_bits = 99; expected a whole number from 2 to 24",
        ),
        ("epochs = = 3", "job.toml: not valid TOML: .*line 1"),
    ],
)
def test_what_makes_no_sense_is_refused(job, text: str, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        job(text)


def test_network_schedule_and_periphery_are_those_of_the_file(job, shapes) -> None:
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
    found = replace(job(text), dataset=shapes, synapse=None, algorithm="floating")
    periphery = Periphery(output_noise=1.0, output_bits=9, output_bound=12.0)
    expected = Network((64, 24, 4), "tanh", bias="digital", bias_rate=0.02, periphery=periphery)
    assert prepare(found).network == expected
    assert found.schedule == Plateau(patience=2)
    assert job("", schedule="cosine").schedule == Cosine()


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(TrainingError, match=r"job file .*none.toml: No such file"):
        read_job(tmp_path / "none.toml", {})
