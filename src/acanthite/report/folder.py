"""The run folder: made, recognised by its ``run.json``, and refused where it is somebody else's.

::

    acanthite-run/
      run.json              settings, versions, the figures and their run times
      report.html           everything, in one file
      claims.csv            the ledger with ours beside the published
      figures/fig2c.svg     and .png, and the data drawn: fig2c.csv
      recordings/fig2c_*.nc what was drawn
      parts/fig2c.json      written last: the figure is finished
      repeats/journal.sqlite  the claims' numbers for each seed they are judged by, and for each
                            posterior draw: a record a figure
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from acanthite import __version__
from acanthite.errors import ImageError, RunFolderError
from acanthite.figures import NAMES, Settings
from acanthite.files import write_text
from acanthite.parameters import ParameterSet
from acanthite.report.part import Part, read_part, write_part
from acanthite.report.versions import versions

__all__ = ["RunFolder", "identity"]

_FORMAT = 1


class RunFolder:
    """An open run folder; make one with :meth:`open`.

    Parameters
    ----------
    path : pathlib.Path
    settings : mapping
        What :func:`identity` says of the run's settings.

    Examples
    --------
    >>> folder = ac.report.RunFolder.open("mine", ac.figures.Settings(seed=3))
    >>> folder.write_part(ac.report.Part("fig2c", "failed", reason="no memory left"))
    >>> folder.part("fig2c").reason, folder.finished("fig2c")
    ('no memory left', False)
    """

    def __init__(self, path: Path, settings: Mapping[str, Any]) -> None:
        self.path = path
        self.settings = dict(settings)

    @classmethod
    def open(cls, path: str | Path, settings: Settings) -> RunFolder:
        """Return the folder, made if it is not there.

        One left by a run with these settings is resumed.

        Raises
        ------
        RunFolderError
            If it is a file, holds other things, was made with other settings, or cannot be written
            to.
        """
        path = Path(path)
        wanted = identity(settings)
        if path.exists() and not path.is_dir():
            raise RunFolderError(f"output folder {path} is a file; give another folder with --out")
        folder = cls(path, wanted)
        try:
            if path.is_dir() and any(path.iterdir()):
                _compare(path, wanted)
                folder._sweep()
            path.mkdir(parents=True, exist_ok=True)
            folder.write_run()
        except OSError as error:
            raise RunFolderError(
                f"output folder {path}: {error.strerror or error}; give another with --out"
            ) from None
        return folder

    @property
    def report(self) -> Path:
        """Path of the report."""
        return self.path / "report.html"

    @property
    def claims(self) -> Path:
        """Path of the claims table."""
        return self.path / "claims.csv"

    def recording(self, name: str) -> Path:
        """Return the path of a recording."""
        return self.path / "recordings" / name

    @property
    def repeats(self) -> Path:
        """Folder of the claims' numbers for further seeds and draws."""
        return self.path / "repeats"

    @property
    def figures(self) -> Path:
        """Folder of the pictures and their tables."""
        return self.path / "figures"

    def picture(self, figure: str, ending: str) -> Path:
        """Return the path of a picture, ``ending`` is ``"svg"`` or ``"png"``."""
        return self.figures / f"{figure}.{ending}"

    def part(self, figure: str) -> Part | None:
        """Return the part of a figure, None where there is none that can be trusted."""
        part = read_part(self.path / "parts" / f"{figure}.json")
        return part if part is not None and part.figure == figure and self._whole(part) else None

    def parts(self) -> dict[str, Part]:
        """Return every part there is, by figure, in the order of the paper."""
        parts = ((name, self.part(name)) for name in NAMES)
        return {name: part for name, part in parts if part is not None}

    def finished(self, figure: str) -> bool:
        """Return whether a figure is done.

        One that failed or could not be run is to be tried again.
        """
        part = self.part(figure)
        return part is not None and part.state == "done"

    def write_part(self, part: Part) -> None:
        """Write a part; call it when the figure's other files are there."""
        write_part(self.path / "parts" / f"{part.figure}.json", part)

    def write_run(self, **judged_by: int) -> None:
        """Write ``run.json`` afresh from the parts there are.

        Parameters
        ----------
        **judged_by : int
            How many ``seeds`` and ``draws`` stand behind the claims, once they are judged.
        """
        figures = {
            name: {"state": p.state, "seconds": round(p.seconds, 3)}
            for name, p in self.parts().items()
        }
        table = {
            "format": _FORMAT,
            "acanthite": __version__,
            "settings": self.settings,
            "figures": figures,
            "claims": judged_by,
            "versions": versions(),
        }
        write_text(self.path / "run.json", json.dumps(table, indent=1, ensure_ascii=False) + "\n")

    def _whole(self, part: Part) -> bool:
        files = [self.recording(name) for name in part.recordings]
        files += [self.figures / name for name in part.tables]
        if part.state == "done":
            files += [self.picture(part.figure, ending) for ending in ("svg", "png")]
        return all(file.is_file() for file in files)

    def _sweep(self) -> None:
        """Remove what a killed run left half-written under a temporary name."""
        for name in ("parts", "figures", "recordings"):
            for file in (self.path / name).glob(".*-*"):
                file.unlink(missing_ok=True)


def identity(settings: Settings) -> dict[str, Any]:
    """Return what tells one run from another: same identity and version, same bits.

    The data folder is left out: data sets are known by their hashes, wherever they lie.
    """
    return {
        "seed": settings.seed,
        "quick": settings.quick,
        "parameters": {
            "name": settings.parameters.name,
            "sha256": _parameters_hash(settings.parameters),
        },
        "image": _image_hash(settings.image),
    }


def _parameters_hash(parameters: ParameterSet) -> str:
    numbers = {key: (q.value.hex(), q.unit, q.std and q.std.hex()) for key, q in parameters.items()}
    return hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()


def _image_hash(image: Path | None) -> str | None:
    if image is None:
        return None
    try:
        return hashlib.sha256(image.read_bytes()).hexdigest()
    except OSError as error:
        raise ImageError(
            f"image {image}: {error.strerror or error}; give an 8-bit grey picture with --image"
        ) from None


def _compare(path: Path, wanted: Mapping[str, Any]) -> None:
    """Refuse a folder that no run made, or that one with other settings made."""
    try:
        there = json.loads((path / "run.json").read_text(encoding="utf-8"))
        settings = dict(there["settings"])
        version = there["acanthite"]
    except (OSError, ValueError, KeyError, TypeError):
        raise RunFolderError(
            f"output folder {path} is not empty and not a run folder (it has no readable "
            "run.json); give an empty or new folder with --out"
        ) from None
    differences = [
        f"{name} {_brief(settings.get(name))} there, {_brief(value)} here"
        for name, value in wanted.items()
        if _key(settings.get(name)) != _key(value)
    ]
    if version != __version__:
        differences.append(f"acanthite {version} there, {__version__} here")
    if differences:
        raise RunFolderError(
            f"output folder {path} was made with other settings ({'; '.join(differences)}); give "
            "another folder with --out, or the same settings to resume"
        )


def _key(value: Any) -> Any:
    """Parameters are the same when their numbers are."""
    return value.get("sha256") if isinstance(value, Mapping) else value


def _brief(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{value.get('name')!r} ({str(value.get('sha256'))[:8]})"
    if isinstance(value, bool):
        return "on" if value else "off"
    return "built-in" if value is None else str(value)[:12]
