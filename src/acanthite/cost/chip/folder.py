"""The folder of a cost: numbers, tables, pictures and a page."""

from __future__ import annotations

import json
from pathlib import Path

from acanthite.cost.chip import drawings, report
from acanthite.cost.chip.chip_cost import ChipCost
from acanthite.cost.chip.writing import WritingCost
from acanthite.drawing import save_with_data
from acanthite.errors import RunFolderError
from acanthite.files import write_text


def write_chip_cost(
    cost: ChipCost, folder: str | Path, writing: WritingCost | None = None
) -> list[Path]:
    """Write a cost to a folder; return the files.

    Parameters
    ----------
    cost : ChipCost
    folder : path_like
    writing : WritingCost, optional

    Raises
    ------
    RunFolderError
        If the folder cannot be written to.

    Examples
    --------
    >>> cost = ac.cost.chip_cost("64-32-10", ac.inference.Chip(rows=64, columns=64))
    >>> [path.name for path in ac.cost.write_chip_cost(cost, "costed")][:3]
    ['cost.json', 'cost.csv', 'report.md']
    """
    path = Path(folder)
    try:
        numbers = report.as_dict(cost, writing)
        write_text(path / "cost.json", json.dumps(numbers, indent=2, allow_nan=False) + "\n")
        write_text(path / "cost.csv", report.as_csv(cost))
        write_text(path / "report.md", report.as_markdown(cost, writing))
        save_with_data(drawings.draw_cost(cost), path / "where-it-goes")
        plan = drawings.draw_floorplan(cost).figure
        save_with_data(plan, path / "floorplan")  # type: ignore[arg-type]
    except OSError as error:
        raise RunFolderError(
            f"folder {path}: {error.strerror or error}; choose another with --out"
        ) from None
    names = ("cost.json", "cost.csv", "report.md", "where-it-goes.png", "floorplan.png")
    return [path / name for name in names]
