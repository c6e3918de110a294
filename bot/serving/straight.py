"""Runs a loaded model's graph node after node, and finds its rules by an index.

Why: Rasa plans the same short graph anew for every parse and every prediction (dask), and tries every rule
on every state; half of a turn went there. The nodes, their order and the rules are the model's own. Must
never answer otherwise than Rasa's own runner: `tests/bot/dialogue/test_straight.py` holds both side by side.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

from bot.serving.light import lighten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rasa.core.processor import MessageProcessor
    from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
    from rasa.engine.storage.storage import ModelStorage

State = dict[str, dict[str, Any]]
"""A turn as Rasa's rules see it: the last action, what she meant, the slots, the open form."""


class StraightRunner(GraphRunner):
    """The nodes of a loaded model, run one after the other."""

    def __init__(self, schema: GraphSchema, nodes: Mapping[str, GraphNode]) -> None:
        self._schema = schema
        self._nodes = nodes
        self._plans: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> StraightRunner:
        """Load the nodes as Rasa's own runner does."""
        return cls.of(DaskGraphRunner.create(graph_schema, model_storage, execution_context, hooks))

    @classmethod
    def of(cls, runner: DaskGraphRunner) -> StraightRunner:
        """Take over the nodes that another runner has loaded."""
        return cls(runner._graph_schema, runner._instantiated_nodes)  # noqa: SLF001 # it shows them to nobody

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Run what the targets need and return their outputs."""
        wanted = tuple(targets or self._schema.target_names)
        plan = self._plans.get(wanted)
        if plan is None:
            plan = self._plans[wanted] = self._planned(wanted)
        # A node takes and gives its output together with the name of the one who made it.
        made = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in plan:
            made[name] = self._nodes[name](*(made[need] for need in needs))
        return dict(made[name] for name in wanted)

    def components(self) -> list[object]:
        """What the nodes of the loaded model run."""
        return [node._component for node in self._nodes.values()]  # noqa: SLF001 # loaded with the model

    def _planned(self, wanted: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
        """The nodes that are needed, each after those that it needs."""
        nodes = self._schema.minimal_graph_schema(list(wanted)).nodes
        plan: dict[str, tuple[str, ...]] = {}

        def add(name: str) -> None:
            if name in nodes and name not in plan:
                needs = tuple(nodes[name].needs.values())
                for need in needs:
                    add(need)
                plan[name] = needs

        for name in wanted:
            add(name)
        return list(plan.items())


class RuleIndex:
    """Which rules can hold at all, by the last action and by what she meant."""

    def __init__(self, policy: RulePolicy) -> None:
        self._policy = policy
        self._places: dict[int, dict[tuple[object, object], list[str]]] = {}

    def possible(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        """The rules that hold: those of the right place, tried by Rasa itself."""
        if not states:
            return set(lookup)
        place = self._places.get(id(lookup))
        if place is None:
            place = self._places[id(lookup)] = self._placed(lookup)
        action, intent = _marks(states[-1])
        pairs = {(action, intent), (action, None), (None, intent), (None, None)}
        few = {key: lookup[key] for pair in pairs for key in place.get(pair, ())}
        found: set[str] = RulePolicy._get_possible_keys(self._policy, few, states)  # noqa: SLF001
        return found

    def _placed(self, lookup: dict[str, str]) -> dict[tuple[object, object], list[str]]:
        place: dict[tuple[object, object], list[str]] = defaultdict(list)
        for key in lookup:
            place[_marks(self._policy._rule_key_to_state(key)[-1])].append(key)  # noqa: SLF001
        return place


def _marks(state: State) -> tuple[object, object]:
    """What a rule asks for exactly; None where it does not ask, or asks that it be absent."""
    last = state.get(PREVIOUS_ACTION)
    if not last:  # the start of a conversation, where Rasa looks no further
        return None, None
    action, intent = last.get(ACTION_NAME), state.get(USER, {}).get(INTENT)
    return (_exact(action), _exact(intent))


def _exact(value: object) -> object:
    return None if not value or value == SHOULD_NOT_BE_SET else value


def straightened(processor: MessageProcessor) -> StraightRunner:
    """Have the processor of a loaded model run straight, and return how; a second time changes nothing."""
    runner = processor.graph_runner
    if isinstance(runner, StraightRunner):
        return runner
    straight = StraightRunner.of(runner)
    processor.graph_runner = straight
    lighten()
    for node in runner._instantiated_nodes.values():  # noqa: SLF001
        policy = node._component  # noqa: SLF001 # loaded with the model, as every node of a prediction
        if isinstance(policy, RulePolicy):
            policy._get_possible_keys = RuleIndex(policy).possible  # noqa: SLF001
    return straight
