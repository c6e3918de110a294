"""Waits until a Rasa of `AVANZA_RASA_URLS` answers, so many seconds at most, and ends well either way.

What starts a worker runs this before: systemd, compose and Kubernetes (`./avanza up` does it by itself). Any
Python >= 3.11 with nothing installed.
"""

from __future__ import annotations

import os
import sys
import time
import urllib.error
import urllib.request

DEFAULT = "http://127.0.0.1:5005"
HEALTH = "/webhooks/rest/health"
_LOOK_SECONDS = 1.0
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main(argv: list[str]) -> int:
    """Wait; a worker has more to do than turns, so it starts also where no Rasa comes."""
    named = os.environ.get("AVANZA_RASA_URLS") or DEFAULT
    urls = [one.strip().rstrip("/") for one in named.split(",") if one.strip()]
    deadline = time.monotonic() + float(argv[0])
    while not any(_answers(url) for url in urls):
        if time.monotonic() >= deadline:
            print("ningún Rasa contesta todavía; sigo sin esperar.", file=sys.stderr)
            break
        time.sleep(_LOOK_SECONDS)
    return 0


def _answers(url: str) -> bool:
    try:
        with _direct.open(f"{url}{HEALTH}", timeout=2) as response:
            return bool(response.status == 200)  # noqa: PLR2004 (HTTP's own word)
    except (urllib.error.URLError, OSError, ValueError):
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
