from __future__ import annotations

import os
import re
import subprocess
import sys

import fakes
import pytest
import typer.main

from acanthite import __version__, threads
from acanthite.cli import app, main
from acanthite.commands.paper.reproduce import spread_only
from acanthite.figures import NAMES, Outcome


@pytest.fixture
def run(capsys):
    """Return a function that runs the command line in this process: exit code, standard output, standard error."""

    def call(*args):
        code = main([str(arg) for arg in args])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def one_error(err: str) -> str:
    """Return the only line of ``err``, which must be an error."""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    return err


@pytest.mark.parametrize(
    ("given", "spread"),
    [
        (
            ["--only", "fig3", "fig4i", "--seed", "7"],
            ["--only", "fig3", "--only", "fig4i", "--seed", "7"],
        ),
        (
            ["--only", "a", "--quick", "--only", "b", "c"],
            ["--only", "a", "--quick", "--only", "b", "--only", "c"],
        ),
        (["--seed", "7", "--only=a"], ["--seed", "7", "--only=a"]),
        (["--only"], ["--only"]),
        ([], []),
    ],
)
def test_spread_only(given, spread):
    assert spread_only(given) == spread


def test_version(run):
    """It tells what a report of a fault needs."""
    code, out, err = run("--version")
    assert (code, err) == (0, "")
    assert out.startswith(f"acanthite {__version__}\n")
    for word in ("python", "numpy", "scipy", "numba", "xarray", "system", "threads"):
        assert re.search(rf"^{word} +\S", out, re.MULTILINE), word


