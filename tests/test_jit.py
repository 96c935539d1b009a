"""Kernels on disk are those of the source as it is, whatever has been upgraded since."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from numba.core import codegen
from numba.core.compiler_lock import global_compiler_lock
from numba.core.dispatcher import Dispatcher
from numba.core.registry import cpu_target

import acanthite
from acanthite.device import VTEAM
from acanthite.jit import fingerprint, first_compiled, from_python, load_numba, njit
from acanthite.nn.engine.native import options as native
from acanthite.synapse import kernels

ROOT = Path(acanthite.__file__).parent
TYPES = """from typing import NamedTuple
FACTOR = 2.0
class Pair(NamedTuple):
    a: float
    b: float
"""
KERNEL = """import sys
from {jit} import njit
from acanthite.shapes import types
@njit(cache=True)
def total(pair):
    return types.FACTOR * (pair.a + pair.b)
if __name__ == "acanthite.shapes.kernel":
    kind = getattr(types, sys.argv[1])
    print(total(kind(1.0, 2.0)), sum(total.stats.cache_hits.values()))
"""


class Package:
    """A package of the same name with two modules of its own: a kernel, and the type it is handed."""

    def __init__(self, folder: Path, jit: str) -> None:
        self.room = folder / "acanthite" / "shapes"
        self.room.mkdir(parents=True)
        for name in ("__init__.py", "jit.py", "lowering.py"):
            shutil.copy(ROOT / name, folder / "acanthite")
        (self.room / "__init__.py").write_text("")
        (self.room / "types.py").write_text(TYPES)
        (self.room / "kernel.py").write_text(KERNEL.format(jit=jit))

    def upgrade(self, old: str, new: str) -> None:
        text = (self.room / "types.py").read_text()
        (self.room / "types.py").write_text(text.replace(old, new))

    def run(self, kind: str, before: str = "") -> subprocess.CompletedProcess[str]:
        code = f"{before}\nimport acanthite.shapes.kernel"
        where = self.room.parents[1]
        return subprocess.run(
            [sys.executable, "-c", code, kind], cwd=where, capture_output=True, text=True
        )

    def kept(self, ending: str) -> list[Path]:
        return sorted((self.room / "__pycache__").glob(f"*{ending}"))

    def total(self, kind: str) -> list[str]:
        done = self.run(kind)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()


@pytest.fixture(autouse=True)
def _beside_the_source(monkeypatch) -> None:
    _keep_beside_the_source(monkeypatch)


def _keep_beside_the_source(patch: pytest.MonkeyPatch) -> None:
    patch.delenv("NUMBA_CACHE_DIR", raising=False)
    patch.delenv("PYTHONPATH", raising=False)
    patch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # two edits within a second and of one size


def test_numba_alone_stumbles_over_a_type_that_was_renamed(tmp_path: Path) -> None:
    package = Package(tmp_path, "numba")
    package.total("Pair")
    package.upgrade("Pair", "Twin")
    done = package.run("Twin")
    assert done.returncode != 0
    assert "AttributeError" in done.stderr


@pytest.mark.long
def test_a_kernel_is_found_again_until_what_it_is_made_from_changes(tmp_path: Path) -> None:
    package = Package(tmp_path, "acanthite.jit")
    assert package.total("Pair") == ["6.0", "0"]
    assert package.total("Pair") == ["6.0", "1"]
    package.upgrade("Pair", "Twin")
    assert package.total("Twin") == ["6.0", "0"]
    package.upgrade("2.0", "3.0")
    assert package.total("Twin") == ["9.0", "0"]
    (package.room / "beside.py").write_text(
        "# compiles nothing, is imported by nothing that does\n"
    )
    assert package.total("Twin") == ["9.0", "1"]


@pytest.mark.long
def test_another_checkout_finds_the_kernels_in_a_folder_for_all(
    tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "kernels"))
    first, second = (Package(tmp_path / name, "acanthite.jit") for name in ("first", "second"))
    assert first.total("Pair") == ["6.0", "0"]
    assert second.total("Pair") == ["6.0", "1"]
    second.upgrade("2.0", "3.0")
    assert second.total("Pair") == ["9.0", "0"]
    assert first.total("Pair") == ["6.0", "1"]
    assert not first.kept("")
    assert {p.parent for p in tmp_path.rglob("*.nbc")} == {tmp_path / "kernels/acanthite/shapes"}


DAMAGED = """
import importlib, sys
from pathlib import Path

def flip(data, at):
    index = int(at * (len(data) - 1))
    return data[:index] + bytes([data[index] ^ 16]) + data[index + 1 :]

