"""The key of a team: who holds it, who waits, who left with it; its change, and what losing it would mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import COOKIE, DESK, allow, caseworker, db, me, now
from console.display import short_day
from console.forms import Form
from console.keys.forms import ChangeForm, RecoveryForm
from outreach.casework import departures
from outreach.sealing import recovery_key, renewal, reseal, vault
from outreach.sealing.recovery_key import RecoveryKeyError
from outreach.sealing.renewal import KeyChangedError, Recovery
from outreach.staff import key_holders, teams
from outreach.texts import desk_keys as texts

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response

    from outreach.staff.teams import TeamLine

pages = Blueprint("keys", __name__, template_folder="templates", url_prefix="/llave")


@pages.get("")
@allow(DESK)
def index() -> str:
    """Show her teams: who has the key and who waits, or, to one who waits herself, what to do."""
    return _page()


@pages.post("/dar/<uuid:staff_id>")
@allow(DESK)
def give(staff_id: uuid.UUID) -> Response:
    """Give the key to a colleague who waits."""
    if not Form().validate():
        abort(400)
    caseworker()
    if teams.give_key(db(), me(), staff_id, now()):
        db().commit()
        flash(words.KEY_GRANTED, "ok")
    else:
        db().rollback()
        flash(words.NOBODY_WAITS, "error")
    return redirect(url_for("keys.index"))


@pages.post("/recuperar")
@allow(DESK)
def recover() -> Response:
    """Take a key with the recovery key from paper."""
    form = RecoveryForm()
    if not form.validate():
        abort(400)
    try:
        given = teams.recover_key(db(), me().staff, form.recovery_key.data or "", now())
    except (RecoveryKeyError, vault.WrongRecoveryKeyError, vault.NoTeamError) as error:
        db().rollback()
        flash(str(error), "error")
        return redirect(url_for("keys.index"))
    if not given:
        db().rollback()
        flash(texts.RECOVERY_NOT_YOURS, "error")
    else:
        db().commit()
        flash(words.KEY_RECOVERED, "ok")
    return redirect(url_for("keys.index"))


@pages.post("/cambiar/<uuid:team_id>")
@allow(DESK, needs_key=True)
def change(team_id: uuid.UUID) -> Response | str:
    """Give a team of hers another key; its new recovery key is shown here and nowhere else."""
    line, form = _hers(team_id), ChangeForm()
    if not form.validate():
        abort(400)
    if form.known.data != _known(line):
        flash(texts.KEY_CHANGED_BEFORE, "error")
        return redirect(url_for("keys.index"))
    db().commit()  # what follows takes a second: no transaction
    recovery = Recovery.make()
    try:
        teams.change_key(db(), me(), request.cookies.get(COOKIE, ""), team_id, recovery, now())
    except KeyChangedError:
        db().rollback()
        flash(texts.KEY_CHANGED_BEFORE, "error")
        return redirect(url_for("keys.index"))
    db().commit()
    flash(texts.KEY_CHANGED, "ok")
    return _page(fresh=(team_id, recovery.text))


@pages.post("/recuperacion/<uuid:team_id>")
@allow(DESK, needs_key=True)
def renew_recovery(team_id: uuid.UUID) -> Response | str:
    """Make another recovery key for a team of hers, shown here and nowhere else."""
    _hers(team_id)
    if not Form().validate():
        abort(400)
    db().commit()  # as above
    recovery = Recovery.make()
    try:
        teams.change_recovery(db(), me(), team_id, recovery, now())
    except KeyChangedError:
        db().rollback()
        flash(texts.KEY_CHANGED_BEFORE, "error")
        return redirect(url_for("keys.index"))
    db().commit()
    return _page(fresh=(team_id, recovery.text))


@pages.post("/comprobar/<uuid:team_id>")
@allow(DESK, needs_key=True)
def check_recovery(team_id: uuid.UUID) -> Response:
    """Say whether what stands on the paper is the recovery key of a team of hers."""
    _hers(team_id)
    form = RecoveryForm()
    wrap = renewal.recovery_wrap(db(), team_id) or abort(404)
    db().commit()  # as above
    try:
        fits = form.validate() and renewal.fits(wrap, form.recovery_key.data or "")
    except RecoveryKeyError as error:
        flash(str(error), "error")
        return redirect(url_for("keys.index"))
    if fits:
        renewal.note_checked(db(), wrap, now())
        db().commit()
    flash(texts.RECOVERY_FITS if fits else texts.RECOVERY_OTHER, "ok" if fits else "error")
    return redirect(url_for("keys.index"))


@pages.post("/resellar/<uuid:team_id>")
@allow(DESK, quiet=True, needs_key=True)
def seal_anew(team_id: uuid.UUID) -> Response | str:
    """Seal the next part to the new key; the page asks for it again by itself until nothing is left."""
    line = _hers(team_id)
    if not Form().validate():
        abort(400)
    progress = reseal.step(db(), caseworker().private_key, team_id)
    db().commit()
    if request.headers.get("X-Fragment"):
        return render_template("_reseal.html", line=line, progress=progress, action=Form(formdata=None))
    return redirect(url_for("keys.index"))


@pages.get("/salida/<uuid:team_id>/<uuid:staff_id>")
@allow(DESK, needs_key=True)
def departure(team_id: uuid.UUID, staff_id: uuid.UUID) -> str:
    """Say what somebody who left a team of hers may have seen."""
    line = _hers(team_id)
    left = {one.staff.id: one for one in key_holders.leavers(db(), [team_id])[team_id]}
    leaver = left.get(staff_id) or abort(404)
    found = departures.exposed(db(), caseworker().private_key, team_id, staff_id)
    return render_template(
        "departure.html",
        line=line,
        gone=texts.gone(leaver.staff.display_name, short_day(leaver.left_at)),
        seen=texts.may_have_seen(found.keyed, found.opened),
    )


def _page(fresh: tuple[uuid.UUID, str] | None = None) -> str:
    wraps = vault.wraps_of(db(), me().staff.id)
    granted = {wrap.team_id for wrap in wraps if wrap.wrapped is not None}
    has_key = me().private_key is not None
    lines = teams.lines(db(), [wrap.team_id for wrap in wraps])
    opened = [line for line in lines if has_key and line.team.id in granted]
    left = key_holders.leavers(db(), granted)
    return render_template(
        "keys.html",
        has_key=has_key,
        any_team=vault.find_team(db()) is not None,
        granted=bool(granted),
        opened=opened,
        missing=[line for line in lines if line.team.id not in granted],
        own_code=vault.code(wraps[0]) if wraps else None,
        left=left,
        gone=texts.gone,
        known={line.team.id: _known(line) for line in opened},
        progress={line.team.id: reseal.progress(db(), line.team.id) for line in opened},
        recovery={line.team.id: renewal.recovery_wrap(db(), line.team.id) for line in opened},
        fresh=fresh,
        texts=texts,
        form=RecoveryForm(formdata=None),
        action=Form(formdata=None),
    )


def _hers(team_id: uuid.UUID) -> TeamLine:
    """Return a team whose key she has; to others it is not there."""
    if team_id not in vault.teams_of(db(), me().staff.id):
        abort(404)
    return teams.lines(db(), [team_id])[0]


def _known(line: TeamLine) -> str:
    return recovery_key.fingerprint(line.team.public_key, 12)
