"""What stands around the product: the proxy at work, networks of compose and the cluster, the page."""

from __future__ import annotations

import http.client
import importlib.util
import ipaddress
import re
import socket
import ssl
import subprocess
import threading
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from test_deploy import DEPLOY, PROCESSES, compose, lint, manifests, needs

from outreach.ground.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

PART = 1024 * 1024
REFUSED = 413


class Upstream(ThreadingHTTPServer):
    """Stands for webhook and console: one event, and the next only once it is let go."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.let_go = threading.Event()
        self.headers: dict[str, str] = {}


class Answer(BaseHTTPRequestHandler):
    """What it says to each request."""

    server: Upstream

    def do_GET(self) -> None:
        """One event, and the other when it is let go."""
        self.server.headers = dict(self.headers)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"data: first\n\n")
        self.server.let_go.wait(10)
        self.wfile.write(b"data: second\n\n")

    def do_POST(self) -> None:
        """Take it all."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Upstream]]:
    """Caddy with our file, on a port of its own, with certificates of its own authority."""
    folder = tmp_path_factory.mktemp("caddy")
    port = free_port()
    with Upstream() as upstream:
        threading.Thread(target=upstream.serve_forever, args=(0.02,), daemon=True).start()
        text = (DEPLOY / "caddy" / "Caddyfile").read_text(encoding="utf-8")
        own = f"{{\n\thttps_port {port}\n\thttp_port {free_port()}\n\tlocal_certs\n\tskip_install_trust\n"
        text = re.sub(
            r"127\.0\.0\.1:800[01]", f"127.0.0.1:{upstream.server_port}", text.replace("{\n", own, 1)
        )
        (folder / "Caddyfile").write_text(text, encoding="utf-8")
        home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        with (folder / "log").open("wb") as log:
            argv = ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
            caddy = subprocess.Popen(argv, env=home, stdout=log, stderr=log, executable=_caddy())
        try:
            _wait_for(folder / "caddy/pki/authorities/local/root.crt", port)
            yield port, upstream
        finally:
            upstream.let_go.set()
            caddy.terminate()
            caddy.wait(10)
            upstream.shutdown()


def _caddy() -> str:
    return subprocess.run(["which", "caddy"], capture_output=True, text=True, check=True).stdout.strip()


