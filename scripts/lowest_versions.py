"""Print the oldest versions that ``pyproject.toml`` admits, as constraints for pip.

    python scripts/lowest_versions.py > lowest.txt && pip install -c lowest.txt .

A lower bound nobody has installed is a guess; continuous integration installs these and runs the commands.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
BOUND = re.compile(r"([\w.-]+)>=([\w.]+)")


def lowest(requirements: list[str]) -> list[str]:
    """Return each requirement at its lower bound.

    Raises
    ------
    SystemExit
        If a requirement has no lower bound.
    """
    found = [BOUND.match(requirement) for requirement in requirements]
    for requirement, match in zip(requirements, found, strict=True):
        if match is None:
            raise SystemExit(
                f"{PYPROJECT.name}: {requirement!r} has no lower bound; write it as 'name>=version'"
            )
    return [f"{match[1]}=={match[2]}" for match in found if match]


if __name__ == "__main__":
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    print("\n".join(lowest(project["dependencies"])))
