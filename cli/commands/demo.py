"""`demo`: everything at once with invented people, the phone simulator and the staff pages."""

from __future__ import annotations

import os
import sys
import threading
import time
import webbrowser
from typing import TYPE_CHECKING

from cli import checks, sample, words
from cli.install import speech
from cli.install.failure import Failure
from cli.install.progress import step
from cli.processes import start
from cli.processes.running import Service
from cli.processes.services import product_services
from outreach.ground import simulated_clock
from outreach.ground.database import make_engine
from outreach.ground.settings import load_settings, read_environment

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from pathlib import Path

    from outreach.ground.settings import Settings

_HOST = "127.0.0.1"


def run(args: argparse.Namespace) -> int:
    """Check, prepare, fill, run, stop."""
    began = time.monotonic()
    outer = read_environment()
    notebook = sample.Notebook(sample.folder_of(outer))
    env = sample.environment(outer, notebook)
    settings = load_settings(env)
    simulated_clock.follow(settings)
    start.check_before(settings, _HOST)
    checks.port_free(_HOST, settings.simulator_port, "AVANZA_SIMULATOR_PORT")
    phones = f"http://{_HOST}:{settings.simulator_port}"

    def on_ready() -> None:
        _, console = start.addresses(settings, _HOST)
        seconds = time.monotonic() - began
        print(words.DEMO_READY.format(seconds=seconds, phones=phones, console=console))
        for username, name, _ in words.DEMO_STAFF:
            print(
                words.DEMO_LOGIN.format(
                    username=username, name=name, password=notebook.kept["logins"][username]
                )
            )
        print(words.DEMO_CODE)
        _listen(settings)
        print(words.DEMO_END.format(log=settings.var / "log"), flush=True)
        if not args.no_browser and _has_screen():
            webbrowser.open(phones)

    sink = LogFiles(settings.var / "log")
    with start.prepared(settings, env, sink, team=False) as ready:
        engine = make_engine(ready.settings)
        with step(words.STEP_SAMPLE):
            sample.fill(engine, settings, notebook)
        engine.dispose()
        services = [
            _simulator(settings, phones, ready.env),
            *product_services(ready.settings, ready.env, _HOST, ready.fingerprint),
        ]
        print(words.DEMO_STARTING, file=sys.stderr, flush=True)
        start.supervise(services, sink, ready, on_ready)
    print(words.UP_STOPPED, flush=True)
    return 0


def _listen(settings: Settings) -> None:
    """Say who listens to voice notes; where the engine is missing it is set up meanwhile (decision 69)."""
    if settings.speech not in {"auto", "local"}:
        return
    if speech.is_current():
        print(words.DEMO_SPEECH)
        return
    print(words.DEMO_SPEECH_WAITS)
    threading.Thread(target=_set_up_speech, name="speech", daemon=True).start()


def _set_up_speech() -> None:
    """The worker looks for the engine now and then, and listens once it is there."""
    try:
        speech.ensure()
    except (Failure, OSError) as error:
        print(words.DEMO_SPEECH_FAILED.format(reason=error), flush=True)
    else:
        print(words.DEMO_SPEECH, flush=True)


class LogFiles:
    """A sink: one file a process; what the supervisor itself says goes to the terminal."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._writing = threading.Lock()
        for old in folder.glob("*.log"):
            old.unlink()

    def __call__(self, name: str, line: str) -> None:
        """Keep or show one line."""
        if name == "up":
            print(line, file=sys.stderr, flush=True)
            return
        with self._writing, (self._folder / f"{name}.log").open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def _simulator(settings: Settings, address: str, env: Mapping[str, str]) -> Service:
    argv = (
        *(sys.executable, "-sP", "-m", "simulator", "--host", _HOST, "--port", str(settings.simulator_port)),
        *("--account-sid", settings.twilio.account_sid, "--auth-token", settings.twilio.auth_token),
        *("--from", settings.twilio.whatsapp_from, "--webhook-url", f"{settings.public_url}/twilio/inbound"),
        *("--console-url", start.addresses(settings, _HOST)[1]),
        *("--demo-phones", str(sample.phones_file(settings.var))),
        *("--timezone", settings.timezone.key),
        # What was skipped in an earlier run stays skipped.
        *("--ahead", str(int(simulated_clock.SimulatedClock(settings.var).ahead().total_seconds()))),
    )
    return Service(
        "simulator",
        argv,
        env,
        ready=lambda: checks.answers(f"{address}/healthz") is not None,
        stop_seconds=1.0,
    )


def _has_screen() -> bool:
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