def test_a_shell_completes_commands(run, monkeypatch):
    monkeypatch.setenv("_ACANTHITE_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "acanthite re")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert run() == (0, "reproduce\n", "")


def _commands():
    group = typer.main.get_command(app)
    return [("acanthite", group), *group.commands.items()]


@pytest.mark.parametrize(("name", "command"), _commands())
def test_every_command_and_option_has_help(name, command):
    assert command.help
    # the terminal wraps what a docstring had wrapped
    assert all("\n" not in paragraph for paragraph in command.help.split("\n\n"))
    for parameter in command.params:
        assert getattr(parameter, "help", None), f"{name}: {parameter.name}"


@pytest.mark.parametrize("arguments", [["--help"], ["reproduce", "--help"], ["train", "--help"]])
def test_a_flag_is_shown_without_a_type(run, arguments):
    code, out, _ = run(*arguments)
    assert code == 0
    for flag in ("--help", "--version", "--quick", "--json"):
        assert not re.search(rf"{flag}\b.*(<|bool)", out, re.IGNORECASE), flag


@pytest.mark.parametrize("arguments", [["--help"], ["reproduce", "--help"], ["train", "--help"]])
def test_help_imports_nothing_heavy(arguments):
    code = (
        f"import sys; from acanthite.cli import main; main({arguments}); "
        "print([m for m in ('numpy', 'numba', 'scipy', 'matplotlib', 'xarray', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_without_a_command_there_is_help(run):
    code, out, err = run()
    assert code == 2
    assert "reproduce" in out + err


@pytest.mark.usefixtures("fake_figures")
def test_list(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = run("reproduce", "--list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(NAMES)
    assert "Title of fig2c" in out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("fake_figures")
def test_a_run_prints_its_verdicts_and_where_the_report_is(run, tmp_path):
    out = tmp_path / "run"
    code, text, err = run("reproduce", "--only", "fig2c", "figS7", "--seed", 7, "--out", out)
    assert code == 0
    assert text.splitlines()[-1] == f"report: {out / 'report.html'}"
    assert re.search(r"claims +match +near +miss +not judged +not run", text)
    assert re.search(r"fitted +3 +· +·", text)
    assert text.startswith("Predicted: 0 match, 0 miss; ")
    assert [line.split()[0] for line in err.splitlines()] == ["fig2c", "figS7", "seeds"]
    assert sorted(file.name for file in (out / "parts").iterdir()) == ["fig2c.json", "figS7.json"]
    assert '"seed": 7' in (out / "run.json").read_text()


@pytest.mark.usefixtures("fake_figures")
def test_it_runs_and_resumes_in_the_folder_one_stands_in(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("reproduce", "--only", "fig2c")[0] == 0
    code, _, err = run("reproduce", "--only", "fig2c", "--only", "fig2d")
    assert code == 0
    assert err.splitlines()[0] == "1 of 2 figures were finished before"
    assert (tmp_path / "acanthite-run" / "report.html").is_file()


def test_misses_are_listed(run, tmp_path, fake_figures):
    fake_figures(fig2g=fakes.module("fig2g", fakes.compute("fig2g", 0.5)))
    code, text, _ = run("reproduce", "--only", "fig2g", "--out", tmp_path)
    assert code == 0
    line = (
        "miss  write-read cycles without a failure, of 1e4 (fig2g.endurance, fitted): 50 %, "
        "published 100 %; 0 of 10 seeds match"
    )
    assert line in text.replace("\u202f", " ")


@pytest.mark.parametrize("number", [1, 2])
def test_threads_are_set_and_make_no_difference(run, tmp_path, fake_figures, number):
    seen = []

    def compute(settings, progress):
        seen.append(threads.count())
        return fakes.compute("fig2c")(settings, progress)

    fake_figures(fig2c=fakes.module("fig2c", compute))
    runs = tmp_path / "a", tmp_path / "b"
    alone = ("reproduce", "--only", "fig2c", "--seeds", 0)
    assert run(*alone, "--threads", number, "--out", runs[0])[0] == 0
    assert run(*alone, "--out", runs[1])[0] == 0
    assert seen == [number, threads.available()]
    assert (runs[0] / "claims.csv").read_bytes() == (runs[1] / "claims.csv").read_bytes()


def test_a_failed_figure_is_exit_code_1(run, tmp_path, fake_figures):
    fake_figures(fig2c=fakes.module("fig2c", lambda settings, progress: 1 / 0))
    code, text, err = run("reproduce", "--only", "fig2c", "fig2d", "--out", tmp_path)
    assert code == 1
    assert "failed  fig2c: ZeroDivisionError: division by zero" in text
    assert "Traceback" not in text + err
    assert (tmp_path / "report.html").is_file()


def test_a_figure_that_cannot_be_had_here_is_no_failure(run, tmp_path, fake_figures):
    fake_figures(
        fig4i=fakes.module("fig4i", lambda settings, progress: Outcome(not_run="fetch MNIST"))
    )
    code, text, _ = run("reproduce", "--only", "fig4i", "--out", tmp_path)
    assert code == 0
    assert "not run  fig4i: fetch MNIST" in text


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(run, tmp_path, fake_figures):
    def stop(settings, progress):
        raise KeyboardInterrupt

    fake_figures(fig2d=fakes.module("fig2d", stop))
    code, _, err = run("reproduce", "--only", "fig2c", "fig2d", "--out", tmp_path)
    assert code == 130
    assert err.splitlines()[-1] == (
        f"interrupted; finished figures are kept in {tmp_path}: run the same command again to resume"
    )
    assert [file.name for file in (tmp_path / "parts").iterdir()] == ["fig2c.json"]
    fake_figures()
    assert run("reproduce", "--only", "fig2c", "fig2d", "--out", tmp_path)[0] == 0


@pytest.mark.skipif(os.name == "nt", reason="signals are another thing there")
def test_a_signal_in_the_middle_of_a_figure(tmp_path):
    import signal

    code = (
        "import signal, sys, time, fakes; from acanthite.cli import main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a script's background jobs ignore it
        "def wait(settings, progress):\n"
        "    print('waiting', flush=True)\n"
        "    time.sleep(60)\n"
        "sys.modules.update(fakes.modules(fig2d=fakes.module('fig2d', wait)))\n"
        f"sys.exit(main(['reproduce', '--only', 'fig2c', 'fig2d', '--out', {str(tmp_path / 'run')!r}]))\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "run the same command again to resume" in err
    assert "Traceback" not in err
    assert (tmp_path / "run" / "parts" / "fig2c.json").is_file()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--only", "fig2x"], "unknown figure 'fig2x'; did you mean 'fig"),
        (["--only", "fig2c", "nonsense"], "unknown figure 'nonsense'"),
        (["--only"], "'--only' requires an argument"),
        (["--seed", "-1"], "-1 is not a seed; give a whole number from 0 to 2^63 - 1"),
        (["--seed", "x"], "'--seed': x is not a seed"),
        (["--threads", "0"], "0 is not a number of threads; give a whole number from 1 to 1024"),
        (["--threads", "two"], "'--threads': two is not a number of threads"),
        (["--data", "nowhere"], "data folder nowhere: no such folder"),
        (["--image", "nowhere.png"], "image nowhere.png: no such file"),
        (["--parameters", "nowhere.toml"], "parameter file nowhere.toml: No such file"),
        (["--parameters", "bad.toml"], "[filament] temprature: no parameter 'filament.temprature'"),
        (["--parameters", "negative.toml"], "line 2: [process] anneal_time = -1"),
        (["--out", "thesis.txt"], "output folder thesis.txt is a file"),
        (["--out", "folder"], "output folder folder is not empty and not a run folder"),
        (["--fast"], "No such option"),
    ],
)
@pytest.mark.usefixtures("fake_figures")
def test_bad_input_is_one_line_and_leaves_nothing(run, tmp_path, monkeypatch, args, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.toml").write_text("[filament]\ntemprature = 310\n")
    (tmp_path / "negative.toml").write_text("[process]\nanneal_time = -1\n")
    (tmp_path / "thesis.txt").write_text("dear")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "thesis.txt").write_text("dear")
    before = sorted(tmp_path.rglob("*"))
    code, out, err = run("reproduce", *args)
    assert code == 2
    assert out == ""
    assert says in one_error(err)
    assert sorted(tmp_path.rglob("*")) == before


def test_damaged_mnist_is_one_line_and_leaves_nothing(run, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    for part in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        (data / f"{part}-ubyte").write_bytes(b"\0\0\x08\x01 truncated")
    code, _, err = run("reproduce", "--only", "fig4i", "--data", data, "--out", tmp_path / "run")
    assert code == 2
    assert str(data) in one_error(err)
    assert not (tmp_path / "run").exists()


def test_an_unknown_command_is_one_line(run):
    code, _, err = run("repoduce")
    assert code == 2
    assert "No such command 'repoduce'" in one_error(err)


@pytest.mark.usefixtures("fake_figures")
def test_other_settings_are_refused_in_one_line(run, tmp_path):
    run("reproduce", "--only", "fig2c", "--out", tmp_path)
    code, _, err = run("reproduce", "--only", "fig2c", "--seed", 2, "--out", tmp_path)
    assert code == 2
    assert "seed 1 there, 2 here" in one_error(err)


def test_claims(run):
    code, out, _ = run("claims", "figS7")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [
        "id",
        "figS7.set-cv",
        "figS7.reset-cv",
    ]
    code, _, err = run("claims", "figS77")
    assert code == 2
    assert "did you mean 'figS7'" in one_error(err)


def test_parameters(run, tmp_path):
    code, out, _ = run("parameters")
    assert code == 0
    assert "filament.site_number" in out
    file = tmp_path / "mine.toml"
    file.write_text("[filament]\nsite_number = 900\n")
    code, out, _ = run("parameters", "--parameters", file, "--template")
    assert code == 0
    assert "# site_number = 900.0" in out


def test_export_writes_a_device_for_a_circuit_simulator(run, tmp_path):
    code, out, _ = run(
        "export", "--format", "verilog-a", "--thickness", "200", "--out", tmp_path / "thick.va"
    )
    assert (code, out) == (0, "")
    text = (tmp_path / "thick.va").read_text()
    (value,) = re.findall(r"parameter real thickness = (\S+);", text)
    assert float(value) == pytest.approx(200e-9)
    assert text.rstrip().endswith("endmodule")
    code, out, _ = run("export", "--model", "vteam", "--name", "mine")
    assert code == 0
    assert ".subckt mine top bottom" in out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--format", "spic"),
            "error: format = 'spic'; expected one of verilog-a, spice; did you mean 'spice'?",
        ),
        (("--model", "vtem"), "error: model 'vtem' is unknown; expected one of filament, vteam,"),
        (
            ("--model", "vteam", "--thickness", "50"),
            "error: model 'vteam' has no film; leave out --thickness",
        ),
        (("--thickness=-5",), "error: thickness (=-5e-09) must be a positive finite number"),
        (("--name", "1st"), "error: name = '1st'; expected letters, digits and underscores"),
    ],
)
def test_an_export_that_cannot_be_says_why(run, options, message):
    code, out, err = run("export", *options)
    assert code == 2
    assert out == ""
    assert err.startswith(message)
    assert err.count("\n") == 1
