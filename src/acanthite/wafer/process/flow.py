"""The process flow: the steps of a wafer, read from a text file, and its traveller."""

from __future__ import annotations

import csv
import html
import io
import math
import re
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from acanthite import arguments
from acanthite.constants import hour, minute, nm
from acanthite.errors import ParameterError, ProcessError, RecipeError, nearest
from acanthite.film import Recipe
from acanthite.film.growth import deposition_rate
from acanthite.parameters import AG2S, ParameterSet
from acanthite.parameters.toml import TomlTable, parse, read
from acanthite.parameters.units import convert
from acanthite.quantities import accepts_quantities
from acanthite.wafer.layout.masks import MASKS

KINDS = ("clean", "lithography", "evaporation", "sputter", "lift-off", "anneal", "bake")
DEPOSITIONS = ("evaporation", "sputter")
_PATTERNED = ("lithography", "lift-off")  # through a mask, always
_NUMBERS = {"thickness": "m", "temperature": "K", "time": "s"}
_TEXTS = ("kind", "layer", "material", "detail", "source")
_RECIPE_KEYS = {
    "recipe.thickness": "stack.film_thickness",
    "recipe.anneal_temperature": "process.anneal_temperature",
    "recipe.anneal_time": "process.anneal_time",
    "recipe.substrate_temperature": "process.substrate_temperature",
}
_HEADINGS = (
    "no",
    "step",
    "layer",
    "material",
    "thickness",
    "temperature",
    "time",
    "detail",
    "source",
    "measured",
    "done",
)


@accepts_quantities
@dataclass(frozen=True)
class ProcessStep:
    """One step of a flow.

    Parameters
    ----------
    kind : str
        One of clean, lithography, evaporation, sputter, lift-off, anneal, bake.
    layer : str
        Of the masks, for lithography, deposition and lift-off; a deposition without lithography
        covers everything.
    material : str
        What is deposited.
    thickness : float or None
        Of it. [m]
    temperature : float or None
        None is room temperature. [K]
    time : float or None
        None where it is not stated. [s]
    detail, source : str
        In words, and where it stands.

    Raises
    ------
    ProcessError
        If there is no such kind or layer, or a number is not positive.

    Examples
    --------
    >>> from acanthite.constants import celsius, minute
    >>> bake = ac.wafer.ProcessStep("bake", temperature=celsius(120), time=10 * minute)
    >>> [verdict.passes for verdict in ac.wafer.thermal_budget((bake,))]
    [True, True, True]
    """

    kind: str
    layer: str = ""
    material: str = ""
    thickness: float | None = None
    temperature: float | None = None
    time: float | None = None
    detail: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ProcessError(
                f"step: kind = {self.kind!r}; expected one of {', '.join(KINDS)}"
                f"{nearest(str(self.kind), KINDS)}"
            )
        if (self.layer or self.kind in _PATTERNED) and self.layer not in MASKS:
            raise ProcessError(
                f"step {self.kind}: layer = {self.layer!r}; expected one of {', '.join(MASKS)}"
                f"{nearest(str(self.layer), MASKS)}"
            )
        for name in _NUMBERS:
            value = getattr(self, name)
            if value is not None:
                arguments.number(f"step {self.kind}: {name}", value, above=0.0, error=ProcessError)

    @property
    def name(self) -> str:
        """Kind and layer, such as "lithography, top electrode"."""
        return f"{self.kind}, {self.layer}" if self.layer else self.kind


Flow = tuple[ProcessStep, ...]


def process_flow(
    recipe: Recipe | None = None, parameters: ParameterSet = AG2S, *, continuous: bool = False
) -> Flow:
    """Return the flow of the paper with a recipe of one's own.

    Parameters
    ----------
    recipe : Recipe, optional
        Thickness, temperatures and times of film and anneal; an anneal of None leaves that step
        out.
    parameters : ParameterSet
    continuous : bool
        Leave the electrolyte everywhere: no lithography and lift-off for it.

    Returns
    -------
    tuple of ProcessStep

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> flow = ac.wafer.process_flow(ac.film.Recipe(thickness=80 * nm))
    >>> [step.name for step in flow if step.kind == "sputter"]
    ['sputter, electrolyte']
    """
    text = files("acanthite.wafer.process").joinpath("flow.toml").read_text(encoding="utf-8")
    steps = _steps(parse(text, "the built-in flow", ProcessError), recipe, parameters)
    return tuple(
        s for s in steps if not (continuous and s.layer == "electrolyte" and s.kind in _PATTERNED)
    )


