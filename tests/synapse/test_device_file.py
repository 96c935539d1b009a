from dataclasses import replace
from pathlib import Path

import pytest

from acanthite.errors import LawError, ParameterError
from acanthite.synapse import Evidence, PowerStep, SoftBounds, Synapse, law, load

from .test_laws import EXAMPLES, WINDOW, crowded

GOOD = """
[synapse]
law = "soft-bounds"
conductance_min = { value = 30, unit = "nS" }
conductance_max = 2e-6
up = 0.13
down = 0.14
"""


@pytest.mark.parametrize("synapse", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_every_law_comes_back_as_it_was_saved(synapse: Synapse, tmp_path: Path) -> None:
    kept = replace(
        synapse, pulse_noise=1 / 3, pulse_width=2e-7, provenance={"source": 'a "quoted" name', "n": 3}
    )
    kept.save(tmp_path / "device.toml")
    back = load(tmp_path / "device.toml")
    assert back == kept
    assert dict(back.provenance) == {"source": 'a "quoted" name', "n": 3}


def test_errors_and_spreads_of_a_fit_are_kept(tmp_path: Path) -> None:
    evidence = Evidence({"up": 0.002}, {"up": 0.01}, {"up": 0.02}, None, 30, 35_400)
    SoftBounds(up=0.13, down=0.14, evidence=evidence, **WINDOW).save(tmp_path / "d.toml")
    assert load(tmp_path / "d.toml").evidence == evidence


def test_units_are_converted(tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text(GOOD)
    synapse = load(tmp_path / "d.toml")
    assert isinstance(synapse, SoftBounds)
    assert synapse.conductance_min == pytest.approx(30e-9)
    assert synapse.provenance == {}


def test_a_law_of_ones_own_is_named_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from acanthite.synapse import law\n\n\n@law(gain=0.1)\ndef mine(w, p):\n"
        "    return p.gain * (1.0 - w), -p.gain * (1.0 + w)\n"
    )
    (tmp_path / "d.toml").write_text(
        '[synapse]\nlaw = "mine"\nfile = "mine.py"\nconductance_min = 0\nconductance_max = 1e-6\ngain = 0.2\n[spread]\ngain = 0.1\n'
    )
    synapse = load(tmp_path / "d.toml")
    assert float(synapse.step_up(0.0)) == pytest.approx(0.2)
    synapse.save(tmp_path / "again.toml")
    assert 'file = "mine.py"' in (tmp_path / "again.toml").read_text()
    assert type(load(tmp_path / "again.toml")).__name__ == "mine"
    crowded(**WINDOW).save(tmp_path / "elsewhere.toml")
    assert float(load(tmp_path / "elsewhere.toml").step_up(0.0)) == pytest.approx(0.025)


def test_a_law_without_a_file_cannot_be_saved(tmp_path: Path) -> None:
    scope: dict = {}
    exec("def nowhere(w, p):\n    return p.a, -p.a", scope)
    with pytest.raises(LawError, match="'nowhere' stands in no file"):
        law(a=0.1)(scope["nowhere"])(**WINDOW).save(tmp_path / "d.toml")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda t: t.replace("up = 0.13\ndown = 0.14\n", ""), r"\[synapse\] lacks up, down; law 'soft-bounds' needs conductance_min"),
        (lambda t: t.replace('law = "soft-bounds"\n', ""), r"lacks law; expected one of constant-step"),
        (lambda t: t.replace("soft-bounds", "soft-bound"), "did you mean 'soft-bounds'"),
        (lambda t: t + "upp = 3\n", "unknown field 'upp'"),
        (lambda t: t.replace("0.14", "2.0"), "down = 2; expected a share between 0 and 1"),
        (lambda t: t.replace("0.14", "nan"), "down = nan; expected a finite number"),
        (lambda t: t.replace("0.14", '"much"'), "down = 'much'; expected a finite number"),
        (lambda t: t.replace('"nS"', '"nm"'), "conductance_min: unit 'nm' given, a unit convertible to 'S' expected"),
        (lambda t: t.replace("value = 30, ", ""), "conductance_min: a table needs 'value'"),
        (lambda t: t.replace("0.14", "[0.1, 0.2]"), "wrong kind"),
        (lambda t: t.replace("[synapse]", "[device]"), r"no table \[synapse\] \(found \[device\]\)"),
        (lambda t: t + "[provenence]\n", "did you mean 'provenance'"),
        (lambda t: t + 'file = "gone.py"\n', "expected a Python file that defines law 'soft-bounds'"),
        (lambda t: t.replace("=", ":"), "not valid TOML"),
    ],
)  # fmt: skip
def test_a_file_that_will_not_do_is_refused_in_one_sentence(spoil, message: str, tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text(spoil(GOOD))
    with pytest.raises(ParameterError, match=message) as caught:
        load(tmp_path / "d.toml")
    assert str(caught.value).startswith(f"device file {tmp_path / 'd.toml'}: ")
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_broken_law_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"none\.toml: No such file"):
        load(tmp_path / "none.toml")
    (tmp_path / "bad.py").write_text("1/0\n")
    (tmp_path / "d.toml").write_text('[synapse]\nlaw = "mine"\nfile = "bad.py"\n')
    with pytest.raises(ParameterError, match=r"cannot be run: ZeroDivisionError"):
        load(tmp_path / "d.toml")


def test_spread_belongs_to_laws_given_as_a_function(tmp_path: Path) -> None:
    PowerStep(up=0.1, down=0.2, spread={"up": 0.1}, **WINDOW).save(tmp_path / "d.toml")
    assert load(tmp_path / "d.toml") == PowerStep(up=0.1, down=0.2, spread={"up": 0.1}, **WINDOW)
