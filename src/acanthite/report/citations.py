"""What to cite: the references behind a run, as text and as BibTeX."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from acanthite import __version__
from acanthite.errors import RunFolderError
from acanthite.parameters import AG2S, ParameterSet
from acanthite.parameters.bibliography import references
from acanthite.report.part import Part, read_part

PAPER = "Zhu2025"
"""The paper whose device this is."""

SOFTWARE = f"""@software{{acanthite,
  author = {{{{The acanthite developers}}}},
  title = {{acanthite: the open digital twin of wafer-scale {{Ag2S}} memristive crossbar arrays}},
  version = {{{__version__}}},
  license = {{Apache-2.0}}
}}
"""


def sources(parameters: ParameterSet, parts: Iterable[Part]) -> list[str]:
    """Return the keys of the references used, the paper first; a user's own file is no reference."""
    keys = [
        PAPER,
        *(q.source for q in parameters.values()),
        *(key for part in parts for key in part.sources),
    ]
    return [key for key in dict.fromkeys(keys) if key in references()]


def sources_of_run(folder: str | Path) -> list[str]:
    """Return the references behind the figures of a run, the paper first.

    Of the parameter set only what those figures read counts.

    Parameters
    ----------
    folder : path_like
        As ``acanthite reproduce`` leaves it.

    Raises
    ------
    RunFolderError
        If it is no such folder.

    Examples
    --------
    >>> ac.report.sources_of_run("nowhere")
    Traceback (most recent call last):
    acanthite.errors.RunFolderError: folder nowhere: no run.json; expected what 'acanthite reproduce' left
    """
    path = Path(folder)
    try:
        json.loads((path / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise RunFolderError(
            f"folder {path}: no run.json; expected what 'acanthite reproduce' left"
        ) from None
    every = (read_part(file) for file in sorted((path / "parts").glob("*.json")))
    parts = [part for part in every if part is not None and part.state == "done"]
    read = {key for part in parts for key in part.parameters if key in AG2S}
    used = ParameterSet(AG2S.name, {key: AG2S[key] for key in sorted(read)})
    return sources(used, parts)


def as_bibtex(keys: Iterable[str]) -> str:
    """Return references, and this software, as BibTeX.

    Examples
    --------
    >>> print(ac.report.as_bibtex(["Zhu2025"]).splitlines()[0])
    @software{acanthite,
    """
    from pybtex.database import BibliographyData

    entries = {key: references()[key] for key in keys}
    return f"{SOFTWARE}\n{BibliographyData(entries).to_string('bibtex')}"
