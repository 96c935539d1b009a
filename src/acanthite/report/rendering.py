"""What every page is rendered with: the templates' environment, and plain text set as HTML."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from acanthite.formatting import as_text, duration

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["environment", "typeset"]

_MARKS = {"match": "✓", "near": "≈", "miss": "✗", "not judged": "–", "not run": "○"}


def environment(**filters: Callable[..., Any]) -> Environment:
    """Return the environment of the templates beside this module.

    Parameters
    ----------
    **filters
        Those of one page, by name; ``text``, ``duration``, ``typeset``, ``id`` and ``mark`` are
        there.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("acanthite.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "text": as_text,
        "duration": duration,
        "typeset": typeset,
        "id": lambda verdict: verdict.replace(" ", "-"),
        "mark": _MARKS.__getitem__,
        **filters,
    }
    return made


def _subscript(match: re.Match[str]) -> str:
    return f"<i>{match[1]}</i><sub>{match[2]}</sub>"


def _power(match: re.Match[str]) -> str:
    mantissa = "" if match[1] == "1" else f"{match[1]} × "
    return f"{mantissa}10<sup>{'−' if match[2] else ''}{int(match[3])}</sup>"


_MARKUP = (
    (re.compile(r"\b(Ag|H|SiO|N|MoS|WSe|HfSe)([2-4])(?=[A-Z]|\b)"), r"\1<sub>\2</sub>"),
    (re.compile(r"\b([A-Za-z])_([A-Za-z0-9]+)"), _subscript),
    (re.compile(r"\+/?-"), "±"),
    (re.compile(r"-&gt;"), "→"),
    (re.compile(r"(?<![\w)–-])-(?=\d)"), "−"),
    (re.compile(r"(?<=\d)-(?=\d)"), "–"),
    (re.compile(r"(?<=\d) x (?=\d)"), " × "),
    (re.compile(r"(?<=\d )u([AmsSV]2?)\b"), r"µ\1"),
    (re.compile(r"(?<=\d )([nµm]?)m2\b"), r"\1m²"),
    (re.compile(r"(?<=\d) C\b"), "\u202f°C"),
    (re.compile(r"(?<=\d) ?%"), "\u202f%"),
    (re.compile(r"\b2theta\b"), "2θ"),
    (re.compile(r"(?<![\w.])(\d)e([-−]?)(\d+)\b"), _power),
)


def typeset(text: str) -> Any:
    """Return plain text as HTML with subscripts and signs set: Ag2S, C_v, +-0.3 V, 10 uA."""
    from markupsafe import Markup, escape

    html = str(escape(text))
    for pattern, put in _MARKUP:
        html = pattern.sub(put, html)
    return Markup(html)
