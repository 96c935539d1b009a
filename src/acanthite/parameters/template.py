"""A parameter set as a TOML file to edit: every line commented out, with its unit and source."""

from __future__ import annotations

from acanthite.parameters.quantity import ParameterSet

_HEAD = """\
# Parameters over the {name} set of acanthite: uncomment what you change, leave the rest.
# A plain number is in the unit shown; or say more about it:
#   grain_barrier = {{ value = 0.21, unit = "eV", source = "my lab", where = "wafer 7", std = 0.01 }}
"""


def template(parameters: ParameterSet) -> str:
    """Return ``parameters`` as the text of a TOML file that :func:`acanthite.parameters.load` reads.

    Examples
    --------
    >>> from acanthite.parameters import AG2S
    >>> print(template(AG2S).splitlines()[4])
    [process]
    """
    groups: dict[str, list[str]] = {}
    for key, q in parameters.items():
        group, _, name = key.partition(".")
        line = f"# {name} = {q.value!r}  # {q.unit}, {q.how}; {q.source}, {q.where}"
        groups.setdefault(group, []).append(line)
    tables = ("\n".join([f"[{group}]", *lines]) for group, lines in groups.items())
    return _HEAD.format(name=parameters.name) + "\n" + "\n\n".join(tables) + "\n"
