"""Gradients against central differences, and against torch through a dense solve."""

from __future__ import annotations

import numpy as np
import pytest
from crossbar.circuit.test_crossbar import drive, spread

from acanthite.crossbar import Crossbar, Sinh, Terminal, gradient
from acanthite.errors import CrossbarError

CASES = {
    "default": {},
    "both ends": {"right": "driven", "top": "grounded", "bottom": "driven"},
    "terminals": {
        "left": Terminal("driven", 40.0),
        "right": Terminal("grounded", 1e3),
        "bottom": Terminal("grounded", 25.0),
    },
}


def difference(loss, at: np.ndarray, where: tuple, step: float) -> float:
    up, down = at.copy(), at.copy()
    up[where] += step
    down[where] -= step
    return (loss(up) - loss(down)) / (2.0 * step)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("many", [False, True])
def test_against_central_differences(case, many):
    N, M = 6, 5
    rng = np.random.default_rng(3)
    G, word, bit = (
        spread((N, M), 1e-4),
        rng.uniform(1, 20, (N, M + 1)),
        rng.uniform(1, 20, (N + 1, M)),
    )
    V, g = rng.uniform(-1, 1, (3, N)), rng.uniform(-1, 1, (3, M))
    V, g = (V, g) if many else (V[0], g[0])
    U = drive(M, 8) if case == "both ends" else None

    def loss(G=G, word=word, bit=bit, V=V):
        return (
            g * Crossbar(G, word, bit, **CASES[case]).solve(V, U, tolerance=1e-13).output_current
        ).sum()

    found = gradient(Crossbar(G, word, bit, **CASES[case]).solve(V, U), g)
    for where in [(0, 0), (2, 3), (5, 4)]:
        assert found.conductance[where] == pytest.approx(
            difference(lambda x: loss(G=x), G, where, 1e-7), rel=1e-5
        )
    for where in [(0, 0), (2, 3), (4, 5)]:
        by_word = difference(lambda x: loss(word=x), word, where, 1e-2)
        assert found.word_line_resistance[where] == pytest.approx(by_word, rel=1e-5, abs=1e-12)
    for where in [(0, 1), (2, 3), (6, 4)]:
        by_bit = difference(lambda x: loss(bit=x), bit, where, 1e-2)
        assert found.bit_line_resistance[where] == pytest.approx(by_bit, rel=1e-5, abs=1e-12)
    where = (1, 2) if many else (2,)
    assert found.voltage[where] == pytest.approx(
        difference(lambda x: loss(V=x), V, where, 1e-3), rel=1e-5
    )


def test_against_torch_through_a_dense_solve():
    torch = pytest.importorskip("torch", reason="torch is not installed (the extra torch)")
    N, M, r = 5, 4, 3.0
    G, V, g = spread((N, M), 1e-4), drive(N), drive(M, 7)
    conductance = torch.tensor(G, requires_grad=True)
    resistance = torch.tensor(r, dtype=torch.float64, requires_grad=True)
    node = np.arange(2 * N * M).reshape(2, N, M)
    A, b, s = (
        torch.zeros((2 * N * M, 2 * N * M), dtype=torch.float64),
        torch.zeros(2 * N * M, dtype=torch.float64),
        1 / resistance,
    )

    def stamp(A, i, j, value):
        D = torch.zeros_like(A)
        D[i, i] = D[j, j] = 1.0
        D[i, j] = D[j, i] = -1.0
        return A + value * D

    def ground(A, i, value):
        D = torch.zeros_like(A)
        D[i, i] = 1.0
        return A + value * D

    for i in range(N):
        for j in range(M):
            A = stamp(A, node[0, i, j], node[1, i, j], conductance[i, j])
            if j:
                A = stamp(A, node[0, i, j - 1], node[0, i, j], s)
            if i:
                A = stamp(A, node[1, i - 1, j], node[1, i, j], s)
        A = ground(A, node[0, i, 0], s)
        b = b + s * V[i] * torch.eye(2 * N * M, dtype=torch.float64)[node[0, i, 0]]
    for j in range(M):
        A = ground(A, node[1, N - 1, j], s)
    out = s * torch.linalg.solve(A, b)[node[1, N - 1]]
    (out * torch.tensor(g)).sum().backward()
    solution = Crossbar(G, r, r).solve(V)
    np.testing.assert_allclose(solution.output_current, out.detach().numpy(), rtol=1e-10)
    found = gradient(solution, g)
    np.testing.assert_allclose(found.conductance, conductance.grad.numpy(), rtol=1e-8)
    total = found.word_line_resistance.sum() + found.bit_line_resistance.sum()
    assert total == pytest.approx(float(resistance.grad), rel=1e-8)


def test_at_ideal_wires():
    G, V, g = spread((4, 3), 1e-4), drive(4), drive(3, 7)
    found = gradient(Crossbar(G, 0.0, 0.0).solve(V), g)
    np.testing.assert_allclose(found.conductance, np.outer(V, g), rtol=1e-14)
    one = (Crossbar(G, 1e-3, 0.0).solve(V).output_current - V @ G) @ g / 1e-3
    assert found.word_line_resistance.sum() == pytest.approx(one, rel=1e-3)


def test_nonlinear_devices_by_a_parameter_of_theirs():
    G, V, g = spread((5, 6), 1e-4), drive(5), drive(6, 7)

    def loss(G):
        return (
            g @ Crossbar(G, 8.0, 8.0, devices=Sinh(G, 0.3)).solve(V, tolerance=1e-12).output_current
        )

    solution = Crossbar(G, 8.0, 8.0, devices=Sinh(G, 0.3)).solve(V)
    by_G = gradient(solution, g).device_current * solution.device_current / G
    for where in [(0, 0), (3, 4)]:
        assert by_G[where] == pytest.approx(difference(loss, G, where, 1e-7), rel=1e-5)


def test_what_does_not_fit_is_refused():
    G = spread((4, 3))
    with pytest.raises(
        CrossbarError,
        match=r"output_gradient has the shape \(4,\); expected finite numbers of shape \(3,\)",
    ):
        gradient(Crossbar(G).solve(drive(4)), np.ones(4))
    solution = Crossbar(G, devices=Sinh(G, 0.3)).solve(np.ones((2, 4)))
    with pytest.raises(
        CrossbarError, match="2 inputs of nonlinear devices have as many tangents; solve one"
    ):
        gradient(solution, np.ones((2, 3)))