def read_flow(
    path: str | Path, recipe: Recipe | None = None, parameters: ParameterSet = AG2S
) -> Flow:
    """Read a flow of one's own; ``flow.toml`` beside this module is one, and says how to write it.

    Raises
    ------
    ProcessError
        Naming file, step and entry, if the file is missing or not TOML, or a step makes no sense.

    Examples
    --------
    A flow of one step:

    >>> from pathlib import Path
    >>> from acanthite.constants import nm
    >>> step = 'kind="sputter", layer="electrolyte", material="Ag2S", thickness="80 nm"'
    >>> length = Path("flow.toml").write_text(f"step = [{{{step}}}]")
    >>> [
    ...     f"{step.name}: {step.thickness / nm:.0f} nm"
    ...     for step in ac.wafer.read_flow("flow.toml")
    ... ]
    ['sputter, electrolyte: 80 nm']
    """
    return _steps(read(path, "flow", ProcessError), recipe, parameters)


def recipe_of(flow: Flow, recipe: Recipe) -> Recipe:
    """Return ``recipe`` with what a flow says about the electrolyte.

    Its thickness, and the last anneal after it.

    Raises
    ------
    ProcessError
        If no step deposits Ag2S, or the one that does has no thickness.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> flow = ac.wafer.process_flow(ac.film.Recipe(thickness=80 * nm))
    >>> print(f"{ac.wafer.recipe_of(flow, ac.film.Recipe()).thickness / nm:.0f} nm")
    80 nm
    """
    first = next(
        (i for i, s in enumerate(flow) if s.kind in DEPOSITIONS and s.material == "Ag2S"), None
    )
    if first is None:
        raise ProcessError("flow: no step deposits Ag2S; add the sputter step of the electrolyte")
    anneals = [s for s in flow[first:] if s.kind == "anneal"]
    last = anneals[-1] if anneals else None
    return replace(
        recipe,
        thickness=deposited(flow[first]),
        deposition_time=None,
        substrate_temperature=flow[first].temperature or recipe.substrate_temperature,
        anneal_temperature=last.temperature if last else None,
        anneal_time=(last.time if last else None) or recipe.anneal_time,
    )


def deposited(step: ProcessStep) -> float:
    """Return the thickness that a step deposits [m].

    Raises
    ------
    ProcessError
        If the step has none.
    """
    if step.thickness is None:
        raise ProcessError(f"flow: {step.name} deposits {step.material!r}; give its thickness")
    return step.thickness


def traveller(flow: Flow, format: str = "markdown") -> str:
    """Return the sheet that goes with the wafer, with room for what was measured and who did it.

    Parameters
    ----------
    flow : tuple of ProcessStep
    format : {"markdown", "csv", "html"}

    Raises
    ------
    ProcessError
        If the format is another.

    Examples
    --------
    >>> for line in ac.wafer.traveller(ac.wafer.process_flow(), "csv").splitlines()[:2]:
    ...     print(line[:52])
    no,step,layer,material,thickness,temperature,time,de
    1,clean,–,–,–,room,–,"acetone, isopropanol, deionise
    """
    writers = {"markdown": _markdown, "csv": _csv, "html": _html}
    if format not in writers:
        raise ProcessError(f"traveller format {format!r}; expected one of {', '.join(writers)}")
    return writers[format]([_row(n, step) for n, step in enumerate(flow, 1)])


def celsius_text(temperature: float | None) -> str:
    """Return a temperature as a person writes it; None is room temperature."""
    return "room" if temperature is None else f"{temperature - 273.15:.4g} \u00b0C"


def time_text(time: float | None) -> str:
    """Return a duration as a person writes it; None is a dash."""
    if time is None:
        return "\u2013"
    for unit, name in ((hour, "h"), (minute, "min")):
        if time >= unit:
            return f"{time / unit:.3g} {name}"
    return f"{time:.3g} s"


def _row(number: int, step: ProcessStep) -> tuple[str, ...]:
    thickness = "\u2013" if step.thickness is None else f"{step.thickness / nm:.4g} nm"
    return (
        str(number),
        step.kind,
        step.layer or "\u2013",
        step.material or "\u2013",
        thickness,
        celsius_text(step.temperature),
        time_text(step.time),
        step.detail,
        step.source,
        "",
        "",
    )


def _markdown(rows: list[tuple[str, ...]]) -> str:
    lines = [_HEADINGS, tuple("---" for _ in _HEADINGS), *rows]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in lines
    )


def _csv(rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_HEADINGS, *rows])
    return text.getvalue()


def _html(rows: list[tuple[str, ...]]) -> str:
    style = (
        "table{border-collapse:collapse;font:13px sans-serif}td,th{border:1px solid "
        "#b9bec7;padding:4px 8px;text-align:left}"
    )
    head = "".join(f"<th>{name}</th>" for name in _HEADINGS)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>\n" for row in rows
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta '
        f'charset="utf-8"><title>Traveller</title><style>{style}</style></head>\n'
        f"<body><h1>Traveller</h1>\n<table><tr>{head}</tr>\n{body}</table></body></html>\n"
    )


