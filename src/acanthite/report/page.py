"""The report: one self-contained HTML file, from what is in the run folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from acanthite.claims import RULE_LOG, SHARE, Claim
from acanthite.figures import NAMES, Settings
from acanthite.files import write_text
from acanthite.formatting import as_text
from acanthite.parameters import ParameterSet
from acanthite.parameters.bibliography import doi, format_entry, references
from acanthite.report.citations import sources
from acanthite.report.claim_text import (
    agreement,
    as_published,
    claimed,
    match_in_words,
    range_in_words,
)
from acanthite.report.folder import RunFolder
from acanthite.report.part import Part
from acanthite.report.pictures import Picture, embed
from acanthite.report.rendering import environment
from acanthite.report.verdicts import HOWS, VERDICTS, Row, counts, draws_in_words, headline
from acanthite.report.versions import versions

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["label", "write_page"]

_GROUPS = {
    "fig1": "Figure 1: the wafer, the stack and what a write costs",
    "fig2": "Figure 2: switching, its spread and how long it holds",
    "fig3": "Figure 3: ions on the move, by anneal and thickness",
    "fig4": "Figure 4: computing with the array",
    "supplement": "Supplement",
    "extr": "Beyond the paper: predictions nobody has measured",
}


@dataclass(frozen=True)
class _Card:
    """A figure as the page shows it."""

    part: Part
    rows: tuple[Row, ...]
    picture: Picture | None


def write_page(
    folder: RunFolder,
    settings: Settings,
    parts: Mapping[str, Part],
    rows: tuple[Row, ...],
    failures: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Write ``report.html`` into the folder.

    Parameters
    ----------
    folder : RunFolder
        Its pictures are inlined.
    settings : Settings
    parts : mapping of str to Part
        By figure, in the order of the paper.
    rows : tuple of Row
        The whole ledger.
    failures : mapping, optional
        Why figures failed on a further seed (``"seeds"``) or draw (``"draws"``), by figure.
    """
    cards = [_card(part, rows, folder) for part in parts.values()]
    html = _template().render(
        settings=settings,
        identity=folder.settings,
        cards=cards,
        groups=_grouped(cards),
        rows=rows,
        headline=headline(rows),
        predicted=[row for row in rows if row.claim.how == "predicted"],
        misses=[row for row in rows if row.verdict == "miss"],
        seeds=max((len(row.over) for row in rows), default=0),
        draws=max((len(row.draws) for row in rows), default=0),
        over_draws=draws_in_words(rows),
        least_share=SHARE,
        failures=[
            (group, figure, reason)
            for group, reasons in (failures or {}).items()
            for figure, reason in reasons.items()
        ],
        rule_log=RULE_LOG,
        known={row.claim.id for row in rows},
        trouble=[card for card in cards if card.part.state != "done"],
        absent=[name for name in NAMES if name not in parts],
        uncomputed=[row.claim for row in rows if row.claim.how == "missing"],
        counts=counts(rows),
        totals={verdict: sum(row.verdict == verdict for row in rows) for verdict in VERDICTS},
        hows=HOWS,
        verdicts=VERDICTS,
        parameters=settings.parameters.groups(),
        versions=versions(),
        seconds=sum(part.seconds for part in parts.values()),
        bibliography=_bibliography(settings.parameters, parts.values()),
    )
    write_text(folder.report, html)


def label(figure: str) -> str:
    """Return a figure's name as a reader has it.

    ``fig2c`` is Fig. 2c, ``noteS1`` is Note S1, ``tableS1`` is Table S1, ``extraSetTime`` is
    Extra: Set time, and ``fig4iExplanation``, which is beside a figure, is Fig. 4i, explanation.
    """
    beside = re.fullmatch(r"(fig\d+[a-z])([A-Z][a-z]+)", figure)
    if beside:
        return f"{label(beside[1])}, {beside[2].lower()}"
    for prefix, word in (("fig", "Fig."), ("note", "Note"), ("table", "Table")):
        if figure.startswith(prefix):
            return f"{word}\u00a0{figure.removeprefix(prefix)}"
    if figure.startswith("extra"):
        words = re.findall("[A-Z][a-z]*", figure)
        return f"Extra: {' '.join((words[0], *(word.lower() for word in words[1:])))}"
    return figure.capitalize()


def _card(part: Part, rows: tuple[Row, ...], folder: RunFolder) -> _Card:
    mine = tuple(row for row in rows if row.claim.figure == part.figure)
    files = [folder.picture(part.figure, ending) for ending in ("svg", "png")]
    return _Card(part, mine, embed(*files) if part.state == "done" else None)


def _grouped(cards: Iterable[_Card]) -> dict[str, list[_Card]]:
    groups: dict[str, list[_Card]] = {}
    for card in cards:
        key = card.part.figure[:4]
        groups.setdefault(_GROUPS.get(key, _GROUPS["supplement"]), []).append(card)
    return groups


def _bibliography(parameters: ParameterSet, parts: Iterable[Part]) -> list[dict[str, str]]:
    """Return the references used, as the page shows them."""
    return [
        {"key": key, "text": format_entry(key).partition(" doi:")[0], "doi": doi(key)}
        for key in sources(parameters, parts)
    ]


@cache
def _template() -> Template:
    return environment(
        label=label,
        published=lambda row: as_published(row.claim),
        ours=_ours,
        spread=_spread,
        span=lambda row: range_in_words(row.claim, row.range),
        unknown=lambda row: range_in_words(row.claim, row.draws_range),
        agreement=lambda row: agreement(row).removeprefix("; "),
        falsified=_falsified,
        rule=_rule,
        is_reference=references().__contains__,
    ).get_template("report.html.j2")


def _ours(row: Row) -> str:
    return claimed(row.claim, row.value)


def _spread(row: Row) -> str:
    return claimed(row.claim, row.spread, spread=True)


def _rule(claim: Claim) -> str:
    """Return what counts as a match, in words."""
    if claim.rule is None:
        return "not judged: the paper gives nothing to judge by"
    return f"{match_in_words(claim)}: {claim.rule.because}"


def _falsified(row: Row, parameters: ParameterSet) -> str:
    """Return the change that makes a prediction miss, in words."""
    falsifier = row.claim.falsifier
    if falsifier is None:
        return "as it stands" if row.verdict == "miss" else "–"
    key = falsifier.key
    unit = parameters[key].unit if key in parameters else "1"
    low, high, value = (
        as_text(number, unit) for number in (falsifier.low, falsifier.high, falsifier.value)
    )
    return f"{key} = {value} (range {low} to {high}: {falsifier.because})"
