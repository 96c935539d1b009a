import pytest

from acanthite.synapse import SoftBounds


@pytest.fixture(scope="session")
def device() -> SoftBounds:
    return SoftBounds(
        up=0.06,
        down=0.07,
        up_spread=0.05,
        down_spread=0.05,
        lower_spread=0.02,
        upper_spread=0.02,
        pulse_noise=0.15,
        conductance_min=30e-9,
        conductance_max=2e-6,
    )


@pytest.fixture(autouse=True)
def one_thread():
    """Matrices this small are no work for two threads, which wait for each other when the machine is busy."""
    torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
