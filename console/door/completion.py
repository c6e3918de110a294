"""Coordinators: who completed a workshop or a programme, the rules of it, and the certificates.

Rules are changed by coordinators of all agencies alone.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from console import words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.door.forms import RuleForm
from console.door.views import LARGEST_LIST
from console.forms import Form
from models import Certificate, CompletionRule, Graduation, Group
from outreach.ground import dates, programme_rules
from outreach.messages.conversation_state import Paper
from outreach.programme import certificates, completion, overview, papers, programmes
from outreach.programme.completion import CompletionError
from outreach.programme.papers import PaperError
from outreach.programme.printing import PrintError
from outreach.staff import audit
from outreach.staff.audit import Action

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

pages = Blueprint("completion", __name__, template_folder="templates", url_prefix="/programa")


@pages.get("/terminos")
@allow(PROGRAMME)
def index() -> str:
    """Show the rules, with the form of a new one."""
    return _rules_page(RuleForm(formdata=None))


@pages.post("/terminos")
@allow(PROGRAMME)
def set_rule() -> BaseResponse | tuple[str, int]:
    """Let a rule hold from now on."""
    _of_all_agencies()
    form = RuleForm()
    _choices(form)
    if not form.validate():
        return _rules_page(form), 422
    programme_id, workshop_id = form.chosen()
    try:
        completion.set_rule(
            db(), programme_id, workshop_id, form.least.data or 0,
            both_interviews=bool(form.both_interviews.data), now=now(),
        )  # fmt: skip
    except CompletionError as error:
        db().rollback()
        flash(str(error), "error")
        return _rules_page(form), 422
    return _done(Action.COMPLETION_RULE, words.RULE_SET, url_for("completion.index"))


@pages.post("/terminos/<uuid:rule_id>/regla")
@allow(PROGRAMME)
def end_rule(rule_id: uuid.UUID) -> BaseResponse:
    """Let a rule hold no longer."""
    _of_all_agencies()
    rule = db().get(CompletionRule, rule_id) or abort(404)
    if not Form().validate():
        abort(400)
    completion.end_rule(db(), rule, now())
    return _done(Action.COMPLETION_RULE, words.COMPLETION_RULE_ENDED, url_for("completion.index"))


@pages.get("/grupos/<uuid:group_id>/termino")
@allow(PROGRAMME)
def of_group(group_id: uuid.UUID) -> str:
    """Show who of a group completed its workshop."""
    group = db().get(Group, group_id) or abort(404)
    rule = completion.rule_of(db(), group.workshop.programme_id, group.workshop_id)
    return render_template(
        "completion_group.html",
        group=group,
        rule=rule,
        lines=completion.of_group(db(), key(), group, rule),
        action=Form(formdata=None),
        interviews=words.INTERVIEWS,
        back=url_for("completion.of_group", group_id=group_id),
    )


@pages.get("/terminos/<uuid:rule_id>")
@allow(PROGRAMME)
def of_programme(rule_id: uuid.UUID) -> str:
    """Show who completed the axes that a programme asks for, a page at a time; of an ended rule, who did."""
    rule = db().get(CompletionRule, rule_id) or abort(404)
    if rule.workshop_id is not None:
        abort(404)
    after = request.args.get("despues", type=uuid.UUID)
    lines, more = completion.of_programme(db(), key(), rule, after)
    return render_template(
        "completion_programme.html",
        rule=rule,
        name=dict(programmes.names(db())).get(rule.programme_id, ""),
        lines=lines,
        more=more,
        first=after is None,
        action=Form(formdata=None),
        interviews=words.INTERVIEWS,
        back=url_for("completion.of_programme", rule_id=rule_id),
    )


@pages.post("/terminos/<uuid:rule_id>")
@allow(PROGRAMME, largest=LARGEST_LIST)
def graduate(rule_id: uuid.UUID) -> BaseResponse:
    """Record that those who were ticked completed it; one who does not is told and keeps nobody else out."""
    rule = db().get(CompletionRule, rule_id) or abort(404)
    if not Form().validate():
        abort(400)
    zone = programme_rules.rules_for(db(), settings(), rule.programme_id).timezone
    kept = 0
    refused: set[str] = set()
    for woman_id in sorted({_id(one) for one in request.form.getlist("woman")}):
        try:
            completion.graduate(db(), woman_id, rule, dates.today(zone, now()), by=me().staff.id)
        except CompletionError as error:
            refused.add(str(error))
        else:
            kept += 1
    for why in sorted(refused):
        flash(why, "error")
    if kept:
        audit.record(db(), me().staff.id, Action.GRADUATION_RECORDED, now())
    db().commit()
    flash(words.graduated(kept), "ok" if kept else "warn")
    return redirect(_back((rule.workshop_id is None and rule) or None))


@pages.post("/terminos/<uuid:graduation_id>/quitar")
@allow(PROGRAMME)
def undo(graduation_id: uuid.UUID) -> BaseResponse:
    """Take a graduation back, with its certificate."""
    graduation = _graduation(graduation_id)
    if not completion.undo(db(), graduation, by=me().staff.id, now=now()):
        flash(words.GRADUATION_GONE, "warn")
        return redirect(_back())
    return _done(Action.GRADUATION_UNDONE, words.GRADUATION_UNDONE, _back())


@pages.post("/terminos/<uuid:graduation_id>/constancia")
@allow(PROGRAMME)
def certificate(graduation_id: uuid.UUID) -> BaseResponse:
    """Give the certificate of a graduation, made now where there is none."""
    graduation = _graduation(graduation_id)
    try:
        row = certificates.issue(db(), key(), graduation, by=me().staff.id, now=now())
        pdf = certificates.pdf(certificates.read(key(), row), settings().public_url)
    except (CompletionError, PrintError) as error:
        db().rollback()
        flash(str(error), "error")
        return redirect(_back())
    audit.record(db(), me().staff.id, Action.CERTIFICATE_ISSUED, now())
    db().commit()
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = "attachment; filename=constancia.pdf"
    return response


@pages.post("/terminos/<uuid:graduation_id>/chat")
@allow(PROGRAMME)
def to_her_chat(graduation_id: uuid.UUID) -> BaseResponse:
    """Send the certificate of a graduation to her chat, at once or when she answers."""
    graduation = _graduation(graduation_id)
    paper = Paper(papers.CERTIFICATE, str(graduation.id))
    try:
        papers.send(db(), key(), settings(), graduation.woman_id, paper, now())
    except PaperError as error:
        db().rollback()
        flash(str(error), "error")
        return redirect(_back())
    return _done(Action.PAPER_SENT, words.PAPER_SENT, _back())


@pages.post("/terminos/<uuid:certificate_id>/anular")
@allow(PROGRAMME)
def revoke(certificate_id: uuid.UUID) -> BaseResponse:
    """Let a certificate be valid no longer; the graduation stays."""
    row = db().get(Certificate, certificate_id) or abort(404)
    if not Form().validate():
        abort(400)
    certificates.revoke(db(), row, now())
    return _done(Action.CERTIFICATE_REVOKED, words.CERTIFICATE_REVOKED, _back())


def _rules_page(form: RuleForm) -> str:
    _choices(form)
    return render_template(
        "completion_rules.html",
        rules=completion.rules(db()),
        ended=completion.ended(db()),
        axes=programmes.all_axis_names(db()),
        form=form,
        action=Form(formdata=None),
        may_change=me().staff.agency is None,
    )


def _choices(form: RuleForm) -> None:
    whole = [(f"p:{programme_id}", name) for programme_id, name in programmes.names(db())]
    workshops = [
        (f"w:{workshop.programme_id}:{workshop.id}", workshop.name)
        for workshop in overview.workshop_names(db())
    ]
    form.what.choices = {"Todo el programa": whole, "Un taller": workshops}


def _graduation(graduation_id: uuid.UUID) -> Graduation:
    found = db().get(Graduation, graduation_id) or abort(404)
    if not Form().validate():
        abort(400)
    return found


def _of_all_agencies() -> None:
    if me().staff.agency is not None:
        abort(404)


def _id(written: str) -> uuid.UUID:
    try:
        return uuid.UUID(written)
    except ValueError:
        abort(400)


def _back(rule: CompletionRule | None = None) -> str:
    """The page that the form came from: a group's, a rule's, or the rules."""
    group_id = request.form.get("group", type=uuid.UUID)
    if group_id:
        return url_for("completion.of_group", group_id=group_id)
    rule_id = rule.id if rule else request.form.get("rule", type=uuid.UUID)
    return url_for("completion.of_programme", rule_id=rule_id) if rule_id else url_for("completion.index")


def _done(action: Action, message: str, where: str) -> BaseResponse:
    audit.record(db(), me().staff.id, action, now())
    db().commit()
    flash(message, "ok")
    return redirect(where)