damages = {
    "empty": lambda data: b"",
    "half": lambda data: data[: len(data) // 2],
    "a bit in the middle": lambda data: flip(data, 0.5),
    "a bit at the end": lambda data: flip(data, 1.0),
}
from acanthite.shapes import kernel
for ending in (".nbi", ".nbc"):
    for damage, done in damages.items():
        (file,) = Path(sys.argv[2]).glob(f"*{ending}")
        file.write_bytes(done(file.read_bytes()))
        print(ending, damage, flush=True)
        for _ in range(2):
            importlib.reload(kernel)  # its kernel looks on disk anew
"""


def test_numba_alone_runs_machine_code_with_a_flipped_bit_or_fails(tmp_path: Path) -> None:
    package = Package(tmp_path, "numba")
    package.total("Pair")
    (code,) = package.kept(".nbc")
    code.write_bytes(code.read_bytes()[: code.stat().st_size // 2])
    assert package.run("Pair").returncode != 0


def test_a_damaged_file_costs_a_compilation_and_nothing_else(tmp_path: Path) -> None:
    package = Package(tmp_path, "acanthite.jit")
    package.total("Pair")
    where = package.room / "__pycache__"
    done = subprocess.run(
        [sys.executable, "-c", DAMAGED, "Pair", str(where)],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, f"after {done.stdout}: {done.stderr}"
    first, *rest = done.stdout.splitlines()
    assert first == "6.0 1"
    damaged = [line for line in rest if line.startswith(".")]
    assert len(set(damaged)) == 8
    assert [line for line in rest if line not in damaged] == ["6.0 0", "6.0 1"] * 8, done.stdout


def test_kernels_compile_where_no_folder_can_be_written_to(tmp_path: Path, monkeypatch) -> None:
    package = Package(tmp_path, "acanthite.jit")
    (package.room / "__pycache__").write_text("a file where the folder would be")
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, "/proc/nowhere")
    assert package.total("Pair") == ["6.0", "0"]


def test_kernels_compile_where_the_disk_is_full(tmp_path: Path) -> None:
    package = Package(tmp_path, "acanthite.jit")
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))"
    done = package.run("Pair", before=full)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["6.0", "0"]
    assert not package.kept(".nbc")


def test_every_kernel_of_the_package_is_kept_under_its_fingerprint() -> None:
    seen = 0
    for file in ROOT.rglob("*.py"):
        if not re.search(
            r"^from (numba|acanthite\.jit) ", file.read_text(encoding="utf-8"), re.MULTILINE
        ):
            continue
        parts = file.relative_to(ROOT).with_suffix("").parts
        if parts[0] == "torch":
            pytest.importorskip("torch")
        module = importlib.import_module(".".join(("acanthite", *parts)))
        seen += _kept(module)
    assert seen > 50
    assert _kept(VTEAM.kernel().module) > 3


def _kept(module) -> int:
    kernels: list[Any] = [v for v in vars(module).values() if isinstance(v, Dispatcher)]
    for kernel in (k for k in kernels if k._cache.cache_path):
        file = Path(kernel.py_func.__code__.co_filename)
        assert fingerprint(file) in kernel._cache._impl.filename_base, (
            f"{file.name}: {kernel.__name__}"
        )
    return len(kernels)


def test_compiling_is_said_once_and_only_where_something_is_compiled() -> None:
    said = []

    @njit
    def doubled(x):
        return 2 * x

    with first_compiled(lambda: said.append("compiling")):
        assert not said
        assert (doubled(1), doubled(1.5)) == (2, 3.0)
        assert said == ["compiling"]
    with first_compiled(lambda: said.append("again")):
        assert doubled(2) == 4
    assert said == ["compiling"]


def test_a_kernel_is_compiled_by_its_own_options_whichever_kernel_calls_it_first() -> None:
    @njit
    def ratio(a, b):
        return a * a / b

    @njit(fastmath={"contract"}, error_model="numpy", forceinline=True)
    def caller(a, b):
        return ratio(a, b) + a

    assert caller(1.0, 2.0) == 1.5
    (code,) = ratio.inspect_llvm().values()
    assert "fmul double" in code
    assert "alwaysinline" not in code
    with pytest.raises(ZeroDivisionError):
        ratio(1.0, 0.0)


def test_an_inner_kernel_is_entered_from_python_through_a_twin() -> None:
    @njit(inner=True)
    def half(x):
        return 0.5 * x

    @njit
    def caller(x):
        return half(x) + 1.0

    assert caller(3.0) == 2.5
    (library,) = (result.library for result in half.overloads.values())
    defined = [f.name for f in library.get_defined_functions()]
    assert not [name for name in defined if "cpython" in name or "cfunc" in name]
    assert half(3.0) == 1.5
    assert half(4) == 2.0
    assert caller(5.0) == 3.5


def test_an_inner_kernel_is_made_machine_code_with_its_callers_alone() -> None:
    @njit(inner=True)
    def half(x):
        return 0.5 * x

    @njit
    def caller(x):
        return half(x) + 1.0

    assert caller(3.0) == 2.5
    (inner,) = half.overloads.values()
    (outer,) = caller.overloads.values()
    is_compiled = inner.codegen._engine.is_symbol_defined
    assert is_compiled(outer.fndesc.llvm_func_name)
    assert not is_compiled(inner.fndesc.llvm_func_name)


def test_an_inner_kernel_is_optimised_with_its_callers_or_before() -> None:
    def make(**options):
        @njit(inner=True, fastmath=True, **options)
        def total(x):
            result = 0.0
            for value in x:
                result += value
            return result

        return total

    left, optimised = make(), make(optimised=True)

    @njit
    def caller(x):
        return left(x) - optimised(x)

    assert caller(np.arange(100.0)) == 0.0
    vectors = [
        "x double>" in str(kernel.library.get_llvm_str())
        for total in (left, optimised)
        for kernel in total.overloads.values()
    ]
    assert vectors == [False, True]


@pytest.mark.parametrize(
    ("make", "numba_does"),
    [(numba.njit, True), (njit, False), (partial(njit, inner=True), False)],
    ids=["numba", "whole", "inner"],
)
def test_the_body_of_a_parallel_loop_is_optimised_with_its_callers_alone(
    make, numba_does, monkeypatch
) -> None:
    libraries = []
    optimise = codegen.CPUCodeLibrary._optimize_final_module

    def optimised(library):
        libraries.append(library.name)
        optimise(library)

    monkeypatch.setattr(codegen.CPUCodeLibrary, "_optimize_final_module", optimised)

    @make(parallel=True)
    def add_one(x):
        for i in numba.prange(x.size):
            x[i] += 1.0

    @njit
    def caller(x):
        add_one(x)
        add_one(x)

    x = np.zeros(1000)
    caller(x)
    assert (x == 2.0).all()
    assert any("gufunc" in name for name in libraries) == numba_does
    assert any(name.endswith("add_one") for name in libraries) == (make in (numba.njit, njit))
    assert codegen.JITCPUCodegen._library_class is codegen.JITCodeLibrary


INNER = """import sys
from acanthite.jit import njit
@njit(cache=True, inner=True)
def half(x):
    return 0.5 * x
@njit(cache=True)
def first(x):
    return half(x) + 1.0
@njit(cache=True)
def second(x):
    return half(x) + 2.0
print(globals()[sys.argv[1]](3.0), sum(half.stats.cache_hits.values()))
"""


@pytest.mark.long
def test_another_process_makes_an_inner_kernel_a_part_of_a_new_caller(tmp_path: Path) -> None:
    package = Package(tmp_path, "acanthite.jit")
    (package.room / "kernel.py").write_text(INNER)
    assert package.total("first") == ["2.5", "0"]
    assert package.total("second") == ["3.5", "1"]
    assert package.total("second") == ["3.5", "0"], "the caller is found whole"


def test_functions_that_kernels_find_by_type_have_options_of_their_own_too() -> None:
    given = re.compile(r"^@overload\((?!.*jit_options=)", re.MULTILINE)
    assert not [p for p in ROOT.rglob("*.py") if given.search(p.read_text())]
    for options in (kernels._JIT, native.CHOSEN, native.INLINED):
        assert options.keys() >= {"fastmath", "forceinline"}


def test_what_python_calls_of_an_inner_kernel_has_a_way_in():
    @njit(inner=True)
    def doubled(x):
        return 2.0 * x

    @njit
    def plain(x):
        return 2.0 * x

    entered = from_python(doubled)
    assert entered is not doubled
    entered.compile((numba.float64,))
    assert entered.get_overload((numba.float64,))(3.0) == doubled(3.0) == 6.0
    assert from_python(plain) is plain


def test_definitions_are_loaded_while_nobody_compiles(monkeypatch):
    """A thread that compiled meanwhile would find some of them neither here nor there."""
    locked = []
    monkeypatch.setattr(
        type(cpu_target.target_context),
        "refresh",
        lambda context: locked.append(global_compiler_lock.is_locked()),
    )
    assert not global_compiler_lock.is_locked()
    load_numba()
    assert locked == [True]
    assert not global_compiler_lock.is_locked()


def test_only_one_place_loads_definitions():
    """Any other would have to hold the lock as well."""
    places = [p.name for p in ROOT.rglob("*.py") if "_context.refresh()" in p.read_text()]
    assert places == ["jit.py"]


def test_loops_are_of_the_processors_full_width_where_that_is_faster(monkeypatch) -> None:
    from acanthite import lowering

    code = {}
    for full in (True, False):
        monkeypatch.setattr(lowering, "_at_full_width", lambda full=full: full)
        dot = njit(fastmath=True)(_dot)
        dot(np.ones(4, np.float32))
        (result,) = dot.overloads.values()
        code[full] = '"prefer-vector-width"="512"' in result.library.get_llvm_str()
    assert code == {True: True, False: False}


def _dot(x):
    total = np.float32(0.0)
    for i in range(x.shape[0]):
        total += x[i] * x[i]
    return total
