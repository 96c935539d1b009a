"""A whole folder of lab files: the recordings, and the files that could not be read with the
reasons.
"""

from __future__ import annotations

import fnmatch
import os
import re
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acanthite.errors import RecordingError
from acanthite.measurement.io.detect import read
from acanthite.progress import Progress, long_call, reporter

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

    Examples
    --------
    >>> from pathlib import Path
    >>> Path("notebook").mkdir()
    >>> written = Path("notebook", "notes.csv").write_text(
    ...     "contacted the left pad, then the right one"
    ... )
    >>> recordings, skipped = ac.measurement.read_folder("notebook")
    >>> len(recordings), skipped[0].file.name
    (0, 'notes.csv')
    >>> skipped[0].broken
    True
    """

    file: Path
    place: str
    reason: str
    broken: bool = True

    def __str__(self) -> str:
        return f"{self.file}{f', {self.place}' if self.place else ''}: {self.reason}"


def files_in(paths: str | Path | Sequence[str | Path]) -> list[Path]:
    """Return the files that paths name, folders walked, in order of their names.

    Links to folders are not followed, so that no loop of links is walked for ever; these, hidden
    folders and those that cannot be opened are among what is returned, for :func:`attempt` to say
    so.

    Parameters
    ----------
    paths : path_like or sequence of path_like

    Raises
    ------
    RecordingError
        If a path does not exist, or there is no file.
    """
    files: list[Path] = []
    for path in map(Path, [paths] if isinstance(paths, str | Path) else paths):
        if not os.path.lexists(path):
            raise RecordingError(f"{path}: no such file or folder")
        files += sorted(_walk(path)) if path.is_dir() else [path]
    if not files:
        raise RecordingError(f"{paths}: holds no file; expected lab files")
    return list(dict.fromkeys(files))


def _walk(folder: Path) -> list[Path]:
    """Return what lies in a folder and those within it: everything but folders that were walked."""
    files: list[Path] = []

    def shut(error: OSError) -> None:
        files.append(Path(error.filename))

    for home, folders, names in os.walk(folder, onerror=shut):
        here = Path(home)
        left_out = [name for name in folders if name.startswith(".") or (here / name).is_symlink()]
        folders[:] = [name for name in folders if name not in left_out]
        files += [here / name for name in (*names, *left_out)]
    return files


@long_call("reading")
def read_folder(
    paths: str | Path | Sequence[str | Path],
    *,
    by_name: Mapping[str, Mapping[str, Any]] | None = None,
    progress: Progress = None,
    **hints: Any,
) -> tuple[list[xr.Dataset], list[Skipped]]:
    """Read all files of a folder, or of several; one that cannot be read does not stop the others.

    Parameters
    ----------
    paths : path_like or sequence of path_like
        Folders are walked.
    by_name : mapping of str to mapping, optional
        Hints for the files whose name matches a pattern: ``{"*.tsv": {"columns": [...]}}``.
    progress : callable or bool, optional
        Called with the fraction done; True shows a bar.
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

    Examples
    --------
    >>> from pathlib import Path
    >>> import numpy as np
    >>> loop = [[0.0, 0.0], [0.1, 1e-6], [0.2, 2e-6], [0.1, 1e-6]]
    >>> Path("lab").mkdir()
    >>> for name in ("one.csv", "two.csv"):
    ...     np.savetxt(
    ...         f"lab/{name}",
    ...         loop,
    ...         delimiter=",",
    ...         header="voltage (V),current (A)",
    ...         comments="",
    ...     )
    >>> recordings, skipped = ac.measurement.read_folder("lab")
    >>> [recording.file for recording in recordings], len(skipped)
    (['one.csv', 'two.csv'], 0)
    """
    files = files_in(paths)
    recordings: list[xr.Dataset] = []
    skipped: list[Skipped] = []
    report = reporter(progress)
    for done, file in enumerate(files, 1):
        of_file, problem = attempt(file, by_name or {}, hints)
        recordings += of_file
        skipped += [problem] if problem else []
        report(done / len(files))
    return recordings, skipped


def attempt(
    file: Path,
    by_name: Mapping[str, Mapping[str, Any]],
    hints: Mapping[str, Any],
    progress: Callable[[float], None] | None = None,
) -> tuple[list[xr.Dataset], Skipped | None]:
    """Return the Recordings of a file, or none and why; whatever is wrong with it, the next one can
    be read.

    Parameters
    ----------
    file : pathlib.Path
        One of :func:`files_in`.
    by_name, hints : mapping
        As for :func:`read_folder`.
    progress : callable, optional
        Called with the fraction of the file that is done.
    """
    if (problem := _not_looked_at(file)) is not None:
        return [], problem
    try:
        return read(file, **_hints_for(file, by_name, hints), progress=progress), None
    except RecordingError as error:
        return [], explain(file, error)
    except MemoryError:
        return [], Skipped(file, "", "needs more memory than there is; cut it into several files")
    except Exception as error:  # a mistake of ours; the files after this one are read all the same
        what = " ".join(f"{type(error).__name__}: {error}".split())
        return [], Skipped(
            file, "", f"cannot be read ({what}): a mistake in acanthite; please report it"
        )


def _not_looked_at(file: Path) -> Skipped | None:
    """Return why a path is not opened, or None."""
    if why := _no_data(file):
        return Skipped(file, "", f"{why}; skipped", broken=False)
    try:
        is_folder = stat.S_ISDIR(file.stat().st_mode)
    except OSError:
        is_folder = False  # reported when it is read
    return (
        Skipped(file, "", "a folder that cannot be opened; check who may read it")
        if is_folder
        else None
    )


def _no_data(file: Path) -> str:
    """Return what a path is that holds no data by its name and kind, or an empty string."""
    if file.name.startswith("~$"):
        return "a lock file of an open workbook"
    if file.name.startswith(".") and file.name not in (".", ".."):
        return "hidden"
    if file.is_symlink() and file.is_dir():
        return "a link to a folder"
    return "temporary" if file.suffix.lower() in (".tmp", ".bak", ".part", ".swp") else ""


def _hints_for(
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
    match = re.match(
        r"(?:, (line \d+(?: \(record \d+\))?|sheet '.*?'(?:, (?:cell|row|line) \w+)?))?: ", text
    )
    return Skipped(file, (match[1] or "") if match else "", text[match.end() :] if match else text)
