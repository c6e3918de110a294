"""The simulator's memory: messages, contents and phones behind one lock."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from simulator.addresses import bare, canonical
from simulator.nouns import WINDOW_SECONDS, Bubble, Content, Message, Phone

if TYPE_CHECKING:
    from simulator.clock import SimClock
    from simulator.config import DemoPhone


class Store:
    """Holds everything. `lock` guards it all; whoever changes what a phone shows calls `touch`."""

    def __init__(self, clock: SimClock, demo: tuple[DemoPhone, ...]) -> None:
        self._clock = clock
        self._demo = demo
        self._version = 0
        self.lock = threading.Condition(threading.RLock())
        self.messages: dict[str, Message] = {}
        self._by_to: dict[str, dict[str, Message]] = {}
        self.contents: dict[str, Content] = {}
        self.phones: dict[str, Phone] = {}
        self.reset()

    def reset(self) -> None:
        """Forget all but the demo's phones."""
        with self.lock:
            self.messages.clear()
            self._by_to.clear()
            self.contents.clear()
            self.phones.clear()
            for demo in self._demo:
                phone = self.phone(demo.number, demo.profile_name)
                phone.shown, phone.note = True, demo.note
                self.touch(phone)
            self._version += 1
            self.lock.notify_all()

    def phone(self, address: str, profile_name: str = "") -> Phone:
        """The phone behind an address; one is made where nobody has used it yet."""
        with self.lock:
            key = canonical(address)
            if key not in self.phones:
                self.phones[key] = Phone(bare(address), profile_name)
            phone = self.phones[key]
            phone.profile_name = profile_name or phone.profile_name
            return phone

    def keep(self, message: Message) -> None:
        """Have a message in Twilio's records."""
        with self.lock:
            self.messages[message.sid] = message
            self._by_to.setdefault(message.to, {})[message.sid] = message

    def drop(self, message: Message) -> None:
        """Take a message out of the records; the phone keeps what it got."""
        with self.lock:
            self.messages.pop(message.sid, None)
            self._by_to.get(message.to, {}).pop(message.sid, None)

    def between(self, to: str, sender: str) -> list[Message]:
        """The messages to and from these addresses, newest first; an empty one stands for all."""
        with self.lock:
            found = self._by_to.get(to, {}) if to else self.messages
            return [one for one in reversed(found.values()) if not sender or one.from_ == sender]

    def window_is_open(self, address: str) -> bool:
        """Whether the phone's owner wrote in the last 24 hours."""
        with self.lock:
            last = self.phone(address).last_inbound
            return last is not None and self._clock.now() - last < timedelta(seconds=WINDOW_SECONDS)

    def show(self, address: str, bubble: Bubble) -> None:
        """Put a message on a phone's screen."""
        with self.lock:
            phone = self.phone(address)
            phone.thread.append(bubble)
            self.touch(phone)

    def set_bubble_status(self, address: str, sid: str, status: str) -> None:
        """Change the ticks of a message on a phone's screen, if it is there."""
        with self.lock:
            phone = self.phone(address)
            for bubble in reversed(phone.thread):
                if bubble.sid == sid:
                    bubble.status = status
                    self.touch(phone)
                    return

    def touch(self, phone: Phone, *, hidden: bool = False) -> None:
        """Tell whoever watches that this phone's screen is different now, or (`hidden`) is out of view.

        A phone out of view wakes nobody: a campaign reaches thousands of them.
        """
        with self.lock:
            if not phone.shown and not hidden:
                return
            self._version += 1
            phone.changed = self._version
            self.lock.notify_all()

    def touch_all(self) -> None:
        """Tell whoever watches that every screen may be different now, because time was skipped."""
        with self.lock:
            for phone in self.phones.values():
                self.touch(phone)
            self.nudge()

    def nudge(self) -> None:
        """Tell whoever watches that something beside the screens is different now."""
        with self.lock:
            self._version += 1
            self.lock.notify_all()

    def watch(self, since: int, wait: float) -> tuple[int, list[Phone]]:
        """The present version and the shown phones that changed after `since`; waits for the first change.

        A `since` above the present version comes from before a restart and gets everything.
        """
        end = time.monotonic() + wait
        with self.lock:
            while True:
                known = since if since <= self._version else 0
                changed = [p for p in self.phones.values() if p.shown and (p.changed > known or known == 0)]
                left = end - time.monotonic()
                if self._version > known or left <= 0 or known == 0:
                    return self._version, changed
                self.lock.wait(left)
