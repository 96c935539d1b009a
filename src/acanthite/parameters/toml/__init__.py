"""The one codec between TOML files and dataclasses.

Parameters, devices, synapses, plans and flows share it.

Reading: :func:`read` returns the file as a :class:`TomlTable`. Its methods return entries as what
they should be, a number in SI, a text, a :class:`~acanthite.parameters.Quantity`, a dataclass, or
raise one error that names the file, the line, the entry, what was expected, and the nearest known
name. A dataclass declares its entries: a field's name is the key, its type says what is expected,
``field(metadata={"unit": "S"})`` its unit.

Writing: :func:`table_text` and :func:`document_text` return text that reads back the same, bit by
bit.
"""

from acanthite.parameters.toml.table import TomlTable, parse, read
from acanthite.parameters.toml.write import document_text, table_text, value_text

__all__ = ["TomlTable", "document_text", "parse", "read", "table_text", "value_text"]
