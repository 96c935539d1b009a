"""Results as people read them: values with their units as text, in a notebook as a table, and
drawn.
"""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from acanthite.estimate import Estimate
from acanthite.formatting import as_text
from acanthite.quantities import documented_units

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Described", "Display", "Plotted", "estimate_text", "spread_text"]

_MOST = 12  # members of a mapping or tuple that get a row each
_SHARES = (16, 50, 84)  # percentiles that stand for many numbers
_TYPED = str.maketrans("\u202f×µ−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", " xu--0123456789")
_SPELT = {" x 10": "e", "Ω": "ohm", "∞": "inf", "–": "nan"}
"""Signs of print as every terminal has them."""


class Display:
    """Base of dataclasses that are shown to people; units are those of the docstring.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Loop(Display):
    ...     '''A loop.
    ...
    ...     Parameters
    ...     ----------
    ...     set_voltage : float
    ...         Where it sets. [V]
    ...     cycles : int
    ...     '''
    ...
    ...     set_voltage: float
    ...     cycles: int
    >>> print(str(Loop(-0.19, 3)).replace("\u202f", " "))
    Loop
      set_voltage  −190 mV
      cycles       3
    >>> "<td>3</td>" in Loop(-0.19, 3)._repr_html_()
    True
    """

    def __str__(self) -> str:
        rows = list(self._rows())
        width = max((len(name) for name, _ in rows), default=0)
        lines = (f"  {name:<{width}}  {text}" for name, text in rows)
        return "\n".join([type(self).__name__, *lines])

    def _repr_html_(self) -> str:
        own = str(self) if type(self).__str__ is not Display.__str__ else ""
        text = f"<pre>{escape(own)}</pre>" if own else ""
        cells = (
            f"<tr><th style='text-align:left'>{escape(name)}</th><td>{escape(text)}</td></tr>"
            for name, text in self._rows()
        )
        return f"{text}<table><caption>{type(self).__name__}</caption>{''.join(cells)}</table>"

    def _rows(self) -> Iterator[tuple[str, str]]:
        """Return the names and values shown."""
        units = documented_units(type(self))
        for field in dataclasses.fields(self):  # type: ignore[arg-type]  # a base of dataclasses
            if field.repr and not field.name.startswith("_"):
                unit = field.metadata.get("unit") or units.get(field.name, "1")
                yield from _rows_of(field.name, getattr(self, field.name), unit)


class Plotted(Display):
    """A :class:`Display` with a picture.

    A class says which function draws it, ``class Loop(Plotted, picture="module:function")``:
    pictures are imported when they are drawn.

    Examples
    --------
    >>> from acanthite.analysis import fit_gauss
    >>> ax = fit_gauss([-0.21, -0.19, -0.20, -0.18, -0.22], unit="V").plot()
    >>> ax.get_ylabel()
    'probability density'
    """

    _picture: ClassVar[str] = ""

    def __init_subclass__(cls, picture: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if picture:
            cls._picture = picture

    def plot(self, *data: Any, ax: Axes | None = None, **options: Any) -> Axes:
        """Draw it on ``ax``, or on new axes, and return the Axes.

        Parameters
        ----------
        *data
            What it was fitted to, where the picture shows it: as given to the function.
        ax : matplotlib.axes.Axes, optional
        **options
            To the function that draws it.

        Returns
        -------
        matplotlib.axes.Axes
        """
        module, name = self._picture.split(":")
        return getattr(importlib.import_module(module), name)(self, *data, ax=ax, **options)


class Described(Display):
    """A result of large arrays, shown by a few of its fields and properties with their units.

    ``repr`` is one line, of arrays the range and the shape: ``class Loop(Described, current="A")``.

    Examples
    --------
    >>> ac.crossbar.Bound(voltage=1e-9, current=2.5e-15)
    Bound(voltage=1 nV, current=2.5 fA)
    """

    _shown: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls, picture: str = "", **units: str) -> None:
        """Take the units of what is shown by name, and the picture where it is Plotted too."""
        super().__init_subclass__(**({"picture": picture} if picture else {}))
        cls._shown = units

    def __repr__(self) -> str:
        parts = [
            f"{name}={_range(getattr(self, name), unit)}" for name, unit in self._shown.items()
        ]
        return f"{type(self).__name__}({', '.join(parts)})"

    def _rows(self) -> Iterator[tuple[str, str]]:
        for name, unit in self._shown.items():
            yield from _rows_of(name, getattr(self, name), unit)


