"""What a report on lab files leaves on disk.

::

    acanthite-analysis/
      report.html      everything, in one file
      analysis.json    the same as data: files, studies, every number
      numbers.csv      every number of the report, with interval and spread
      values.csv       what each cycle of each device says
      files.csv        what each file holds, or why it was not read
      figures/         each picture as SVG and PNG, and its data as CSV
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acanthite import __version__
from acanthite.errors import RunFolderError
from acanthite.files import write_text
from acanthite.report.measured.study import Finding, Number, Options, Study

if TYPE_CHECKING:
    from acanthite.report.measured.lab_files import Source

__all__ = ["as_table", "open_folder", "write_tables"]

_FORMAT = "acanthite-analysis-1"


def open_folder(path: Path) -> None:
    """Make the folder ready: new, empty, or of an earlier analysis, whose pictures go.

    Raises
    ------
    RunFolderError
        If it is a file, holds other things, or cannot be written to.
    """
    if path.exists() and not path.is_dir():
        raise RunFolderError(f"output folder {path} is a file; give another folder with --out")
    try:
        if path.is_dir() and any(path.iterdir()) and not _is_ours(path):
            raise RunFolderError(
                f"output folder {path} is not empty and no earlier analysis; give an empty or new "
                "folder with --out"
            )
        (path / "figures").mkdir(parents=True, exist_ok=True)
        for old in (
            f for f in (path / "figures").iterdir() if f.suffix in (".svg", ".png", ".csv")
        ):
            old.unlink()
    except OSError as error:
        raise RunFolderError(
            f"output folder {path}: {error.strerror or error}; give another with --out"
        ) from None


def _is_ours(path: Path) -> bool:
    try:
        return json.loads((path / "analysis.json").read_text(encoding="utf-8"))["format"] == _FORMAT
    except (OSError, ValueError, KeyError, TypeError):
        return False


def as_table(
    sources: Sequence[Source], findings: Sequence[tuple[Study, Finding]], options: Options
) -> dict[str, Any]:
    """Return the analysis as plain data, every number in SI; what is not a number is None."""
    return _strict(
        {
            "format": _FORMAT,
            "acanthite": __version__,
            "options": asdict(options),
            "files": [source.as_row() for source in sources],
            "studies": [
                {
                    "name": study.name,
                    "title": study.title,
                    "kind": study.kind,
                    "summary": finding.summary,
                    "failed": bool(finding.trace),
                    "files": [str(file) for file in study.files],
                    "notes": list(finding.notes),
                    "numbers": [_number(n) for n in finding.numbers],
                    "figures": [f"{study.name}_{d.name}" for d in finding.drawings],
                }
                for study, finding in findings
            ],
        }
    )


def _number(number: Number) -> dict[str, Any]:
    e = number.estimate
    low, high = e.interval or (None, None)
    return {
        "group": number.group,
        "quantity": number.quantity,
        "value": e.value,
        "unit": "ohm" if e.unit == "Ω" else e.unit,
        "low": low,
        "high": high,
        "spread": e.spread,
        "n": e.n,
        "note": number.note,
    }


def _strict(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _strict(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(entry) for entry in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_tables(
    path: Path, table: dict[str, Any], findings: Iterable[tuple[Study, Finding]]
) -> None:
    """Write ``numbers.csv``, ``values.csv``, ``files.csv``, and ``analysis.json`` last."""
    numbers = [{"study": s["name"], **n} for s in table["studies"] for n in s["numbers"]]
    columns = ("study", "group", "quantity", "value", "unit", "low", "high", "spread", "n", "note")
    _write_csv(path / "numbers.csv", columns, numbers)
    values = [
        {"study": study.name, **_strict(asdict(value))}
        for study, finding in findings
        for value in finding.values
    ]
    columns = ("study", "device", "cycle", "quantity", "value", "unit", "confidence", "note")
    _write_csv(path / "values.csv", columns, values)
    columns = (
        "file",
        "state",
        "recording",
        "kind",
        "instrument",
        "test",
        "devices",
        "cycles",
        "points",
        "columns",
        "compliance",
        "place",
        "reason",
    )
    rows = [
        {**{k: v for k, v in file.items() if k != "recordings"}, **held}
        for file in table["files"]
        for held in (file["recordings"] or [{}])
    ]
    _write_csv(path / "files.csv", columns, rows)
    write_text(
        path / "analysis.json",
        json.dumps(table, indent=1, ensure_ascii=False, allow_nan=False) + "\n",
    )


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())
