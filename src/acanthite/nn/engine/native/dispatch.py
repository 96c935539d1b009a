"""Kernels called directly: Numba works out the type of an argument that holds a rule anew at every call, at half a millisecond."""

from __future__ import annotations

from typing import Any

from numba import typeof

from acanthite.synapse.rule import StepRule

_compiled: dict[tuple[Any, str], Any] = {}


def call_kernel(kernel: Any, rule: StepRule, *arguments: Any) -> Any:
    """Call a kernel whose arguments differ from call to call in nothing but values and the rule they hold.

    Parameters
    ----------
    kernel : compiled function
    rule : StepRule
        The only one among the arguments.
    *arguments
        Of the same types, for one rule, at every call: what is compiled for the first is run.
    """
    key = (kernel, rule.key)
    compiled = _compiled.get(key)
    if compiled is None:
        if rule.function is not None:
            _ = rule.kernel  # a kernel kept on disk imports the law's module, which must be there
        signature = tuple(typeof(a) for a in arguments)
        kernel.compile(signature)
        compiled = _compiled[key] = kernel.get_overload(signature)
    return compiled(*arguments)
