"""Networks on phase-change memory, read by acanthite and by aihwkit: same weights, model of cells and times, one thread each.

    python benchmarks/peers/inference.py --aihwkit ENV/bin/python --data FOLDER [--network mlp lenet5] [--draws 10]
    python benchmarks/peers/inference.py ... --draws 0     # speeds only
    python benchmarks/peers/inference.py ... --rounds 0    # accuracies only

ENV is a Python environment with aihwkit, FOLDER holds MNIST. Both sides write the same trained weights onto the cells of
Nandakumar 2019 and Joshi 2020, 256 inputs and 128 outputs an array, with eight bits in and out, and go to each time
without compensation. Accuracies are of ``--draws`` chips each, on the first ``--images`` test images: pairs of columns
here, aihwkit's own pairs there.

Speeds are medians of what a pass over one batch takes, the two taking turns. Two rows of them are the same work:

- *one column a pair*: both cells of a weight on one column with one converter, and noise of its own for every read of
  every column. Here that is ``RowPairs``; aihwkit's arrays are such, and its noise is ``w_noise_type=PCM_READ``, which it
  has for "noise that is applied each time anew": variance in proportion to the weight, of the size that the cells' noise
  has in the mean after an hour.
- *two columns a pair*: the same with two converters a weight. aihwkit has no such arrays; its layers get twice the
  outputs, of the positive and of the negative weights, and are subtracted digitally.

The others are not, and the difference is in aihwkit's favour: *frozen* is aihwkit as it comes, whose reads draw no number
and repeat the noise of the moment the weights were brought to a time; *renewed* brings them to the time before each pass,
noise that is new for a batch and the same for all inputs of it.

"Plain" is what the products alone cost: for every product the network makes, the time here (drivers, currents, noise,
converters, digital sums) over that of one torch product in single precision of the mapped size: the same rows, (batch,
inputs), by a matrix of (inputs, 2 x outputs), a pair of cells an output. For a convolution the rows are the patches.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import numpy as np
import torch
from torch import Tensor, nn

from acanthite.constants import hour
from acanthite.crossbar import RowPairs
from acanthite.inference import Chip, ColumnReader, InputDriver
from acanthite.nn import mnist
from acanthite.torch import ChipModel, to_inference
from acanthite.torch.chip.layers import products_of

TIMES = {"1 s": 1.0, "1 h": hour, "1 d": 24 * hour, "1 y": 8760 * hour}
BATCHES = (100, 1000)
CHIP = Chip(cells="pcm", rows=256, columns=256)
EXACT = Chip(
    cells="pcm",
    rows=256,
    columns=256,
    inputs=InputDriver(bits=None),
    outputs=ColumnReader(bits=None),
)
CHIPS = {
    "two columns a pair": CHIP,
    "one column a pair": Chip(cells="pcm", mapping=RowPairs(), rows=512, columns=128),
}
ROWS = (  # what is timed: a chip here, what aihwkit does, and whether that is the same work
    ("one column a pair", "fresh", "same work"),
    ("two columns a pair", "fresh, doubled", "same work"),
    ("one column a pair", "renewed", ""),
    ("one column a pair", "frozen", ""),
    ("two columns a pair", "frozen", ""),
)


def network(name: str) -> nn.Sequential:
    """Return an untrained network."""
    if name == "mlp":
        return nn.Sequential(
            nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(),
            nn.Linear(128, 10),
        )  # fmt: skip
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


def trained(name: str, images: Tensor, labels: Tensor, epochs: int) -> nn.Sequential:
    """Return a network trained in the plain way."""
    torch.manual_seed(1)
    model = network(name)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(100):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images[batch]), labels[batch]).backward()
            optimizer.step()
    return model.eval()


def accuracy(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Return the share of images that are recognised."""
    with torch.no_grad():
        parts = zip(images.split(500), labels.split(500), strict=True)
        return sum(int((model(x).argmax(1) == y).sum()) for x, y in parts) / len(images)


