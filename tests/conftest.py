from __future__ import annotations

import gc
import re
import sys

import fakes
import hypothesis
import pytest

from acanthite import threads
from acanthite.jit import first_compiled

# no deadline: a first call may compile
hypothesis.settings.register_profile("acanthite", deadline=None, max_examples=40)
hypothesis.settings.register_profile("weekly", deadline=None, max_examples=300)
hypothesis.settings.load_profile("acanthite")

NETWORKS = re.compile(
    r"/(nn|torch|synapse|explore|network|pulses|array|crossbar|wafer)/|_torch|_crossbar|_networks?\b"
    r"|test_(examples|tutorials|doctests|display)\.py"
)
"""Those that compile kernels of networks and arrays; others compile device laws."""
QUICK = re.compile(r"/(parameters|claims)/")
"""Thousands that compile nothing: with networks, about half of all."""


RELATIVES = re.compile(
    r"/(nn|torch)/.*\[(rl|rider)(-\d)?\]|torch/test_optimizer\.py.*\[agad\]"
    r"|test_lag\.py.*\[agad\]|torch/steps/.*_the_same_bits\[sgd\]|torch/test_optimizer\.py.*\[(mrl|rlv2)\]"
)
"""Algorithms that share all they do with one tried at every push: RL with RLv2, RIDER with E-RIDER,
AGAD with c-TTv2 and with itself elsewhere; on tiles, multi-tile residual learning and RLv2 with
E-RIDER, and with themselves in the engine; compiled steps of SGD with those of TTv2, some of whose
pulses wait, and with batches of SGD.
"""


