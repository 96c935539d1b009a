"""Devices -> Synapse: their pulse trains simulated, and any pulse law fitted to the reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from acanthite.fitting.pulses.fit import PulseFit, fit_pulses

if TYPE_CHECKING:
    from acanthite.device import Devices
    from acanthite.measurement import Instrument, PulseLadder
    from acanthite.synapse import Synapse


def fit_devices(
    devices: Devices,
    law: str | type[Synapse] = "soft-bounds",
    program: PulseLadder | None = None,
    instrument: Instrument | None = None,
    **options: Any,
) -> PulseFit:
    """Pulse devices up and down and fit a pulse law to what they answer.

    Parameters
    ----------
    devices : Devices
        Of any law, fresh.
    law : str or type of Synapse
        As in :func:`fit_pulses`.
    program : PulseLadder, optional
        The pulses; by default 20 ladders of 30 up and 30 down at 0.3 V, 1 us. The first ladder is
        left out where there are more: it begins wherever a fresh device stands.
    instrument : Instrument, optional
        What reads them, with its noise; :data:`acanthite.measurement.FAST` by default.
    **options
        Of :func:`fit_pulses`.

    Returns
    -------
    PulseFit
        Its ``synapse`` is what a network is trained with.

    Raises
    ------
    FitError
        If the law is unknown, or the ladders do not follow it: pulses too weak, say, to move the
        devices.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> devices = ac.device.Filament.from_film(film).sample(1, seed=1)
    >>> ladder = ac.measurement.PulseLadder(up=8, down=8, repeats=2)
    >>> found = ac.fitting.fit_devices(
    ...     devices, "constant-step", ladder, pulse_noise=False, fluctuation=False
    ... )
    >>> type(found.synapse).__name__
    'ConstantStep'
    """
    from acanthite.measurement import FAST, PulseLadder, run

    program = program or PulseLadder()
    ladders = run(devices, program, instrument=instrument or FAST)
    if program.repeats > 1:
        ladders = ladders.isel(cycle=slice(1, None))
    return fit_pulses(ladders, law, pulse_width=program.width, **options)
