"""Every public function and class that takes SI numbers takes quantities, in any unit of their dimension."""

from __future__ import annotations

import importlib
import inspect

import numpy as np
import pint
import pytest

import acanthite as ac
from acanthite.errors import UnitError
from acanthite.quantities import accepts_quantities, documented_units

ureg = pint.get_application_registry()

ROOMS = (
    "film",
    "film.backscattering",
    "film.bending",
    "film.crystal",
    "film.diffraction",
    "film.pattern_fit",
    "film.roughness",
    "device",
    "device.kmc",
    "measurement",
    "analysis",
    "synapse",
    "fitting",
    "wafer",
    "crossbar",
    "cost",
    "nn",
    "inference",
    "studies",
)
RESULTS = {
    "Altered",
    "Arrhenius",
    "Bound",
    "CellModel",
    "Characteristic",
    "ChipCost",
    "CostPart",
    "Crosstalk",
    "Curve",
    "Decay",
    "DeviceFit",
    "Disturb",
    "EnduranceResult",
    "Entry",
    "Events",
    "Evidence",
    "GrainMap",
    "LayerFit",
    "LineFit",
    "LawCells",
    "LinearLaw",
    "MatrixTile",
    "Meaning",
    "MomentFit",
    "PairedPulseResult",
    "Parasitics",
    "PatternFit",
    "Programmed",
    "ProgrammedCells",
    "PulseLaw",
    "Quality",
    "Ranges",
    "ReadMargin",
    "Reflections",
    "Resistances",
    "RestingCells",
    "RetentionFit",
    "Run",
    "Schedule",
    "Section",
    "Sensitivities",
    "Settling",
    "SizeStrain",
    "Solution",
    "Spent",
    "SpikeTiming",
    "Switching",
    "Synapse",
    "TrainingCost",
    "TrainingProgress",
    "TrainingResult",
    "Transient",
    "Violation",
    "gradient",  # per volt of a loss without a unit
    "WriteCost",
    "WritingCost",
}
"""Classes that functions return, and bases: nobody calls them with numbers of a lab."""


def _public() -> dict[str, object]:
    names = {}
    for room in ROOMS:
        module = importlib.import_module(f"acanthite.{room}")
        own = [n for n, what in vars(module).items() if _defined_in(what, module.__name__)]
        for name in getattr(module, "__all__", own):
            what = getattr(module, name)
            if name not in RESULTS and (inspect.isclass(what) or inspect.isfunction(what)):
                names[f"{room}.{name}"] = what
    return names


def _defined_in(what: object, module: str) -> bool:
    name = getattr(what, "__name__", "_")
    return getattr(what, "__module__", "") == module and not name.startswith("_")


def _units(target: object) -> dict[str, str]:
    """Return the units of the arguments that it has and that are not pure numbers."""
    taken = inspect.signature(target).parameters  # type: ignore[arg-type]
    units = documented_units(target)
    return {name: unit for name, unit in units.items() if unit != "1" and name in taken}


PUBLIC = {name: what for name, what in _public().items() if _units(what)}
ARGUMENTS = [
    pytest.param(what, argument, unit, id=f"{name}-{argument}")
    for name, what in PUBLIC.items()
    for argument, unit in _units(what).items()
]


_ODD = {
    "V": "mV",
    "A": "nA",
    "s": "us",
    "m": "um",
    "K": "degC",
    "S": "mS",
    "Ω": "Mohm",
    "J": "eV",
    "rad": "degree",
    "V/s": "mV/ms",
}
"""Units that are not SI; of others, the base units."""


def _dummies(target: object) -> dict[str, None]:
    """Return a None for each argument that must be given."""
    parameters = inspect.signature(target).parameters.values()  # type: ignore[arg-type]
    needed = (p for p in parameters if p.default is p.empty and p.kind is not p.VAR_POSITIONAL)
    return {p.name: None for p in needed if p.kind is not p.VAR_KEYWORD}


def test_there_are_many():
    assert len(PUBLIC) > 50


@pytest.mark.parametrize(("target", "argument", "unit"), ARGUMENTS)
def test_another_dimension_is_one_clear_error(target, argument, unit):
    given = {**_dummies(target), argument: 2.0 * ureg.candela}
    with pytest.raises(UnitError, match=rf"{argument} = 2\.0 cd; expected a number in "):
        target(**given)


