"""A whole folder of lab files: what could be read, and what could not and why."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acanthite.errors import RecordingError
from acanthite.measurement.io.detect import read

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Skipped:
    """A file that was not read.

    Parameters
    ----------
    file : pathlib.Path
    place : str
        Line, or sheet and cell; empty where it is the whole file.
    reason : str
        What is wrong, what was expected, what to do.
    broken : bool
        False where it is no data: hidden or temporary files.
    """

    file: Path
    place: str
    reason: str
    broken: bool = True

    def __str__(self) -> str:
        return f"{self.file}{f', {self.place}' if self.place else ''}: {self.reason}"


def files_in(paths: str | Path | Sequence[str | Path]) -> list[Path]:
    """Return the files that paths name, folders walked, in order of their names.

    Parameters
    ----------
    paths : path_like or sequence of path_like

    Raises
    ------
    RecordingError
        If a path does not exist, or there is no file.
    """
    found: list[Path] = []
    for path in map(Path, [paths] if isinstance(paths, str | Path) else paths):
        if not path.exists():
            raise RecordingError(f"{path}: no such file or folder")
        found += sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    if not found:
        raise RecordingError(f"{paths}: holds no file; expected lab files")
    return list(dict.fromkeys(found))


def read_folder(
    paths: str | Path | Sequence[str | Path],
    *,
    by_name: Mapping[str, Mapping[str, Any]] | None = None,
    progress: Callable[[float], None] | None = None,
    **hints: Any,
) -> tuple[list[xr.Dataset], list[Skipped]]:
    """Read all files of a folder, or of several; a broken one does not keep the others from being read.

    Parameters
    ----------
    paths : path_like or sequence of path_like
        Folders are walked.
    by_name : mapping of str to mapping, optional
        Hints for the files whose name matches a pattern: ``{"*.tsv": {"columns": [...]}}``.
    progress : callable, optional
        Called with the fraction done.
    **hints
        For all other files: see :func:`acanthite.measurement.read`.

    Returns
    -------
    recordings : list of xarray.Dataset
        Each with its ``file`` in the attrs.
    skipped : list of Skipped
        What was not read, with line and reason.

    Raises
    ------
    RecordingError
        If a path does not exist.
    """
    files = files_in(paths)
    recordings: list[xr.Dataset] = []
    skipped: list[Skipped] = []
    for done, file in enumerate(files, 1):
        if why := no_data(file):
            skipped.append(Skipped(file, "", why, broken=False))
        else:
            try:
                recordings += read(file, **hints_for(file, by_name or {}, hints))
            except RecordingError as error:
                skipped.append(explain(file, error))
        if progress:
            progress(done / len(files))
    return recordings, skipped


def no_data(file: Path) -> str:
    """Return why a file is not looked at, or an empty string."""
    if file.name.startswith("~$"):
        return "a lock file of an open workbook; skipped"
    if file.name.startswith(".") or any(
        part.startswith(".") and part not in (".", "..") for part in file.parts[1:]
    ):
        return "hidden; skipped"
    return "temporary; skipped" if file.suffix.lower() in (".tmp", ".bak", ".part", ".swp") else ""


def hints_for(
    file: Path, by_name: Mapping[str, Mapping[str, Any]], hints: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the hints of a file: of the first pattern its name matches, over those for all."""
    for pattern, special in by_name.items():
        if fnmatch.fnmatch(file.name, pattern):
            return {**hints, **special}
    return dict(hints)


def explain(file: Path, error: RecordingError) -> Skipped:
    """Return an error about a file, its place and its reason apart."""
    text = str(error).removeprefix("recording ").removeprefix(str(file))
    found = re.match(r"(?:, (line \d+(?: \(record \d+\))?|sheet '.*?'(?:, (?:cell|row) \w+)?))?: ", text)
    return Skipped(file, (found[1] or "") if found else "", text[found.end() :] if found else text)
