import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.errors import LawError, ParameterError
from acanthite.random import generator
from acanthite.synapse import Evidence, PowerStep, SoftBounds, Synapse, altered, law, load, save

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
        synapse,
        pulse_noise=1 / 3,
        pulse_width=2e-7,
        provenance={"source": 'a "quoted" name', "n": 3},
    )
    save(kept, tmp_path / "device.toml")
    back = load(tmp_path / "device.toml")
    assert back == kept
    assert dict(back.provenance) == {"source": 'a "quoted" name', "n": 3}


def test_errors_and_spreads_of_a_fit_are_kept(tmp_path: Path) -> None:
    evidence = Evidence({"up": 0.002}, {"up": 0.01}, {"up": 0.02}, None, 30, 35_400)
    save(SoftBounds(up=0.13, down=0.14, evidence=evidence, **WINDOW), tmp_path / "d.toml")
    assert load(tmp_path / "d.toml").evidence == evidence


FINITE = st.floats(allow_nan=False, allow_infinity=False)
ORIGINS = st.dictionaries(st.text(), st.text() | st.integers() | FINITE | st.booleans())
BY_NAME = st.dictionaries(st.text(), FINITE)


@given(ORIGINS, BY_NAME, BY_NAME, BY_NAME, st.dictionaries(st.text(), st.lists(FINITE).map(tuple)))
def test_provenance_and_evidence_survive(
    tmp_path_factory, origin, errors, spreads, noises, intervals
) -> None:
    path = tmp_path_factory.mktemp("synapse") / "d.toml"
    evidence = Evidence(errors, spreads, noises, None, 3, 40, intervals)
    saved = SoftBounds(up=0.13, down=0.14, evidence=evidence, provenance=origin, **WINDOW)
    save(saved, path)
    back = load(path)
    assert back == saved
    assert dict(back.provenance) == origin
    assert back.evidence == evidence or not (errors or spreads or noises)


