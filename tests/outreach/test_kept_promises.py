"""P8: the product's texts promise only what code does, and measure nothing that is not measured."""

from __future__ import annotations

import re

from outreach.texts import answers, workshops

# "Te aviso" of a freed seat: `waiting_list.leave_and_pass_on` does that.
KEPT = frozenset({"WAITING"})
# Said only of groups with a distance: `outreach.programme.distances`.
MEASURED = {"OFFER_NEAREST", "OFFER_NEAREST_TO"}


def test_texts_about_workshops_promise_what_code_does() -> None:
    """A promise to tell her stands only where a verb does; what is called near was measured in a line."""
    said = {name: text for name, text in vars(workshops).items() if isinstance(text, str) and name.isupper()}
    said |= {f"answer {topic}": text for topic, text in answers.DEFAULTS.items()}
    promising = {name for name, text in said.items() if re.search(r"\bte avis[oa]", text, re.IGNORECASE)}
    assert promising <= KEPT
    near = {name for name, text in said.items() if re.search(r"cercan|cerca de", text, re.IGNORECASE)}
    assert near == MEASURED
    assert all("en línea recta" in said[name] for name in MEASURED)
