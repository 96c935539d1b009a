"""Edge detection on the array, shared by Figs. 4e and 4f: read, look up, add, decode, compare."""

from __future__ import annotations

from itertools import combinations, islice
from typing import TYPE_CHECKING

import numpy as np

from acanthite.crossbar import (
    KERNELS,
    compare,
    conductances,
    convolve,
    convolve_by_lookup,
    convolve_in_software,
    decode,
    encode,
    lookup_tables,
    on_array,
    photograph,
    program,
    render,
)
from acanthite.crossbar.compute.convolution import states
from acanthite.estimate import Estimate
from acanthite.figures.base import Outcome, Progress, Settings
from acanthite.formatting import as_text

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from acanthite.crossbar import Encoding
    from acanthite.crossbar.compute.images import Image


def check(settings: Settings) -> None:
    """Raise an ImageError if the user's photograph is not 8-bit grey."""
    photograph(settings.image)


def compute_edges(settings: Settings, progress: Progress, figure: str, kernel: str) -> Outcome:
    """Run one kernel over the photograph by the paper's procedure.

    Parameters
    ----------
    settings : Settings
        ``image`` names the user's photograph.
    progress : Progress
    figure : str
        ``"fig4e"``: claim and recording are named by it.
    kernel : str
        A key of :data:`acanthite.crossbar.KERNELS`.
    """
    import xarray as xr

    from acanthite.figures import experiments

    image, encoding = photograph(settings.image), encode(KERNELS[kernel])
    reads = experiments.lrs_reads(settings)
    progress(0.6)
    level = settings.parameters.value("mac.volt_per_level")
    tables = lookup_tables(reads, encoding, level)
    white = float(encoding.signs[0] * tables[0, -1])
    values = decode(convolve_by_lookup(image, encoding, tables), white)
    exact = convolve_in_software(image, encoding.kernel)
    hardware, software = render(values), render(exact)
    quality = compare(hardware, software)
    progress(0.7)
    others = _placements(image, reads, encoding, level, software, 6 if settings.quick else 20)
    progress(0.95)
    grey = {"units": "1", "long_name": "grey level"}
    plane, full = ("y", "x"), ("row", "column")
    data = xr.Dataset(
        {
            "original": (full, image, grey),
            "hardware": (plane, hardware, grey),
            "software": (plane, software, grey),
            "error": (
                plane,
                values - exact,
                {"units": "1", "long_name": "hardware less software"},
            ),
        },
        attrs={"rmse": quality.rmse, "ssim": quality.ssim, "kernel": kernel},
    )
    leak = _leakage(image, reads, encoding, level)
    gain = np.abs(tables[:, -1]) / abs(white)
    notes = (
        "Edge pictures show magnitudes, cut off at white; RMSE and SSIM compare these pictures.",
        f"The six LRS memristors are {gain.min():.2f} to {gain.max():.2f} of the reference: this "
        "mismatch, not noise, is what the difference shows, as even ground no longer cancels.",
        f"The SSIM is the mean over {others.size} ways to place the same six, from "
        f"{others.min():.3f} to {others.max():.3f}; the first is drawn. What counts is how well "
        "the three positive ones balance the three negative ones.",
        "The HRS memristors, left out of the look-up as in the paper, would change the picture by "
        f"{as_text(leak, digits=2)} grey levels (RMS). Wires are ideal.",
    )
    estimate = Estimate(float(others.mean()), "1", float(others.std(ddof=1)), others.size)
    return Outcome({f"{figure}.ssim": estimate}, {"edges": data}, notes, sources=("Wang2004",))


def _placements(
    image: Image, reads: xr.Dataset, encoding: Encoding, level: float, software: Image, count: int
) -> NDArray[np.float64]:
    """Return the SSIM for ways of sharing the six LRS devices out between +1 and -1, shape (<=
    count,).
    """
    reads, ssim = states(reads, "LRS").isel(device=slice(encoding.n_lrs)), []
    for positive in islice(combinations(range(encoding.n_lrs), encoding.n_lrs // 2), count):
        order = np.empty(encoding.n_lrs, int)
        order[encoding.signs > 0] = positive
        order[encoding.signs < 0] = [k for k in range(encoding.n_lrs) if k not in positive]
        tables = lookup_tables(reads.isel(device=order), encoding, level)
        white = float(encoding.signs[0] * tables[0, -1])
        ssim.append(
            compare(
                render(decode(convolve_by_lookup(image, encoding, tables), white)), software
            ).ssim
        )
    return np.array(ssim)


def _leakage(image: Image, reads: xr.Dataset, encoding: Encoding, level: float) -> float:
    """Return the RMS change of the decoded values [grey levels] when the HRS memristors conduct
    too.
    """
    lrs, hrs = (conductances(states(reads, s)) for s in ("LRS", "HRS"))
    with_hrs, without = (
        convolve(image, on_array(program(encoding, lrs, off), encoding, level))
        for off in (hrs, 0.0 * hrs)
    )
    return float(np.sqrt(np.mean((with_hrs - without) ** 2)))


def draw_edges(outcome: Outcome) -> Figure:
    """Draw the original, software, hardware and their difference."""
    from acanthite import drawing

    (data,) = outcome.recordings.values()
    figure, axes = drawing.new_figure(9.2, 2.75, ncols=4)
    rmse, ssim = data.attrs["rmse"], data.attrs["ssim"]
    titles = {
        "original": "original",
        "software": "software",
        "hardware": f"hardware\nRMSE {rmse:.1f}, SSIM {ssim:.3f}",
    }
    for ax, (name, title) in zip(axes, titles.items(), strict=False):
        ax.imshow(data[name], cmap="gray", vmin=0, vmax=255)
        ax.set_title(title)
    limit = max(float(np.abs(data.error).quantile(0.995)), 1e-9)
    shown = axes[3].imshow(data.error, cmap=drawing.SIGNED, vmin=-limit, vmax=limit)
    axes[3].set_title("hardware less software")
    drawing.colour_bar(axes[3], shown, "grey levels")
    for ax in axes:
        drawing.as_map(ax)
    return figure
