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
APART = 1.0
"""How much it counts that of a pair the message that tells of harm scores higher than the harmless one."""
NO_INTENT = -1
_SORTED_AT_ONCE = 50
"""Batches drawn together and sorted by length, so that little is padded."""


class Task(NamedTuple):
    """All messages and what they mean."""

    cached: Cached
    intents: Array
    """`NO_INTENT` where only the risk is known."""
    risks: Array
    pairs: Array
    """The number of each message's pair, -1 where it has none."""
    sizes: tuple[int, int]
    """How many intents and risks there are."""


class Plan(NamedTuple):
    """How one training goes."""

    layers: Sequence[int]
    epochs: int
    seed: int


def batches(which: Array, task: Task, chance: np.random.Generator) -> list[Array]:
    """Return one round's batches: random, each of about one length, the messages of a pair together."""
    lengths = task.cached.lengths
    together: dict[int, list[int]] = {}
    for i in which:
        together.setdefault(int(task.pairs[i]) if task.pairs[i] >= 0 else -2 - int(i), []).append(int(i))
    units = list(together.values())
    order = [units[i] for i in chance.permutation(len(units))]
    found = []
    for start in range(0, len(order), BATCH * _SORTED_AT_ONCE):
        some = sorted(order[start : start + BATCH * _SORTED_AT_ONCE], key=lambda its: lengths[its].max())
        flat = np.array([i for its in some for i in its])
        found += [flat[at : at + BATCH] for at in range(0, len(flat), BATCH)]
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
    plans = [batches(which, task, chance) for _ in range(plan.epochs)]
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
    of_risks = f.cross_entropy(scores[:, n:], risks, label_smoothing=SMOOTHING)
    known = intents != NO_INTENT
    each = f.cross_entropy(
        scores[:, :n], intents, label_smoothing=SMOOTHING, ignore_index=NO_INTENT, reduction="sum"
    )
    return (
        each / known.sum().clamp(min=1) + of_risks + APART * _apart(scores[:, n:], risks, task.pairs[batch])
    )


def _apart(scores: torch.Tensor, risks: torch.Tensor, pairs: Array) -> torch.Tensor:
    """Return what it costs that pairs of different meaning are scored alike, a message."""
    safe = torch.logsumexp(scores[:, 1:], dim=1) - scores[:, 0]
    of = torch.from_numpy(pairs)
    differ = (of[:, None] == of[None, :]) & (of >= 0)[:, None] & (risks > 0)[:, None] & (risks == 0)[None, :]
    higher, lower = differ.nonzero(as_tuple=True)
    return f.softplus(safe[lower] - safe[higher]).sum() / len(pairs)


def scores(net: Upper, cached: Cached, which: Array) -> Array:
    """Return the scores of some messages."""
    found = np.zeros((len(which), net.head.out_features), dtype=np.float32)
    net.eval()
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for some in in_order_of_length(cached.lengths[which]):
            found[some] = net(*cached.batch(which[some])).float().numpy()
    return found
