"""``acanthite train``: a network trained on a device."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from acanthite.cli import main
from acanthite.synapse import SoftBounds, measured, save

DEVICE = SoftBounds(up=0.13, down=0.14, pulse_noise=0.15, conductance_min=0.0, conductance_max=2e-6)
FILES = (
    "checkpoint.npz", "confusion.csv", "confusion.png", "learning_curve.csv", "learning_curve.png",
    "result.json", "weights.csv", "weights.png",
)  # fmt: skip


@pytest.fixture
def images(tmp_path):
    """Three classes of noisy 8 x 8 stripes, as a file of one's own."""
    draw = np.random.default_rng(1)
    labels = draw.integers(0, 3, 700)
    patterns = draw.random((3, 8, 8)) < 0.4
    pictures = ((patterns[labels] ^ (draw.random((700, 8, 8)) < 0.1)) * 200).astype(np.uint8)
    path = tmp_path / "stripes.npz"
    np.savez(
        path,
        images=pictures[:600],
        labels=labels[:600],
        test_images=pictures[600:],
        test_labels=labels[600:],
    )
    return path


@pytest.fixture
def run(capsys, tmp_path, monkeypatch, images):
    """Return a function that runs the command on a device at hand: exit code, standard output, standard error."""
    monkeypatch.setattr(measured, "measure", lambda: DEVICE)
    monkeypatch.setattr(measured, "folder", lambda: tmp_path / "kept")

    def call(*args, dataset=images, out=tmp_path / "out", network="64-24-3"):
        given = {"--dataset": dataset, "--out": out, "--network": network}
        named = [
            str(part)
            for name, value in given.items()
            if value and name not in args
            for part in (name, value)
        ]
        code = main(["train", *named, *map(str, args)])
        return code, *capsys.readouterr()

    return call


def test_json_is_one_object_with_the_result_and_its_settings(run, tmp_path) -> None:
    code, out, _ = run(
        "--epochs",
        2,
        "--validation",
        100,
        "--algorithm",
        "sgd",
        "--knob",
        "rate=0.01",
        "--network",
        "mlp",
        "--json",
    )
    assert code == 0
    found = json.loads(out)
    assert found == json.loads((tmp_path / "out" / "result.json").read_text())
    assert 0.5 < found["test_accuracy"] <= 1
    assert 0.5 < found["validation_accuracy"] <= 1
    assert found["train_samples_per_second"] > 0
    assert found["pulses"] == sum(row["pulses"] for row in found["per_epoch"]) > 0
    assert found["write_energy_joule"] == pytest.approx(found["pulses"] * DEVICE.write_energy)
    assert found["energy_joule"] == pytest.approx(
        found["write_energy_joule"] + found["read_energy_joule"]
    )
    settings = found["settings"]
    assert (settings["samples"], settings["layers"]) == (500, [[65, 256], [257, 128], [129, 3]])
    assert settings["algorithm"]["rate"] == 0.01
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(FILES)


def progress(err: str) -> list[str]:
    """Return what is said of a training; a process that is the first to train says that it compiles, too."""
    return [line for line in err.splitlines() if not line.startswith("compiling the kernels")]


def test_what_is_printed_is_the_accuracy_so_far_and_the_result(run, tmp_path) -> None:
    code, out, err = run("--epochs", 2, "--limit", 300, "--algorithm", "ideal")
    assert code == 0
    assert [line.split("  accuracy")[0] for line in progress(err)] == [
        "epoch 1 of 2",
        "epoch 2 of 2",
    ]
    for part in ("test accuracy", "write energy", "samples/s", f"folder: {tmp_path / 'out'}"):
        assert part in out


@pytest.mark.long
def test_a_folder_is_not_trained_over_but_resumed(run) -> None:
    run("--epochs", 1)
    code, out, err = run("--epochs", 2)
    assert (code, out) == (2, "")
    assert (
        "holds a training already; go on from its checkpoint with --resume, or choose another"
        in err
    )
    code, _, err = run("--epochs", 2, "--resume")
    assert code == 0
    assert progress(err)[0] == "resumed after 50% of 2 epochs"
    code, _, err = run("--epochs", 2, "--resume", "--seed", 9)
    assert code == 2
    assert "made with seed = 1, not 9" in err


@pytest.mark.slow
def test_a_resumed_command_gives_what_one_run_gives(run, tmp_path) -> None:
    run("--epochs", 1)
    _, resumed, _ = run("--epochs", 3, "--resume", "--json")
    _, whole, _ = run("--epochs", 3, "--json", out=tmp_path / "whole")
    a, b = (json.loads(text) for text in (resumed, whole))
    assert a["per_epoch"] == b["per_epoch"]
    assert (tmp_path / "out/weights.csv").read_bytes() == (
        tmp_path / "whole/weights.csv"
    ).read_bytes()


def test_confusion_and_curve_as_tables(run, tmp_path) -> None:
    run("--epochs", 3, "--algorithm", "ideal")
    counts = np.genfromtxt(tmp_path / "out/confusion.csv", delimiter=",", skip_header=1)[:, 1:]
    assert counts.shape == (3, 3)
    assert counts.sum() == 100
    curve = np.genfromtxt(tmp_path / "out/learning_curve.csv", delimiter=",", names=True)
    assert curve["test_accuracy"][-1] == pytest.approx(np.trace(counts) / 100)