@pytest.mark.parametrize(("target", "argument", "unit"), ARGUMENTS)
def test_any_unit_of_the_dimension_arrives_in_si(target, argument, unit):
    """The wrapper of ``target`` around a function that only says what it was given."""
    signature = inspect.signature(target)

    def stand_in(*args, **kwargs):
        return signature.bind(*args, **kwargs).arguments

    stand_in.__signature__ = signature
    lines = [f"{name} : float\n    [{u}]" for name, u in documented_units(target).items()]
    stand_in.__doc__ = "X.\n\nParameters\n----------\n" + "\n".join(lines)
    odd = ureg.Quantity(3e3, unit).to(
        _ODD.get(unit) or ureg.Quantity(1, unit).to_base_units().units
    )
    arrived = accepts_quantities(stand_in)(**{**_dummies(target), argument: odd})
    assert arrived[argument] == pytest.approx(3e3)


def test_calls_in_the_units_of_a_lab():
    film = ac.film.grow()
    assert ac.film.bend(film, 5 * ureg.mm) == ac.film.bend(film, 5e-3)
    assert ac.film.bend(film, radius=ureg.Quantity(0.5, "cm")).bending_strain > 0
    volts = np.linspace(0.01, 0.4, 40)
    amperes = 1e-6 * np.sinh(volts / 0.1)
    plain = ac.analysis.fit_conduction(volts, amperes, mechanisms=["ohmic", "hopping"])
    given = ac.analysis.fit_conduction(
        1e3 * volts * ureg.mV, 1e6 * amperes * ureg.uA, mechanisms=["ohmic", "hopping"]
    )
    assert given[0].weight == pytest.approx(plain[0].weight)
    kelvin = [358.15, 378.15, 398.15]
    hot = ac.analysis.fit_arrhenius(kelvin, [4e5, 1e5, 3e4]).activation_energy.value
    celsius = ureg.Quantity([85.0, 105.0, 125.0], "degC")
    assert ac.analysis.fit_arrhenius(celsius, [4e5, 1e5, 3e4]).activation_energy.value == (
        pytest.approx(hot)
    )
    ladder = ac.measurement.PulseLadder(read_voltage=5 * ureg.mV, read_time=50 * ureg.us)
    assert (ladder.read_voltage, ladder.read_time) == pytest.approx((5e-3, 5e-5))


def test_synapses_and_laws():
    synapse = ac.synapse.SoftBounds(
        up=0.1, down=0.1, conductance_min=1 * ureg.uS, conductance_max=0.005 * ureg.mS
    )
    assert synapse.conductance_max == pytest.approx(5e-6)
    devices = ac.device.VTEAM.sample(2, seed=1, r_on=0.05 * ureg.kohm, r_off=[1, 2] * ureg.Mohm)
    assert devices.parameter("r_on").tolist() == [50.0, 50.0]
    assert devices.parameter("r_off").tolist() == [1e6, 2e6]

    @ac.device.law(state="w", parameters={"g": 1 * ureg.mS}, initial=0.0)
    def mine(w, voltage, p):
        return 0.0, p.g * voltage

    assert mine.parameters["g"] == pytest.approx(1e-3)


def test_a_parameter_with_a_source_has_a_dimension():
    law = ac.fitting.filament()
    name, unit = next((n, u) for n, u in law.units.items() if u == "S")
    assert law.sample(1, seed=1, **{name: 2 * ureg.uS}).parameter(name)[0] == pytest.approx(2e-6)
    with pytest.raises(UnitError, match=f"{name} = 1 V; expected a number in {unit}"):
        law.sample(1, seed=1, **{name: 1 * ureg.V})


def test_an_array_in_the_units_of_a_lab():
    conductance = np.array([[1e-6, 2e-6], [3e-6, 4e-6]])
    plain = ac.crossbar.Crossbar(conductance, 2.0, 1.0).solve([0.1, 0.2])
    given = ac.crossbar.Crossbar(conductance * 1e6 * ureg.uS, 2 * ureg.ohm, 1.0)
    solved = given.solve([100, 200] * ureg.mV)
    assert solved.output_current == pytest.approx(plain.output_current, rel=1e-12)
    with pytest.raises(UnitError, match="voltage"):
        given.solve([1, 2] * ureg.uA)
