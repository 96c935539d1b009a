"""``acanthite film``: what a recipe gives."""

import json
import math

import pytest

from acanthite.cli import main
from acanthite.constants import celsius, nm


@pytest.fixture
def run(capsys):
    """Return a function that runs the command: exit code, standard output, standard error."""

    def call(*args):
        code = main(["film", *map(str, args)])
        return code, *capsys.readouterr()

    return call


def test_the_papers_film(run):
    code, out, err = run()
    assert (code, err) == (0, "")
    for part in (
        "thickness",
        "50\u202fnm",
        "grain size",
        "22\u202fnm",
        "monoclinic",
        "31.5°",
        "0.388°",
        "3.75\u202fnm",
    ):
        assert part in out


def test_json_is_si_and_follows_the_options(run):
    code, out, _ = run(
        "--thickness", 200, "--anneal", 130, "--power", 75, "--anneal-time", 1, "--json"
    )
    said = json.loads(out)
    assert code == 0
    assert said["film"]["thickness"] == {
        "value": pytest.approx(200 * nm),
        "unit": "m",
        "basis": "rate x time",
    }
    assert said["film"]["deposition_time"]["value"] == pytest.approx(200 / 3 * 60)
    assert said["recipe"]["anneal_temperature"] == pytest.approx(celsius(130))
    assert all(
        math.isfinite(entry["value"])
        for entry in said["film"].values()
        if not isinstance(entry["value"], str)
    )


def test_time_and_gas(run):
    said = json.loads(run("--time", 10, "--h2s", 5, "--anneal", "none", "--json")[1])
    assert said["film"]["thickness"]["value"] > 60 * nm
    assert said["film"]["silver_excess"]["value"] > 1
    assert said["recipe"]["anneal_temperature"] is None


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--anneal", "200"], "monoclinic-bcc transition"),
        (["--anneal", "hot"], "degrees Celsius"),
        (["--anneal", "nan"], "anneal_temperature"),
        (["--thickness", "-5"], "thickness"),
        (["--thickness", "inf"], "thickness"),
        (["--thickness", "50", "--time", "8"], "both given"),
        (["--h2s", "0"], "without H2S"),
        (["--thickness", "much"], "--thickness"),
        (["--parameters", "none.toml"], "none.toml"),
    ],
)
def test_impossible_recipes_are_refused_in_one_line(run, args, message):
    code, out, err = run(*args)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err
