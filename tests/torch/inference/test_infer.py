"""A study of inference: accuracies of fresh cells in time, kept one by one, the same after a kill."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from acanthite.constants import day, hour
from acanthite.cost import network_named
from acanthite.errors import CellError, ChipError, RunFolderError, TrainingError
from acanthite.inference import (
    Chip,
    ColumnReader,
    IdealCells,
    InputDriver,
    chip_named,
    without_each,
)
from acanthite.nn import Dataset
from acanthite.torch import InferenceStudy, infer, to_inference
from acanthite.torch.chip.layers import products_of
from acanthite.torch.inference import networks, run
from acanthite.torch.inference.drawings import draw_accuracy, time_label
from acanthite.torch.inference.resnet import ResidualBlock, ResNet

TIMES = (1.0, 1 * hour, 30 * day)


def stripes(n=600, seed=1):
    """Three classes of noisy 8 x 8 stripes."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n).astype(np.uint8)
    patterns = rng.random((3, 64)) < 0.4
    pictures = ((patterns[labels] ^ (rng.random((n, 64)) < 0.2)) * 200).astype(np.uint8)
    return Dataset("stripes", pictures[:-200], labels[:-200], pictures[-200:], labels[-200:])


def study(**changes):
    given = {"chip": chip_named("pcm"), "times": TIMES, "network": "64-16-3", "draws": 2}
    return InferenceStudy(**given | {"epochs": 8} | changes)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """Return the folder of a whole study, and its result."""
    out = tmp_path_factory.mktemp("study") / "out"
    return out, *infer(study(), stripes(), out=out)


def test_accuracy_is_that_of_the_network_on_fresh_cells(done):
    _, result, views = done
    assert result.accuracy.shape == (2, 3)
    assert result.digital_accuracy > 0.85
    assert (result.accuracy > 0.6).all()
    assert not np.array_equal(result.accuracy[0], result.accuracy[1])
    assert set(result.gains) == set(without_each(chip_named("pcm")))
    counts = views.weights.counts
    assert {int(n.sum()) for n in counts.values()} == {64 * 16 + 16 * 3}
    assert set(result.clipped) == {"layer 1", "layer 2"}
    assert all(0 <= share < 0.2 for share in result.clipped.values())


def test_a_chip_without_faults_is_as_good_as_software(tmp_path):
    exact = {"inputs": InputDriver(bits=None), "outputs": ColumnReader(bits=None)}
    chip = Chip(cells=IdealCells(), **exact)
    result, views = infer(study(chip=chip, times=(0.0,)), stripes(), out=tmp_path / "out")
    assert (result.accuracy == result.digital_accuracy).all()
    assert result.gains == {}
    assert views.converters.counts == {}


def test_a_run_that_is_killed_goes_on_to_the_same_bits(done, tmp_path, monkeypatch):
    out, whole, _ = done
    judged = []
    accuracy = networks.accuracy

    def dies(*args):
        if len(judged) == 5:
            raise KeyboardInterrupt
        judged.append(accuracy(*args))
        return judged[-1]

    monkeypatch.setattr(run.networks, "accuracy", dies)
    with pytest.raises(KeyboardInterrupt):
        infer(study(), stripes(), out=tmp_path / "out")
    monkeypatch.undo()
    kept = json.loads((tmp_path / "out" / "points.json").read_text())
    assert len(kept) == 5
    monkeypatch.setattr(run.networks, "train", lambda *a, **k: pytest.fail("trained again"))
    result, _ = infer(study(), stripes(), out=tmp_path / "out", resume=True)
    np.testing.assert_array_equal(result.accuracy, whole.accuracy)
    assert (tmp_path / "out" / "result.json").read_bytes() == (out / "result.json").read_bytes()
    assert (tmp_path / "out" / "points.json").read_bytes() == (out / "points.json").read_bytes()


def test_training_for_the_chip_is_kept_and_gone_on_with(tmp_path, monkeypatch):
    out = tmp_path / "out"
    result, _ = infer(study(aware=True, times=(1.0,)), stripes(), out=out)
    assert (out / "aware.pt").exists()
    assert result.digital_accuracy > 0.8
    assert (result.accuracy > 0.7).all()
    monkeypatch.setattr(run.networks, "train", lambda *a, **k: pytest.fail("trained again"))
    again, _ = infer(study(aware=True, times=(1.0,)), stripes(), out=out, resume=True)
    np.testing.assert_array_equal(again.accuracy, result.accuracy)
    with pytest.raises(RunFolderError, match="its aware is True, not False"):
        infer(study(times=(1.0,)), stripes(), out=out, resume=True)


def test_threads_make_no_difference(done):
    _, result, _ = done
    before = torch.get_num_threads()
    with networks.one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before
    assert result.accuracy.dtype == float


