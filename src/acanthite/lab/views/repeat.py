"""What repeats a view outside the page: a parameter file, a command, lines of Python."""

from __future__ import annotations

from acanthite.parameters import AG2S, ParameterSet, template

FILE_NAME = "acanthite-lab.toml"
"""Under which a browser saves the parameters."""


def changed(parameters: ParameterSet) -> dict[str, float]:
    """Return the parameters that differ from the Ag2S set, in SI."""
    return {
        key: parameters.value(key) for key in parameters if parameters.value(key) != AG2S.value(key)
    }


def as_toml(parameters: ParameterSet) -> str:
    """Return a parameter file: the template of the Ag2S set, what was changed uncommented."""
    changes = changed(parameters)
    lines = []
    group = ""
    for line in template(AG2S).splitlines():
        if line.startswith("["):
            group = line.strip("[]")
        name = line.removeprefix("# ").partition(" = ")[0]
        key = f"{group}.{name}"
        if key in changes:
            line = f"{name} = {changes[key]!r}  # {AG2S[key].unit}, chosen in the lab"
        lines.append(line)
    return "\n".join(lines) + "\n"


def command(*words: str, parameters: ParameterSet) -> str:
    """Return a command line; it names the parameter file if there is something in it."""
    over = (f"--parameters {FILE_NAME}",) if changed(parameters) else ()
    return " ".join(("acanthite", *words, *over))


def python_start(parameters: ParameterSet) -> str:
    """Return the lines of Python that every view begins with."""
    lines = ["import acanthite as ac", "", "parameters = ac.parameters.AG2S"]
    if changed(parameters):
        lines[-1] = f'parameters = ac.parameters.load("{FILE_NAME}", ac.parameters.AG2S)'
    return "\n".join(lines) + "\n"
