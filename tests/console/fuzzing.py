"""What the fuzzing of the console draws from: its routes, the fields that forms and views read, odd values.

Nothing is listed by hand: routes come from the application's map, fields from the WTForms of a view's module,
from the names that its source reads, and from the forms of the pages as they are shown.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
import uuid
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import wtforms
from hypothesis import strategies as st
from routes import PLACE

from console.forms import Form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import ModuleType

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.routing import Rule
    from werkzeug.test import TestResponse

Pair = tuple[bytes, bytes]
READ = re.compile(r'(?:form|args|files)\.(?:get|getlist)\(\s*"(\w+)"|(?:form|args|files)\["(\w+)"\]')
ODD = [
    b"", b" ", b"\0", b"a\0b", b"\x1b", b"\x7f", b"\xc2\x85", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3",
    b"0", b"-0", b"-1", b"1.5", b"1e9", b"1e999", b"NaN", b"inf", b"1_0", b" 7 ", "\u0663".encode(),
    b"2147483648", b"-2147483649", b"9223372036854775808", b"9" * 30, b"9" * 5000,
    b"0001-01-01", b"9999-12-31", b"10000-01-01", b"2026-02-30", b"1582-10-10", b"2027-02-28",
    b"0001-01-01T00:00", b"9999-12-31T23:59", b"2026-W01-1", b"20261201",
    b"00:00", b"23:59", b"24:00", b"23:59:59.999999", b"10:00", b"9:5",
    b"00000000-0000-0000-0000-000000000000", b"urn:uuid:12345678-1234-5678-1234-567812345678",
    b"{12345678123456781234567812345678}", b"x" * 60_000, "\u00f1".encode() * 2000, b"a\r\nX: y",
    "a\u0301".encode() * 500, "\u202e\u2066\u200b\ufeff".encode(),
    "\u2028\u0130\u1e9e\U0001f468\u200d".encode(), b"../../etc/passwd",
    b"%s%n{0.__class__}{{7*7}}%", b"'; DROP TABLE woman; --", b"<script>alert(1)</script>",
    b"=cmd|' /C calc'!A0", b"[]", b"{}", b"null", b"[" * 20_000, b"true", b"yes", b"on", b"+523312345678",
]  # fmt: skip
NAMES = [b"", b"a.csv", b"a.xlsx", b"../x\xff.png", b"x" * 300]
DAYS = [b"0001-01-01", b"9999-12-31", b"2026-12-01", b"2027-02-28", b"2024-02-29"]
HOURS = [b"00:00", b"23:59", b"10:00", b"12:30"]
PLAIN = st.text(alphabet="abc \u00f1{}%'", min_size=1, max_size=30).map(str.encode)
ANY = st.one_of(
    st.sampled_from(ODD), st.binary(max_size=20), st.text(max_size=20).map(lambda text: text.encode()), PLAIN
)
JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10), st.just(10**400),
        st.uuids().map(str), st.sampled_from(["present", "absent", 1_790_000_000_000]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["sent_at", "marks", "id", "ref", "state", "at"]), inner, max_size=4),
    ),
    max_leaves=8,
)  # fmt: skip
HEADERS = [
    ("X-Fragment", "1"), ("Accept", "text/event-stream"), ("Accept", "\xff"), ("Range", "bytes=9-1"),
    ("If-None-Match", "*"), ("If-Modified-Since", "yesterday"), ("Host", "a b:x"), ("Host", "[::1"),
    ("X-Forwarded-For", "x" * 9000), ("X-Forwarded-Proto", "gopher"), ("Cookie", "avanza_device=%00\xff; a"),
    ("Content-Length", "-1"), ("Content-Length", "x"), ("Content-Length", "99999999999"),
    ("Transfer-Encoding", "chunked"), ("X-HTTP-Method-Override", "DELETE"), ("Referer", "javascript:1"),
    ("User-Agent", "\x85"), ("Authorization", "Basic !"), ("Content-Encoding", "gzip"),
]  # fmt: skip
METHODS = ["PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "X"]
BOUNDARY = b"ab0und"


NAMED = {
    "case_id": "case_file", "group_id": "workshop_group", "session_id": "workshop_session",
    "resource_id": "help_resource", "letter_id": "dead_letter", "kind_id": "support_kind",
    "double_id": "double_support", "reminder_id": "reminder_rule", "rule_id": "completion_rule",
    "seat_id": "enrolment", "change_id": "woman_change", "request_id": "data_request",
    "run_id": "import_run", "pair_id": "link_pair", "merge_id": "woman_merge", "record_id": "blocked_record",
    "outbox_id": "outbox_message", "file_id": "sealed_file", "entry_id": "sealed_entry",
}  # fmt: skip
"""Places of addresses whose name is not that of a table."""


@dataclass(frozen=True)
class Field:
    """A field of a form: its name, and values of which some pass its own check."""

    name: str
    likely: tuple[bytes, ...] = ()
    is_file: bool = False


@dataclass
class Target:
    """One way to call one route, with the fields that it may read."""

    method: str
    rule: Rule
    fields: dict[str, Field] = field(default_factory=dict)
    shown: list[list[Field]] = field(default_factory=list)
    """The forms that lead here, as pages of the role show them, in their order."""
    addresses: list[str] = field(default_factory=list)
    """Where they lead to: with ids that are there."""


@dataclass(frozen=True)
class Request:
    """What is sent, as bytes: also what no browser would send."""

    method: str
    path: str
    query: bytes
    headers: tuple[tuple[str, str], ...]
    content_type: str | None
    body: bytes

    def __repr__(self) -> str:
        """Say it in a few lines: some are a megabyte long."""
        what = (self.method, self.path[:300], self.query[:300], self.headers, self.content_type)
        return f"Request{what} {self.body[:1500]!r} of {len(self.body)}"

    def sent(self, client: FlaskClient) -> TestResponse:
        """Send it."""
        headers = [*self.headers, *([("Content-Type", self.content_type)] if self.content_type else [])]
        return client.open(
            self.path,
            method=self.method,
            query_string=self.query.decode("latin-1"),
            headers=headers,
            data=self.body if self.method not in {"GET", "HEAD"} else None,
        )


class _Forms(HTMLParser):
    """Reads the forms and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, str, list[Field]]] = []
        self.links: list[str] = []
        self._select: tuple[str, list[bytes]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, its fields, a link."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), given.get("method", "get").upper(), []))
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "select":
            self._select = (given.get("name", ""), [])
        elif tag == "option" and self._select:
            self._select[1].append(given.get("value", "").encode())
        elif tag in {"input", "textarea", "button"} and given.get("name"):
            self._add(Field(given["name"], _likely(given), given.get("type") == "file"))

    def handle_endtag(self, tag: str) -> None:
        """Note a list of choices."""
        if tag == "select" and self._select:
            self._add(Field(self._select[0], tuple(self._select[1])))
            self._select = None

    def _add(self, found: Field) -> None:
        if self.forms and found.name != "csrf_token":
            self.forms[-1][2].append(found)


def _likely(given: Mapping[str, str]) -> tuple[bytes, ...]:
    by_type = {"date": DAYS, "time": HOURS, "number": [b"0", b"1", b"90", b"2147483648"], "checkbox": [b"on"]}
    value = given.get("value", "").encode()
    return (*([value] if value else []), *by_type.get(given.get("type", ""), []))


def targets(app: Flask, given: Mapping[str, Sequence[str]]) -> Iterator[Target]:
    """Yield every route with each method that it has, and the fields that its module reads."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in {"static", "desk.stream"}:
            continue  # files, and a stream that does not end: `tests/console/test_stream.py`
        view = inspect.unwrap(app.view_functions[rule.endpoint])
        fields = {one.name: one for one in _fields(inspect.getmodule(view))}
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            made = [filled(rule, {name: ids[0] for name, ids in given.items() if ids})]
            yield Target(method, rule, fields, addresses=made)


def filled(rule: Rule, given: Mapping[str, str]) -> str:
    """Return the address of a rule; a place that is not given gets something made up."""
    made_up = {"uuid": str(uuid.UUID(int=7)), "int": "1"}

    def fill(found: re.Match[str]) -> str:
        kind, first, name = found.groups()
        return given.get(name) or first or made_up.get(kind) or "x"

    return PLACE.sub(fill, rule.rule)


@cache
def _fields(module: ModuleType | None) -> tuple[Field, ...]:
    return tuple(_found(module)) if module is not None else ()


def _found(module: ModuleType) -> Iterator[Field]:
    given = [one for one in vars(module).values() if inspect.ismodule(one) and _is_ours(one)]
    lent = {getattr(one, "__module__", None) for one in vars(module).values() if callable(one)}
    given += [sys.modules[name] for name in sorted(filter(None, lent)) if name.startswith("console.")]
    for one in dict.fromkeys([module, *given]):
        for name in re.findall(READ, inspect.getsource(one)):
            yield Field(name[0] or name[1])
        for form in vars(one).values():
            if inspect.isclass(form) and issubclass(form, Form):
                yield from _of_form(form)


def _is_ours(module: ModuleType) -> bool:
    return module.__name__.startswith("console.") and module.__name__.count(".") > 1


def _of_form(form: type[Form]) -> Iterator[Field]:
    for name in dir(form):
        unbound: Any = getattr(form, name, None)
        kind = getattr(unbound, "field_class", None)
        if kind is not None:
            yield Field(name, _by_kind(kind, unbound), issubclass(kind, wtforms.FileField))


def _by_kind(kind: type, unbound: Any) -> tuple[bytes, ...]:
    if issubclass(kind, wtforms.DateField):
        return tuple(DAYS)
    if issubclass(kind, wtforms.TimeField):
        return tuple(HOURS)
    if issubclass(kind, wtforms.IntegerField | wtforms.DecimalField):
        return (b"0", b"1", b"16", b"90", b"2147483648")
    choices = unbound.kwargs.get("choices")
    if issubclass(kind, wtforms.SelectField) and isinstance(choices, list | tuple):
        return tuple(str(_choice(one)).encode() for one in choices)
    return (b"y",) if issubclass(kind, wtforms.BooleanField) else ()


def _choice(one: Any) -> object:
    return one[0] if isinstance(one, tuple) else getattr(one, "value", one)


def read_pages(known: dict[tuple[str, str], Target], client: FlaskClient, app: Flask, most: int) -> None:
    """Open each page once, and note with each route the forms and addresses that lead to it."""
    waiting = [target.addresses[0] for target in known.values() if target.method == "GET"]
    places = app.url_map.bind("localhost")
    seen: set[str] = set()
    while waiting and len(seen) < most:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address)
        if answer.mimetype != "text/html":
            continue
        page = _Forms()
        page.feed(answer.get_data(as_text=True))
        for link in page.links:
            target = _leads_to(known, places, "GET", link)
            if target is not None and len(target.addresses) < 3:
                target.addresses.append(link)
                waiting.append(link)
        for action, method, fields in page.forms:
            target = _leads_to(known, places, method, action or address)
            if target is not None and fields not in target.shown:
                target.shown.append(fields)
                target.addresses.append(action or address)


def _leads_to(known: Mapping[tuple[str, str], Target], places: Any, method: str, link: str) -> Target | None:
    path = urlsplit(link).path
    if not path.startswith("/"):
        return None
    try:
        endpoint, _ = places.match(path, method=method)
    except Exception:  # noqa: BLE001 (a link to nowhere is another test's)
        return None
    return known.get((endpoint, method))


@st.composite
def requests(draw: Callable[..., Any], known: Sequence[Target], ids: Sequence[str]) -> Request:
    """Draw a request: mostly a form as a page shows it, with a few of its fields gone wrong."""
    target = draw(st.sampled_from(known))
    address = draw(st.sampled_from(target.addresses))
    if draw(_one_in(6)):
        other = draw(
            st.sampled_from([*ids, str(uuid.UUID(int=7)), "-1", "0", "9" * 30, "%00", "\u00f1", "a%2Fb"])
        )
        address = filled(target.rule, dict.fromkeys(target.rule.arguments, other))
    path, _, query = address.partition("?")
    asked = [(name.encode(), value.encode()) for name, value in parse_qsl(query)]
    pairs = _pairs(draw, target, ids)
    if target.method == "GET":
        asked, pairs = asked + pairs, []
    elif draw(_one_in(8)):
        asked += _pairs(draw, target, ids)[:3]
    headers = [draw(st.sampled_from(HEADERS))] if draw(_one_in(6)) else []
    method = draw(st.sampled_from(METHODS)) if draw(_one_in(12)) else target.method
    kind, body = draw(bodies(pairs, {one.name for one in target.fields.values() if one.is_file}))
    return Request(method, path, urlencoded(asked), tuple(headers), kind, body)


def _one_in(count: int) -> st.SearchStrategy[bool]:
    return st.integers(0, count - 1).map(lambda drawn: drawn == count - 1)


def _pairs(draw: Callable[..., Any], target: Target, ids: Sequence[str]) -> list[Pair]:
    some = st.lists(st.sampled_from([*target.fields.values()] or [Field("text")]), max_size=6)
    as_shown = target.shown and not draw(_one_in(4))
    fields = draw(st.sampled_from(target.shown)) if as_shown else draw(some)
    usual = st.one_of(PLAIN, st.sampled_from(ids).map(str.encode))
    pairs = []
    for one in fields:
        likely = st.sampled_from(one.likely) if one.likely else usual
        pairs.append((one.name.encode(), draw(likely)))
    for _ in range(draw(st.integers(0, 3))):
        if not pairs:
            break
        at = draw(st.integers(0, len(pairs) - 1))
        match draw(st.sampled_from(["odd", "odd", "odd", "id", "drop", "again", "name"])):
            case "odd":
                pairs[at] = (pairs[at][0], draw(ANY))
            case "id":
                pairs[at] = (pairs[at][0], draw(st.sampled_from(ids)).encode())
            case "drop":
                del pairs[at]
            case "again":
                pairs.append((pairs[at][0], draw(ANY)))
            case _:
                pairs[at] = (draw(ANY), pairs[at][1])
    return pairs


@st.composite
def bodies(draw: Callable[..., Any], pairs: list[Pair], files: set[str]) -> tuple[str | None, bytes]:
    """Draw how fields are sent: as a form, in parts, as something that is no form, too long."""
    form = "application/x-www-form-urlencoded"
    kinds = ["form"] * 6 + ["parts"] * (6 if files else 2) + ["json", "other", "cut", "long", "many"]
    match draw(st.sampled_from(kinds)):
        case "form":
            return form, urlencoded(pairs)
        case "parts":
            names = [
                draw(st.sampled_from([b"", b"a.csv", b"a.xlsx", b"../x\xff.png", b"x" * 300])) for _ in pairs
            ]
            return f"multipart/form-data; boundary={BOUNDARY.decode()}", in_parts(pairs, names, files)
        case "json":
            return "application/json", draw(st.one_of(JSON.map(_json), JSON.map(_json), ANY))
        case "other":
            kind = draw(st.sampled_from([None, "text/plain", "application/xml", "x", "multipart/form-data",
                                         "multipart/form-data; boundary=", f"{form}; charset=utf-16",
                                         "application/json; charset=utf-7"]))  # fmt: skip
            return kind, draw(ANY)
        case "cut":
            whole = in_parts(pairs, [b""] * len(pairs), files)
            kind = f"multipart/form-data; boundary={BOUNDARY.decode()}"
            return kind, whole[: draw(st.integers(0, len(whole)))]
        case "long":
            return form, urlencoded([*pairs, (draw(ANY), b"x" * 1_000_000)])
        case _:
            return form, b"&".join([urlencoded(pairs), b"&".join(b"a%d=%d" % (n, n) for n in range(1200))])


def _json(drawn: object) -> bytes:
    return json.dumps(drawn, ensure_ascii=True).encode()


def urlencoded(pairs: Sequence[Pair]) -> bytes:
    """Return fields as a form sends them, any byte escaped."""
    return b"&".join(b"".join((_escaped(name), b"=", _escaped(value))) for name, value in pairs)


def _escaped(raw: bytes) -> bytes:
    return re.sub(rb"[^A-Za-z0-9_.-]", lambda found: b"%%%02X" % found[0][0], raw)


def in_parts(pairs: Sequence[Pair], names: Sequence[bytes], files: set[str]) -> bytes:
    """Return fields as multipart/form-data; some that are no file come as one, and the other way round."""
    made = []
    for (name, value), file in zip(pairs, names, strict=True):
        at = b'; filename="%s"' % file if file or name.decode("latin-1") in files else b""
        head = b'--%s\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n' % (BOUNDARY, name, at)
        made.append(head + value + b"\r\n")
    return b"".join([*made, b"--%s--\r\n" % BOUNDARY])
