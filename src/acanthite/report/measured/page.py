"""The page of a report on lab files, in the frame of the main report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from acanthite.estimate import Estimate
from acanthite.files import write_text
from acanthite.formatting import as_text
from acanthite.report.measured.study import Drawing, Finding, Number, Options, Study
from acanthite.report.pictures import Picture, embed
from acanthite.report.rendering import environment
from acanthite.report.versions import versions

if TYPE_CHECKING:
    from jinja2 import Template

    from acanthite.report.measured.result import AnalysisResult

__all__ = ["write_page"]

_KINDS = {
    "loops": "switching loops",
    "conduction": "leakage or conduction",
    "pulses": "pulse response",
    "endurance": "write-read cycling",
    "levels": "programmed levels",
    "retention": "retention",
    "results": "table of results",
    "transistor": "three terminals",
    "other": "not known",
}
_HEADLINES = (
    "V_form",
    "V_set",
    "V_reset",
    "R_on",
    "R_off",
    "R_off over R_on",
    "retention",
    "asymmetry",
    "effective states",
    "resistance, negative",
    "resistance, positive",
)


@dataclass(frozen=True)
class _Card:
    """A study as the page shows it."""

    study: Study
    finding: Finding
    pictures: tuple[tuple[Drawing, Picture], ...]
    groups: dict[str, list[Number]]

    @property
    def state(self) -> str:
        """``analysed``, ``shown`` or ``failed``."""
        return "failed" if self.finding.trace else ("analysed" if self.finding.numbers else "shown")

    @property
    def headlines(self) -> list[Number]:
        first = self.groups.get("", [])
        return [n for n in first if n.quantity in _HEADLINES] or first[:3]


def write_page(result: AnalysisResult, options: Options) -> None:
    """Write ``report.html`` into the folder of a result, whose pictures are inlined."""
    cards = [_card(result, study, finding) for study, finding in result.findings]
    states = {
        state: sum(s.state == state for s in result.sources)
        for state in ("read", "skipped", "broken")
    }
    html = _template().render(
        title=_title(result),
        cards=cards,
        sources=result.sources,
        states=states,
        trouble=[s for s in result.sources if s.state != "read"],
        options=_in_words(options),
        versions=versions(),
        kinds=_KINDS,
    )
    write_text(result.path / "report.html", html)


def _title(result: AnalysisResult) -> str:
    """Return the name of the file, or of the folder that holds all files."""
    import os

    if len(result.sources) == 1:
        return result.sources[0].file.name
    common = Path(os.path.commonpath([source.file.absolute().parent for source in result.sources]))
    return common.name or "Lab files"


def _card(result: AnalysisResult, study: Study, finding: Finding) -> _Card:
    pictures = []
    for drawing in finding.drawings:
        svg, png = (
            result.path / "figures" / f"{study.name}_{drawing.name}.{ending}"
            for ending in ("svg", "png")
        )
        pictures.append((drawing, embed(svg, png)))
    return _Card(study, finding, tuple(pictures), _by_group(finding.numbers))


def _by_group(numbers: Iterable[Number]) -> dict[str, list[Number]]:
    groups: dict[str, list[Number]] = {}
    for number in numbers:
        groups.setdefault(number.group, []).append(number)
    return groups


def _in_words(options: Options) -> list[tuple[str, str]]:
    """Return the options in words."""
    criterion = options.criterion
    rule = f"R_off over R_on below {criterion.least_ratio:g}" + (
        f", or a drift by {criterion.drift:g}" if criterion.drift else ""
    )
    return [
        (
            "read voltage",
            "a tenth of the sweep"
            if options.read_voltage is None
            else as_text(options.read_voltage, "V"),
        ),
        (
            "compliance",
            "as files and data say"
            if options.compliance is None
            else as_text(options.compliance, "A"),
        ),
        (
            "failed cycle",
            f"{rule}, {criterion.consecutive} in a row" if criterion.consecutive > 1 else rule,
        ),
        ("lost state", f"resistance changed by {options.retention_factor:g}"),
        ("temperature", f"{options.temperature:g} K"),
        ("thickness", as_text(options.thickness, "m") if options.thickness else "not given"),
        (
            "device names from",
            f"{options.device} in the file’s name" if options.device else "the file, else its name",
        ),
    ]


@cache
def _template() -> Template:
    return environment(estimate=_value, interval=_interval, spread=_spread).get_template(
        "measured.html.j2"
    )


_SHARES = (
    "sweeps that set",
    "sweeps that reset",
    "devices that failed",
    "C_v of V_set",
    "C_v of V_reset",
)


def _is_share(number: Number) -> bool:
    return (
        number.quantity in _SHARES
        or number.quantity.startswith("step noise")
        or number.quantity.endswith(", weight")
    )


def _number(number: Number, value: float | None) -> str:
    if value is not None and _is_share(number):
        return f"{100 * value:.3g}\u202f%" if value != float("inf") else "∞"
    return as_text(value, number.estimate.unit)


def _value(number: Number) -> str:
    return _number(number, number.estimate.value)


def _spread(number: Number) -> str:
    return _number(number, number.estimate.spread)


def _interval(number: Number) -> str:
    e: Estimate = number.estimate
    if e.interval is None:
        return "–"
    low, high = (_number(number, x) for x in e.interval)
    return f"{low} to {high}"
