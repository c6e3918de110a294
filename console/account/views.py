"""One's own account: sessions, the second factor, the code of conduct."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, url_for
from markupsafe import Markup

from console.access import ANYONE_INSIDE, allow, db, key, me, now
from console.account.forms import ChangeFactorForm, CodeForm
from console.forms import Form
from outreach.staff import accounts, conduct, factors, logins, sessions
from outreach.texts import conduct as code_of_conduct
from outreach.texts import staff_accounts as texts

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response as Answer

    from outreach.staff.factors import SetUp

pages = Blueprint("account", __name__, template_folder="templates", url_prefix="/cuenta")


@pages.get("")
@allow(ANYONE_INSIDE)
def index() -> str:
    """Show where she is logged in, and what else is hers."""
    return render_template(
        "account.html",
        mine=sessions.own(db(), key(), me(), now()),
        has_factor=factors.is_set(db(), me().staff.id),
        left=factors.codes_left(db(), me().staff.id),
    )


@pages.post("/sesiones/<uuid:session_id>/terminar")
@allow(ANYONE_INSIDE)
def end_session(session_id: uuid.UUID) -> Answer:
    """End another session of hers."""
    if not Form().validate():
        abort(400)
    if not sessions.end_own(db(), me(), session_id, now()):
        abort(404)
    db().commit()
    flash(texts.SESSION_ENDED, "ok")
    return redirect(url_for("account.index"))


@pages.post("/sesiones/terminar")
@allow(ANYONE_INSIDE)
def end_other_sessions() -> Answer:
    """End all her sessions but this one."""
    if not Form().validate():
        abort(400)
    for one in sessions.own(db(), key(), me(), now()):
        sessions.end_own(db(), me(), one.id, now())
    db().commit()
    flash(texts.SESSIONS_ENDED, "ok")
    return redirect(url_for("account.index"))


@pages.get("/conducta")
@allow(ANYONE_INSIDE)
def conduct_code() -> str:
    """Show the code of conduct."""
    agreed = conduct.agreed(db(), me().staff.id)
    return render_template("conduct.html", points=code_of_conduct.POINTS, agreed=agreed)


@pages.post("/conducta")
@allow(ANYONE_INSIDE)
def agree() -> Answer:
    """Agree to it."""
    if not Form().validate():
        abort(400)
    conduct.agree(db(), me().staff, now())
    logins.settle(db(), me())
    db().commit()
    return redirect(url_for("auth.home"))


@pages.get("/sesion")
@allow(ANYONE_INSIDE, quiet=True)
def session_state() -> Response:
    """Say in how many seconds this session is locked; 423 where it is."""
    return _state()


@pages.post("/sesion")
@allow(ANYONE_INSIDE)
def stay() -> Response:
    """Note that a person did something on the page."""
    if not Form().validate():
        abort(400)
    return _state()


def _state() -> Response:
    if me().session.locked_at is not None:
        abort(423)
    return jsonify(left=sessions.seconds_left(me().session, now()))


@pages.get("/codigo")
@allow(ANYONE_INSIDE)
def factor() -> str:
    """Show how to set up an app, or what can be done with the one that is set up."""
    return _factor_page(CodeForm(formdata=None))


@pages.post("/codigo")
@allow(ANYONE_INSIDE)
def set_factor() -> str | tuple[str, int]:
    """Take the new app into use where it shows the right code; the recovery codes are shown here alone."""
    form = CodeForm()
    codes = factors.confirm(db(), key(), me().staff, form.code.data or "", now()) if form.validate() else None
    if codes is None:
        db().rollback()
        if not form.errors:
            flash(texts.FACTOR_NOT_CONFIRMED, "error")
        return _factor_page(form), 422
    logins.settle(db(), me())
    sessions.end_others(db(), me())
    db().commit()
    return render_template("recovery_codes.html", codes=codes)


@pages.post("/codigo/cambiar")
@allow(ANYONE_INSIDE)
def change_factor() -> Answer | str | tuple[str, int]:
    """Set up another phone, get new recovery codes, or do without, each with a code that is right."""
    form = ChangeFactorForm()
    if not form.validate():
        abort(400)
    what = form.what.data
    if what == "off" and factors.required(me().staff):
        flash(texts.FACTOR_NEEDED, "error")
        return redirect(url_for("account.factor"))
    try:
        right = accounts.try_code(db(), key(), me().staff, form.code.data or "", now())
    except accounts.StaffError as error:
        db().commit()
        flash(str(error), "error")
        return _factor_page(CodeForm(formdata=None)), 422
    db().commit()
    if not right:
        flash(texts.CODE_FAILED, "error")
        return _factor_page(CodeForm(formdata=None)), 422
    if what == "recovery":
        codes = factors.new_recovery_codes(db(), key(), me().staff)
        db().commit()
        return render_template("recovery_codes.html", codes=codes)
    if what == "phone":
        factors.begin(db(), key(), me().staff, now())
    else:
        accounts.give_up_factor(db(), me().staff, now())
        flash(texts.FACTOR_OFF, "ok")
    db().commit()
    return redirect(url_for("account.factor"))


def _factor_page(form: CodeForm) -> str:
    staff = me().staff
    is_set = factors.is_set(db(), staff.id)
    set_up = (
        factors.pending(db(), key(), staff, now()) if is_set else factors.begin(db(), key(), staff, now())
    )
    db().commit()
    return render_template(
        "factor.html",
        form=form,
        is_set=is_set,
        required=factors.required(staff),
        left=factors.codes_left(db(), staff.id),
        set_up=set_up,
        picture=_picture(set_up) if set_up else None,
        grouped=_grouped(set_up.secret) if set_up else None,
    )


def _picture(set_up: SetUp) -> Markup:
    """Return the QR code as an inline SVG, dark on light in any scheme; made here, kept nowhere."""
    drawn = segno.make(set_up.uri, micro=False).svg_inline(
        dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None, title=texts.QR_TITLE
    )
    return Markup(drawn)  # noqa: S704 (made of an address of ours by segno, which escapes it)


def _grouped(secret: str) -> str:
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
