"""``acanthite infer``: a trained network on a chip, in time."""

import json
import sys

import numpy as np
import pytest

from acanthite.cli import main

pytest.importorskip("torch")

FILES = {
    "study.json", "chip.toml", "network.pt", "points.json", "result.json", "report.html",
    "figures/accuracy.png", "figures/accuracy.csv", "figures/losses.svg", "figures/losses.csv",
    "figures/weights.csv", "figures/converters.csv",
}  # fmt: skip


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Three classes of noisy 8 x 8 stripes, as a file of one's own."""
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, 500)
    patterns = rng.random((3, 8, 8)) < 0.4
    pictures = ((patterns[labels] ^ (rng.random((500, 8, 8)) < 0.1)) * 200).astype(np.uint8)
    path = tmp_path_factory.mktemp("data") / "stripes.npz"
    np.savez(
        path,
        images=pictures[:400],
        labels=labels[:400],
        test_images=pictures[400:],
        test_labels=labels[400:],
    )
    return path


@pytest.fixture
def run(capsys, tmp_path, images):
    """Return a function that runs the command: exit code, standard output, standard error."""

    def call(*args, model="64-16-3", out=tmp_path / "out"):
        given = ["--model", model, "--data", images, "--draws", 2, "--epochs", 12, "--out", out]
        code = main(["infer", *map(str, given), *map(str, args)])
        return code, *capsys.readouterr()

    return call


def test_json_is_one_object_with_accuracies_in_the_order_of_times(run, tmp_path):
    code, out, _ = run("--json", "--times", "1s,1h,1d,1y", "--chip", "pcm")
    assert code == 0
    result = json.loads(out)
    assert result["times"] == [1.0, 3600.0, 86400.0, 31557600.0]
    assert len(result["accuracy_mean"]) == len(result["accuracy_std"]) == 4
    assert 0.7 < result["digital_accuracy"] <= 1.0
    assert all(0.3 < mean <= 1.0 for mean in result["accuracy_mean"])
    assert json.loads((tmp_path / "out" / "result.json").read_text()) == result
    written = {str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*")}
    assert written >= FILES
    page = (tmp_path / "out" / "report.html").read_text()
    assert page.count("<figure") == 4
    assert "after 1 y" in page
    assert 'name = "pcm"' in page.replace("&#34;", '"')


def test_a_second_run_is_refused_and_goes_on_with_resume(run):
    args = ("--times", "1s,1d")
    assert run(*args)[0] == 0
    code, _, error = run(*args)
    assert code == 2
    assert "go on with it with --resume" in error
    code, out, _ = run(*args, "--resume")
    assert code == 0
    assert "in software" in out
    assert "report.html" in out
    code, _, error = run(*args, "--resume", "--seed", 2)
    assert code == 2
    assert "another study: its seed is 1, not 2" in error


@pytest.mark.parametrize(
    ("args", "chip", "words"),
    [
        (("--times", "1x"), None, "'1x' is not a time; give times such as 1s,1h,30d,1y"),
        (("--times", "1d,1h"), None, "each later than the last"),
        (("--times", "0"), 'cells = "reram-cmo"', "begins 1 s after programming"),
        (("--times", "1s,1h"), 'cells = "reram-wan"', "measured at 1, 86400, 172800 s"),
        ((), 'cells = "pmc"', "line 1: cells = 'pmc'"),
        ((), 'cells = "states.csv"', "target 1e-06 S has no row at 60 s"),
        (
            (),
            'cells = "ideal"\nlevels = 5\n[mapping]\nname = "bit-slices"\nbits = 4\nslices = 2',
            "5 levels do not hold digits of 4 bits exactly",
        ),
        ((), "columns = 1", "one weight needs at least 1 x 2"),
        (("--chip", "pmc"), None, "no chip 'pmc'; expected one of"),
        (("--model", "mlpp"), None, "model 'mlpp': no such file; expected one of mlp, lenet5"),
        (("--architecture", "mlp"), None, "'64-16-3' is an architecture itself"),
        (("--normalise", "1"), None, "'1' is not a mean and a scale"),
        (("--data", "nowhere"), None, "data folder nowhere: no such folder"),
        (("--model", "784-10"), None, "784 inputs and 10 outputs"),
    ],
)
def test_bad_input_is_one_clear_line(run, tmp_path, args, chip, words):
    (tmp_path / "states.csv").write_text(
        "target,time,mean,std\n1e-6,0,1e-6,1e-8\n5e-6,0,5e-6,1e-8\n5e-6,60,5e-6,1e-8\n"
    )
    if chip is not None:
        (tmp_path / "chip.toml").write_text(chip)
        args = (*args, "--chip", str(tmp_path / "chip.toml"))
    code, _, error = run(*args)
    assert code == 2
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert words in error


def test_a_model_with_nothing_to_map_is_refused(run, tmp_path):
    torch = pytest.importorskip("torch")
    torch.save(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.ReLU()), tmp_path / "flat.pt")
    code, _, error = run("--architecture", "64-3", "--trust-code", model=tmp_path / "flat.pt")
    assert code == 2
    assert "no layer that goes onto a chip" in error


def test_without_torch_it_says_how_to_install_it(run, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("acanthite.torch")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("importlib.util.find_spec", lambda name, package=None: None)
    code, _, error = run()
    assert code == 2
    assert "pip install 'acanthite[torch]'" in error
