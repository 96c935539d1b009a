"""Examples in docstrings run, and every public function and class has one."""

from __future__ import annotations

import doctest
import importlib
import inspect

import pytest

import acanthite

WANTING: dict[str, int] = {}
"""How many public names of a room may still lack an example: only ever fewer."""

ROOMS = [name for name in acanthite.__all__ if name != "__version__"]
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def public(room: str) -> dict[str, object]:
    """Return the functions and classes a room shows, by name."""
    module = importlib.import_module(f"acanthite.{room}")
    shown = {name: getattr(module, name) for name in getattr(module, "__all__", [])}
    return {
        name: what
        for name, what in shown.items()
        if inspect.isclass(what) or inspect.isfunction(what)
    }


def examples(room: str) -> list[doctest.DocTest]:
    """Return the examples of what a room shows, methods included."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = []
    for name, what in public(room).items():
        module = inspect.getmodule(what)
        found += finder.find(what, f"acanthite.{room}.{name}", module=False, globs=vars(module))
    return [test for test in found if test.examples and "._" not in test.name]


@pytest.mark.long
@pytest.mark.parametrize("room", ROOMS)
def test_examples_run(room, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # an example may write files
    for test in examples(room):
        test.globs = {"acanthite": acanthite, "ac": acanthite, **test.globs}
        said: list[str] = []
        failures = doctest.DocTestRunner(optionflags=_FLAGS).run(test, out=said.append)
        assert not failures.failed, "".join(said)


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_has_an_example(room):
    wanting = sorted(
        name for name, what in public(room).items() if ">>>" not in (what.__doc__ or "")
    )
    assert len(wanting) <= WANTING.get(room, 0), f"without an example: {', '.join(wanting)}"
