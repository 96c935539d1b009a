import numpy as np
import pytest

from acanthite import wafer
from acanthite.constants import nm, nS, um, uS
from acanthite.crossbar import ConductanceRange, read_error, read_margin, transient
from acanthite.errors import LayoutError
from acanthite.parameters import AG2S, Quantity
from acanthite.wafer import Technology

THICK = Technology(AG2S, 200 * nm)
LEVELS = ConductanceRange(0.1 * uS, 1.6 * uS)


def wide(**changes: float) -> Technology:
    """Return a technology with other lengths of its layout [m]."""
    changed = {f"layout.{k}": Quantity(v, "m", "test", "", "assumed") for k, v in changes.items()}
    return Technology(AG2S.replace(changed), 200 * nm)


def test_every_size_has_the_lines_it_is_drawn_with():
    small, large = THICK.wires(16), THICK.wires(64)
    assert small.driver_resistance < large.driver_resistance
    assert small.word_line_resistance == large.word_line_resistance
    for rows, columns in ((16, 16), (4, 64), (64, 4)):
        drawn = wafer.parasitics(wafer.ArrayDesign(rows, columns), 200 * nm)
        assert THICK.wires(rows, columns) == drawn.of_crossbar()


def test_a_segment_given_is_that_of_all_lines():
    wires = Technology(segment_resistance=2.5).wires(8)
    assert (wires.word_line_resistance, wires.bit_line_resistance) == (2.5, 2.5)
    assert wires.driver_resistance == Technology().wires(8).driver_resistance


@pytest.mark.long
@pytest.mark.parametrize(
    "technology", [THICK, wide(pad_pitch=400 * um), Technology(segment_resistance=0.3)]
)
def test_the_largest_array_reads_well_by_its_own_lines_and_the_next_one_does_not(technology):
    time, error = 1e-7, 0.05
    n = wafer.largest_array(technology, time, error, conductance=1.6 * uS)
    off = [
        read_error(np.full((m, m), 1.6 * uS), technology.wires(m), time)
        for m in (max(1, n // 2), n, n + 1)
    ]
    assert off[0] <= error
    assert off[1] <= error < off[2]


def test_what_is_asked_about_does_not_change_the_largest_array():
    found = [
        wafer.settling(THICK, shape, conductance=1.6 * uS) for shape in ((4, 4), (16, 30), (40, 7))
    ]
    assert len({one.largest for one in found}) == 1
    assert found[0].largest > 40


def test_an_array_of_unequal_sides_is_read_as_it_is():
    found = wafer.settling(THICK, (4, 40), conductance=1.6 * uS, limit=1)
    assert list(found.reads) == [(1, 10), (2, 20), (4, 40)]
    for shape, current in found.steady.items():
        assert current.shape == shape[1:]
        solved = (
            THICK.wires(*shape).crossbar(np.full(shape, 1.6 * uS)).solve(np.full(shape[0], 5e-3))
        )
        np.testing.assert_allclose(current, solved.output_current, rtol=1e-12)
    lost = list(found.lost().values())
    assert 0 < lost[0] < lost[1] < lost[2] < 0.1


def test_a_read_settles_when_it_does_however_short_the_time_asked_for():
    short, usual = (wafer.settling(THICK, (16, 16), time=t, limit=1) for t in (1e-13, 1e-7))
    for shape, time in usual.settled().items():
        assert short.settled()[shape] == pytest.approx(time, rel=0.02)
    assert short.lost() == usual.lost()


def test_a_short_read_is_judged_by_fine_steps():
    n = wafer.largest_array(THICK, 1e-10, 0.05, conductance=1.6 * uS)
    off = []
    for m in (n, n + 1):
        cells, inputs = np.full((m, m), 1.6 * uS), np.full(m, 5e-3)
        read = transient(cells, THICK.wires(m), inputs, 4e-10, tolerance=1e-6)
        later = np.vstack([read.at(1e-10), read.output_current[read.time > 1e-10]])
        off.append(np.abs(later / (inputs @ cells) - 1).max())
    assert off[0] <= 0.05 < off[1]


def test_margins_are_those_of_each_sizes_own_lines():
    found = wafer.margins(THICK, 24, LEVELS, level=LEVELS.lowest, limit=64)
    for bias, margin in found.margins.items():
        assert margin.sizes.tolist() == [2, 4, 8, 16, 24]
        for k, n in enumerate(margin.sizes.tolist()):
            own = read_margin([n], bias, cells=LEVELS, wires=THICK.wires(n))
            assert margin.margin[k] == own.margin[0]


def test_the_largest_array_of_a_margin_does_not_hang_on_the_sizes_listed():
    found = [
        wafer.margins(THICK, n, LEVELS, level=LEVELS.lowest, limit=96).largest for n in (3, 16, 31)
    ]
    assert found[0] == found[1] == found[2]
    for bias, n in found[0].items():
        sizes = [m for m in (n, n + 1) if 1 <= m <= 96]
        margins = read_margin(sizes, bias, cells=LEVELS, wires=THICK.wires).margin
        assert [m >= 0.5 for m in margins] == [m <= n for m in sizes]


def test_the_film_left_leaks_between_lines_of_each_size():
    found = wafer.margins(THICK, 8, LEVELS, level=1 * nS, limit=1).film_left
    assert found.sizes.tolist() == [2, 4, 8]
    assert (np.diff(found.share) > 0).all()


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: wafer.largest_array(THICK, 0.0, 0.05), r"time = 0 s, error = 0\.05, limit = 1024"),
        (lambda: wafer.largest_array(THICK, 1e-7, -1.0), r"error = -1"),
        (lambda: wafer.settling(THICK, (4, 4), limit=0), r"limit = 0"),
        (lambda: wafer.settling(THICK, (0, 4)), r"rows = 0"),
        (lambda: wafer.margins(THICK, 0, LEVELS, level=1 * nS), r"lines = 0"),
        (lambda: Technology(substrate="glass").wires(4), r"substrate = 'glass'"),
    ],
)
def test_what_makes_no_sense_is_refused(ask, message):
    with pytest.raises(LayoutError, match=message):
        ask()