def pass_time(model: nn.Module, x: Tensor, passes: int) -> float:
    """Return the median CPU time of a pass. [s]"""
    model(x)
    found = []
    for _ in range(passes):
        begin = time.process_time()
        with torch.no_grad():
            model(x)
        found.append(time.process_time() - begin)
    return float(np.median(found))


def product_times(model: ChipModel, x: Tensor, passes: int) -> tuple[float, float]:
    """Return what the products of a pass take on the chip, and plain ones of the mapped size. [s]"""
    total = [0.0, 0.0]
    for product in products_of(model):
        seen: list[Tensor] = []
        read = product.read

        def keep(driven: Tensor, seen: list[Tensor] = seen, read=read) -> Tensor:
            seen.append(driven)
            return read(driven)

        product.read = keep  # type: ignore[method-assign]
        model(x)
        del product.read
        outputs, inputs = product.matrix.shape
        mapped = torch.rand(inputs, 2 * outputs)
        for driven in seen:
            plain_rows = driven.T.contiguous()
            chip, plain = [], []
            for _ in range(passes):
                marks = [time.process_time()]
                product.read(driven)
                marks.append(time.process_time())
                _ = plain_rows @ mapped
                marks.append(time.process_time())
                spent = np.diff(marks)
                chip.append(spent[0])
                plain.append(spent[1])
            total[0] += float(np.median(chip))
            total[1] += float(np.median(plain))
    return total[0], total[1]


def own(
    model: nn.Module, chip: Chip, x: Tensor, labels: Tensor, typical: Tensor, draws: int
) -> dict:
    """Return accuracies by time."""
    scores: dict[str, list[float]] = {label: [] for label in TIMES}
    for draw in range(draws):
        on_chip = to_inference(model, chip, typical, seed=draw)
        for label, moment in TIMES.items():
            scores[label].append(accuracy(on_chip.at(moment), x, labels))
    return scores