def _wait_for(authority: Path, port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if authority.exists():
                connect("panel.example.org", port).close()
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("Caddy did not start")


def connect(name: str, port: int) -> http.client.HTTPSConnection:
    """A connection to one of the two names; its certificate is an authority's that nobody knows."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    made = http.client.HTTPSConnection(name, port, timeout=10, context=trusting)
    plain = socket.create_connection(("127.0.0.1", port), timeout=10)
    made.sock = trusting.wrap_socket(plain, server_hostname=name)
    return made


@needs("caddy")
def test_live_pages_are_not_held_back(front: tuple[int, Upstream]) -> None:
    """An event reaches the desk while its answer goes on; a browser's own address is what is counted."""
    port, upstream = front
    with closing(connect("panel.example.org", port)) as desk:
        desk.request("GET", "/vivo", headers={"X-Forwarded-For": "203.0.113.9", "Accept-Encoding": "gzip"})
        with desk.getresponse() as answer:
            assert answer.readline() == b"data: first\n"
            assert not upstream.let_go.is_set()
            assert upstream.headers["X-Forwarded-For"] == "127.0.0.1"
            assert answer.headers["Server"] is None
            upstream.let_go.set()
            assert b"second" in answer.read()


@needs("caddy")
@pytest.mark.parametrize(
    ("name", "path", "length", "status"),
    [
        ("avisos.example.org", "/twilio/inbound", 100, 204),
        ("avisos.example.org", "/twilio/inbound", 5 * PART, REFUSED),
        ("avisos.example.org", "/readyz", 100, 404),
        ("avisos.example.org", "/twilio", 100, 404),
        ("avisos.example.org", "/TWILIO/../readyz", 100, 404),
        ("avisos.example.org", "/entrar", 100, 404),
        ("panel.example.org", "/listas", 6 * PART, 204),
    ],
)
def test_what_gets_through(
    front: tuple[int, Upstream], name: str, path: str, length: int, status: int
) -> None:
    """To each name its own paths and lengths."""
    with closing(connect(name, front[0])) as one:
        try:
            one.request("POST", path, b"x" * length)
            with one.getresponse() as answer:
                # Debian's Caddy says 502 where the rest is not waited for, newer ones 413.
                assert answer.status == status or (status == REFUSED and answer.status == 502)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            assert status == REFUSED


def test_every_image_of_compose_is_bound_and_read_only() -> None:
    """Ours by a version, nothing written into them, a bound on memory and on processes."""
    for name, service in compose()["services"].items():
        if not service["image"].startswith("avanza-"):
            continue
        assert re.fullmatch(r"avanza-(product|speech|bot):\d+", service["image"]), name
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["mem_limit"]
        assert service["pids_limit"]


def test_figures_of_compose_answer_in_the_network_of_the_monitoring() -> None:
    """By its address there: who shares another network with it does not reach the port."""
    made = compose()
    watching = made["networks"]["watching"]
    subnet = ipaddress.ip_network(watching["ipam"]["config"][0]["subnet"])
    service = made["services"]["metrics"]
    address = service["networks"]["watching"]["ipv4_address"]
    assert service["environment"]["AVANZA_METRICS_HOST"] == address
    assert ipaddress.ip_address(address) in subnet
    assert watching["internal"]
    assert [name for name, one in made["services"].items() if "watching" in one.get("networks", ())] == [
        "metrics"
    ]


def test_what_a_volume_holds_can_be_written() -> None:
    """A volume takes the owner of the folder that it is laid over, where the image has one."""
    text = (DEPLOY / "container" / "Containerfile").read_text(encoding="utf-8")
    made = re.search(r"install -d -o avanza -g avanza -m 700 (.*?) \\", text)
    assert made is not None
    for name, service in compose()["services"].items():
        if service["image"].startswith("avanza-"):
            targets = {volume.split(":")[1] for volume in service.get("volumes", ())}
            assert targets <= set(made[1].split()), name


def policies(kind: str, part: str) -> list[dict[str, Any]]:
    """The rules of one kind that hold for the pods of a part; none where nothing opens it."""
    found: list[dict[str, Any]] = []
    closed = False
    for one in manifests():
        spec = one.get("spec", {})
        if (
            one["kind"] == "NetworkPolicy"
            and kind.title() in spec["policyTypes"]
            and _chooses(spec["podSelector"], part)
        ):
            closed = True
            found += spec.get(kind, [])
    assert closed, f"{kind} of {part} is open"
    return found


def _chooses(selector: dict[str, Any], part: str) -> bool:
    if selector.get("matchLabels", {}).get("part", part) != part:
        return False
    return all(
        part in asked["values"] for asked in selector.get("matchExpressions", ()) if asked["key"] == "part"
    )


@pytest.mark.parametrize("part", [*PROCESSES, "migrate"])
def test_who_reaches_the_outside(part: str) -> None:
    """Worker and clock alone, and of it nothing that belongs to the cluster."""
    outside = [
        to["ipBlock"] for rule in policies("egress", part) for to in rule.get("to", ()) if "ipBlock" in to
    ]
    assert bool(outside) is (part in {"worker", "clock"})
    for block in outside:
        for inner in ("10.0.0.1", "169.254.169.254", "fd00::1"):
            address = ipaddress.ip_address(inner)
            inside = address in ipaddress.ip_network(block["cidr"])
            assert not inside or any(address in ipaddress.ip_network(one) for one in block["except"])
    anywhere = [rule for rule in policies("egress", part) if "to" not in rule]
    assert {port["port"] for rule in anywhere for port in rule["ports"]} == {5432, 53}


@pytest.mark.parametrize(
    ("part", "by"),
    [
        ("webhook", {"ingress-nginx"}),
        ("console", {"ingress-nginx"}),
        ("metrics", {"monitoring"}),
        ("rasa", {"worker", "clock", "metrics"}),
        ("worker", set()),
        ("clock", set()),
        ("migrate", set()),
    ],
)
def test_who_is_reached(part: str, by: set[str]) -> None:
    """Each by whom it serves; the figures by Prometheus and not by all that runs beside it."""
    callers: set[str] = set()
    for rule in policies("ingress", part):
        assert rule["ports"]
        for origin in rule["from"]:
            if "namespaceSelector" in origin:
                callers |= set(origin["namespaceSelector"]["matchLabels"].values())
                assert part != "metrics" or origin["podSelector"]["matchLabels"]
            else:
                callers |= set(origin["podSelector"]["matchExpressions"][0]["values"])
    assert callers == by


def test_the_cluster_keeps_the_desk_live() -> None:
    """Its entrance holds no event back, ends no open page, and takes lists as long as the proxy does."""
    by_name = {one["metadata"]["name"]: one for one in manifests() if one["kind"] == "Ingress"}
    prefix = "nginx.ingress.kubernetes.io/"
    console = by_name["console"]["metadata"]["annotations"]
    assert console[f"{prefix}proxy-buffering"] == "off"
    assert int(console[f"{prefix}proxy-read-timeout"]) >= 3600
    assert console[f"{prefix}proxy-body-size"] == "64m"
    webhook = by_name["webhook"]["metadata"]["annotations"]
    assert webhook[f"{prefix}enable-access-log"] == "false"
    assert int(webhook[f"{prefix}proxy-read-timeout"]) < 15


def test_some_of_each_stay() -> None:
    """Whatever has two copies keeps one while a node is emptied."""
    several = {
        one["metadata"]["name"]
        for one in manifests()
        if one["kind"] == "Deployment" and one["spec"]["replicas"] > 1
    }
    kept = {
        one["spec"]["selector"]["matchLabels"]["part"]
        for one in manifests()
        if one["kind"] == "PodDisruptionBudget"
    }
    assert kept == several


@pytest.fixture
def trial() -> ModuleType:
    """The script that goes through the page."""
    spec = importlib.util.spec_from_file_location("trial", DEPLOY / "trial.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_the_trial_runs_every_command_of_the_page(trial: ModuleType) -> None:
    """No block stands outside of its two sections, and each has the lines that it takes apart."""
    page = (ROOT / "docs" / "operations" / "deploying.md").read_text(encoding="utf-8")
    one, several = trial.blocks("One server"), trial.blocks("Several hosts")
    assert len(one) == 8
    assert len(several) == 2
    assert page.count("```sh") == len(one) + len(several)
    assert [block.splitlines() for block in (one[3],)] == [["avanza setup", "avanza train", "avanza migrate"]]
    assert "ADDRESS" in one[1]
    assert several[0].startswith("apt-get ")


def test_files_that_the_page_names_are_there(trial: ModuleType) -> None:
    """Whatever its commands copy or run."""
    texts = trial.blocks("One server") + trial.blocks("Several hosts")
    named = {name for text in texts for name in re.findall(r"(?<![\w/])deploy/[\w@./*-]+", text)}
    assert len(named) >= 5
    assert [name for name in named if not list(ROOT.glob(name))] == []


def test_the_example_names_what_the_page_asks_for() -> None:
    """All that must be filled in, and no key."""
    text = (DEPLOY / "systemd" / "avanza.env.example").read_text(encoding="utf-8")
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_WHATSAPP_FROM", "AVANZA_BACKUP_KEY"):
        assert re.search(rf"^{name}=$", text, re.MULTILINE)
    assert "AVANZA_SECRET_KEY" not in text


@needs("docker-compose")
def test_compose_takes_it(tmp_path: Path) -> None:
    """By the schema of compose itself; Debian's version does not know the project's name yet."""
    folder = DEPLOY / "compose"
    text = (folder / "compose.yaml").read_text(encoding="utf-8").replace("name: avanza\n", "", 1)
    (tmp_path / "compose.yaml").write_text(text, encoding="utf-8")
    example = (folder / "avanza.env.example").read_text(encoding="utf-8")
    (tmp_path / "avanza.env").write_text(example, encoding="utf-8")
    (tmp_path / ".env").write_text("DATABASE_PASSWORD=x\n", encoding="utf-8")
    lint("docker-compose", "-p", "avanza", "config", "-q", cwd=tmp_path)


@needs("yamllint")
def test_yaml_is_clean() -> None:
    """Doubled keys and the like, which a parser lets pass."""
    lint("yamllint", "--strict", "-c", DEPLOY / ".yamllint", DEPLOY)