SLOW_WITH_A_RELATIVE = re.compile(
    "|".join(
        (
            # figures S1 to S16, 1a to 4i are asked the same
            r"test_parameters\.py::test_a_figure_follows_no.*\[extra"
            r"(Inference|Arrhenius|Temperature|Rate|SetTime|Retention)\]",
            # python and own_pattern; the site is built from all pages every week
            r"test_tutorial\[(own_files|torch_model|own_pulses|own_device)\]",
            # a worker that dies; the bits of one process; the optimiser's other dimension
            r"test_run\.py::test_a_kill_at_any_moment_loses_no_recorded_point",
            r"TestCluster::test_(claims_of_the_paper|devices)_are_the_same_bits",
            r"test_an_optimiser_finds_the_bottom_within_its_bounds\[2\]",
            r"test_a_killed_exploration_goes_on",
            r"test_checkpoint\.py::test_a_run_killed_at_random_moments",
            # another command, another encoding
            r"test_files_on_a_full_disk.*\[arguments[12]",
            r"test_any_encoding_will_do\[(cp437|koi8-r|cp1252|latin-1)\]",
            # the first contact; the device of the library; write pulses
            r"test_a_strained_contact_ruptures_where_ours_does\[between[12]",
            r"test_a_devices_own_parameters_are_exported_and_its_thresholds_are_ours",
            # files of one test are devices of one study; studies on any number of workers
            r"test_the_books_of_a_device_are_of_one_device",
            r"test_processes_give_the_numbers_of_one",
            # the other corner of a sheet; the first script; a forked child
            r"test_a_stray_cell_is_told_and_takes_no_memory\[XFD1048576\]",
            r"test_random_scripts_end_as_they_do_in_torch\[[12]\]",
            r"test_distributed_data_parallel_is_refused_in_a_sentence",
            # sizes are asked for in other ways too; a device file trains a network
            r"test_what_is_asked_about_does_not_change_the_largest_array",
            r"test_the_largest_array_is_a_property_of_the_technology.*\[settle\]",
            r"test_device_files\.py::test_it_is_explored",
            # VTEAM and linear drift; TTv2
            r"test_every_kind_of_law_comes_back.*\[(Yakopcic|Stanford-PKU|linear drift, .*)\]",
            r"torch/test_optimizer\.py::test_every_algorithm_learns_and_resumes.*\[(c-ttv2|ttv1)\]",
            # devices fitted to loops or ladders of either sign train from their files
            r"device/test_device_files\.py::test_it_trains_a_network",
            r"test_a_law_comes_back_from_its_ladders.*\[constant-step\]",
            # mean-field pulses, which move cells to the bits of the loop; batches of SGD
            r"torch/steps/test_train\.py::test_stochastic_pulses_have_the_mean",
            # each file format by itself; a law of one's own without shared parameters
            r"fitting/test_round_trip\.py::test_parameters_come_back_through_both_file_formats",
            r"fitting/loops/test_fit\.py::test_a_law_of_ones_own_with_shared_parameters",
            # a worker that dies in this process's own pool; other sweeps; random stiff laws
            r"TestCluster::test_a_point_that_kills_its_worker_fails_alone",
            r"test_measure\.py::test_files_hold_the_same_numbers\[sweep1\]",
            r"test_stiff\.py::test_linear_systems_follow_the_matrix_exponential",
            # linear drift with no window; the law at other rates
            r"test_the_standard_models_in_ngspice\[linear-drift-(joglekar|biolek)\]",
            r"test_the_standard_models_in_ngspice_at_any_rate\[stanford-pku-0.01",
            # tiles of unit cells; rows shared by two threads without devices; mean-field pulses
            r"nn/algorithms/test_units\.py",
            r"torch/steps/test_team\.py::test_on_devices",
            r"torch/steps/test_train\.py::test_a_batch_of_sgd_without_trains_goes_row_by_row",
            # devices that do not leak
            r"test_residual\.py::test_a_leaky_device_is_resumed",
            # what is advised trains; events at other noise; single spectra; random stiff laws
            r"test_train\.py::test_auto_analogue_trains",
            r"test_confidence\.py::test_as_many_are_right_as_they_are_sure",
            r"test_backscattering\.py::.*in_a_hundred_spectra",
            r"test_stiff\.py::test_the_error_falls_with_the_tolerance",
            # a million updates of soft bounds; a cell of A under choppers
            r"test_update_statistics\.py::test_other_laws",
            r"engine/test_pulses\.py::test_mean_and_variance_of_an_update",
            r"test_algorithms\.py::test_a_cell_of_a_at_rest_reads_zero",
            # the filament's law in a mirror; kernels found again; other sweeps and tables
            r"test_mirrored\.py::test_the_fits_of_other_laws_are_the_same_too",
            r"test_jit\.py::test_another_checkout_finds_the_kernels",
            r"test_measure\.py::test_files_hold_the_same_numbers\[current-sweep\]",
            # pictures of every figure; margins of every array; the other figure of growth
            r"test_extra_figures\.py::test_it_claims_nothing_and_draws",
            r"commands/array/test_array\.py::test_numbers_come_from_the_parameters",
            r"commands/array/test_array\.py::test_cells_may_follow_a_fitted_law",
            r"test_kmc_figures\.py::test_a_figure_answers_its_claims_repeats_and_draws\[fig2i\]",
        )
    )
)
"""Tests of three to twenty seconds beside which a like one runs at every push, named above each."""


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Run all tests on all cores, and what is named in one process; ``-n`` asks for other numbers."""
    if hasattr(config, "workerinput"):  # this is one of them
        return
    option = config.option
    in_one = option.usepdb or option.collectonly or option.capture == "no"
    asked = getattr(option, "numprocesses", 1)  # without pytest-xdist, there is one
    if asked is None and not in_one and not _is_named(config):
        option.numprocesses = "logical"
        option.maxprocesses = option.maxprocesses or 8  # each compiles what it needs first
        option.dist = "worksteal"


def _is_named(config):
    """Return whether files or folders of tests are named."""
    return config.args_source is config.ArgsSource.ARGS


def pytest_configure(config):
    """Leave long tests out of a run of all, not where a file or folder is named."""
    if hasattr(config, "workerinput"):  # it was told by the process that began it
        return
    if _is_named(config) and config.option.markexpr == "not (slow or long)":
        config.option.markexpr = "not slow"


def pytest_itemcollected(item):
    """Leave to the weekly run what takes long and has a relative at every push."""
    if RELATIVES.search(item.nodeid) or SLOW_WITH_A_RELATIVE.search(item.nodeid):
        item.add_marker(pytest.mark.slow)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Put those that compile kernels of networks into the first half, and long ones first.

    Two workers begin with a half each; they then seldom compile the same kernel at once, and do not
    wait for a long test at the end.
    """
    items.sort(key=_place)


def _place(item):
    part = 0 if NETWORKS.search(item.nodeid) else 1 if QUICK.search(item.nodeid) else 2
    return part, item.get_closest_marker("long") is None


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Look for no garbage among the tests themselves: a million objects, and all of them stay.

    Nor is a kernel compiled here: all processes collect at once, and each would compile its own.
    """
    gc.disable()
    try:
        with first_compiled(_refuse):
            return (yield)
    finally:
        gc.freeze()
        gc.enable()


def _refuse():
    raise RuntimeError(
        "a kernel is compiled while tests are collected; measure and solve in a test, a fixture or "
        "a cached function, not where a module begins"
    )


@pytest.fixture
def fake_figures(monkeypatch):
    """Put fake modules in the place of all figures; call it to give some of them.

    Other processes would not have them, so everything runs in this one.
    """
    monkeypatch.setattr("acanthite.report.repeats._workers", lambda owed, quick: 1)

    def install(**special):
        for name, module in fakes.modules(**special).items():
            monkeypatch.setitem(sys.modules, name, module)

    install()
    return install


@pytest.fixture(autouse=True)
def _all_threads():
    yield
    threads.use(None)