def test_a_folder_is_one_studys(done, tmp_path):
    out = done[0]
    with pytest.raises(RunFolderError, match=r"holds a study of inference already; .*--resume"):
        infer(study(), stripes(), out=out)
    with pytest.raises(RunFolderError, match=r"another study: its draws is 2, not 3; choose"):
        infer(study(draws=3), stripes(), out=out, resume=True)
    with pytest.raises(RunFolderError, match="another study: its dataset"):
        infer(study(), stripes(seed=2), out=out, resume=True)
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RunFolderError, match="holds other things"):
        infer(study(), stripes(), out=tmp_path)


def test_a_chip_that_cannot_hold_the_network_says_so_before_training(tmp_path, monkeypatch):
    monkeypatch.setattr(run.networks, "train", lambda *a, **k: pytest.fail("trained"))
    with pytest.raises(ChipError, match="needs at least"):
        infer(study(chip=Chip(columns=1)), stripes(), out=tmp_path / "out")


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"times": ()}, ChipError, "expected one or more"),
        ({"times": (2.0, 1.0)}, ChipError, "each later than the last"),
        ({"times": (-1.0,)}, ChipError, "times"),
        ({"draws": 0}, ChipError, "draws"),
        ({"chip": chip_named("reram-cmo"), "times": (0.5,)}, CellError, r"begins 1 s after"),
        ({"chip": chip_named("reram-wan"), "times": (7.0,)}, CellError, "says nothing about other"),
        ({"chip": "pcm"}, ChipError, "expected a Chip"),
        ({"normalise": (0.0, 0.0)}, ChipError, "normalise"),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(changes, error, words):
    with pytest.raises(error, match=words):
        study(**changes)


def test_what_a_model_was_not_measured_for_is_a_note():
    of = study(chip=chip_named("rram-milo"), times=(1.0,))
    assert len(of.notes) == 1
    assert "past the 0 s over which the model was measured" in of.notes[0]


def model_file(path, value):
    torch.save(value, path)
    return path


def test_weights_of_a_file_are_read_by_name_or_by_order_and_nothing_else_runs(tmp_path):
    torch.manual_seed(1)
    mine = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 3))
    renamed = {f"net.{k}": v for k, v in mine.state_dict().items()}
    data = stripes()
    x = networks.inputs(mine, data, data.test_images, (0.0, 1.0))
    for value in (mine.state_dict(), renamed, {"state_dict": renamed}):
        path = model_file(tmp_path / "net.pt", value)
        fresh = networks.build("64-16-3", data)
        loaded = networks.load_weights(fresh, path, False, "64-16-3")
        torch.testing.assert_close(loaded(x), mine(x))
    path = model_file(tmp_path / "module.pt", mine)
    with pytest.raises(ChipError, match=r"holds more than weights.*--trust-code"):
        networks.load_weights(networks.build("64-16-3", data), path, False, "64-16-3")
    trusted = networks.load_weights(networks.build("64-16-3", data), path, True, "64-16-3")
    torch.testing.assert_close(trusted(x), mine(x))


def test_files_that_are_no_weights_of_the_network_are_named(tmp_path):
    data = stripes()
    other = nn.Linear(5, 2).state_dict()
    for value, words in (
        (other, r"tensors of shapes 2x5, 2; the architecture '64-16-3' has 16x64, 16, 3x16, 3"),
        ([1, 2], "holds list; expected a state_dict"),
    ):
        path = model_file(tmp_path / "net.pt", value)
        with pytest.raises(ChipError, match=words):
            networks.load_weights(networks.build("64-16-3", data), path, False, "64-16-3")
    (tmp_path / "text.pt").write_text("no weights")
    with pytest.raises(ChipError, match=r"text\.pt"):
        networks.load_weights(networks.build("64-16-3", data), tmp_path / "text.pt", False, "x")


def test_a_network_that_does_not_fit_the_images_is_refused():
    with pytest.raises(TrainingError, match=r"784 inputs and 10 outputs; .* 64 pixels"):
        networks.build("784-16-10", stripes())


def test_lenet_is_as_the_engine_has_it():
    rng = np.random.default_rng(1)
    images = rng.integers(0, 255, (20, 784)).astype(np.uint8)
    data = Dataset("noise", images, np.arange(20) % 10, images, np.arange(20) % 10)
    model = networks.build("lenet5", data)
    assert sum(p.numel() for p in model.parameters()) == 61706
    x = networks.inputs(model, data, images, (0.0, 1.0))
    assert x.shape == (20, 1, 28, 28)
    assert model(x).shape == (20, 10)


def test_biases_on_cells_are_studied_and_trained_for_as_weights_are(tmp_path):
    chip = replace(chip_named("pcm"), bias_rows=2)
    result, views = infer(
        study(chip=chip, aware=True, times=(1.0, 1 * day)), stripes(), out=tmp_path / "out"
    )
    assert result.digital_accuracy > 0.8
    assert (result.accuracy > 0.6).all()
    counts = views.weights.counts
    assert {int(n.sum()) for n in counts.values()} == {66 * 16 + 18 * 3}


