"""What is under deploy/ fits the product, and its own linters take it where they are installed."""

from __future__ import annotations

import functools
import json
import re
import shlex
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import kubernetes_validate
import pytest
import yaml
from test_docs import settings_read

from cli.parser import parse
from cli.processes import metrics
from models import utcnow
from outreach.figures import standing
from outreach.figures.vitals import Tick, Vitals
from outreach.ground import tick_state
from outreach.ground.settings import ROOT
from outreach.messages import outgoing_files
from outreach.programme import certificates
from worker import clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
CADDYFILES = (DEPLOY / "caddy" / "Caddyfile", DEPLOY / "compose" / "Caddyfile")
PROCESSES = ("webhook", "console", "worker", "clock", "rasa", "metrics")
FOR_WHO_TYPES = {"AVANZA_DEBUG", "AVANZA_PYTHON"}
RUN = ("Deployment", "Job", "Pod")
NOW = utcnow()
FULL = Vitals(
    came_in=1, last_inbound_at=NOW, unanswered_since=NOW, reply_unsent_since=NOW, queued={"reply": 1},
    sending=1, in_doubt=1, in_doubt_since=NOW, dead_letters=1, jobs={("bulk", "due"): 1}, workers=1,
    leaders=1, ticks={"alert": Tick(NOW, 0)}, counters={"twilio_send_0": 1}, alarms={"silence": True},
    backup_at=NOW, verified_at=NOW,
)  # fmt: skip


