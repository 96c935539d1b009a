import numpy as np
import pytest

from acanthite.nn import train
from acanthite.nn.training import drawings


def test_a_histogram_counts_every_weight() -> None:
    layers = [np.linspace(-0.5, 1.0, 301, dtype=np.float32), np.zeros(7, np.float32)]
    edges, counts = drawings.histograms(layers)
    assert edges[0] == -1.0
    assert edges[-1] == 1.0
    assert [c.sum() for c in counts] == [301, 7]
    assert drawings.histograms([np.zeros(3, np.float32)])[1][0].sum() == 3


def test_pictures_show_what_was_given(shapes, small, device) -> None:
    result = train(shapes, small, device, "ideal", epochs=3, validation=100)
    left, right = drawings.learning_curve(result).axes
    shown = {line.get_label().split(":")[0]: line.get_ydata() for line in left.lines}
    assert shown["test"] == pytest.approx(100 * (1 - result.test_accuracy[1:]))
    assert [bar.get_height() for bar in right.patches] == result.pulses.tolist()
    ax = drawings.weights(*drawings.histograms(small.layer_weights(result.weights))).axes[0]
    assert [t.get_text() for t in ax.get_legend().texts] == [
        "layer 1, 1,560 weights",
        "layer 2, 100 weights",
    ]
    texts = drawings.confusion(result.confusion).axes[0].texts
    assert sum(int(t.get_text()) for t in texts) == len(shapes.test_images)
