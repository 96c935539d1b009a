"""Sums of rates that cost a logarithm to change and to choose from: a Fenwick tree, compiled."""

from __future__ import annotations

from acanthite.jit import njit


@njit(cache=True)
def build(rates, tree):
    """Fill ``tree`` (one longer than ``rates``) from all rates."""
    n = rates.size
    tree[0] = 0.0
    for i in range(n):
        tree[i + 1] = rates[i]
    for i in range(1, n + 1):
        j = i + (i & -i)
        if j <= n:
            tree[j] += tree[i]


@njit(cache=True)
def change(rates, tree, i, value):
    """Give cell ``i`` the rate ``value``."""
    difference = value - rates[i]
    if difference == 0.0:
        return
    rates[i] = value
    j = i + 1
    while j < tree.size:
        tree[j] += difference
        j += j & -j


@njit(cache=True)
def total(tree):
    """Return the sum of all rates."""
    sum_, j = 0.0, tree.size - 1
    while j > 0:
        sum_ += tree[j]
        j -= j & -j
    return sum_


@njit(cache=True)
def choose(tree, target):
    """Return the cell in which the running sum of rates passes ``target``."""
    n = tree.size - 1
    step, at = 1, 0
    while 2 * step <= n:
        step *= 2
    while step > 0:
        if at + step <= n and tree[at + step] <= target:
            at += step
            target -= tree[at]
        step //= 2
    return min(at, n - 1)
