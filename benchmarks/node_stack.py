"""BuilderBot, a Node peer: its packages are fetched into the run's own folder, and removed with it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.posts import ACCOUNT, SENDER, TOKEN
from benchmarks.stack import free_port
from cli import checks
from cli.install.failure import Failure
from cli.install.progress import step
from cli.processes.running import Service

if TYPE_CHECKING:
    from benchmarks.stack import Stack

PACKAGE = "@builderbot/bot@1.3.13"
NAME = "builderbot"
_INSTALL_SECONDS = 300.0


def start(stack: Stack, twilio: str) -> str:
    """Fetch the packages, start the peer, return where it takes messages.

    Raises:
        Failure: Node is missing, or the registry can't be reached.
    """
    node, npm, launcher = (_found(name) for name in ("node", "npm", "env"))
    folder = stack.ready.settings.var / "node"
    folder.mkdir(exist_ok=True)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "AVANZA_"))}
    with step("fetch the Node peer's packages"):
        fetch = [npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE]
        try:
            subprocess.run(
                fetch, cwd=folder, env=env, check=True, capture_output=True, timeout=_INSTALL_SECONDS
            )
        except subprocess.SubprocessError as error:
            raise Failure(f"{PACKAGE} could not be fetched") from error
    program = shutil.copy(Path(__file__).with_name("node_peer.mjs"), folder)
    port = free_port()
    argv = (node, str(program), str(port), twilio, ACCOUNT, TOKEN, SENDER)
    address = f"http://127.0.0.1:{port}"
    # It writes a log of its own where it stands.
    launch = (launcher, "-C", str(folder), *argv)
    stack.start(Service(NAME, launch, env, lambda: checks.answers(f"{address}/healthz") is not None))
    return f"{address}/webhook"


def _found(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Failure(f"the Node peer needs {name}: apt-get install nodejs npm")
    return found
