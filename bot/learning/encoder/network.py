"""The encoder's layers and head in PyTorch, as `bot/components/encoder/forward.py` computes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as f
from torch import Tensor, nn

from bot.components.encoder.pretrained import HEADS, MATRICES, VECTORS, WIDTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.components.encoder.pretrained import Array, Pretrained

EPSILON = 1e-12
_LOW = -1e4
DROPPED = 0.2
"""Share of the pooled values left out at random while the head learns."""


class Layer(nn.Module):
    """One layer of the encoder: attention, then two products, each added and normed."""

    def __init__(self, held: dict[str, Array]) -> None:
        super().__init__()
        self.held = nn.ParameterDict(
            {
                name.replace(".", "_"): nn.Parameter(torch.from_numpy(held[name]))
                for name in MATRICES + VECTORS
            }
        )

    def _product(self, x: Tensor, name: str) -> Tensor:
        return f.linear(x, self.held[f"{name}_w"], self.held[f"{name}_b"])

    def _norm(self, x: Tensor, name: str) -> Tensor:
        return f.layer_norm(x, (WIDTH,), self.held[f"{name}_w"], self.held[f"{name}_b"], EPSILON)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """Return the layer's output; `mask` is very low where there is no piece, (texts, 1, 1, pieces)."""
        texts, length, _ = x.shape

        def heads(name: str) -> Tensor:
            return self._product(x, name).view(texts, length, HEADS, WIDTH // HEADS).transpose(1, 2)

        # By hand: for short texts PyTorch's own attention takes four times as long backwards.
        near = heads("q") @ heads("k").transpose(2, 3) * (WIDTH // HEADS) ** -0.5
        seen = torch.softmax(near if mask is None else near + mask, dim=-1) @ heads("v")
        x = self._norm(x + self._product(seen.transpose(1, 2).reshape(texts, length, WIDTH), "ao"), "aln")
        inner = f.gelu(self._product(x, "fi"), approximate="tanh")
        return self._norm(x + self._product(inner, "fo"), "oln")

    def arrays(self) -> dict[str, Array]:
        """Return the weights by their names in the file."""
        return {
            name: self.held[name.replace(".", "_")].detach().float().numpy() for name in MATRICES + VECTORS
        }


def masked(there: Tensor) -> Tensor | None:
    """Return what is added to the attention: nothing where all is there."""
    if bool(there.all()):
        return None
    return torch.zeros(there.shape).masked_fill(~there, _LOW)[:, None, None, :].bfloat16()


class Upper(nn.Module):
    """The tuned layers and the head: scores of intents, then of risks."""

    def __init__(self, pretrained: Pretrained, layers: Sequence[int], outputs: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(pretrained.layer(number)) for number in layers)
        self.head = nn.Linear(2 * WIDTH, outputs)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, x: Tensor, there: Tensor) -> Tensor:
        """Return the scores of each text; `there` is true where there is a piece, (texts, pieces)."""
        mask = masked(there)
        for layer in self.layers:
            x = layer(x, mask)
        x = x.float()
        kept = there[:, :, None].float()
        mean = (x * kept).sum(1) / kept.sum(1)
        most = x.masked_fill(~there[:, :, None], _LOW).amax(1)
        pooled = torch.cat([f.normalize(mean, dim=1), f.normalize(most, dim=1)], dim=1)
        # Of length one each: scaled to values near one, so that the head learns at its pace.
        return self.head(f.dropout(pooled * WIDTH**0.5, DROPPED, self.training))


class Lower(nn.Module):
    """The frozen part: embeddings and lower layers, as they come."""

    def __init__(
        self, pretrained: Pretrained, layers: Sequence[int], kept: Sequence[int] | Array, longest: int
    ) -> None:
        super().__init__()
        self.pieces = torch.from_numpy(pretrained.embeddings(kept))
        self.positions = torch.from_numpy(pretrained.positions(longest))
        self.norm = tuple(torch.from_numpy(part) for part in pretrained.first_norm())
        self.layers = nn.ModuleList(Layer(pretrained.layer(number)) for number in layers)

    def forward(self, numbers: Tensor, there: Tensor) -> Tensor:
        """Return the output of the last frozen layer, (texts, pieces, width)."""
        x = self.pieces[numbers] + self.positions[: numbers.shape[1]]
        x = f.layer_norm(x, (WIDTH,), *self.norm, EPSILON)
        mask = masked(there)
        for layer in self.layers:
            x = layer(x, mask)
        return x
