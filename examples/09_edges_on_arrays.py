"""What wires, mismatch, noise and few bits do to edges found by an array, each by itself: maps of the error."""

from dataclasses import replace

import matplotlib

matplotlib.use("Agg")
import numpy as np

from acanthite import crossbar
from acanthite.constants import mV
from acanthite.crossbar import Converter, Effects, ReadNoise, Spread, Wires
from acanthite.drawing import SIGNED, as_map, new_figure

picture = crossbar.photograph()[::2, ::2]
kernels = np.stack([crossbar.VERTICAL, crossbar.HORIZONTAL]).reshape(2, 9).astype(float)
ideal = crossbar.AnalogMatrix(
    kernels, crossbar.RowPairs(), dac=Converter(full_scale=255.0), read_voltage=25.5 * mV, seed=1
)
cases = {
    "ideal": ideal,
    "wires, 10 Ω a segment": replace(ideal, wires=Wires(10.0, 10.0)),
    "mismatch of 5.8 %": replace(ideal, effects=Effects(spread=Spread(0.058))),
    "read noise of 5.8 %": replace(ideal, effects=Effects(noise=ReadNoise(0.058))),
    "converter of 6 bits": replace(ideal, adc=Converter(6)),
}
software = [crossbar.convolve_in_software(picture, k.reshape(3, 3)) for k in kernels]
figure, axes = new_figure(12.0, 2.7, ncols=len(cases))
for ax, (name, matrix) in zip(axes, cases.items(), strict=True):
    values = crossbar.convolve(picture, matrix)
    found = [
        crossbar.compare(crossbar.render(v), crossbar.render(s))
        for v, s in zip(values, software, strict=True)
    ]
    print(
        f"{name:<24} SSIM {found[0].ssim:.3f} vertical, {found[1].ssim:.3f} horizontal; RMSE {found[0].rmse:.1f}, {found[1].rmse:.1f}"
    )
    shown = ax.imshow(values[0] - software[0], cmap=SIGNED, vmin=-40, vmax=40)
    as_map(ax)
    ax.set_title(f"{name}\nSSIM {found[0].ssim:.3f}", fontsize=9)
figure.colorbar(shown, ax=axes, shrink=0.8).set_label("grey levels")
figure.savefig("errors.png", dpi=130)
