"""What aihwkit's own fit makes of a pulse response: run in an environment of its own, with torch and aihwkit 1.1.0.

    python pulse_fit_aihwkit.py FILE.csv [LAW...] > pulse_fit_aihwkit.toml

FILE.csv has two columns: the response to pulses up, and that to pulses down. The root mean square is that of the mean
response about the measured one, both halves played in a row from the first measured value, as ``fit_measurements``
compares them.
"""

import sys

import numpy as np
from aihwkit.simulator.configs import (
    ExpStepDevice,
    LinearStepDevice,
    PowStepDevice,
    SoftBoundsDevice,
)
from aihwkit.utils.fitting import fit_measurements

up, down = np.loadtxt(sys.argv[1], delimiter=",", unpack=True)
response = np.concatenate([up, down])
pulses = np.concatenate([np.ones(len(up)), -np.ones(len(down))])
common = {
    "dw_min": (0.01, 0.0001, 0.1),
    "up_down": (0.0, -0.9, 0.9),
    "w_max": (1.2, 0.5, 2.0),
    "w_min": (-1.2, -2.0, -0.5),
}
cases = {
    "soft-bounds": (SoftBoundsDevice, common),
    "linear-step": (
        LinearStepDevice,
        common | {"gamma_up": (0.5, 0.0, 1.0), "gamma_down": (0.5, 0.0, 1.0)},
    ),
    "power-step": (
        PowStepDevice,
        common | {"pow_gamma": (1.0, 0.1, 4.0), "pow_gamma_up_down": (0.0, -0.9, 0.9)},
    ),
    "exponential-step": (
        ExpStepDevice,
        common
        | {
            "A_up": (0.001, -1.0, 2.0),
            "A_down": (0.2, -1.0, 2.0),
            "gamma_up": (1.0, 0.0, 15.0),
            "gamma_down": (1.0, 0.0, 15.0),
        },
    ),
}
print(
    "# root mean square of the mean response about the measured one, by aihwkit 1.1.0's fit_measurements"
)
for name in sys.argv[2:] or cases:
    device, parameters = cases[name]
    result, config, best = fit_measurements(
        parameters, pulses, response, device(), suppress_device_noise=True, max_pulses=1
    )
    best = np.asarray(best).ravel()
    rms = float(np.sqrt(np.mean((best - response[: len(best)]) ** 2)))
    values = ", ".join(f"{k} = {float(result.params[k].value):.6g}" for k in parameters)
    print(
        f"[{name}]\nrms = {rms:.6g}\nn = {len(best)}\nfree = {len(parameters)}\nparameters = {{ {values} }}",
        flush=True,
    )
