"""Coordinators: a campaign as it leaves and what became of it, woman by woman and as files."""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from flask import Response, abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup

from console import display, words
from console.access import PROGRAMME, allow, db, key, me, now, settings
from console.campaigns.blueprint import pages
from console.campaigns.following_forms import AgainForm
from console.live import fragment
from models import Campaign, CampaignState, OutboxKind
from outreach.campaigns import following, new_tries, preview, row_files
from outreach.campaigns.campaigns import CampaignError
from outreach.campaigns.outcomes import ARRIVED, GONE, MISSED, NOT_GONE, Part
from outreach.casework import withheld
from outreach.figures import charts, sending, sheets
from outreach.figures.sheets import Bars
from outreach.ground import programme_rules
from outreach.messages import sender
from outreach.staff import audit
from outreach.staff.audit import Action
from outreach.texts import campaign_rows, results

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from werkzeug.wrappers import Response as Answer

    from models import CampaignSnapshot
    from outreach.campaigns.following import Row, Standing
    from outreach.ground.settings import Settings

FILTERS: Final[dict[str, tuple[Part, ...]]] = {
    "por-salir": NOT_GONE,
    "en-camino": (Part.ON_ITS_WAY,),
    "llegaron": ARRIVED,
    "leidas": (Part.READ,),
    "fallas": MISSED,
    "tope": (Part.META_CAP,),
    "bloqueadas": (Part.BLOCKED,),
    "sin-numero": (Part.NO_NUMBER,),
    "por-confirmar": (Part.DOUBT,),
    "no-reciben": (Part.LEFT_OUT, Part.HELD_OUT),
}
_FILTER_OF: Final = {part: name for name, parts in reversed(FILTERS.items()) for part in parts}
MOMENTS: Final = 12
"""How many moments the chart shows."""
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def shown(campaign: Campaign, around: dict[str, Any]) -> str:
    """Return the page of a campaign that was confirmed; `around` is what its heading says."""
    rules = _rules(campaign)
    found = following.standing(db(), campaign.id)
    again = new_tries.may_be_tried(db(), campaign, found, rules, now())
    _, end = preview.suggested_window(rules, now())
    compared = sending.compared(db(), campaign, now())
    return render_template(
        "campaign.html",
        **(around | _live(campaign, found)),
        again=again,
        form=AgainForm(formdata=None, end_day=end.date(), end_hour=end.time()),
        lot=sheets.lot(compared, results.LOT_HINT) if compared else None,
    )


@pages.get("/<uuid:campaign_id>/avance")
@allow(PROGRAMME, quiet=True)
def progress(campaign_id: uuid.UUID) -> Response:
    """Give the progress again."""
    campaign = _campaign(campaign_id)
    live = _live(campaign, following.standing(db(), campaign.id))
    response = fragment(render_template("campaign_progress.html", campaign=campaign, **live))
    response.headers["X-Mode"] = live["mode"]
    return response


def _live(campaign: Campaign, found: Standing) -> dict[str, Any]:
    before = following.snapshots(db(), campaign.id)
    number = sender.read(db(), now())
    parts = found.parts
    left = found.sum_of((Part.WAITING, Part.AGAIN))
    moments = _moments(before)
    held = campaign.state is CampaignState.PAUSED or number.room(OutboxKind.CAMPAIGN) == 0
    return {
        "states": words.CAMPAIGN_STATES,
        "found": found,
        "parts": [(part.value, parts[part], _FILTER_OF[part]) for part in Part if parts[part]],
        "part_names": campaign_rows.PARTS,
        "arrived": found.sum_of(ARRIVED),
        "gone": found.sum_of(GONE),
        "missed": found.sum_of(MISSED),
        "left": left,
        "to_leave": found.sum_of(NOT_GONE),
        "pace": following.pace(found, before, now()) if left and not held else None,
        "reasons": [(campaign_rows.why(why, None) or why, count) for why, count in _left_out(found)],
        "answered": withheld.rounded(found.answered),
        "opted_out": withheld.rounded(found.opted_out),
        "paused_why": _paused_why(number) if left else None,
        "limited": bool(left) and number.paused_at is None and number.room(OutboxKind.CAMPAIGN) == 0,
        "number": number,
        "moments": moments,
        "chart": _chart(Bars(CHART, tuple((at, count) for at, count, *_ in moments))) if moments else "",
        "mode": _mode(campaign, found),
    }


CHART: Final = "Llegaron hasta cada momento"


def _left_out(found: Standing) -> list[tuple[str, int]]:
    counted: dict[str, int] = {}
    for (outcome, reason), number in found.pairs.items():
        if outcome is None and reason is not None:
            counted[reason] = counted.get(reason, 0) + number
    return sorted(counted.items(), key=lambda one: -one[1])


def _paused_why(number: sender.Sender) -> str | None:
    if number.paused_at is None:
        return None
    if number.paused_code is None:
        return words.SENDER_PAUSED
    return words.SENDER_CODES.get(number.paused_code, words.SENDER_UNKNOWN).capitalize() + "."


