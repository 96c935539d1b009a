"""Edges of a photograph, found by the currents of memristors holding a 3 x 3 kernel."""

import matplotlib

matplotlib.use("Agg")
from acanthite import crossbar
from acanthite.constants import mV
from acanthite.drawing import new_figure
from acanthite.figures import Settings, experiments

reads = experiments.lrs_reads(Settings(seed=1))  # or your own I-V: dims (device, cycle, sample)
picture = crossbar.photograph()
kernel = crossbar.encode(crossbar.VERTICAL)
print(f"{kernel.n_memristors} memristors, {kernel.n_lrs} of them in the LRS")

tables = crossbar.lookup_tables(reads, kernel, volt_per_level=0.1 * mV)
current = crossbar.convolve_by_lookup(picture, kernel, tables)
hardware = crossbar.render(crossbar.decode(current, reference_current=tables[0, -1]))
software = crossbar.render(crossbar.convolve_in_software(picture, crossbar.VERTICAL))
quality = crossbar.compare(hardware, software)
print(f"hardware against software: RMSE {quality.rmse:.1f} grey levels, SSIM {quality.ssim:.3f}")

figure, axes = new_figure(8, 3, ncols=3)
for ax, shown, title in zip(
    axes, (picture, software, hardware), ("original", "software", "hardware"), strict=True
):
    ax.imshow(shown, cmap="gray")
    ax.set(title=title, xticks=[], yticks=[])
figure.savefig("edges.png")
