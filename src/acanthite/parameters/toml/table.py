"""Tables of TOML files.

They return entries of the kind expected, or raise an error that says what is wrong and where.
"""

from __future__ import annotations

import dataclasses
import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, dataclass
from pathlib import Path
from typing import Any

from acanthite.errors import AcanthiteError, ParameterError, brief, nearest
from acanthite.parameters.quantity import How, Quantity
from acanthite.parameters.toml.kinds import decode, expectation, field_kinds
from acanthite.parameters.toml.line_numbers import Keys, line_numbers
from acanthite.parameters.units import convert, convert_width

_QUANTITY = ("value", "unit", "source", "where", "how", "std")


def read(path: str | Path, kind: str, error: type[AcanthiteError] = ParameterError) -> TomlTable:
    """Read a TOML file.

    Parameters
    ----------
    path : path_like
    kind : str
        What messages call the file: ``"device file"``.
    error : type of AcanthiteError
        What is raised, here and by the tables.

    Raises
    ------
    AcanthiteError
        If the file is missing or not TOML.
    """
    path = Path(path)
    try:
        return parse(path.read_text(encoding="utf-8"), f"{kind} {path}", error)
    except OSError as problem:
        raise error(f"{kind} {path}: {problem.strerror or problem}") from None
    except UnicodeDecodeError as problem:
        raise error(f"{kind} {path}: not valid TOML: {problem}") from None


def parse(text: str, title: str, error: type[AcanthiteError] = ParameterError) -> TomlTable:
    """Return the text of a TOML file as a table; ``title`` is what messages call it.

    Raises
    ------
    AcanthiteError
        If it is not TOML.
    """
    try:
        return TomlTable(_Source(title, text, error), tomllib.loads(text))
    except RecursionError:
        raise error(f"{title}: not valid TOML: nested too deeply") from None
    except tomllib.TOMLDecodeError as problem:
        raise error(f"{title}: not valid TOML: {problem}") from None


@dataclass(frozen=True)
class _Source:
    """Where tables come from."""

    title: str
    text: str
    error: type[AcanthiteError]

    def failure(self, message: str, keys: Keys) -> AcanthiteError:
        """Return an error that names the file and the line of an entry."""
        lines = line_numbers(self.text)
        while keys and keys not in lines:
            keys = keys[:-1]
        line = f", line {lines[keys]}" if keys else ""
        return self.error(f"{self.title}{line}: {message}")