def _range(values: Any, unit: str) -> str:
    """Return the least and largest value and the shape, in letters that every terminal has."""
    v = np.asarray(values, float)
    least, most = (_typed(as_text(float(end), unit)) for end in (v.min(), v.max()))
    shape = f" ({' x '.join(map(str, v.shape))})" if v.ndim else ""
    return (least if least == most else f"{least} to {most}") + shape


def _typed(text: str) -> str:
    text = text.translate(_TYPED)
    for sign, letters in _SPELT.items():
        text = text.replace(sign, letters)
    return text


def _rows_of(name: str, value: Any, unit: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        members = {f"{name}.{key}": each for key, each in value.items()}
    elif isinstance(value, tuple) and value and isinstance(value[0], Display):
        members = {f"{name}[{k}]": each for k, each in enumerate(value)}
    elif isinstance(value, Display) and type(value).__str__ is Display.__str__:
        for inner, text in value._rows():
            yield f"{name}.{inner}", text
        return
    else:
        yield name, _text(value, unit)
        return
    if len(members) > _MOST:
        yield name, f"{len(members)} entries"
        return
    for inner, each in members.items():
        yield inner, _text(each, unit)


def _text(value: Any, unit: str) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, str | int | np.integer):
        return str(value) or "–"
    if value is None or isinstance(value, float | np.floating):
        return as_text(None if value is None else float(value), unit)
    if isinstance(value, Estimate):
        return estimate_text(value)
    if isinstance(value, np.ndarray):
        return spread_text(value, unit)
    if isinstance(value, tuple | list):
        return ", ".join(_text(each, unit) for each in value) or "–"
    if hasattr(value, "sizes"):  # an xarray object
        return " × ".join(f"{n} {dim}" for dim, n in value.sizes.items())
    return str(value).splitlines()[0] if isinstance(value, Display) else _brief(value)


def _brief(value: Any) -> str:
    name = getattr(value, "name", getattr(value, "NAME", ""))
    return f"{type(value).__name__} {name}".strip()


def spread_text(values: np.ndarray, unit: str) -> str:
    """Return many values in brief: their median, what 68 % lie within, and their shape.

    Examples
    --------
    >>> spread_text(np.array([1e-6, 2e-6, 3e-6]), "S").replace("\u202f", " ")
    'median 2 µS, 68 % within 1.32 µS to 2.68 µS (3)'
    """
    shape = " × ".join(map(str, values.shape))
    if values.dtype.kind == "b":
        return f"{np.count_nonzero(values)} of {values.size}"
    known = values[np.isfinite(values)] if values.dtype.kind in "fiu" else values[:0]
    if not known.size:
        return f"({shape})"
    low, middle, high = (as_text(float(p), unit) for p in np.percentile(known, _SHARES))
    if low == high:
        return f"{middle} ({shape})"
    return f"median {middle}, 68 % within {low} to {high} ({shape})"


def estimate_text(estimate: Estimate) -> str:
    """Return an estimate with its spread and interval.

    Examples
    --------
    >>> estimate_text(Estimate(0.19, "V", spread=0.02, interval=(0.18, 0.2))).replace(
    ...     "\u202f", " "
    ... )
    '190 mV ± 20 mV, 95 %: 180 mV to 200 mV'
    """
    text = as_text(estimate.value, estimate.unit)
    if estimate.spread is not None:
        text += f" ± {as_text(estimate.spread, estimate.unit)}"
    if estimate.interval is not None:
        low, high = (as_text(end, estimate.unit) for end in estimate.interval)
        text += f", 95 %: {low} to {high}"
    return text
