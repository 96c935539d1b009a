"""Parameter files: a user's TOML over a parameter set. Values change, keys and dimensions cannot.

::

    [filament]
    site_number = 900                                             # plain: in the set's own unit
    film_barrier = { value = 0.21, unit = "eV", source = "my lab", where = "wafer 7", std = 0.01 }
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from acanthite.files import write_text
from acanthite.parameters.quantity import ParameterSet
from acanthite.parameters.toml import document_text, read, table_text

_HEAD = """\
# Parameters over the {name} set of acanthite: uncomment what you change, leave the rest.
# A plain number is in the unit shown; or say more about it:
#   grain_barrier = {{ value = 0.21, unit = "eV", source = "my lab", where = "wafer 7", std = 0.01 }}
"""


def load(path: str | Path, base: ParameterSet) -> ParameterSet:
    """Return ``base`` with the values of a TOML file put over it.

    Sources and provenance of both are kept.

    Parameters
    ----------
    path : path_like
        The file: one table per group, one key per parameter; an entry is a number, or a table with
        ``value`` and optionally ``unit``, ``source``, ``where``, ``how``, ``std``.
    base : ParameterSet
        What is overridden; keys the file leaves out keep their value and source.

    Returns
    -------
    ParameterSet

    Raises
    ------
    ParameterError
        If the file is missing or not TOML, a key is unknown, a unit has another dimension, or a
        value is negative.

    Examples
    --------
    >>> from pathlib import Path
    >>> written = Path("mine.toml").write_text(
    ...     'film.grain_barrier = { value = 0.21, unit = "eV" }'
    ... )
    >>> from acanthite.constants import eV
    >>> mine = ac.parameters.load("mine.toml", base=ac.parameters.AG2S)
    >>> print(f"{mine.value('film.grain_barrier') / eV:.2f} eV")
    0.21 eV
    """
    path = Path(path)
    file = read(path, "parameter file")
    default = {"source": str(path), "where": "user's file", "how": "measured"}
    changes = {}
    for group, entries in file.items():
        if not isinstance(entries, dict):
            raise file.error(
                f"{group!r} stands outside a table; write it under its group, as in '[filament]'",
                group,
            )
        table = file.table(group)
        for name in table:
            key = f"{group}.{name}"
            with table.located(name):
                unit = base[key].unit
            quantity = table.quantity(name, unit, default)
            if quantity.value < 0 or (quantity.std or 0.0) < 0:
                raise table.wrong(name, "a magnitude, zero or more")
            changes[key] = quantity
    return base.replace(changes, name=f"{base.name} with {path.name}")


def save(parameters: ParameterSet, path: str | Path) -> None:
    """Write all quantities of a set with their provenance; :func:`load` reads them back the same.

    Parameters
    ----------
    parameters : ParameterSet
    path : path_like

    Examples
    --------
    >>> from acanthite.parameters import AG2S, load, save
    >>> save(AG2S, "mine.toml")
    >>> dict(load("mine.toml", AG2S)) == dict(AG2S)
    True
    """
    tables = []
    for group, members in parameters.groups().items():
        entries = {}
        for name, quantity in members.items():
            fields = dataclasses.asdict(quantity)
            entries[name] = {key: value for key, value in fields.items() if value is not None}
        tables.append(table_text(group, entries))
    write_text(path, document_text(f"The parameter set {parameters.name} of acanthite.", tables))


def template(parameters: ParameterSet) -> str:
    """Return a set as the text of a TOML file to edit.

    Every line is commented out and has its unit and source.

    Examples
    --------
    >>> from acanthite.parameters import AG2S
    >>> print(template(AG2S).splitlines()[4])
    [process]
    """
    tables = []
    for group, members in parameters.groups().items():
        lines = [f"[{group}]"]
        for name, q in members.items():
            lines.append(f"# {name} = {q.value!r}  # {q.unit}, {q.how}; {q.source}, {q.where}")
        tables.append("\n".join(lines))
    return _HEAD.format(name=parameters.name) + "\n" + "\n\n".join(tables) + "\n"
