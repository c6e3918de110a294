"""Who may see what (promises P4 and P10).

Every endpoint declares its roles with `allow`, or `OPEN` for the very few that anyone may call; the
gate refuses whatever declared nothing. No role includes another. A refusal reads the same whether
the page exists or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for

from console.requests import LARGEST_FORM
from models import Role, SessionStep
from outreach.casework.opened import Caseworker
from outreach.staff import presence, sessions

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import TypeVar

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response

    from console.requests import StaffRequest
    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey
    from outreach.staff.sessions import Identity

    View = TypeVar("View", bound=Callable[..., object])

DESK: Final = frozenset({Role.CASEWORKER, Role.SUPERVISOR})
SUPERVISION: Final = frozenset({Role.SUPERVISOR})
AUDIT: Final = frozenset({Role.AUDITOR})
PROGRAMME: Final = frozenset({Role.COORDINATOR})
RESULTS: Final = frozenset({Role.COORDINATOR, Role.DIRECTION})
ADMINISTRATION: Final = frozenset({Role.ADMINISTRATOR})
OVERSIGHT: Final = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
ANYONE_INSIDE: Final = frozenset(Role)
OPEN: Final = frozenset(
    {"auth.log_in", "auth.code", "auth.pause", "health.healthz", "health.readyz", "static", "card.opened"}
)

# What a session that waits for something is good for.
FIRST: Final = {
    SessionStep.FACTOR: ("account.factor", "account.set_factor"),
    SessionStep.CONDUCT: ("account.conduct_code", "account.agree"),
}

COOKIE = "avanza_session"
DEVICE_COOKIE = "avanza_device"
_ROLES = "_avanza_roles"
_QUIET = "_avanza_quiet"
_KEY = "_avanza_key"
_LARGEST = "_avanza_largest"
_PRESENT = "_avanza_present"


def allow(
    roles: frozenset[Role],
    *,
    quiet: bool = False,
    needs_key: bool = False,
    present: bool = False,
    largest: int = LARGEST_FORM,
) -> Callable[[View], View]:
    """Declare who may call a view.

    `quiet` marks what a page fetches by itself, which is no act of hers; `needs_key` the desk's views, which
    open for nobody without the team's key and show that she who has it is there. Of the quiet ones only
    those say so that are `present`: the page fetches others where nobody sees it, too. `largest` is how many
    bytes the view takes where that is more than a form: it holds only for those whom the gate let in.
    """

    def declare(view: View) -> View:
        setattr(view, _ROLES, roles)
        setattr(view, _QUIET, quiet)
        setattr(view, _KEY, needs_key)
        setattr(view, _LARGEST, largest)
        setattr(view, _PRESENT, present or not quiet)
        return view

    return declare


def declared(app: Flask, endpoint: str) -> frozenset[Role] | None:
    """Return the roles that an endpoint declared, or None."""
    return getattr(app.view_functions[endpoint], _ROLES, None)


def install(app: Flask) -> None:
    """Put the gate before every request."""
    app.before_request(_gate)
    app.teardown_request(_end)


def db() -> Session:
    """Return the request's database session; the view that changes something commits it."""
    if "db" not in g:
        g.db = current_app.extensions["avanza_sessions"]()
    session: Session = g.db
    return session


def settings() -> Settings:
    """Return the settings."""
    found: Settings = current_app.extensions["avanza_settings"]
    return found


def key() -> PersonalKey:
    """Return the key of personal data."""
    found: PersonalKey = current_app.extensions["avanza_key"]
    return found


def now() -> datetime:
    """Return the moment of this request, the same wherever it is asked."""
    if "now" not in g:
        g.now = current_app.extensions["avanza_clock"]()
    moment: datetime = g.now
    return moment


def me() -> Identity:
    """Return who is asking."""
    identity: Identity = g.identity
    return identity


def caseworker() -> Caseworker:
    """Return the caseworker with her keys."""
    identity = me()
    if identity.private_key is None:
        abort(403)
    return Caseworker(key(), identity.private_key, identity.staff)


def secure() -> bool:
    """Say whether cookies may leave over https only."""
    return settings().console_secure or request.is_secure


def has_key() -> bool:
    """Say whether she who is asking may open cases."""
    return "identity" in g and me().private_key is not None


def _gate() -> Response | None:
    endpoint = request.endpoint
    if endpoint in OPEN:
        return None
    view = current_app.view_functions.get(endpoint or "")
    identity = sessions.identify(
        db(), request.cookies.get(COOKIE, ""), now(), touch=not getattr(view, _QUIET, False)
    )
    at_desk = getattr(view, _KEY, False)
    if identity is not None and at_desk and getattr(view, _PRESENT, False):
        presence.touch(identity.session, now())
    db().commit()
    if identity is None:
        return _to_login()
    g.identity = identity
    roles: frozenset[Role] | None = getattr(view, _ROLES, None)
    if roles is None or identity.staff.role not in roles:
        abort(404)
    first = what_comes_first(identity)
    if first and endpoint not in {*first, "auth.log_out"}:
        return _not_now(identity, first[0])
    if at_desk and identity.private_key is None:
        return _to_keys()
    cast("StaffRequest", request).limit(getattr(view, _LARGEST, LARGEST_FORM))
    return None


def what_comes_first(identity: Identity) -> tuple[str, ...]:
    """Return the page that is open to her before all others, with the endpoints of its forms; or nothing."""
    if identity.session.locked_at is not None:
        return ("auth.unlock", "account.session_state", "account.stay")
    if identity.staff.must_change_password:
        return ("auth.change_password",)
    return FIRST.get(identity.session.step, ())


def _not_now(identity: Identity, first: str) -> Response:
    if identity.session.locked_at is not None and request.headers.get("X-Fragment"):
        abort(423)
    return redirect(url_for(first))


def _to_login() -> Response:
    if _is_part():
        abort(401)
    return redirect(url_for("auth.log_in"))


def _to_keys() -> Response:
    if _is_part() or request.method == "POST":
        abort(403)
    return redirect(url_for("keys.index"))


def _is_part() -> bool:
    """Whether a page asks by itself; a browser's stream can send no header of ours."""
    return bool(request.headers.get("X-Fragment")) or request.accept_mimetypes.best == "text/event-stream"


def _end(_error: BaseException | None) -> None:
    session = g.pop("db", None)
    if session is not None:
        session.close()
    g.pop("identity", None)