class TomlTable(Mapping[str, Any]):
    """A table of a TOML file, which knows where it stands.

    As a mapping it holds the entries as they are.

    Parameters
    ----------
    source : _Source
    entries : mapping
    keys : tuple of str or int
        Where it stands in the file.
    """

    def __init__(self, source: _Source, entries: Mapping[str, Any], keys: Keys = ()) -> None:
        self._source = source
        self._entries = entries
        self._keys = keys

    def __getitem__(self, key: str) -> Any:
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def label(self) -> str:
        """What messages call it: ``"[synapse] "``, or nothing for the file itself."""
        name = ""
        for key in self._keys:
            name += f" {key + 1}" if isinstance(key, int) else f".{key}"
        return f"[{name.removeprefix('.')}] " if name else ""

    def error(self, message: str, key: str | None = None) -> AcanthiteError:
        """Return the error to raise, which names the file and the line of ``key`` or of the table."""
        return self._source.failure(message, self._keys if key is None else (*self._keys, key))

    def wrong(self, key: str, expected: str) -> AcanthiteError:
        """Return the error to raise for an entry that is not as expected."""
        return self.error(f"{self.label}{key} = {brief(self[key])}; expected {expected}", key)

    @contextmanager
    def located(self, key: str | None = None) -> Iterator[None]:
        """Let errors raised inside name the file and the entry.

        The entry is ``key``, or the one whose name the message begins with, or the first of which
        it says what it is, as in ``SGD: rate = 0``.
        """
        try:
            yield
        except AcanthiteError as error:
            message = str(error)
            if message.startswith(self._source.title):
                raise
            if key is not None:
                raise self.error(f"{self.label}{key}: {message}", key) from None
            words = re.findall(r"^\w+|\w+(?= = )", message.removeprefix(self.label))
            raise self.error(message, next((w for w in words if w in self), None)) from None

    def check_keys(self, names: Iterable[str], what: str = "entry") -> None:
        """Raise an error for the first entry that is none of ``names``."""
        names = list(names)
        for key in self:
            if key not in names:
                hint = nearest(key, names) or f"; expected {', '.join(names)}"
                verb = "has " if self.label else ""
                raise self.error(f"{self.label}{verb}unknown {what} {key!r}{hint}", key)

    def value(self, key: str, kind: Any, default: Any = MISSING, unit: str = "1") -> Any:
        """Return an entry.

        Parameters
        ----------
        key : str
        kind : type
            What is expected: a type as in an annotation, unions, literals, tuples and dataclasses
            included.
        default : object
            In place of one that is missing.
        unit : str
            Of the numbers; an entry ``{ value = 30, unit = "nS" }`` is converted to it.

        Raises
        ------
        AcanthiteError
            If the entry is missing and there is no default, or is of another kind.
        """
        if key not in self:
            if default is MISSING:
                raise self.error(f"{self.label}lacks {key}; expected {expectation(kind)}")
            return default
        value = self[key]
        if kind is float and isinstance(value, Mapping):
            entry = self.table(key)
            if "value" not in entry:
                raise self.error(
                    f"{self.label}{key}: a table needs 'value', and 'unit' if not SI", key
                )
            with self.located(key):
                return convert(entry.value("value", float), str(entry.get("unit", unit)), unit)
        if dataclasses.is_dataclass(kind) and isinstance(value, Mapping):
            return self.table(key).build(kind)  # type: ignore[arg-type]
        try:
            return decode(value, kind, isinstance(default, float) and math.isinf(default))
        except ValueError:
            raise self.wrong(key, expectation(kind)) from None

    def table(self, key: str) -> TomlTable:
        """Return a table in this one, empty if there is none."""
        entries = self.get(key, {})
        if not isinstance(entries, Mapping):
            raise self.error(f"{self.label}{key} = {brief(entries)}; expected a table", key)
        return TomlTable(self._source, entries, (*self._keys, key))

    def tables(self, key: str) -> list[TomlTable]:
        """Return a list of tables."""
        entries = self[key]
        if not isinstance(entries, list) or not all(isinstance(e, Mapping) for e in entries):
            raise self.wrong(key, "a list of tables")
        return [TomlTable(self._source, e, (*self._keys, key, n)) for n, e in enumerate(entries)]

    def without(self, *names: str) -> TomlTable:
        """Return the table less some entries."""
        entries = {key: entry for key, entry in self.items() if key not in names}
        return TomlTable(self._source, entries, self._keys)

    def numbers(self) -> dict[str, float]:
        """Return all entries, each a number."""
        return {key: self.value(key, float) for key in self}

    def rows(self) -> dict[str, tuple[float, ...]]:
        """Return all entries, each a list of numbers."""
        return {key: self.value(key, tuple[float, ...]) for key in self}

    def quantity(
        self, key: str, unit: str, default: Mapping[str, Any], others: Iterable[str] = ()
    ) -> Quantity:
        """Return an entry with its provenance.

        A number, or a table with ``value`` and what is known of it.

        Parameters
        ----------
        key : str
        unit : str
            To convert to.
        default : mapping
            ``source``, ``where`` and ``how`` of an entry that does not say.
        others : iterable of str
            Fields besides those of a Quantity that the entry may have.

        Raises
        ------
        AcanthiteError
            If it is no such entry, or its unit has another dimension.
        """
        entry = self.table(key) if isinstance(self[key], Mapping) else None
        if entry is None:
            return Quantity(self.value(key, float), unit, **default)
        entry.check_keys((*_QUANTITY, *others), "field")
        given = str(entry.get("unit", unit))
        known = {name: str(entry.get(name, default[name])) for name in ("source", "where")}
        how = entry.value("how", How, default["how"])
        with self.located(key):
            value = convert(entry.value("value", float), given, unit)
            std = entry.value("std", float, None)
            width = None if std is None else convert_width(std, given, unit)
        return Quantity(value, unit, **known, how=how, std=width)

    def fields(
        self, kind: type, leave_out: Iterable[str] = (), title: str | None = None
    ) -> dict[str, Any]:
        """Return the entries as values of a dataclass's fields.

        Parameters
        ----------
        kind : type
            A dataclass.
        leave_out : iterable of str
            Fields that no entry stands for.
        title : str, optional
            What messages call the dataclass.

        Raises
        ------
        AcanthiteError
            If entries are missing (all in one message), unknown, or of another kind than the
            fields.
        """
        known = {
            f.name: f for f in dataclasses.fields(kind) if f.init and f.name not in set(leave_out)
        }
        self.check_keys(known, "field")
        defaults = {name: _default(f) for name, f in known.items()}
        needed = [name for name, default in defaults.items() if default is MISSING]
        if missing := [name for name in needed if name not in self]:
            title = title or kind.__name__.lower()
            raise self.error(
                f"{self.label}lacks {', '.join(missing)}; {title} needs {', '.join(needed)}"
            )
        kinds = field_kinds(kind)
        return {
            name: self.value(
                name, kinds[name], defaults[name], known[name].metadata.get("unit", "1")
            )
            for name in self
        }

    def build(self, kind: type, title: str | None = None, **others: Any) -> Any:
        """Return a dataclass with the entries as its fields, ``others`` beside them.

        Raises
        ------
        AcanthiteError
            As in :meth:`fields`; and if the dataclass refuses a value.
        """
        values = self.fields(kind, others, title)
        with self.located():
            return kind(**values, **others)


def _default(field: dataclasses.Field) -> Any:
    return field.default if field.default_factory is MISSING else None
