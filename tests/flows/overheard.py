"""A phone in somebody else's hand: what must hold of every answer once she has hidden, in every script.

The reveal list holds what no message may say unasked. Here stand also the words of the safety texts, which
are harmless alone and tell him all beside a workshop. Silence tells as much: each message gets an answer, but
for a reaction, which nobody ever gets one to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from player import Player
from system import folded

from models import OutboxState, utcnow
from outreach.messages import unlinking
from outreach.messages.reveal import ANY_BOT_MAY_SAY

if TYPE_CHECKING:
    from scripts import Step

OF_SAFETY = (
    "peligr", "911", "violeta", "te creo", "tu culpa", "confianza", "confiar", "caso ", "expediente",
    "equipo de apoyo", "secret", "tu palabra", "salir", "restringir", "te leo", "te escucho", "sigo contigo",
    "juzgar", "a salvo", "refugio", "denunci", "proteccion", "un plan", "paso 1", "una persona del equipo",
    "lo tuyo", "lugar seguro", "es seguro", "lastimar", "linea de", "contarme", "cuidate", "a esta platica",
    "aqui estamos otra vez", "te pega", "tu marido", "tu esposo",
)  # fmt: skip
ANSWERED = ("she", "she +52", "tap", "press", "sends")


def as_read(bubble: dict[str, Any]) -> str:
    """A message with its buttons, as whoever looks at the screen reads it."""
    return "\n".join([bubble["text"], *(f"[{button['title']}]" for button in bubble["buttons"])])


@dataclass
class Overheard(Player):
    """Plays a script and looks at each answer with his eyes; `answers` is what each message got."""

    answers: list[list[str]] = field(default_factory=list)

    def _step(self, step: Step) -> None:
        covered = step.does in ANSWERED and self._covered()
        before = self._held_back() if covered else 0
        super()._step(step)
        if step.does in ANSWERED:
            self.answers.append([as_read(bubble) for bubble in self._replies])
        if covered:
            silent = step.does == "sends" and step.what == "reaction"
            assert silent or self._replies, "silence: whoever holds it sees that something was held back"
            assert self._held_back() == before, "an answer was held back"

    def _always(self, new: list[dict[str, Any]]) -> None:
        super()._always(new)
        if not self._covered():
            return
        whole = folded("\n".join(as_read(bubble) for bubble in new).replace(ANY_BOT_MAY_SAY, ""))
        found = [word for word in OF_SAFETY if word in whole]
        assert not found, f"tells whoever holds the phone: {found}"

    def _held_back(self) -> int:
        """How many answers the gate has not let out so far; those at rest are found too."""
        with self.stage.sessions() as db:
            conversation = self.stage.conversation(db, self.number)
            if conversation is None:
                return 0
            rows = unlinking.of_conversation(db, self.stage.key, conversation, utcnow())
            return sum(row.state is OutboxState.SUPPRESSED for row in rows)
