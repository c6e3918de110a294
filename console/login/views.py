"""Entering, leaving, and a password of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, session, url_for

from console import words
from console.access import ANYONE_INSIDE, COOKIE, DEVICE_COOKIE, allow, db, key, me, now, secure, settings
from console.account.forms import CodeForm
from console.forms import Form
from console.login.forms import LoginForm, PasswordForm, UnlockForm
from models import Role, SessionStep
from outreach.casework import holding
from outreach.staff import accounts, devices, logins, sessions
from outreach.texts import staff_accounts as texts

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from outreach.staff.logins import Login

pages = Blueprint("auth", __name__, template_folder="templates")
HOME: Final = {
    Role.CASEWORKER: "desk.index",
    Role.SUPERVISOR: "desk.index",
    Role.COORDINATOR: "programme.index",
    Role.ADMINISTRATOR: "administration.people",
    Role.AUDITOR: "audit.index",
    Role.DIRECTION: "results.index",
}


@pages.get("/")
@allow(ANYONE_INSIDE)
def home() -> Response:
    """Send everyone to the pages of her role."""
    return redirect(url_for(HOME[me().staff.role]))


@pages.route("/entrar", methods=["GET", "POST"])
def log_in() -> Response | tuple[str, int]:
    """Let somebody in, or say nothing about why not."""
    form = LoginForm()
    if request.method == "GET":
        return render_template("login.html", form=form), 200
    login = _try(form.username.data or "", form.password.data or "") if form.validate() else None
    if login is None:
        if not form.errors:
            flash(words.LOGIN_FAILED, "error")
        return render_template("login.html", form=form), 401
    return _let_in(login)


@pages.route("/entrar/codigo", methods=["GET", "POST"])
def code() -> Response | str | tuple[str, int]:
    """Ask for the code of the second factor; open to a login whose password was right, and to nobody else."""
    half = sessions.identify(db(), request.cookies.get(COOKIE, ""), now(), touch=False, half=True)
    if half is None:
        return redirect(url_for("auth.log_in"))
    form = CodeForm()
    if request.method == "GET":
        return render_template("code.html", form=form)
    if not form.validate():
        return render_template("code.html", form=form), 422
    login = logins.complete(db(), key(), half, form.code.data or "", _origin(), now())
    db().commit()
    if login is not None:
        return _let_in(login)
    if sessions.identify(db(), request.cookies.get(COOKIE, ""), now(), touch=False, half=True) is None:
        flash(texts.CODE_TOO_OFTEN, "error")
        return redirect(url_for("auth.log_in"))
    flash(texts.CODE_FAILED, "error")
    return render_template("code.html", form=CodeForm(formdata=None)), 401


@pages.route("/entrar/abrir", methods=["GET", "POST"])
@allow(ANYONE_INSIDE, quiet=True)
def unlock() -> Response | str | tuple[str | Response, int]:
    """Give a session that was locked its key again; the page that is covered asks here too."""
    if me().session.locked_at is None:
        return redirect(url_for("auth.home"))
    if request.method == "GET":
        return render_template("unlock.html")
    form = UnlockForm()
    right = form.validate() and _reopen(form.password.data or "", form.code.data or "")
    by_page = bool(request.headers.get("X-Fragment"))
    if right:
        left = jsonify(left=sessions.seconds_left(me().session, now()))
        return left if by_page else redirect(url_for("auth.home"))
    if sessions.identify(db(), request.cookies.get(COOKIE, ""), now(), touch=False) is None:
        flash(texts.CODE_TOO_OFTEN, "error")
        if by_page:
            abort(401)
        return redirect(url_for("auth.log_in"))
    if by_page:
        return jsonify(problem=texts.UNLOCK_FAILED), 422
    flash(texts.UNLOCK_FAILED, "error")
    return render_template("unlock.html"), 422


def _reopen(password: str, code: str) -> bool:
    identity, token = me(), request.cookies.get(COOKIE, "")
    attempt = logins.begin(db(), key(), identity.staff.username, _origin(), now())
    db().commit()  # what follows takes a second: no transaction, no connection
    proof = logins.prove(attempt, password)
    right = logins.reopen(db(), key(), identity, token, attempt, proof, code, _origin(), now())
    db().commit()
    return right


@pages.post("/salir")
@allow(ANYONE_INSIDE)
def log_out() -> Response:
    """End this session; a danger case that she holds is nobody's from here on."""
    if Form().validate():
        sessions.log_out(db(), me(), now())
        holding.release_of(db(), key(), settings(), me().staff.id, now())
        db().commit()
    session.clear()
    flash(words.LOGGED_OUT, "ok")
    response = redirect(url_for("auth.log_in"))
    response.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=secure())
    # What the browser kept of these pages goes with the login, also where somebody else uses it next.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@pages.get("/pausa")
def pause() -> str:
    """Show a page that says nothing, where she hid what was on her screen."""
    return render_template("pause.html")


@pages.route("/contrasena", methods=["GET", "POST"])
@allow(ANYONE_INSIDE)
def change_password() -> Response | str:
    """Set one's own password; at the first login nothing else is open."""
    form = PasswordForm()
    if request.method == "POST" and form.validate():
        problem = words.PASSWORDS_DIFFER if form.new.data != form.again.data else None
        try:
            if problem is None:
                _change(form.current.data or "", form.new.data or "")
        except accounts.StaffError as error:
            db().rollback()
            problem = str(error)
        if problem is None:
            flash(words.PASSWORD_CHANGED, "ok")
            return redirect(url_for("auth.home"))
        flash(problem, "error")
    return render_template("password.html", form=form)


def _try(username: str, password: str) -> Login | None:
    attempt = logins.begin(db(), key(), username, _origin(), now())
    db().commit()  # what follows takes a second: no transaction, no connection
    proof = logins.prove(attempt, password)
    login = logins.finish(db(), key(), attempt, proof, now())
    db().commit()
    return login


def _origin() -> logins.Origin:
    return logins.Origin(
        request.remote_addr or "", request.cookies.get(DEVICE_COOKIE, ""), request.user_agent.string
    )


def _let_in(login: Login) -> Response:
    """Give the cookies of a login: to the page that asks for the code, or to those of her role."""
    # A token from before the login must not be worth anything after it.
    session.clear()
    response = redirect(url_for("auth.code" if login.step is SessionStep.CODE else "auth.home"))
    response.set_cookie(COOKIE, login.token, httponly=True, samesite="Strict", secure=secure())
    if login.device:
        response.set_cookie(
            DEVICE_COOKIE,
            login.device,
            max_age=devices.DAYS_KEPT * 86400,
            path=url_for("auth.log_in"),
            httponly=True,
            samesite="Strict",
            secure=secure(),
        )
    return response


def _change(current: str, new: str) -> None:
    counted = accounts.try_current(db(), key(), me().staff, now())
    db().commit()
    accounts.change_password(db(), me(), current, new, now(), counted=counted)
    db().commit()
