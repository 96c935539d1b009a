"""Networks: their published sizes, and files of layers."""

from __future__ import annotations

import pytest

from acanthite.cost import LayerShape, NetworkShape, load_network, network_named, perceptron
from acanthite.errors import ChipError

LENET = """
image = [28, 28, 1]
[[layer]]
kind = "convolution"
channels = 6
kernel = 5
padding = 2
pool = 2
[[layer]]
kind = "convolution"
channels = 16
kernel = 5
pool = 2
[[layer]]
kind = "linear"
outputs = 120
[[layer]]
kind = "linear"
outputs = 84
[[layer]]
kind = "linear"
outputs = 10
activation = "none"
"""


@pytest.mark.parametrize(
    ("name", "weights", "macs"),
    [
        ("mlp", 784 * 256 + 256 * 128 + 1280, 784 * 256 + 256 * 128 + 1280),
        ("lenet5", 61_706 - 236, 416_520),  # LeCun's with biases, less them
        ("resnet20", 268_336, 40_551_040),  # He et al. (2016): 0.27 million, 41 million
    ],
)
def test_sizes_are_the_published_ones(name, weights, macs):
    network = network_named(name)
    assert (network.weights, network.macs) == (weights, macs)


def test_the_engines_lenet_has_the_same_weights():
    from acanthite.nn import lenet5

    network = lenet5((28, 28, 1), 10)
    engine = sum(n_in * n_out for n_in, n_out in network.shapes)
    biases = sum(n_out for _, n_out in network.shapes)
    assert network_named("lenet5").weights == engine - biases


def test_a_file_of_layers_is_the_named_network(tmp_path):
    (tmp_path / "lenet.toml").write_text(LENET)
    mine, named = load_network(tmp_path / "lenet.toml"), network_named("lenet5")
    assert [layer.macs for layer in mine.layers] == [layer.macs for layer in named.layers]
    assert [layer.values_in for layer in mine.layers] == [each.values_in for each in named.layers]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[layer]]\nkind = "dense"', r"line 2: .*kind = 'dense'; expected one of linear"),
        ('[[layer]]\nkind = "linear"\noutputs = 3', "the first layer lacks inputs"),
        ('[[layer]]\nkind = "convolution"\nchannels = 3\nkernel = 3', "needs the picture"),
        ('[[layer]]\nkind = "linear"\ninputs = 4\noutput = 3', "did you mean 'outputs'"),
        ("name = 'empty'", r"lacks layers; expected a list of tables \[\[layer\]\]"),
        (
            'image = [4, 4, 1]\n[[layer]]\nkind = "convolution"\nchannels = 1\nkernel = 9',
            "too small for a kernel of 9",
        ),
        (
            '[[layer]]\nkind = "linear"\ninputs = 4\noutputs = 3\n'
            '[[layer]]\nkind = "linear"\ninputs = 5\noutputs = 3',
            "line 7: .*inputs = 5; expected 3",
        ),
    ],
)
def test_a_wrong_file_is_one_clear_error(tmp_path, text, message):
    (tmp_path / "net.toml").write_text(text)
    with pytest.raises(ChipError, match=message):
        load_network(tmp_path / "net.toml")


def test_wrong_networks_are_refused():
    with pytest.raises(ChipError, match="did you mean 'resnet20'"):
        network_named("resnet")
    with pytest.raises(ChipError, match="two layers are called 'a'"):
        NetworkShape("n", (LayerShape(name="a", inputs=1, outputs=1),) * 2)
    with pytest.raises(ChipError, match="inputs = 3, outputs = 0"):
        LayerShape(name="a", inputs=3, outputs=0)
    with pytest.raises(ChipError, match=r"widths = \(3,\)"):
        perceptron((3,))
    with pytest.raises(ChipError, match=r"weights of shape \(2, 2\)"):
        LayerShape(name="a", inputs=3, outputs=2, weights=[[1, 2], [3, 4]])


def test_zero_activity_is_one_clear_error():
    with pytest.raises(ChipError, match=r"activity = 0.*computes nothing"):
        network_named("mlp").with_activity(0.0)