def _moments(before: list[CampaignSnapshot]) -> list[tuple[str, int, int, int]]:
    """Return some moments with what had arrived, been read and failed by then; none where nothing arrived."""
    if len(before) <= 1 or not before[-1].delivered:
        return []
    step = max(1, -(-len(before) // MOMENTS))
    some = before[::-1][::step][::-1]
    same_day = len({one.at.astimezone(settings().timezone).date() for one in some}) == 1
    name: Callable[[datetime], str] = display.hour if same_day else display.moment
    return [(name(one.at), one.delivered, one.read, one.failed) for one in some]


@lru_cache(maxsize=256)
def _chart(bars: Bars) -> Markup:
    """Draw the chart: our own words and numbers; it changes once a minute at most, whoever looks."""
    return Markup(charts.svg(bars, "chart-campaign"))  # noqa: S704


def _mode(campaign: Campaign, found: Standing) -> str:
    """Name what the page offers, so that it is loaded again when that changes."""
    ended = campaign.state in {CampaignState.DONE, CampaignState.CANCELLED}
    stoppable = not ended or (campaign.state is CampaignState.DONE and found.queued > 0)
    again = "again " if ended and new_tries.any_passes(found) else ""
    return f"{campaign.state.value} {again}{'stoppable' if stoppable else 'over'}"


@pages.get("/<uuid:campaign_id>/mujeres")
@allow(PROGRAMME)
def women(campaign_id: uuid.UUID) -> str:
    """Show the women of a campaign, one row each, a page at a time."""
    campaign = _campaign(campaign_id)
    found = following.standing(db(), campaign.id)
    chosen = request.args.get("estado", "")
    parts = FILTERS.get(chosen, ())
    after = request.args.get("despues", type=uuid.UUID)
    some = following.rows(db(), key(), campaign.id, found, parts, after=after)
    lines, more = some[: following.PAGE], len(some) > following.PAGE
    return render_template(
        "campaign_women.html",
        campaign=campaign,
        lines=[(row.woman_id, *row_files.cells(row)) for row in lines],
        chosen=chosen if parts else "",
        filters=[(name, found.sum_of(FILTERS[name]) if name else found.total) for name in words.FILTERS],
        filter_names=words.FILTERS,
        after=after,
        more=lines[-1].woman_id if more else None,
    )


@pages.get("/<uuid:campaign_id>/mujeres.csv")
@allow(PROGRAMME)
def women_csv(campaign_id: uuid.UUID) -> Response:
    """Give the women of a campaign as CSV."""
    return _file(campaign_id, row_files.as_csv, "text/csv", "csv")


@pages.get("/<uuid:campaign_id>/mujeres.xlsx")
@allow(PROGRAMME)
def women_xlsx(campaign_id: uuid.UUID) -> Response:
    """Give the women of a campaign as a workbook."""
    return _file(campaign_id, row_files.as_xlsx, _XLSX, "xlsx")


def _file(campaign_id: uuid.UUID, make: Callable[[Iterable[Row]], bytes], kind: str, ending: str) -> Response:
    campaign = _campaign(campaign_id)
    found = following.standing(db(), campaign.id)
    which = "fallas" if request.args.get("estado") == "fallas" else "todas"
    parts = (*MISSED, Part.DOUBT) if which == "fallas" else ()
    made = make(following.all_rows(db(), key(), campaign.id, found, parts))
    audit.record(db(), me().staff.id, Action.CAMPAIGN_TAKEN, now())
    db().commit()
    answer = Response(made, mimetype=kind)
    name = f"{campaign_rows.FILE_NAMES[which]}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.post("/<uuid:campaign_id>/otra-vez")
@allow(PROGRAMME)
def try_again(campaign_id: uuid.UUID) -> Answer:
    """Try those again that failed for a reason that passes."""
    campaign = _campaign(campaign_id)
    form = AgainForm()
    if not form.validate():
        flash(form.problem() or words.CAMPAIGN_TRIED_AGAIN_NONE, "error")
        return redirect(url_for("campaigns.show", campaign_id=campaign.id))
    rules = _rules(campaign)
    try:
        number = new_tries.try_again(db(), campaign, rules, form.until(rules.timezone), now())
    except (CampaignError, OverflowError) as error:
        db().rollback()
        flash(str(error) if isinstance(error, CampaignError) else words.CAMPAIGN_TRIED_AGAIN_NONE, "error")
    else:
        audit.record(db(), me().staff.id, Action.CAMPAIGN_TRIED_AGAIN, now())
        db().commit()
        flash(words.tried_again(number), "ok")
    return redirect(url_for("campaigns.show", campaign_id=campaign_id))


def _campaign(campaign_id: uuid.UUID) -> Campaign:
    campaign = db().get(Campaign, campaign_id)
    if campaign is None or campaign.state is CampaignState.DRAFT:
        abort(404)
    return campaign


def _rules(campaign: Campaign) -> Settings:
    return programme_rules.rules_for(db(), settings(), campaign.programme_id)