def test_units_are_converted(tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text(GOOD)
    synapse = load(tmp_path / "d.toml")
    assert isinstance(synapse, SoftBounds)
    assert synapse.conductance_min == pytest.approx(30e-9)
    assert synapse.provenance == {}


OWN = """
[synapse]
law = "mine"
conductance_min = 0
conductance_max = 1e-6
gain = 0.2

[spread]
gain = 0.1

[law]
parameters = { gain = 0.1 }
source = '''
def mine(w, p):
    return p.gain * (1.0 - w), -p.gain * (1.0 + w)
'''
"""


def test_a_law_of_ones_own_travels_as_text(tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text(OWN)
    synapse = load(tmp_path / "d.toml")
    assert float(synapse.step_up(0.0)) == pytest.approx(0.2)
    save(synapse, tmp_path / "again.toml")
    assert load(tmp_path / "again.toml") == synapse
    assert "file" not in tomllib.loads((tmp_path / "again.toml").read_text())["synapse"]


def test_a_law_of_a_script_comes_back_the_same_without_the_script(tmp_path: Path) -> None:
    made = crowded(gain=0.3, spread={"gain": 0.1}, pulse_noise=0.1, **WINDOW)
    save(made, tmp_path / "d.toml")
    back = load(tmp_path / "d.toml")
    assert back == made
    assert hash(back) == hash(made)
    assert back.rule.key == made.rule.key  # the same kernels
    assert type(back).__dataclass_fields__["curve"].default == 1.0
    for n in (1, 40):
        mine, theirs = (s.cells(n, generator(1, "t")).coefficients for s in (made, back))
        assert (mine == theirs).all()
    save(back, tmp_path / "again.toml")
    assert (tmp_path / "again.toml").read_bytes() == (tmp_path / "d.toml").read_bytes()


SCRIPT = """
from pathlib import Path

from acanthite.synapse import law, load, save

with Path("runs").open("a") as stream:
    stream.write("x")


@law(gain=0.1)
def mine(w, p):
    return p.gain * (1.0 - w), -p.gain * (1.0 + w)


save(mine(conductance_min=0.0, conductance_max=1e-6), "d.toml")
for _ in range(5):
    print(float(load("d.toml").step_up(0.0)))
"""


def test_loading_a_law_does_not_run_the_script_it_stands_in(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "runs").read_text() == "x"
    assert len(done.stdout.split()) == 5


CLASS = """
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from acanthite.synapse import LinearLaw

with (Path(__file__).parent / "runs").open("a") as stream:
    stream.write("x")


@dataclass(frozen=True, kw_only=True)
class Slanted(LinearLaw):
    NAME: ClassVar[str] = "Slanted"
    size: float

    @property
    def line(self):
        return self.size, 0.0, self.size, 0.0
"""


def test_a_python_file_is_run_only_where_it_is_trusted_and_once(tmp_path: Path) -> None:
    (tmp_path / "slanted.py").write_text(CLASS)
    (tmp_path / "d.toml").write_text(
        '[synapse]\nlaw = "Slanted"\nfile = "slanted.py"\nconductance_min = 0\nconductance_max = 1e-6\nsize = 0.2\n'
    )
    with pytest.raises(
        ParameterError, match=r"would be run as Python; it was not: .*trust=True \(--trust-code"
    ):
        load(tmp_path / "d.toml")
    assert not (tmp_path / "runs").exists()
    first, second = (load(tmp_path / "d.toml", trust=True) for _ in range(2))
    assert first == second
    assert (tmp_path / "runs").read_text() == "x"
    save(first, tmp_path / "again.toml")
    assert 'file = "slanted.py"' in (tmp_path / "again.toml").read_text()
    with pytest.raises(ParameterError, match="it was not"):
        load(tmp_path / "again.toml")


@pytest.mark.parametrize("place", ["../evil.py", "/tmp/evil.py", "evil.py"])
def test_no_path_in_a_file_is_run(place: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for folder in (tmp_path, home):
        (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    (home / "d.toml").write_text(f'[synapse]\nlaw = "evil"\nfile = "{place}"\n')
    with pytest.raises(ParameterError, match="it was not"):
        load(home / "d.toml")
    assert not (tmp_path / "ran").exists()


def test_text_that_can_do_more_is_run_only_where_it_is_trusted(tmp_path: Path) -> None:
    body = "    for _ in range(2):\n        w = 0.5 * w\n    return p.gain * (1.0 - w), -p.gain * (1.0 + w)\n"
    text = OWN.replace("    return p.gain * (1.0 - w), -p.gain * (1.0 + w)\n", body)
    (tmp_path / "d.toml").write_text(text)
    with pytest.raises(ParameterError, match=r"line 2, .*for.*: not an assignment.*trust=True"):
        load(tmp_path / "d.toml")
    assert float(load(tmp_path / "d.toml", trust=True).step_up(0.4)) == pytest.approx(0.2 * 0.9)


def test_a_law_without_a_source_cannot_be_saved(tmp_path: Path) -> None:
    scope: dict = {}
    exec("def nowhere(w, p):\n    return p.a, -p.a", scope)
    with pytest.raises(LawError, match="its source cannot be read"):
        save(law(a=0.1)(scope["nowhere"])(**WINDOW), tmp_path / "d.toml")


def test_an_altered_device_cannot_be_saved(tmp_path: Path) -> None:
    with pytest.raises(LawError, match="an altered device is no law of its own"):
        save(altered(PowerStep(up=0.1, down=0.1, **WINDOW), scale=0.5), tmp_path / "d.toml")
    assert not (tmp_path / "d.toml").exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('law = "mine"', 'law = "power-step"', "'power-step' is a built-in one; expected no .law."),
        ("source = ", "sourse = ", r"\[law\] has unknown entry 'sourse'; did you mean 'source'"),
        ("def mine", "def yours", "function = 'mine' is not in its source; expected one of yours"),
        ("gain = 0.1 }", 'gain = "much" }', "default of 'gain' = 'much'; expected a finite number"),
        (
            "gain = 0.1 }",
            "gain = 0.1, steps = 1.0 }",
            "parameter 'steps'; expected a name that no synapse has",
        ),
        ("{ gain = 0.1 }", "3", r"\[law\] parameters = 3; expected a table"),
        ("def mine(w, p):", "def mine(w, p)", "source of a law, line 1: expected ':'"),
        ("[law]", "[[law]]", r"law = \[.*; expected a table"),
    ],
)
def test_a_table_of_a_law_that_will_not_do_is_refused(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "d.toml").write_text(OWN.replace(old, new))
    with pytest.raises(ParameterError, match=message):
        load(tmp_path / "d.toml")


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
        (lambda t: t.replace("0.14", "[0.1, 0.2]"), r"down = \[0.1, 0.2\]; expected a finite number"),
        (lambda t: t.replace("[synapse]", "[device]"), r"no table \[synapse\] \(found \[device\]\)"),
        (lambda t: t + "[provenence]\n", "did you mean 'provenance'"),
        (lambda t: t + 'file = "gone.py"\n', "would be run as Python; it was not"),
        (lambda t: t.replace("=", ":"), "not valid TOML"),
    ],
)  # fmt: skip
def test_a_file_that_will_not_do_is_refused_in_one_sentence(
    spoil, message: str, tmp_path: Path
) -> None:
    (tmp_path / "d.toml").write_text(spoil(GOOD))
    with pytest.raises(ParameterError, match=message) as caught:
        load(tmp_path / "d.toml")
    place = f"device file {re.escape(str(tmp_path / 'd.toml'))}(, line \\d)?: "
    assert re.match(place, str(caught.value))
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_broken_law_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"none\.toml: No such file"):
        load(tmp_path / "none.toml")
    (tmp_path / "bad.py").write_text("1/0\n")
    (tmp_path / "d.toml").write_text('[synapse]\nlaw = "mine"\nfile = "bad.py"\n')
    with pytest.raises(ParameterError, match=r"cannot be run: ZeroDivisionError"):
        load(tmp_path / "d.toml", trust=True)
    (tmp_path / "d.toml").write_text('[synapse]\nlaw = "mine"\nfile = "gone.py"\n')
    with pytest.raises(ParameterError, match="expected a Python file that defines law 'mine'"):
        load(tmp_path / "d.toml", trust=True)


def test_spread_belongs_to_laws_given_as_a_function(tmp_path: Path) -> None:
    save(PowerStep(up=0.1, down=0.2, spread={"up": 0.1}, **WINDOW), tmp_path / "d.toml")
    assert load(tmp_path / "d.toml") == PowerStep(up=0.1, down=0.2, spread={"up": 0.1}, **WINDOW)
