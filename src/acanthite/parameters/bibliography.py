"""The bibliography: ``references.bib``, read once."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

from acanthite.errors import ParameterError, nearest

_SHOWN_AUTHORS = 6


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
    """Return one reference as a line of plain text: authors, title, journal, year, DOI.

    Raises
    ------
    ParameterError
        If there is no such reference.
    """
    entry = _entry(key)
    fields = {
        name: _plain(entry.fields.get(name, "")) for name in ("title", "volume", "pages", "year")
    }
    where = " ".join(x for x in (_venue(entry), fields["volume"]) if x)
    parts = [
        _authors(entry),
        fields["title"],
        ", ".join(x for x in (where, fields["pages"]) if x),
        fields["year"],
    ]
    text = ". ".join(p.removesuffix(".") for p in parts if p)
    return f"{text}. doi:{doi(key)}" if doi(key) else f"{text}."


def doi(key: str) -> str:
    """Return the DOI of one reference, or an empty string."""
    return _entry(key).fields.get("doi", "")


def _entry(key: str) -> Any:
    try:
        return references()[key]
    except KeyError:
        raise ParameterError(
            f"no reference {key!r} in references.bib{nearest(key, references())}"
        ) from None


def _venue(entry: Any) -> str:
    fields = entry.fields
    return _plain(fields.get("journal", fields.get("booktitle", fields.get("publisher", ""))))


def _authors(entry: Any) -> str:
    names = [_name(person) for person in entry.persons.get("author", [])]
    more = len(names) > _SHOWN_AUTHORS or "others" in names
    listed = [name for name in names if name != "others"][:_SHOWN_AUTHORS]
    return ", ".join(listed) + (" et al." if more else "")


def _name(person: Any) -> str:
    parts = [*person.first_names, *person.middle_names, *person.prelast_names, *person.last_names]
    return _plain(" ".join(parts))


def _plain(latex: str) -> str:
    r"""Return LaTeX as text: ``K$\alpha_{1,2}$`` as Kα1,2, accents set, braces gone."""
    from pybtex.richtext import Text

    return str(Text.from_latex(re.sub(r"\$([^$]*)\$", _mathematics, latex)))


def _mathematics(match: re.Match[str]) -> str:
    greek = re.sub(
        r"\\([a-z]+)\s*", lambda m: unicodedata.lookup(f"GREEK SMALL LETTER {m[1]}"), match[1]
    )
    return re.sub(r"[{}_^]", "", greek)
