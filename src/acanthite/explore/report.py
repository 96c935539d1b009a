"""The map in words and tables."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from typing import Any

from acanthite.explore.findings import Findings, PropertyEffect
from acanthite.explore.properties import PROPERTIES

COLUMNS = (
    "property",
    "value",
    "algorithm",
    "rate",
    "seed",
    "validation_accuracy",
    "test_accuracy",
    "pulses",
)


def as_csv(results: Iterable[Mapping[str, Any]]) -> str:
    """Return every training as a line; an accuracy is empty where training diverged."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(["" if r[name] is None else r[name] for name in COLUMNS] for r in results)
    return text.getvalue()


def summary_csv(findings: Findings) -> str:
    """Return mean, least and largest accuracy over the seeds at each value, best rate."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("property", "algorithm", "value", "rate", "mean", "least", "largest"))
    for curve in (*findings.baseline.values(), *findings.curves):
        for value, rate, each in zip(curve.values, curve.rates, curve.accuracy, strict=True):
            ends = (f"{a:.5f}" for a in (each.mean(), each.min(), each.max()))
            table.writerow((curve.property, curve.algorithm, f"{value:g}", f"{rate:g}", *ends))
    return text.getvalue()


def as_json(findings: Findings) -> dict[str, Any]:
    """Return what the command prints with --json."""
    ranking = []
    for f in findings.ranking:
        entry = {name: getattr(f, name) for name in PropertyEffect.__dataclass_fields__}
        ranking.append(
            {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in entry.items()}
        )
    return {
        "baseline": {
            name: float(curve.accuracy.mean()) for name, curve in findings.baseline.items()
        },
        "own": dict(findings.own),
        "ranking": ranking,
        "curves": [
            {
                "property": c.property,
                "algorithm": c.algorithm,
                "values": c.values.tolist(),
                "rates": c.rates.tolist(),
                "test_accuracy": c.accuracy.tolist(),
            }
            for c in findings.curves
        ],
    }


def rows(findings: Findings, algorithm: str) -> list[tuple[str, ...]]:
    """Return the ranking of one algorithm as rows of text, columns as in :data:`HEADINGS`."""
    return [_row(f) for f in findings.ranking if f.algorithm == algorithm]


def _row(f: PropertyEffect) -> tuple[str, ...]:
    error = "" if math.isnan(f.gain_error) else f" ± {100 * f.gain_error:.2f}"
    worse = "up" if PROPERTIES[f.property].worst > PROPERTIES[f.property].perfect else "down"
    bearable = (
        f"{f.bearable:.3g}"
        if f.bearable is not None
        else f"{worse} to {PROPERTIES[f.property].worst:g}"
    )
    return f.property, f"{f.own:.3g}", f"{f.perfect:g}", f"{100 * f.gain:+.2f}{error}", bearable


HEADINGS = ("property", "own", "perfect", "points gained", "bearable to")


def as_markdown(findings: Findings) -> str:
    """Return the report: what each algorithm gains from which property."""
    s = findings.study
    parts = [
        "# What to improve next\n",
        f"{s.dataset}, {s.network}, {s.limit:,} images, {s.epochs} epochs, {s.seeds} seeds. One "
        "property is changed at a time, "
        "the device is otherwise as it is; the rate is chosen at each value on held-out images. "
        "Gain: test accuracy with this property perfect less that of the device as it is, mean ± "
        "standard error over seeds. "
        "Bearable: where a point of accuracy is lost on the way to worse values, or how far it "
        "was explored without losing one.\n",
    ]
    for algorithm, base in findings.baseline.items():
        parts.append(f"## {algorithm}: {100 * base.accuracy.mean():.2f} % as it is\n")
        table = [HEADINGS, tuple("---" for _ in HEADINGS), *rows(findings, algorithm)]
        parts.append("\n".join("| " + " | ".join(row) + " |" for row in table) + "\n")
        parts.append(_advice(findings, algorithm))
    return "\n".join(parts)


def _advice(findings: Findings, algorithm: str) -> str:
    sure = [
        f
        for f in findings.ranking
        if f.algorithm == algorithm and f.gain > 2 * (f.gain_error or 0) and f.gain > 0
    ]
    if not sure:
        return "No property alone, made perfect, brings more than the spread of the seeds.\n"
    first = sure[0]
    return (
        f"Improve the {PROPERTIES[first.property].label} next: from {first.own:.3g} to "
        f"{first.perfect:g} it would bring "
        f"{100 * first.gain:.1f} points.\n"
    )
