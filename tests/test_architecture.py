"""The house stands as drawn in docs/architecture.md: imports point upstream, modules are small, exports complete."""

from __future__ import annotations

import ast
import importlib
import re
from functools import cache
from pathlib import Path

import pytest

import acanthite

ROOT = Path(acanthite.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
ROOMS = (
    "constants", "errors", "arguments", "deprecation", "quantities", "progress", "estimate", "files", "lowering", "jit", "random",
    "threads", "formatting", "display", "drawing",
    "parameters", "film", "device", "measurement", "analysis", "synapse", "fitting", "crossbar", "wafer", "inference",
    "nn", "torch", "cost", "studies", "explore", "claims", "figures", "report", "lab", "console", "commands", "cli",
)  # fmt: skip
"""In the order of the data's way; a room may import itself and those before it."""
LONGEST = 500  # lines of a module, its docstrings with their examples among them
WORDY = {"claims/ledger.py", "parameters/sets/twin.py"}  # tables: as long as there are rows
LONGEST_FUNCTION = 80
KNOWN = set(MODULES)


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """Return the name of a module's file in the package."""
    return path.relative_to(ROOT).as_posix()


def room(path: Path) -> str:
    """Return the room a module stands in."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Return the rooms a module imports anywhere, inside functions and for type checking too."""
    names: list[str] = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: write imports in full"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    parts = (name.split(".") for name in names)
    return {p[1] for p in parts if p[0] == "acanthite" and len(p) > 1 and p[1] in ROOMS}


def test_every_room_has_its_place():
    known = {*ROOMS, "__init__", "__main__"}
    assert {room(path) for path in MODULES} <= known, (
        "add the new room to ROOMS and to docs/architecture.md"
    )
    drawn = re.findall(r"^    ([a-z]+)(?:\.py|/)", _drawing(), re.MULTILINE)
    assert set(ROOMS) <= set(drawn)


def _drawing() -> str:
    return (Path(__file__).parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_imports_point_upstream_only():
    places = {name: place for place, name in enumerate(ROOMS)}
    downstream = [
        f"{name_of(path)} imports {name}, which stands further down"
        for path in MODULES
        if room(path) not in ("__init__", "__main__")
        for name in sorted(imported(path))
        if places[name] > places[room(path)]
    ]
    assert downstream == []


def imported_modules(path: Path) -> set[Path]:
    """Return the modules a module imports, inside functions and for type checking too."""
    modules: set[Path] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            modules |= {_module(alias.name) for alias in node.names} - {None}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                module = _module(f"{node.module}.{alias.name}") or _module(node.module)
                modules |= {module} - {None}
    return modules


def _module(name: str) -> Path | None:
    place = ROOT.parent / name.replace(".", "/")
    candidates = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in candidates if path in KNOWN), None)


def test_no_module_takes_part_in_an_import_circle():
    graph = {path: imported_modules(path) for path in MODULES}
    in_circles = [str(path.relative_to(ROOT)) for path in MODULES if _reaches_itself(path, graph)]
    assert in_circles == []


def _reaches_itself(start: Path, graph: dict[Path, set[Path]]) -> bool:
    seen: set[Path] = set()
    ahead = set(graph[start])
    while ahead:
        path = ahead.pop()
        if path == start:
            return True
        if path not in seen:
            seen.add(path)
            ahead |= graph[path]
    return False


def test_modules_are_small():
    lines = {name_of(path): path.read_text(encoding="utf-8").count("\n") for path in MODULES}
    most = {name: 2 * LONGEST if name in WORDY else LONGEST for name in lines}
    assert {name: n for name, n in lines.items() if n > most[name]} == {}


def test_a_function_fits_on_a_screen_or_two():
    long = [
        f"{name_of(path)}:{node.lineno}: {node.name} has {_code_lines(node)} lines of code"
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef) and _code_lines(node) > LONGEST_FUNCTION
    ]
    assert long == []


def _code_lines(node: ast.FunctionDef) -> int:
    """Count the lines of a function, its docstring aside."""
    lines = (node.end_lineno or 0) - node.lineno + 1
    first = node.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return lines


def test_every_module_says_what_it_is():
    assert [name_of(path) for path in MODULES if not ast.get_docstring(tree_of(path))] == []


@pytest.mark.parametrize(
    "path", [p for p in MODULES if p.name == "__init__.py"], ids=lambda p: p.parent.name
)
def test_a_rooms_exports_are_complete(path):
    """Every name a package takes from its own modules is in ``__all__``, and everything in ``__all__`` is there."""
    tree = tree_of(path)
    name = ".".join(["acanthite", *path.parent.relative_to(ROOT).parts])
    package = importlib.import_module(name)
    shown = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{name}.")
        for alias in node.names
    }
    exported = list(getattr(package, "__all__", []))
    assert len(exported) == len(set(exported))
    assert shown <= set(exported)
    for export in exported:
        assert hasattr(package, export), f"{name}.__all__ names {export!r}, which is not there"


def test_the_package_shows_its_rooms():
    built = {room(path) for path in MODULES} - {"__init__", "__main__"}
    inner = {"arguments", "cli", "commands", "console", "files", "formatting", "jit", "lowering"}
    assert built - inner <= set(acanthite.__all__)
    with pytest.raises(AttributeError, match="no attribute 'fillm'"):
        acanthite.fillm  # noqa: B018


def test_nobody_touches_numpys_global_generator_or_pyplot():
    texts = {name_of(path): path.read_text(encoding="utf-8") for path in MODULES}
    drawn = r"np\.random\.(seed|rand|randn|random|normal|uniform|randint|choice)\b"
    assert [name for name, text in texts.items() if re.search(drawn, text)] == []
    code = {name: re.sub(r'"""[\s\S]*?"""|#.*', "", text) for name, text in texts.items()}
    assert [name for name, text in code.items() if "pyplot" in text] == []


def test_one_folder_of_the_engine_reaches_below_numba():
    """What of ``nn`` writes LLVM or uses private switches is described in docs/native.md."""
    engine = ROOT / "nn"
    reaching = {
        path.parent
        for path in engine.rglob("*.py")
        if re.search(r"llvmlite|numba\.core|_nrt|forceinline", path.read_text(encoding="utf-8"))
    }
    assert reaching == {engine / "engine" / "native"}


def test_the_package_imports_nothing_heavy():
    import subprocess
    import sys

    heavy = "numpy", "numba", "scipy", "matplotlib", "xarray", "torch", "pybtex", "pint"
    code = (
        f"import sys, acanthite, acanthite.cli; print([m for m in {heavy!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
