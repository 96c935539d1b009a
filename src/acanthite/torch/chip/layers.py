"""Linear layers, convolutions and attention whose weights are on a chip."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from acanthite.torch.chip.product import Product
from acanthite.torch.chip.weights import Part, Weights
from acanthite.torch.chip.windows import windows

_PATCHES = 1 << 18  # numbers of patches held at once, few enough for a near cache


class ChipLinear(nn.Module):
    """A linear layer: the matrix on a chip, the bias beside it or digital."""

    def __init__(self, old: Any, weights: Weights) -> None:
        super().__init__()
        self.in_features = old.in_features
        self.out_features = old.out_features
        self.product = weights.product(old.weight, bias=old.bias)
        self.bias = weights.digital_bias(old.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return W x + b."""
        y = self.product(x)
        return y if self.bias is None else y + self.bias


class ChipConv1DOfTransformers(nn.Module):
    """The transposed linear layer that transformers calls Conv1D."""

    def __init__(self, old: Any, weights: Weights) -> None:
        super().__init__()
        self.nf = old.nf
        self.product = weights.product(old.weight, transposed=True, bias=old.bias)
        self.bias = weights.digital_bias(old.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return x W + b."""
        y = self.product(x)
        return y if self.bias is None else y + self.bias


class ChipConvolution(nn.Module):
    """A convolution in one, two or three dimensions: its kernels on a chip, group by group."""

    def __init__(self, old: Any, weights: Weights) -> None:
        super().__init__()
        self.out_channels = old.out_channels
        self.kernel_size = old.kernel_size
        self.stride = old.stride
        self.dilation = old.dilation
        self.groups = old.groups
        self.padding_mode = "constant" if old.padding_mode == "zeros" else old.padding_mode
        self.padding = tuple(old._reversed_padding_repeated_twice)
        if old.padding_mode == "zeros" and not isinstance(old.padding, str):
            self.padding = tuple(p for size in reversed(old.padding) for p in (size, size))
        self.products = nn.ModuleList(
            weights.product(old.weight, old.groups, group, bias=old.bias)
            for group in range(old.groups)
        )
        self.bias = weights.digital_bias(old.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return the convolution of x, of shape (batch, channels, ...) or (channels, ...)."""
        n = len(self.kernel_size)
        batch = x if x.dim() == n + 2 else x.unsqueeze(0)
        y = self._at_all_places(batch)
        if self.bias is not None:
            y = y + self.bias.reshape(-1, *(1,) * n)
        return y if x.dim() == n + 2 else y.squeeze(0)

    def _at_all_places(self, x: Tensor) -> Tensor:
        """Return the outputs without bias, (batch, outputs, ...), some inputs at a time."""
        groups = zip(products_of(self.products), x.chunk(self.groups, dim=1), strict=True)
        driven = [self._padded(product.drive(part)) for product, part in groups]
        numbers = sum(self._numbers(part) for part in driven)
        some = max(1, _PATCHES // max(1, numbers))
        seen = [
            windows(part, self.kernel_size, self.stride, self.dilation, some) for part in driven
        ]
        pieces = [self._piece(list(piece)) for piece in zip(*seen, strict=True)]
        return pieces[0] if len(pieces) == 1 else torch.cat(pieces)

    def _numbers(self, x: Tensor) -> int:
        """Return how many numbers of a padded input the kernels see at all places."""
        sizes = zip(x.shape[2:], self.kernel_size, self.stride, self.dilation, strict=True)
        places = ((side - (size - 1) * gap - 1) // step + 1 for side, size, step, gap in sizes)
        return x.shape[1] * math.prod(self.kernel_size) * math.prod(places)

    def _piece(self, seen: list[Tensor]) -> Tensor:
        n = len(self.kernel_size)
        places = (len(seen[0]), *seen[0].shape[n + 2 :])
        rows = math.prod(seen[0].shape[1 : n + 2])
        outputs = [
            product.read(part.movedim(0, n + 1).reshape(rows, math.prod(places)))
            for product, part in zip(products_of(self.products), seen, strict=True)
        ]
        return torch.cat(outputs).reshape(self.out_channels, *places).movedim(0, 1)

    def _padded(self, x: Tensor) -> Tensor:
        return functional.pad(x, self.padding, self.padding_mode) if any(self.padding) else x


class ChipAttention(nn.Module):
    """Attention of several heads: its four projections on a chip, the rest digital."""

    in_proj_bias = None  # keeps torch's encoder from a path around this layer
    _qkv_same_embed_dim = False

    def __init__(self, old: Any, weights: Weights) -> None:
        super().__init__()
        self.embed_dim = old.embed_dim
        self.num_heads = old.num_heads
        self.dropout = old.dropout
        self.batch_first = old.batch_first
        self.add_zero_attn = old.add_zero_attn
        self.bias_k = weights.kept(old.bias_k)
        self.bias_v = weights.kept(old.bias_v)
        bias = old.in_proj_bias
        if old.in_proj_weight is not None:
            products = [weights.product(old.in_proj_weight, 3, k, bias=bias) for k in range(3)]
        else:
            apart = (old.q_proj_weight, old.k_proj_weight, old.v_proj_weight)
            products = [
                weights.product(weight, bias=bias, bias_part=Part(3, k))
                for k, weight in enumerate(apart)
            ]
        self.projections = nn.ModuleList(products)
        self.projection_bias = weights.digital_bias(bias)
        self.output = weights.product(old.out_proj.weight, bias=old.out_proj.bias)
        self.output_bias = weights.digital_bias(old.out_proj.bias)
        self.register_buffer("identity", torch.eye(old.embed_dim), persistent=False)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """Return what torch's layer returns."""
        projected = [p(x) for p, x in zip(self.projections, (query, key, value), strict=True)]
        if self.projection_bias is not None:
            biases = self.projection_bias.chunk(3)
            projected = [x + bias for x, bias in zip(projected, biases, strict=True)]
        if self.batch_first and query.dim() == 3:
            projected = [x.transpose(0, 1) for x in projected]
        mixed, shares = functional.multi_head_attention_forward(
            *projected,
            self.embed_dim,
            self.num_heads,
            None,
            None,
            self.bias_k,
            self.bias_v,
            self.add_zero_attn,
            self.dropout,
            self.identity,
            None,
            training=self.training,
            key_padding_mask=key_padding_mask,
            need_weights=need_weights,
            attn_mask=attn_mask,
            use_separate_proj_weight=True,
            q_proj_weight=self.identity,
            k_proj_weight=self.identity,
            v_proj_weight=self.identity,
            average_attn_weights=average_attn_weights,
            is_causal=is_causal,
        )
        if self.batch_first and query.dim() == 3:
            mixed = mixed.transpose(0, 1)
        y = self.output(mixed)
        return (y if self.output_bias is None else y + self.output_bias), shares


def products_of(module: nn.Module) -> list[Any]:
    """Return every product on a chip below a module, each once."""
    return [part for part in module.modules() if isinstance(part, Product)]
