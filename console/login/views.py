"""Entering, leaving, and a password of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, flash, redirect, render_template, request, session, url_for

from console import words
from console.access import ANYONE_INSIDE, COOKIE, allow, db, me, now
from console.forms import Form, LoginForm, PasswordForm
from models import Role
from outreach.staff import accounts

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("auth", __name__, template_folder="templates")
HOME: Final = {
    Role.CASEWORKER: "desk.index",
    Role.SUPERVISOR: "desk.index",
    Role.COORDINATOR: "programme.index",
    Role.ADMINISTRATOR: "administration.people",
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
    login = None
    if form.validate():
        login = accounts.log_in(db(), form.username.data or "", form.password.data or "", now())
        db().commit()
    if login is None:
        if not form.errors:
            flash(words.LOGIN_FAILED, "error")
        return render_template("login.html", form=form), 401
    # A token from before the login must not be worth anything after it.
    session.clear()
    response = redirect(url_for("auth.home"))
    response.set_cookie(COOKIE, login.token, httponly=True, samesite="Strict", secure=request.is_secure)
    return response


@pages.post("/salir")
@allow(ANYONE_INSIDE)
def log_out() -> Response:
    """End this session."""
    if Form().validate():
        accounts.log_out(db(), me(), now())
        db().commit()
    session.clear()
    flash(words.LOGGED_OUT, "ok")
    response = redirect(url_for("auth.log_in"))
    response.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=request.is_secure)
    return response


@pages.route("/contrasena", methods=["GET", "POST"])
@allow(ANYONE_INSIDE)
def change_password() -> Response | str:
    """Set one's own password; at the first login nothing else is open."""
    form = PasswordForm()
    if request.method == "POST" and form.validate():
        problem = None
        if form.new.data != form.again.data:
            problem = words.PASSWORDS_DIFFER
        else:
            try:
                accounts.change_password(db(), me(), form.current.data or "", form.new.data or "", now())
            except accounts.StaffError as error:
                problem = str(error)
        if problem is None:
            db().commit()
            flash(words.PASSWORD_CHANGED, "ok")
            return redirect(url_for("auth.home"))
        flash(problem, "error")
    return render_template("password.html", form=form)
