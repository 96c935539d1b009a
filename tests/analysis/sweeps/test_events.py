"""SET and RESET in loops drawn by hand: noise, compliance, gradual, missed, any polarity."""

import numpy as np
import pytest
from analysis.drawn_loops import draw, recorded
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite import threads
from acanthite.analysis import find_events
from acanthite.analysis.sweeps.excursions import find_excursions
from acanthite.errors import AnalysisError


def found(drawn, tolerance=0.1):
    """Return the shares of cycles with an event found right, and of cycles without one where one was seen."""
    events, right, wrong = find_events(drawn.recording), [], []
    for kind, truth in (("set", drawn.set_voltage), ("reset", drawn.reset_voltage)):
        voltage = events.first(kind).voltage[0]
        right += list(np.abs(voltage - truth)[drawn.hit] <= tolerance)
        wrong += list(np.isfinite(voltage)[~drawn.hit])
    return np.mean(right), np.mean(wrong) if wrong else 0.0


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"sign": 1},
        {"unipolar": True, "sign": 1},
        {"unipolar": True, "sign": -1},
        {"missed": 0.6},
        {"grain": 0.1},
        {"noise": 1e-8},
        {"g_off": 1e-12, "noise": 1e-11},
        {"g_off": 2e-5, "compliance": 1.0},
        {"points": 31},
        {"compliance": 1.0},
    ],
    ids=str,
)
def test_events_are_found_and_none_is_made_up(how):
    right, wrong = found(draw(60, **how))
    assert right >= 0.98
    assert wrong == 0.0


def test_gradual_switching_is_placed_where_half_is_gone():
    drawn = draw(60, width=0.5, compliance=1.0, missed=0.1, points=201)
    events = find_events(drawn.recording).first("set")
    error = np.abs(events.voltage[0] - drawn.set_voltage)[drawn.hit]
    assert np.quantile(error, 0.95) < 0.12
    assert not events.abrupt[0][drawn.hit].any()


@settings(max_examples=25)
@given(st.floats(-9, 9), st.integers(0, 2**31))
def test_the_unit_of_the_current_does_not_matter(power, seed):
    a, b = (find_events(draw(6, seed=seed, scale=s).recording) for s in (1.0, 10.0**power))
    for x, y in zip(a, b, strict=True):
        assert x.kind == y.kind
        np.testing.assert_allclose(x.voltage, y.voltage, rtol=1e-9)
        np.testing.assert_allclose(x.confidence, y.confidence, atol=1e-5)


@settings(max_examples=25)
@given(st.integers(0, 2**31), st.sampled_from([0.0, 0.3]))
def test_mirroring_the_sweep_mirrors_the_result(seed, width):
    drawn = draw(6, seed=seed, width=width)
    mirrored = drawn.recording.copy()
    mirrored["voltage"], mirrored["current"] = -mirrored["voltage"], -mirrored["current"]
    for x, y in zip(find_events(drawn.recording), find_events(mirrored), strict=True):
        assert x.kind == y.kind
        np.testing.assert_array_equal(x.voltage, -y.voltage)
        np.testing.assert_array_equal(x.confidence, y.confidence)


@settings(max_examples=25)
@given(st.integers(0, 2**31), st.floats(0, 0.05))
def test_a_little_noise_moves_no_abrupt_event(seed, grain):
    quiet = find_events(draw(6, seed=seed, grain=0.0, noise=0.0).recording).first("set")
    noisy = find_events(draw(6, seed=seed, grain=grain, noise=1e-10).recording).first("set")
    np.testing.assert_allclose(noisy.voltage, quiet.voltage, atol=0.05)


def test_sets_and_resets_in_files_of_their_own():
    drawn = draw(10, unipolar=True, sign=1, missed=0.0)
    half = drawn.recording.sizes["sample"] // 2
    books = [drawn.recording.isel(sample=s) for s in (slice(0, half), slice(half, None))]
    events = find_events(*books)
    assert [e.kind for e in events] == ["set", "reset"]
    assert events.unipolar
    assert events.polarity == 1
    whole = find_events(drawn.recording)
    np.testing.assert_array_equal(events.set_voltage, whole.set_voltage)
    np.testing.assert_array_equal(events.reset_voltage, whole.reset_voltage)


def test_noise_alone_does_not_switch():
    v = np.r_[np.linspace(0, 1, 101), np.linspace(0.99, 0, 100)]
    noise = np.random.Generator(np.random.Philox(1)).standard_normal((200, v.size))
    events = find_events(recorded(v, 1e-12 * noise))
    assert events.events[0].share <= 0.01
    resistor = find_events(recorded(v, 1e-6 * v * (1 + 0.05 * noise)))
    assert [e.kind for e in resistor] == ["none"]
    assert "no switching at positive voltage" in str(resistor)


