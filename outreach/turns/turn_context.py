"""The context of one turn: everything a handler of an effect may look at or change.

It owns the conversation's private state: loaded once, saved once, at the end of the turn. Handlers change
`state` and rows in the caller's transaction and return what is to be said; they never commit, never call
out, never log what she wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from outreach.casework import cases, draft_case
from outreach.ground import programme_rules
from outreach.messages import conversation_state
from outreach.people import registry
from outreach.turns.effects import Effect, UnknownEffectError

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Conversation, Turn, Woman
    from outreach.ground.settings import Settings
    from outreach.messages.conversation_state import PrivateState
    from outreach.messages.inbox import Incoming
    from outreach.messages.outbox import Content
    from outreach.programme.papers import Made
    from outreach.sealing.crypto import PersonalKey


@dataclass
class TurnContext:
    """One turn being applied. `forget` drops what she said without a trace.

    `with_files` are the messages of this turn that brought files, `taken_back` those that she deleted again;
    `files` are what she asked for and gets with the answer. `agreed` are the words of a voice note to which
    this turn says yes.
    """

    session: Session
    key: PersonalKey
    settings: Settings
    conversation: Conversation
    state: PrivateState
    turn: Turn
    incoming: list[Incoming]
    now: datetime
    forget: bool = False
    keep_location: bool = False
    with_files: frozenset[uuid.UUID] = frozenset()
    taken_back: frozenset[uuid.UUID] = frozenset()
    files: list[Made] = field(default_factory=list)
    agreed: str = ""

    def __post_init__(self) -> None:
        """Go by the rules of the conversation's programme."""
        self._case_before = self.state.case_id
        self.settings = programme_rules.rules_for(self.session, self.settings, self.conversation.programme_id)

    def last_words(self) -> str:
        """Return what she said last, by voice where this turn only agrees to it."""
        return self.agreed or (self.incoming[-1].text if self.incoming else "")

    def woman(self) -> Woman | None:
        """Return her record, if she is on the list."""
        return registry.woman_of(self.session, self.conversation)

    def open_case(self, urgency: cases.Urgency, about: str) -> None:
        """Open or raise her case and move the unconfirmed disclosure into it."""
        with self.lent_state():
            case = cases.open_case(
                self.session, self.key, self.conversation, urgency=urgency, about=about, now=self.now
            )
        draft_case.pour_into(self.session, self.key, self.state, case)

    @property
    def case_is_new(self) -> bool:
        """Say whether this turn opened her case."""
        return self.state.case_id is not None and self.state.case_id != self._case_before

    @contextmanager
    def lent_state(self) -> Iterator[None]:
        """Let a verb that keeps the private state by itself read and change it meanwhile."""
        self.save()
        yield
        self.state = conversation_state.read(self.key, self.conversation)

    def save(self) -> None:
        """Write the private state back: at the end of a transaction, or to lend it."""
        conversation_state.write(self.key, self.conversation, self.state)

    def save_if_changed(self) -> None:
        """Write the private state back before the dialogue is asked; every turn's end writes it anyway."""
        if self.state != conversation_state.read(self.key, self.conversation):
            self.save()


def load(
    session: Session,
    key: PersonalKey,
    settings: Settings,
    conversation: Conversation,
    turn: Turn,
    incoming: list[Incoming],
    now: datetime,
) -> TurnContext:
    """Build the context of a turn whose conversation is locked; the state is read here and nowhere else."""
    state = conversation_state.read(key, conversation)
    return TurnContext(session, key, settings, conversation, state, turn, incoming, now)


E = TypeVar("E", bound=Effect)
Handler = Callable[[TurnContext, E], "list[Content]"]
_HANDLERS: dict[type[Effect], Callable[[TurnContext, Effect], list[Content]]] = {}


def handles(kind: type[E]) -> Callable[[Handler[E]], Handler[E]]:
    """Register the handler of one kind of effect; a kind has one handler."""

    def register(handler: Handler[E]) -> Handler[E]:
        if kind in _HANDLERS:
            raise ValueError(f"{kind.__name__} has a handler already")

        def checked(scene: TurnContext, effect: Effect) -> list[Content]:
            if not isinstance(effect, kind):
                raise TypeError(kind.__name__)
            return handler(scene, effect)

        _HANDLERS[kind] = checked
        return handler

    return register


def handled_kinds() -> frozenset[type[Effect]]:
    """Return the kinds of effect that have a handler."""
    return frozenset(_HANDLERS)


def apply(scene: TurnContext, effect: Effect) -> list[Content]:
    """Do what an effect asks and return what is to be said."""
    handler = _HANDLERS.get(type(effect))
    if handler is None:
        raise UnknownEffectError(f"{effect.NAME}: no handler")
    return handler(scene, effect)