def test_a_job_file_says_it_all(run, tmp_path) -> None:
    job = tmp_path / "job.toml"
    job.write_text(
        'epochs = 1\nseed = 3\nnetwork = "64-12-3"\n[algorithm]\nname = "ideal"\nrate = 0.03\n'
    )
    code, out, _ = run("--config", job, "--json", "--seed", 4, network=None)
    settings = json.loads(out)["settings"]
    assert code == 0
    assert (settings["epochs"], settings["seed"], settings["layers"]) == (1, 4, [[65, 12], [13, 3]])
    assert settings["algorithm"]["rate"] == 0.03


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--network", "mpl"), "network = 'mpl'; expected one of mlp, .*; did you mean 'mlp'"),
        (("--network", "100-10"), r"has images of shape \(600, 64\) .* expected \(n, 100\)"),
        (("--algorithm", "ttv22"), "algorithm = 'ttv22'; .* did you mean 'ttv2'"),
        (("--knob", "rat=0.5"), "--knob: TTv2 has no 'rat'; .* did you mean 'rate'"),
        (("--knob", "rate"), "--knob rate: expected NAME=VALUE"),
        (("--epochs", "0"), "0 is not a number of epochs or images"),
        (("--limit", "601"), "limit = 601; expected 1 to 600"),
        (("--data", "/nowhere"), "data folder /nowhere: no such folder"),
        (("--config", "/nowhere.toml"), "job file /nowhere.toml: No such file"),
    ],
)
def test_bad_input_is_one_clear_error(run, args, message) -> None:
    code, out, err = run(*args)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert re.search(message, err)


def test_a_data_set_of_the_wrong_shape_is_one_clear_error(run, tmp_path) -> None:
    path, part = tmp_path / "bad.npz", np.zeros((4, 3))
    np.savez(path, images=part, labels=part[:, 0], test_images=part, test_labels=part[:, 0])
    code, _, err = run(dataset=path)
    assert code == 2
    assert "images is of type float64; expected uint8" in err


@pytest.mark.long
def test_a_device_file_is_trained_on(run, tmp_path) -> None:
    save(replace(DEVICE, up=0.02, down=0.03), tmp_path / "mine.toml")
    code, out, _ = run("--epochs", 1, "--device", tmp_path / "mine.toml", "--json")
    assert code == 0
    assert "up=0.02" in json.loads(out)["settings"]["device"]["law"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[synapse]\nlaw = "soft-bounds"\nup = 0.1\n', "lacks .*conductance_min"),
        ('[synapse]\nlaw = "soft-bonds"\n', "did you mean 'soft-bounds'"),
        ("[synapse\n", "mine.toml: not valid TOML"),
        (None, "no such device file; expected ag2s, one of the literature"),
    ],
)
def test_a_wrong_device_file_is_one_clear_error(run, tmp_path, text, message) -> None:
    if text is not None:
        (tmp_path / "mine.toml").write_text(text)
    code, out, err = run("--device", tmp_path / "mine.toml")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert re.search(message, err)


def test_divergence_leaves_the_checkpoint(run, tmp_path) -> None:
    run("--epochs", 1, "--algorithm", "floating", "--knob", "rate=1e-3")
    before = (tmp_path / "out/checkpoint.npz").read_bytes()
    code, _, err = run("--algorithm", "floating", "--knob", "rate=1e30", out=tmp_path / "other")
    assert code == 2
    assert "diverged in epoch 1; lower its rate" in err
    assert (tmp_path / "out/checkpoint.npz").read_bytes() == before


def test_a_refused_training_leaves_no_folder(run, tmp_path) -> None:
    code, _, err = run("--dataset", "nosuch")
    assert code == 2
    assert "dataset = 'nosuch'" in err
    assert not (tmp_path / "out").exists()


@pytest.mark.long
def test_leftovers_of_a_killed_run_are_swept(run, tmp_path) -> None:
    run("--epochs", 1)
    left = tmp_path / "out" / ".checkpoint-abc.npz"
    left.write_bytes(b"half")
    run("--epochs", 1, "--resume")
    assert not left.exists()


@pytest.mark.long
def test_a_device_of_small_steps_gets_its_own_rate_and_says_so(run, tmp_path):
    (tmp_path / "fine.toml").write_text(
        '[synapse]\nlaw = "soft-bounds"\nconductance_min = 1e-7\nconductance_max = 1e-6\n'
        "up = 0.004\ndown = 0.004\n"
    )
    code, out, _ = run("--epochs", 1, "--limit", 60, "--device", tmp_path / "fine.toml")
    assert code == 0
    assert "for the small steps of this device: rate 0.124 in place of 0.5, shift_pairs 500" in out


@pytest.mark.long
def test_auto_trains_with_what_is_advised_and_says_what(run, tmp_path) -> None:
    code, out, _ = run("--epochs", 1, "--limit", 60, "--algorithm", "auto")
    assert code == 0
    used = json.loads((tmp_path / "out" / "result.json").read_text())["settings"]["algorithm"]
    assert f"chosen for this device: {used['name']} (rate {used['rate']:.4g}, " in out


@pytest.mark.long
def test_auto_analogue_trains_with_what_makes_its_gradients_in_the_arrays(run, tmp_path) -> None:
    (tmp_path / "job.toml").write_text('algorithm = "auto-analogue"\n')
    code, out, _ = run("--epochs", 1, "--limit", 60, "--config", tmp_path / "job.toml")
    assert code == 0
    used = json.loads((tmp_path / "out" / "result.json").read_text())["settings"]["algorithm"]
    assert used["name"] != "mixed-precision"
    assert f"chosen for this device: {used['name']} (" in out


@pytest.mark.parametrize("name", ["auto", "auto-analogue"])
def test_auto_chooses_the_knobs_so_none_may_be_given(run, name) -> None:
    code, out, err = run("--algorithm", name, "--knob", "rate=1")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"--knob rate=1: --algorithm {name} chooses the knobs; name an algorithm" in err