def needs(tool: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not installed here")


def lint(*argv: str | Path, cwd: Path = ROOT) -> None:
    """Run a linter; its words stand in the failure."""
    ended = subprocess.run([str(one) for one in argv], cwd=cwd, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr if ended.returncode else "") == (0, ""), ended.stdout


def containers(*, before: bool = False) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each workload of the Kubernetes manifests with each of its containers; `before`: its first ones too."""
    for one in manifests():
        if one["kind"] in RUN:
            pod = pod_of(one)
            first = pod.get("initContainers", []) if before else []
            yield from ((one, container) for container in first + pod["containers"])


def pod_of(workload: dict[str, Any]) -> dict[str, Any]:
    """What its pods are like."""
    spec: dict[str, Any] = workload["spec"]
    return spec if workload["kind"] == "Pod" else dict(spec["template"]["spec"])


@functools.cache
def manifests() -> list[dict[str, Any]]:
    texts = [path.read_text(encoding="utf-8") for path in sorted((DEPLOY / "kubernetes").rglob("*.yaml"))]
    return [one for text in texts for one in yaml.safe_load_all(text) if one]


@functools.cache
def compose() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text(encoding="utf-8"))
    return made


def commands() -> Iterator[list[str]]:
    """Every command of ours that something under deploy/ runs."""
    for unit in UNITS:
        for line in re.findall(r"^ExecStart=/opt/avanza/avanza (.*)$", unit.read_text(), re.MULTILINE):
            yield from ([shlex.split(line)] if "%i" not in line else ([name] for name in PROCESSES))
    yield from (one["command"] for one in compose()["services"].values() if "command" in one)
    yield from (container["args"] for _, container in containers() if "args" in container)


@pytest.mark.parametrize("argv", list(commands()), ids=" ".join)
def test_commands_exist(argv: list[str]) -> None:
    """What is run is a command, with options that it has."""
    assert parse(argv).command == argv[0]


def test_settings_exist() -> None:
    """A setting that was renamed is not set in vain."""
    named = {
        name
        for path in DEPLOY.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
        for name in re.findall(r"\b(?:AVANZA|TWILIO)_[A-Z_]+\b", path.read_text(encoding="utf-8"))
    }
    assert named
    assert named <= settings_read() | FOR_WHO_TYPES


def test_figures_exist() -> None:
    """Rules and panels ask for what `/metrics` gives, by its names; each is in a panel."""
    given = {sample.name for metric in metrics.of_vitals(FULL, NOW) for sample in metric.samples}
    given |= {"avanza_database_up", "avanza_look_seconds", "avanza_rasa_up", "avanza_rasa_answer_seconds"}
    asked: dict[str, set[str]] = {}
    for name in ("prometheus/alerts.yaml", "prometheus/alerts_test.yaml", "grafana/avanza.json"):
        text = (DEPLOY / name).read_text(encoding="utf-8")
        asked[name] = set(re.findall(r"\bavanza_[a-z_]+\b", text))
    assert set().union(*asked.values()) <= given
    assert asked["grafana/avanza.json"] >= given - {"avanza_database_up"}


def test_the_alert_on_the_account_knows_every_code() -> None:
    """Its list is the product's, and each has its series before the first refusal, or none would be seen."""
    rules = (DEPLOY / "prometheus/alerts.yaml").read_text(encoding="utf-8")
    listed = re.findall(r'avanza_twilio_refusals_total\{code=~"([0-9|]+)"', rules)
    assert [tuple(map(int, one.split("|"))) for one in listed] == [standing.OF_THE_ACCOUNT]
    never = metrics.of_vitals(replace(FULL, counters={}), NOW)
    refused = next(one for one in never if one.name == "avanza_twilio_refusals")
    series = {(one.labels["way"], int(one.labels["code"])): one.value for one in refused.samples}
    assert series == {(way, code): 0 for way in ("send", "report") for code in standing.OF_THE_ACCOUNT}


def test_the_alerts_name_ticks_and_alarms_that_there_are() -> None:
    """A rule over a name that is written wrong is never told."""
    rules = (DEPLOY / "prometheus/alerts.yaml").read_text(encoding="utf-8")
    ticks = {tick.__name__ for tick in clock.WHEEL} | set(tick_state.SERVES.values())
    assert set(re.findall(r'tick="(\w+)"', rules)) <= ticks
    assert set(re.findall(r'avanza_alarm\{kind="(\w+)"', rules)) <= set(standing.TOLD_AFTER)


def test_the_collector_gives_what_is_named_here() -> None:
    """The four that are not of the database's look."""
    source = (ROOT / "cli" / "processes" / "metrics.py").read_text(encoding="utf-8")
    for name in ("avanza_database_up", "avanza_look_seconds", "avanza_rasa_up", "avanza_rasa_answer_seconds"):
        assert f'"{name}"' in source


def test_the_dashboard_is_whole() -> None:
    """Each panel has its own id, a title, a question, and none lies on another."""
    made = json.loads((DEPLOY / "grafana" / "avanza.json").read_text(encoding="utf-8"))
    panels = made["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        assert panel["title"]
        assert all(target["expr"] for target in panel["targets"])
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


@pytest.mark.parametrize("one", manifests(), ids=lambda one: f"{one['kind']}-{one['metadata']['name']}")
def test_kubernetes_takes_it(one: dict[str, Any]) -> None:
    """By the schemas of Kubernetes itself, no field beside them."""
    kubernetes_validate.validate(one, "1.31", strict=True)


def test_pods_may_do_little() -> None:
    """No root, no new privileges, no token of the cluster, a bound on memory, an image of one version."""
    for workload, container in containers(before=True):
        pod = pod_of(workload)
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        assert pod["enableServiceLinks"] is False
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]
        assert re.fullmatch(r"avanza-(product|speech|bot):\d+", container["image"])


def test_what_has_a_port_is_probed() -> None:
    """Ready and alive are asked of each; a service reaches a port that a container has."""
    ports: dict[str, set[str]] = {}
    for workload, container in containers():
        named = {port["name"] for port in container.get("ports", ())}
        ports.setdefault(workload["metadata"]["name"], set()).update(named)
        for probe in ("readinessProbe", "livenessProbe"):
            assert (probe in container) is bool(named), (container["name"], probe)
    for one in manifests():
        if one["kind"] == "Service":
            assert one["spec"]["ports"][0]["targetPort"] in ports[one["spec"]["selector"]["part"]]


def test_secrets_are_a_file_and_not_in_the_environment() -> None:
    """What stands in an environment is shown by the cluster, inherited by children and copied into dumps."""
    for workload, container in containers(before=True):
        assert not any("secretRef" in one for one in container.get("envFrom", ())), container["name"]
        assert "env" not in container
        mounted = [one for one in container.get("volumeMounts", ()) if one["name"] == "secrets"]
        assert bool(mounted) is ("args" in container), container["name"]
        for one in mounted:
            assert (one["mountPath"], one["readOnly"]) == ("/opt/avanza/.env", True)
            (volume,) = [volume for volume in pod_of(workload)["volumes"] if volume["name"] == "secrets"]
            # Read by the group of the pod, by nobody else.
            assert volume["secret"]["defaultMode"] == 0o440


def test_the_tables_wait_for_no_pod_that_runs() -> None:
    """A volume for one node at a time that the clock holds would keep the Job of an upgrade waiting."""
    claims: dict[str, set[str]] = {}
    for one in manifests():
        if one["kind"] in RUN:
            for volume in pod_of(one)["volumes"]:
                if "persistentVolumeClaim" in volume:
                    claim = volume["persistentVolumeClaim"]["claimName"]
                    claims.setdefault(claim, set()).add(one["metadata"]["name"])
    assert claims == {"recovery": {"migrate", "recovery-key"}, "state": {"clock"}}
    made = {one["metadata"]["name"] for one in manifests() if one["kind"] == "PersistentVolumeClaim"}
    assert made == set(claims)


def test_copies_run_on_different_nodes() -> None:
    """Where the cluster has more than one; each spreads its own part."""
    for one in manifests():
        if one["kind"] == "Deployment" and one["spec"]["replicas"] > 1:
            (rule,) = pod_of(one)["topologySpreadConstraints"]
            assert rule["labelSelector"]["matchLabels"] == {"part": one["metadata"]["name"]}


def test_no_secret_is_here() -> None:
    """A manifest holds no Secret; the example leaves every one of them empty."""
    assert {one["kind"] for one in manifests()}.isdisjoint({"Secret"})
    example = (DEPLOY / "compose" / "avanza.env.example").read_text(encoding="utf-8")
    for name in ("AVANZA_SECRET_KEY", "TWILIO_AUTH_TOKEN", "DATABASE_PASSWORD"):
        assert re.search(rf"^{name}=$", example, re.MULTILINE)


def test_compose_is_whole() -> None:
    """Networks, volumes and services that are named exist; only the proxy has a port outside."""
    made = compose()
    for name, service in made["services"].items():
        assert set(service.get("networks", ())) <= set(made["networks"]), name
        assert set(service.get("depends_on", ())) <= set(made["services"]), name
        named = {volume.split(":")[0] for volume in service.get("volumes", ())}
        assert {one for one in named if not one.startswith(".")} <= set(made["volumes"]), name
        assert ("ports" in service) is (name == "caddy")
    assert set(PROCESSES) <= set(made["services"])
    assert made["networks"]["inside"]["internal"]


@pytest.mark.parametrize("path", CADDYFILES, ids=lambda path: path.parent.name)
def test_the_proxy_lets_through_what_is_needed(path: Path) -> None:
    """Every public path of the webhook and no health page; no log, which would keep addresses of files."""
    text = path.read_text(encoding="utf-8")
    through = re.search(r"@webhook path (.*)", text)
    assert through is not None
    wanted = {"/twilio/inbound", "/twilio/status", "/aviso"}
    wanted |= {f"{outgoing_files.PATH}/*", f"{certificates.PATH}/*"}
    assert set(through[1].split()) == wanted
    assert not re.search(r"^\s*log\b", text, re.MULTILINE)


def test_the_two_caddyfiles_differ_by_addresses_only() -> None:
    on_host, in_compose = (path.read_text(encoding="utf-8") for path in CADDYFILES)
    assert re.sub(r"127\.0\.0\.1:800[01]", "", on_host) == re.sub(
        r"(webhook|console):800[01]", "", in_compose
    )


def test_public_paths_of_the_cluster() -> None:
    """The cluster's entrance for Twilio reaches the same paths."""
    public = next(
        one for one in manifests() if one["kind"] == "Ingress" and one["metadata"]["name"] == "webhook"
    )
    paths = {path["path"] for path in public["spec"]["rules"][0]["http"]["paths"]}
    assert paths == {"/twilio", "/aviso", certificates.PATH}


@needs("caddy")
@pytest.mark.parametrize("path", CADDYFILES, ids=lambda path: path.parent.name)
def test_caddy_takes_it(path: Path) -> None:
    lint("caddy", "validate", "--adapter", "caddyfile", "--config", path)


@needs("promtool")
def test_prometheus_takes_it() -> None:
    """Configuration, rules, and what the rules tell of a service that stands still and of one in order."""
    folder = DEPLOY / "prometheus"
    lint("promtool", "check", "config", "prometheus.yaml", cwd=folder)
    lint("promtool", "test", "rules", "alerts_test.yaml", cwd=folder)
