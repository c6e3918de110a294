"""One training of the upper layers and the scores that they give; the same data and seed, the same layers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
import torch.nn.functional as f

from bot.learning.encoder.network import Upper
from bot.learning.encoder.texts import in_order_of_length

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.components.encoder.pretrained import Array, Pretrained
    from bot.learning.encoder.texts import Cached

BATCH = 32
RATE, RATE_OF_HEAD = 2e-4, 2e-3
DECAY, WARM_UP, CLIP, SMOOTHING = 0.01, 0.06, 1.0, 0.05
_SORTED_AT_ONCE = 50
"""Batches drawn together and sorted by length, so that little is padded."""


class Task(NamedTuple):
    """All messages and what they mean."""

    cached: Cached
    intents: Array
    risks: Array
    sizes: tuple[int, int]
    """How many intents and risks there are."""


class Plan(NamedTuple):
    """How one training goes."""

    layers: Sequence[int]
    epochs: int
    seed: int


def batches(which: Array, lengths: Array, chance: np.random.Generator) -> list[Array]:
    """Return one round's batches: random, each of messages of about one length."""
    order = chance.permutation(which)
    found = []
    for start in range(0, len(order), BATCH * _SORTED_AT_ONCE):
        some = order[start : start + BATCH * _SORTED_AT_ONCE]
        some = some[np.argsort(lengths[some], kind="stable")]
        found += [some[at : at + BATCH] for at in range(0, len(some), BATCH)]
    return [found[i] for i in chance.permutation(len(found))]


def tuned(
    pretrained: Pretrained, task: Task, which: Array, plan: Plan, tell: Callable[[str], None] = print
) -> Upper:
    """Tune the layers on some of the messages."""
    torch.manual_seed(plan.seed)
    chance = np.random.default_rng(plan.seed)
    net = Upper(pretrained, plan.layers, sum(task.sizes))
    body, head = list(net.layers.parameters()), list(net.head.parameters())
    groups = [
        {"params": [p for p in body if p.ndim > 1], "lr": RATE, "weight_decay": DECAY},
        {"params": [p for p in body if p.ndim == 1], "lr": RATE, "weight_decay": 0.0},
        {"params": head, "lr": RATE_OF_HEAD, "weight_decay": DECAY},
    ]
    steps = torch.optim.AdamW(groups, fused=True)
    plans = [batches(which, task.cached.lengths, chance) for _ in range(plan.epochs)]
    total = sum(map(len, plans))
    warm = max(1, int(WARM_UP * total))
    rate = torch.optim.lr_scheduler.LambdaLR(
        steps, lambda n: min(1.0, (n + 1) / warm) * max(0.0, (total - n) / total)
    )
    began, count, cost = time.monotonic(), 0, 0.0
    net.train()
    for epoch, batched in enumerate(plans, 1):
        for batch in batched:
            loss = _loss(net, task, batch)
            steps.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), CLIP)
            steps.step()
            rate.step()
            count += 1
            now = float(loss.detach())
            cost += 0.02 * (now - cost) if count > 1 else now
            if count % 100 == 0:
                tell(f"epoch {epoch} step {count}/{total} loss {cost:.3f} {time.monotonic() - began:.0f} s")
    return net


def _loss(net: Upper, task: Task, batch: Array) -> torch.Tensor:
    n = task.sizes[0]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = net(*task.cached.batch(batch)).float()
    intents, risks = (torch.from_numpy(part[batch]) for part in (task.intents, task.risks))
    smooth = {"label_smoothing": SMOOTHING}
    return f.cross_entropy(scores[:, :n], intents, **smooth) + f.cross_entropy(scores[:, n:], risks, **smooth)


def scores(net: Upper, cached: Cached, which: Array) -> Array:
    """Return the scores of some messages."""
    found = np.zeros((len(which), net.head.out_features), dtype=np.float32)
    net.eval()
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for some in in_order_of_length(cached.lengths[which]):
            found[some] = net(*cached.batch(which[some])).float().numpy()
    return found
