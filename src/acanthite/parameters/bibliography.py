"""The bibliography: ``references.bib``, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any


@cache
def references() -> dict[str, Any]:
    """Return the entries of ``references.bib`` by key, as pybtex entries.

    Returns
    -------
    dict of str to pybtex.database.Entry
    """
    from pybtex.database import parse_string

    text = files("acanthite.parameters").joinpath("references.bib").read_text(encoding="utf-8")
    return dict(parse_string(text, "bibtex").entries)


def format_entry(key: str) -> str:
    """Return one reference as a line of plain text: authors, title, journal, year, DOI."""
    entry = references()[key]
    names = [
        " ".join([*p.first_names, *p.middle_names, *p.prelast_names, *p.last_names])
        for p in entry.persons.get("author", [])
    ]
    who = ", ".join(names[:6]) + (" et al." if len(names) > 6 else "")
    f = entry.fields
    where = " ".join(x for x in (f.get("journal", f.get("publisher", "")), f.get("volume", "")) if x)
    parts = [
        who,
        f.get("title", ""),
        ", ".join(x for x in (where, f.get("pages", "")) if x),
        f.get("year", ""),
    ]
    text = ". ".join(p for p in parts if p)
    return f"{text}. doi:{f['doi']}" if "doi" in f else f"{text}."
