"""Kernels called directly.

Numba works out the type of an argument that holds a rule anew at every call, at half a millisecond.
"""

from __future__ import annotations

from typing import Any

from numba import typeof

from acanthite.jit import from_python
from acanthite.synapse.rule import StepRule

_compiled: dict[tuple[Any, ...], Any] = {}


def call_kernel(kernel: Any, rule: StepRule, *arguments: Any, variant: Any = None) -> Any:
    """Call a kernel whose arguments differ from call to call in values and the rule they hold only.

    Parameters
    ----------
    kernel : compiled function
    rule : StepRule
        The only one among the arguments.
    *arguments
        Of the same types, for one rule and variant, at every call: what is compiled for the first
        is run.
    variant : hashable, optional
        What else the types of the arguments depend on.
    """
    return ready(kernel, rule, *arguments, variant=variant)(*arguments)


def ready(kernel: Any, rule: StepRule, *arguments: Any, variant: Any = None) -> Any:
    """Return what :func:`call_kernel` runs, compiled."""
    key = (kernel, rule.key, variant)
    compiled = _compiled.get(key)
    if compiled is None:
        if rule.function is not None:
            _ = rule.kernel  # a kernel kept on disk imports the law's module, which must be there
        compiled = _compiled[key] = compiled_for(kernel, arguments)
    return compiled


def compiled_for(kernel: Any, arguments: tuple[Any, ...]) -> Any:
    """Return what a kernel is compiled to for arguments of these types, to be called with such."""
    signature = tuple(typeof(a) for a in arguments)
    entered = from_python(kernel)
    entered.compile(signature)
    return entered.get_overload(signature)
