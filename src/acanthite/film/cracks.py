r"""Whether a bent device is still whole: cracks of its film and its electrodes.

A layer stretched by :math:`\varepsilon` has cracked with Weibull's probability

.. math:: P = 1 - \exp\big(-(\varepsilon / \varepsilon_0)^m\big)

and a device is broken where any of its layers has. Squeezed layers do not crack: Ag2S bears more
than 50 % of compression. Fatigue, cracks that grow under cycling, and electrodes that come off or
buckle inside a bend are not in it.

References
----------
.. [1] X. Shi et al., *Nat. Mater.* **17**, 421 (2018), :doi:`10.1038/s41563-018-0047-z`.
.. [2] B. Putz et al., *MRS Adv.* **1**, 773 (2016).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from acanthite.arguments import count
from acanthite.film.film import Film
from acanthite.parameters import AG2S, ParameterSet
from acanthite.random import generator

LAYERS = ("film", "metal")
"""What may crack: the Ag2S, and the electrodes as one."""


def cracked_share(layer: str, strain: float, parameters: ParameterSet = AG2S) -> float:
    """Return the probability that one layer of a device has cracked.

    Parameters
    ----------
    layer : {"film", "metal"}
    strain : float
        Positive where stretched. [1]
    parameters : ParameterSet
        Group ``bending``.
    """
    scale = parameters.value(f"bending.{layer}_crack_strain")
    modulus = parameters.value(f"bending.{layer}_crack_shape")
    return -math.expm1(-((max(strain, 0.0) / scale) ** modulus))


def broken_share(film: Film, parameters: ParameterSet = AG2S) -> float:
    """Return the probability that a device on a bent film is broken.

    The electrodes are taken to be stretched as much as the film between them.

    Parameters
    ----------
    film : Film
        From :func:`acanthite.film.bend`.
    parameters : ParameterSet
        Group ``bending``.

    Examples
    --------
    >>> from acanthite.constants import mm
    >>> for radius in (3 * mm, 0.5 * mm):
    ...     film = ac.film.bend(ac.film.grow(), radius)
    ...     print(
    ...         f"{film.bending_strain:.1%} of strain: {ac.film.broken_share(film):.2g} broken"
    ...     )
    0.8% of strain: 5.2e-05 broken
    4.6% of strain: 0.91 broken
    """
    whole = [1.0 - cracked_share(name, film.bending_strain, parameters) for name in LAYERS]
    return 1.0 - math.prod(whole)


def broken(film: Film, n: int, *, seed: int, parameters: ParameterSet = AG2S) -> NDArray[np.bool_]:
    """Return which of ``n`` devices on a bent film are broken, shape (n,).

    A device that breaks at some strain is broken at every larger one.

    Parameters
    ----------
    film : Film
        From :func:`acanthite.film.bend`.
    n : int
    seed : int
        Key of the draw.
    parameters : ParameterSet
        Group ``bending``.

    Examples
    --------
    >>> from acanthite.constants import mm
    >>> film = ac.film.bend(ac.film.grow(), 0.6 * mm)
    >>> print(f"{ac.film.broken(film, 1000, seed=1).mean():.2f} of 1000 devices are broken")
    0.56 of 1000 devices are broken
    """
    n = count("n", n, least=1)
    draws = generator(seed, "film-cracks").random(n)
    return draws < broken_share(film, parameters)