def peer(python: str, name: str, model: nn.Module, x: Tensor, labels: Tensor, knobs: dict) -> dict:
    """Have aihwkit do the same."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.npz"
        weights = {key: value.numpy() for key, value in model.state_dict().items()}
        np.savez(path, images=x.numpy(), labels=labels.numpy(), **weights)
        script = str(Path(__file__).with_name("inference_aihwkit.py"))
        arguments = json.dumps(knobs | {"data": str(path), "network": name})
        done = subprocess.run([python, script, arguments], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"aihwkit's half ended with {done.returncode}; see above")
    return json.loads(done.stdout.splitlines()[-1])


def weight_noise(model: ChipModel) -> float:
    """Return aihwkit's ``w_noise`` whose variance, w_noise^2 |w|, is that of the cells in the mean.

    Weights are over the largest of their layer. [1]
    """
    variance = weight = 0.0
    for product in products_of(model):
        matrix = product.matrix
        for state in matrix.at(model.time):
            if state.read_error is not None:
                variance += float((state.read_error**2).sum()) / state.unit**2
        weight += float(np.abs(matrix.weights_at(model.time)).sum()) / matrix.scale
    return float(np.sqrt(variance / weight))


def compare_accuracies(
    name: str, options: argparse.Namespace, model: nn.Module, typical: Tensor, judge: tuple
) -> None:
    """Print accuracies of both sides at each time, with converters and without."""
    x, y = judge
    print(f"\n{name}: {accuracy(model, x, y):.2%} digital, {len(x)} test images")
    for words, chip in (("eight bits", CHIP), ("no converters", EXACT)):
        knobs = {
            "times": TIMES,
            "draws": options.draws,
            "batches": {},
            "exact": chip is EXACT,
        }
        scores = own(model, chip, x, y, typical, options.draws)
        theirs = peer(options.aihwkit, name, model, x, y, knobs)["accuracy"]
        print(f"accuracy, {options.draws} chips, {words:15} acanthite          aihwkit")
        for label in TIMES:
            a, b = 100 * np.array(scores[label]), 100 * np.array(theirs[label])
            apart = abs(a.mean() - b.mean()) / np.hypot(a.std(ddof=1), b.std(ddof=1))
            print(
                f"  {label:32} {a.mean():6.2f} +- {a.std(ddof=1):4.2f}   {b.mean():6.2f} +- "
                f"{b.std(ddof=1):4.2f} %   {apart:.1f} standard deviations apart",
                flush=True,
            )


def compare_speeds(
    name: str, options: argparse.Namespace, model: nn.Module, typical: Tensor, judge: tuple
) -> None:
    """Print what passes take on both sides, and what the products take over plain ones."""
    x, y = judge
    chips = {label: to_inference(model, chip, typical).at(hour) for label, chip in CHIPS.items()}
    noise = weight_noise(chips["one column a pair"])
    knobs = {"times": TIMES, "draws": 0, "batches": BATCHES, "passes": options.passes}
    mine: list[dict] = []
    theirs: list[dict] = []
    for _ in range(options.rounds):
        spent = {}
        for label, chip in chips.items():
            for batch in BATCHES:
                spent[label, batch] = pass_time(chip, x[:batch], options.passes)
                on_chip, plain = product_times(chip, x[:batch], options.passes)
                spent[label, batch, "plain"] = on_chip / plain
        mine.append(spent)
        theirs.append(peer(options.aihwkit, name, model, x, y, knobs | {"noise": noise})["pass"])
    print(f"\n{name}, CPU time of a pass, w_noise = {noise:.4f}")
    for batch in BATCHES:
        print(f"  batch of {batch:<22} acanthite              aihwkit             ratio")
        for label, kind, same in ROWS:
            a = np.array([spent[label, batch] for spent in mine])
            b = np.array([spent[kind][str(batch)] for spent in theirs])
            print(
                f"  {label:20} {1e3 * np.median(a):17.2f} ms {1e3 * np.median(b):9.2f} ms"
                f" {kind:15} {np.median(b / a):5.1f} x   {same}"
            )
        for label in CHIPS:
            ratio = np.median([spent[label, batch, "plain"] for spent in mine])
            print(f"  {label:20} products over plain ones: {ratio:.2f} x", flush=True)


def main() -> None:
    """Compare on each network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aihwkit", required=True, help="python of an environment with aihwkit")
    parser.add_argument("--data", help="folder with MNIST")
    parser.add_argument("--network", nargs="+", default=["mlp", "lenet5"])
    parser.add_argument("--epochs", type=int, default=2, help="of the plain training")
    parser.add_argument("--train", type=int, default=20000, help="images of it")
    parser.add_argument("--draws", type=int, default=10, help="chips; none leaves accuracies out")
    parser.add_argument("--images", type=int, default=1000, help="of the test")
    parser.add_argument("--passes", type=int, default=9, help="over a batch, in each round")
    parser.add_argument("--rounds", type=int, default=3, help="in which the two take turns")
    options = parser.parse_args()
    torch.set_num_threads(1)
    full = mnist(options.data)
    data = (
        torch.from_numpy(full.images[: options.train].astype(np.float32) / 255).reshape(
            -1, 1, 28, 28
        ),
        torch.from_numpy(full.labels[: options.train].astype(np.int64)),
        torch.from_numpy(full.test_images.astype(np.float32) / 255).reshape(-1, 1, 28, 28),
        torch.from_numpy(full.test_labels.astype(np.int64)),
    )
    images, labels, test_images, test_labels = data
    judge = test_images[: options.images], test_labels[: options.images]
    for name in options.network:
        model = trained(name, images, labels, options.epochs)
        if options.draws:
            compare_accuracies(name, options, model, images[:500], judge)
        if options.rounds:
            compare_speeds(name, options, model, images[:500], judge)


if __name__ == "__main__":
    main()