def test_forming_is_the_first_set_of_a_pristine_device():
    drawn = draw(10, missed=0.0)
    current = drawn.recording["current"].values
    v = np.abs(drawn.recording["voltage"].values[0, 0])
    before = np.arange(v.size) <= np.flatnonzero(v >= 1.5)[0]
    current[0, 0, before] = -1e-11 * v[before]
    events = find_events(drawn.recording)
    assert events.forming[0].tolist() == [True] + [False] * 9
    assert events.forming_voltage[0] == pytest.approx(-1.5, abs=0.05)
    assert np.isnan(events.set_voltage[0, 0])
    assert "1 of them forming" in str(events)
    named = find_events(draw(1, missed=0.0).recording.assign_attrs(test="Electroforming#1@1"))
    assert named.forming.all()


def test_a_threshold_switch_sets_without_memory():
    size = np.r_[np.linspace(0, 2, 101), np.linspace(1.98, 0, 100)]
    g = np.where((size > 1) & (np.arange(size.size) < 101), 1e-4, 1e-8)
    g[101:] = np.where(size[101:] > 0.4, 1e-4, 1e-8)
    event = find_events(recorded(size, g * size)).first("set")
    assert event.voltage[0, 0] == pytest.approx(1.0, abs=0.02)
    assert event.memory[0, 0] == pytest.approx(0.0, abs=0.1)
    assert event.undone.all()


def test_a_set_at_reset_polarity_is_told():
    drawn = draw(10, missed=0.0)
    n = drawn.recording.sizes["sample"] // 2
    current, v = drawn.recording["current"].values, drawn.recording["voltage"].values[0, 0]
    current[0, 4, n:] = 1e-7 * v[n:]
    current[0, 4, n + 120 :] = 1e-4 * v[n + 120 :]
    reset = find_events(drawn.recording).first("reset")
    assert np.flatnonzero(reset.opposite[0]).tolist() == [4]
    assert np.isnan(reset.voltage[0, 4])


def test_a_reset_undone_by_a_set_on_the_same_way_is_found():
    drawn = draw(10, missed=0.0)
    n = drawn.recording.sizes["sample"] // 2
    current, v = drawn.recording["current"].values, drawn.recording["voltage"].values[0, 0]
    current[0, ::2, n + 80 :] = 1e-4 * v[n + 80 :]  # sets again at 1.6 V
    reset = find_events(drawn.recording).first("reset")
    np.testing.assert_allclose(reset.voltage[0], drawn.reset_voltage, atol=0.1)
    assert reset.undone[0].tolist() == [True, False] * 5
    assert not reset.opposite.any()


def test_threads_do_not_matter():
    results = []
    for number in (1, 3):
        threads.use(number)
        results.append(find_events(draw(20).recording).set_voltage)
    np.testing.assert_array_equal(*results)


def test_a_cycle_with_gaps_is_left_out():
    drawn = draw(10, missed=0.0)
    drawn.recording["current"].values[0, 3, 20] = np.nan
    events = find_events(drawn.recording)
    assert np.isnan(events.set_voltage[0, 3])
    assert np.isfinite(np.delete(events.set_voltage[0], 3)).all()


def test_excursions_of_a_sweep_that_starts_at_an_extreme():
    drive = np.r_[np.linspace(-1, 1, 21), np.linspace(0.9, -1, 20)]
    first, second = find_excursions(drive)
    assert (first.sign, second.sign) == (1, -1)
    assert drive[second.out][-1] == -1
    assert drive[first.back][0] == 1


@pytest.mark.parametrize(("out", "back"), [(4, 3), (4, 4), (5, 4), (9, 1)])
def test_the_shortest_sweeps_are_looked_at(out, back):
    size = np.r_[np.linspace(0, 1, out + 1), np.linspace(1, 0, back + 1)[1:]]
    g = np.where(np.arange(size.size) >= out - 1, 1e-3, 1e-6)
    events = find_events(recorded(size, g * size))
    assert [e.kind for e in events] == ["set"]
    assert events.set_voltage.item() == pytest.approx(1 - 1.5 / out, abs=0.51 / out)


def test_what_is_no_sweep_is_refused():
    drawn = draw(2)
    with pytest.raises(AnalysisError, match="no recording given"):
        find_events()
    with pytest.raises(AnalysisError, match="never leaves zero"):
        find_events(recorded(np.zeros(10), np.zeros(10)))
    with pytest.raises(AnalysisError, match="expected \\(device, cycle, sample\\)"):
        find_events(drawn.recording.rename(sample="pulse"))
    with pytest.raises(AnalysisError, match="no sweep is complete"):
        find_events(
            drawn.recording.assign(
                voltage=drawn.recording["voltage"].where(drawn.recording["time"] > 3)
            )
        )