def test_a_network_of_kernels_is_studied_to_the_end(tmp_path):
    """Converters behind kernels are looked at too: each array by what its kernels see."""
    rng = np.random.default_rng(1)
    labels = np.arange(60) % 3
    images = np.kron(np.eye(3, dtype=np.uint8)[labels], np.full(64, 80, np.uint8))
    images = (images + rng.integers(0, 60, images.shape)).astype(np.uint8)
    data = Dataset("thirds", images, labels, images[:20], labels[:20], (12, 16, 1))
    result, views = infer(
        study(network="lenet5", times=(1.0,), draws=1, epochs=10, limit=20),
        data,
        out=tmp_path / "out",
    )
    assert result.digital_accuracy > 0.9
    assert list(result.clipped) == [f"layer {k}" for k in range(1, 6)]
    assert all(0 <= share < 0.2 for share in result.clipped.values())
    assert len(views.converters.counts) == 5


def test_resnet20_is_that_of_the_paper():
    """Table 6 and Sec. 4.2 of He 2016: 20 layers, 0.27 million parameters, 16 to 64 channels."""
    rng = np.random.default_rng(1)
    images = rng.integers(0, 255, (20, 3072)).astype(np.uint8)
    labels = np.arange(20) % 10
    data = Dataset("noise", images, labels, images, labels, (32, 32, 3))
    model = networks.build("resnet20", data)
    kinds = [type(part) for part in model.modules()]
    assert (kinds.count(nn.Conv2d), kinds.count(nn.Linear)) == (19, 1)
    assert sum(p.numel() for p in model.parameters()) == 269722
    x = networks.inputs(model, data, images, (0.5, 0.25))
    assert x.shape == (20, 3, 32, 32)
    assert float(x[3, 1, 2, 5]) == pytest.approx((images[3, (2 * 32 + 5) * 3 + 1] / 255 - 0.5) * 4)
    networks.initialise(model, 1)
    again = networks.build("resnet20", data)
    networks.initialise(again, 1)
    with torch.no_grad():
        assert torch.equal(model.eval()(x), again.eval()(x))
        assert 0.05 < model.train()(x).std() < 10.0
    macs = sum(
        part.weight.numel() * side**2
        for part, side in zip(
            (part for part in model.modules() if isinstance(part, nn.Conv2d)),
            [32] * 7 + [16] * 6 + [8] * 6,
            strict=True,
        )
    )
    assert macs + 640 == network_named("resnet20").macs


def test_a_block_with_more_channels_adds_zeros_to_every_second_pixel():
    """Option A of He 2016: with weights of zero the shortcut is what is left."""
    block = ResidualBlock(4, 8).eval()
    with torch.no_grad():
        block.conv2.weight.zero_()
        x = torch.rand(2, 4, 6, 6)
        y = block(x)
    assert torch.equal(y[:, 2:6], x[:, :, ::2, ::2])
    assert not y[:, [0, 1, 6, 7]].any()


def test_resnet20_goes_onto_a_chip_with_its_norms_digital():
    torch.manual_seed(1)
    model = ResNet(3, 4).eval()
    for part in model.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean.uniform_(-0.2, 0.2)
            part.running_var.uniform_(0.5, 2.0)
    x = torch.rand(3, 3, 8, 8)
    exact = {"inputs": InputDriver(bits=None), "outputs": ColumnReader(bits=None)}
    on_chip = to_inference(model, Chip(cells=IdealCells(), **exact), x)
    assert on_chip.digital == ()
    assert len(products_of(on_chip)) == 20
    with torch.no_grad():
        torch.testing.assert_close(on_chip(x), model(x), rtol=1e-4, atol=1e-5)
    on_chip.renew_batch_norm(x)


@pytest.mark.parametrize(
    ("name", "message"),
    [("resnet20", "at least 8 x 8, as 'cifar10' has"), ("resnet21", "did you mean 'resnet20'")],
)
def test_names_and_images_that_do_not_go_together_are_refused(name, message):
    line = np.zeros((4, 15), np.uint8)
    data = Dataset("lines", line, np.arange(4) % 2, line, np.arange(4) % 2)
    with pytest.raises(TrainingError, match=message):
        networks.build(name, data)


def test_pictures_say_times_as_people_do(done):
    assert [time_label(t) for t in (0.0, 1.0, 90.0, 3600.0, 86400.0, 31557600.0)] == [
        "0", "1 s", "1.5 min", "1 h", "1 d", "1 y",
    ]  # fmt: skip
    ax = draw_accuracy(done[1])
    assert [text.get_text() for text in ax.get_xticklabels()] == ["1 s", "1 h", "30 d"]
