"""How kernels become machine code: by vectors as wide as the processor's, and inner ones as a part
of their callers.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import FunctionType
from typing import Any, ClassVar
from weakref import WeakSet

from llvmlite import binding
from numba.core import codegen, compiler, config, typed_passes
from numba.core.compiler_machinery import register_pass
from numba.core.cpu import CPUContext
from numba.parfors.parfor_lowering import ParforLower

_FULL_WIDTH = {
    "icelake-server",
    "sapphirerapids",
    "emeraldrapids",
    "graniterapids",
    "graniterapids-d",
}
"""Processors for which LLVM takes vectors of half the width they have.

It does so because older ones lowered their clock for the full width; these hardly do.
"""


@cache
def _at_full_width() -> bool:
    settings: Any = config
    name = settings.CPU_NAME or binding.get_host_cpu_name()
    return name in _FULL_WIDTH


class _Library(codegen.JITCodeLibrary):
    """The code of a kernel, its loops by vectors as wide as the processor has them."""

    def add_ir_module(self, ir_module: Any) -> None:
        if _at_full_width():
            for function in ir_module.functions:
                if not function.is_declaration:
                    # `add` takes LLVM's own attributes only, without a value
                    set.add(function.attributes, '"prefer-vector-width"="512"')
        super().add_ir_module(ir_module)


OPTIMISED: WeakSet[FunctionType] = WeakSet()
"""Inner kernels that are optimised before they are part of another."""


class InnerLibrary(_Library):
    """The code of an inner kernel: optimised and made machine code as a part of its callers.

    Numba does both for every kernel on its own, and again for what the kernel is a part of.
    """

    optimised = False

    def _optimize_final_module(self) -> None:
        if self.optimised:
            super()._optimize_final_module()

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True

    def serialize_using_object_code(self) -> tuple[str, bytes]:
        """Return what is kept on disk: code that LLVM can go on with, not that of a processor."""
        return self.name, self._get_module_for_linking().as_bitcode()

    @classmethod
    def unserialize(cls, target: Any, name: str, bitcode: bytes) -> InnerLibrary:
        """Return the library that was kept on disk."""
        library = cls(target, name)
        library._final_module = binding.parse_bitcode(bitcode)
        library._finalize_final_module()
        return library


class _ParallelLower(ParforLower):
    """Lowers a kernel; the bodies of its parallel loops become inner libraries.

    Numba would optimise each body three times before it optimises the kernel: by itself, and in two
    wrappers. It takes the kind of library from its own classes, which are changed meanwhile; one
    thread compiles at a time.
    """

    def lower(self) -> None:
        libraries: Any = codegen.JITCPUCodegen
        target: Any = CPUContext
        before = libraries._library_class, target.get_executable
        libraries._library_class, target.get_executable = InnerLibrary, _no_executable
        try:
            super().lower()
        finally:
            libraries._library_class, target.get_executable = before


def _no_executable(context: Any, library: Any, description: Any, environment: Any) -> Any:
    return no_entry(library, description, environment)


class _Whole(typed_passes.BaseNativeLowering):
    """Makes machine code of a kernel and of all inner ones it calls."""

    def run_pass(self, state: Any) -> bool:
        if state.library is None:
            state.library = _Library(state.targetctx.codegen(), state.func_id.func_qualname)
            state.library.enable_object_caching()
        return super().run_pass(state)


@register_pass(mutates_CFG=True, analysis_only=False)
class _Lowering(_Whole, typed_passes.NativeLowering):
    _name = "lowering of a kernel"


@register_pass(mutates_CFG=True, analysis_only=False)
class _ParallelLowering(_Whole, typed_passes.NativeParforLowering):
    _name = "lowering of a kernel with parallel loops"

    @property
    def lowering_class(self) -> Any:
        return _ParallelLower


class _AsAPart(typed_passes.BaseNativeLowering):
    """Ends before the code of a kernel is optimised and made machine code."""

    def run_pass(self, state: Any) -> bool:
        target = state.targetctx
        library = InnerLibrary(target.codegen(), state.func_id.func_qualname)
        library.optimised = state.func_id.func in OPTIMISED
        state.library = library
        state.flags.no_compile = True
        super().run_pass(state)
        library._ensure_finalized()
        result = state["cr"]
        entry = no_entry(library, result.fndesc, result.env)
        target.insert_user_function(entry, result.fndesc, [library])
        state["cr"] = result._replace(cfunc=entry)
        return True


@register_pass(mutates_CFG=True, analysis_only=False)
class _InnerLowering(_AsAPart, typed_passes.NativeLowering):
    _name = "lowering of an inner kernel"


@register_pass(mutates_CFG=True, analysis_only=False)
class _InnerParallelLowering(_AsAPart, typed_passes.NativeParforLowering):
    _name = "lowering of an inner kernel with parallel loops"

    @property
    def lowering_class(self) -> Any:
        return _ParallelLower


def no_entry(library: Any, description: Any, environment: Any) -> Any:
    """Return by what Numba finds a kernel for its callers; Python may not call it."""
    make = import_module("numba._dynfunc").make_function
    module = description.lookup_module()
    return make(module, description.qualname, "", 0, environment, (library,))


class KernelCompiler(compiler.Compiler):
    """Numba's compiler with a lowering of our own."""

    lowering: ClassVar[dict[type, type]] = {
        typed_passes.NativeLowering: _Lowering,
        typed_passes.NativeParforLowering: _ParallelLowering,
    }

    def define_pipelines(self) -> list[Any]:
        """Return Numba's passes, the lowering exchanged."""
        (pipeline,) = super().define_pipelines()
        pipeline.passes = [(self.lowering.get(kind, kind), says) for kind, says in pipeline.passes]
        return [pipeline]


class InnerCompiler(KernelCompiler):
    """Numba's compiler, up to the code its callers take over."""

    lowering: ClassVar[dict[type, type]] = {
        typed_passes.NativeLowering: _InnerLowering,
        typed_passes.NativeParforLowering: _InnerParallelLowering,
    }