def _steps(file: TomlTable, recipe: Recipe | None, parameters: ParameterSet) -> Flow:
    if not isinstance(file.get("step"), list) or not file["step"] or set(file) != {"step"}:
        raise file.error("expected tables [[step]], one a step, and nothing else")
    recipe = Recipe.of(parameters) if recipe is None else recipe
    steps = (_step(entry, recipe, parameters) for entry in file.tables("step"))
    return tuple(step for step in steps if step is not None)


def _step(entry: TomlTable, recipe: Recipe, parameters: ParameterSet) -> ProcessStep | None:
    entry.check_keys((*_TEXTS, *_NUMBERS))
    for name, value in entry.items():
        if not isinstance(value, str):
            raise entry.wrong(name, "a text, for numbers with a unit: '50 nm'")
    kind = entry.get("kind", "")
    layer = entry.get("layer", "")
    if kind not in KINDS:
        raise entry.error(
            f"{entry.label}kind = {kind!r}; expected one of "
            f"{', '.join(KINDS)}{nearest(kind, KINDS)}",
            "kind",
        )
    if (layer and layer not in MASKS) or (not layer and kind in _PATTERNED):
        raise entry.error(
            f"{entry.label}layer = {layer!r}; expected one of "
            f"{', '.join(MASKS)}{nearest(layer, MASKS)}",
            "layer",
        )
    if kind in DEPOSITIONS and not ("thickness" in entry and "material" in entry):
        raise entry.error(f"{entry.label}a deposition needs 'material' and 'thickness'")
    if (
        entry.get("temperature") == "recipe.anneal_temperature"
        and recipe.anneal_temperature is None
    ):
        return None
    numbers = {
        name: _value(entry, name, unit, recipe, parameters)
        for name, unit in _NUMBERS.items()
        if name in entry
    }
    assumed = [n for n in numbers if _how(entry[n], numbers[n], parameters) == "assumed"]
    source = "; ".join(
        filter(None, [entry.get("source", ""), ", ".join(assumed) + " assumed" if assumed else ""])
    )
    texts: dict[str, Any] = {n: entry.get(n, "") for n in _TEXTS}
    return ProcessStep(**{**texts, **numbers, "source": source})


def _how(text: str, value: float, parameters: ParameterSet) -> str:
    """Return how a number is known, "" where it was given in the flow or the recipe."""
    key = text if text in parameters else _RECIPE_KEYS.get(text, "")
    if key not in parameters or not math.isclose(parameters.value(key), value, rel_tol=1e-9):
        return ""
    return parameters[key].how


def _value(
    entry: TomlTable, name: str, unit: str, recipe: Recipe, parameters: ParameterSet
) -> float:
    text = entry[name]
    if text.startswith("recipe."):
        return _of_recipe(entry, name, recipe, parameters)
    try:
        number, given = _as_written(text, parameters)
    except ParameterError as error:
        raise entry.error(
            f"{entry.label}{name} = {text!r}: {error}; or give a number with a unit, such as '50 "
            "nm'",
            name,
        ) from None
    try:
        value = convert(float(number), given, unit)
    except ValueError:  # no number, or no such unit
        raise entry.wrong(name, f"a number with a unit convertible to {unit!r}") from None
    if not value > 0:
        raise entry.wrong(name, "more than zero")
    return value


def _as_written(text: str, parameters: ParameterSet) -> tuple[float | str, str]:
    """Return the number and the unit of a text such as '50 nm', or of the parameter it names."""
    match = re.fullmatch(r"\s*([-+0-9.eE]+)\s*([A-Za-z\u00b0\u00b5].*)", text)
    if match:
        return match[1], match[2]
    quantity = parameters[text]
    return quantity.value, quantity.unit


def _of_recipe(entry: TomlTable, name: str, recipe: Recipe, parameters: ParameterSet) -> float:
    field = entry[name].removeprefix("recipe.")
    if field not in Recipe.__dataclass_fields__:
        raise entry.error(
            f"{entry.label}{name} = 'recipe.{field}': no such entry"
            f"{nearest(field, Recipe.__dataclass_fields__)}",
            name,
        )
    rate = deposition_rate(recipe, parameters)
    thickness = recipe.thickness or parameters.value("stack.film_thickness")
    derived = {
        "thickness": thickness if recipe.deposition_time is None else rate * recipe.deposition_time,
        "deposition_time": thickness / rate
        if recipe.deposition_time is None
        else recipe.deposition_time,
    }
    value = derived.get(field, getattr(recipe, field))
    if value is None:
        raise RecipeError(str(entry.error(f"{entry.label}{name}: the recipe has no {field}", name)))
    return float(value)
