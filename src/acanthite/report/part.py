"""What a run folder says of one figure.

A small JSON file, written last, so that it vouches for the rest.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from acanthite.errors import RunFolderError
from acanthite.estimate import Estimate
from acanthite.files import write_text

__all__ = ["Part", "State", "read_part", "write_part"]

State = Literal["done", "not run", "failed"]


@dataclass(frozen=True)
class Part:
    """One figure of a run.

    Parameters
    ----------
    figure : str
        Its name, ``"fig2c"``.
    state : {"done", "not run", "failed"}
        ``not run``: it could not be computed here, and ``reason`` says what to do. ``failed``: it
        raised.
    title, caption : str
    estimates : mapping of str to Estimate
        By claim id.
    notes, sources : tuple of str
        As in :class:`acanthite.figures.Outcome`.
    recordings : tuple of str
        File names in ``recordings/``.
    reason : str
        Why it was not run or failed, in one line.
    trace : str
        The traceback of an unexpected failure.
    seconds : float
        Run time [s].
    parameters : tuple of str
        Keys of the parameters read for its numbers, drawing and words, in the order of the
        alphabet.
    alt : str
        What is to be seen, for those who cannot see the picture.
    tables : tuple of str
        File names in ``figures/``: the data drawn, as CSV.

    Raises
    ------
    RunFolderError
        If there is no such state.

    Examples
    --------
    >>> part = ac.report.Part(
    ...     "fig2c", "not run", reason="needs the data set 'mnist'; download it first"
    ... )
    >>> part.state, part.estimates
    ('not run', {})
    """

    figure: str
    state: State
    title: str = ""
    caption: str = ""
    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    recordings: tuple[str, ...] = ()
    reason: str = ""
    trace: str = ""
    seconds: float = 0.0
    parameters: tuple[str, ...] = ()
    alt: str = ""
    tables: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.state not in get_args(State):
            raise RunFolderError(
                f"part {self.figure!r}: state = {self.state!r}; expected one of "
                f"{', '.join(get_args(State))}"
            )


def write_part(path: str | Path, part: Part) -> None:
    """Write a part, whole or not at all."""
    write_text(
        path,
        json.dumps(_storable(asdict(part)), indent=1, allow_nan=False, ensure_ascii=False) + "\n",
    )


def read_part(path: str | Path) -> Part | None:
    """Return a part, or None where the file is absent or not a part."""
    try:
        table = json.loads(Path(path).read_text(encoding="utf-8"))
        table["estimates"] = {key: _estimate(entry) for key, entry in table["estimates"].items()}
        for name in ("notes", "sources", "recordings", "tables", "parameters"):
            table[name] = tuple(table.get(name, ()))  # parts of earlier versions lack some
        return Part(**table)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _storable(value: Any) -> Any:
    """Return ``value`` as strict JSON has it: NumPy scalars plain, NaN and infinities as words."""
    if isinstance(value, Mapping):
        return {key: _storable(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(entry) for entry in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _estimate(entry: Mapping[str, Any]) -> Estimate:
    spread, interval = entry["spread"], entry["interval"]
    return Estimate(
        value=float(entry["value"]),
        unit=entry["unit"],
        spread=None if spread is None else float(spread),
        n=int(entry["n"]),
        interval=None if interval is None else (float(interval[0]), float(interval[1])),
    )
