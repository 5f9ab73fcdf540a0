"""Pages of codes: quota and orders, one allotment, activation from a phone, sheets for the printer, and the public key set."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from werkzeug.wrappers import Response as WerkzeugResponse

from gi_registry.codes import service
from gi_registry.codes.schemas import Activation, Hold, Lift, Order, Printed, Received, Spoil, Step
from gi_registry.config import Settings
from gi_registry.kernel.quantities import grouped
from gi_registry.kernel.words import say
from gi_registry.web.access import PUBLIC, access
from gi_registry.web.arguments import number_arg, year_arg
from gi_registry.web.downloads import attachment, handed_out
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.negotiation import json_answer, table, wanted
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

bp = Blueprint("codes", __name__)

COLUMNS = ("number", "product", "year", "count", "activated", "left", "state")


def _settings() -> Settings:
    found: Settings = current_app.extensions["gi_settings"]
    return found


@bp.get("/authorisations/<int:authorisation_id>/codes")
@access("allotment:view")
def show_codes(authorisation_id: int) -> str | Response:
    """Show quota, allotments and the order form of an authorisation."""
    year, zone = year_arg(), request.values.get("zone", "")[:40]  # a refused order shows its own year again
    shown = service.view_codes(current_work(), authorisation_id, year=year, zone=zone)
    if wanted() != "html":
        return table(service.allotment_rows(shown), columns=COLUMNS, name=f"codes-{shown.authorisation.number}-{shown.year}")
    return page("codes/codes.html", shown=shown)


@bp.post("/authorisations/<int:authorisation_id>/codes")
@access("allotment:order")
def order(authorisation_id: int) -> WerkzeugResponse:
    """Order codes within the entitlement."""
    reshow(show_codes, authorisation_id)
    made = service.allot(current_work(), authorisation_id, read_form(Order), secret_key=_settings().secret_key)
    words = say("已核发 %(count)s 枚标识码，申领编号 %(number)s。", count=grouped(made.count), number=made.number)
    return redirect_with(words, "codes.show_allotment", allotment_id=made.id)


@bp.get("/allotments/<int:allotment_id>")
@access("allotment:view")
def show_allotment(allotment_id: int) -> str:
    """Show one allotment."""
    return page("codes/allotment.html", shown=service.view_allotment(current_work(), allotment_id))


@bp.get("/allotments/<int:allotment_id>/labels.pdf")
@access("allotment:order")
def labels(allotment_id: int) -> Response:
    """Hand out one part of the label sheets, or all of them (part 0), page by page, from the free cells of a first sheet on."""
    part, preview = number_arg("part", 1) or None, bool(request.args.get("preview"))
    asked = {name: request.args.get(name, "") for name in ("sheet", "level", "start", "skip")}
    setting = service.Setting(asked["sheet"], asked["level"], asked["start"], asked["skip"], preview=preview)
    return handed_out(service.labels_pdf(current_work(), allotment_id, _settings(), part=part, setting=setting), inline=preview)


@bp.get("/codes/calibration.pdf")
@access("allotment:order")
def calibration() -> Response:
    """Hand out the page that a printer is tried with."""
    return attachment(service.calibration_page(request.args.get("sheet", "")), "calibration.pdf", media_type="application/pdf")


@bp.get("/allotments/<int:allotment_id>/codes.csv")
@access("allotment:order")
def codes_list(allotment_id: int) -> Response:
    """Hand out the list of codes for a print house."""
    return handed_out(service.codes_csv(current_work(), allotment_id, _settings()))


@bp.get("/allotments/<int:allotment_id>/codes.zip")
@access("allotment:order")
def codes_packet(allotment_id: int) -> Response:
    """Hand out the list of codes with manifest, sums and signature."""
    return handed_out(service.codes_zip(current_work(), allotment_id, _settings()))


@bp.get("/allotments/<int:allotment_id>/symbols.zip")
@access("allotment:order")
def symbols_packet(allotment_id: int) -> Response:
    """Hand out the QR symbols of one part, or of all (part 0), as SVG or PNG."""
    kind, part, level = request.args.get("kind", "svg"), number_arg("part", 1) or None, request.args.get("level", "")
    return handed_out(service.symbols_zip(current_work(), allotment_id, _settings(), kind=kind, part=part, level=level))


@bp.post("/allotments/<int:allotment_id>/print")
@access("code:activate")
def mark_printed(allotment_id: int) -> WerkzeugResponse:
    """Say that the labels were printed."""
    reshow(show_allotment, allotment_id)
    service.mark_printed(current_work(), allotment_id, read_form(Printed))
    return redirect_with(say("已登记印制。标签到手后请登记入库。"), "codes.show_allotment", allotment_id=allotment_id)


@bp.post("/allotments/<int:allotment_id>/receive")
@access("code:activate")
def mark_received(allotment_id: int) -> WerkzeugResponse:
    """Say that the labels are in hand."""
    reshow(show_allotment, allotment_id)
    service.mark_received(current_work(), allotment_id, read_form(Received))
    return redirect_with(say("已登记入库，可以激活。"), "codes.show_allotment", allotment_id=allotment_id)


@bp.post("/allotments/<int:allotment_id>/close")
@access("code:activate")
def close(allotment_id: int) -> WerkzeugResponse:
    """Settle an allotment."""
    reshow(show_allotment, allotment_id)
    service.close(current_work(), allotment_id, read_form(Step))
    return redirect_with(say("这批标签已结清。"), "codes.show_allotment", allotment_id=allotment_id)


@bp.post("/allotments/<int:allotment_id>/withdraw")
@access("code:void")
def withdraw(allotment_id: int) -> WerkzeugResponse:
    """Void a whole allotment."""
    reshow(show_allotment, allotment_id)
    service.withdraw(current_work(), allotment_id, read_form(Step))
    return redirect_with(say("整批标识码已作废，额度已退还。"), "codes.show_allotment", allotment_id=allotment_id)


@bp.get("/allotments/<int:allotment_id>/activate")
@access("code:activate")
def show_activate(allotment_id: int) -> str:
    """Ask which labels go on which batch."""
    return page("codes/activate.html", shown=service.view_allotment(current_work(), allotment_id))


@bp.post("/allotments/<int:allotment_id>/activate")
@access("code:activate")
def activate(allotment_id: int) -> WerkzeugResponse:
    """Activate labels."""
    reshow(show_activate, allotment_id)
    done = service.activate(current_work(), allotment_id, read_form(Activation), secret_key=_settings().secret_key)
    return redirect_with(say("已激活 %(count)s 枚标签。", count=grouped(done.labels)), "codes.show_allotment", allotment_id=allotment_id)


@bp.get("/allotments/<int:allotment_id>/spoil")
@access("code:void")
def show_spoil(allotment_id: int) -> str:
    """Ask which labels left the stock unused."""
    return page("codes/spoil.html", shown=service.view_allotment(current_work(), allotment_id))


@bp.post("/allotments/<int:allotment_id>/spoil")
@access("code:void")
def spoil(allotment_id: int) -> WerkzeugResponse:
    """Take labels out of the stock."""
    reshow(show_spoil, allotment_id)
    done = service.spoil(current_work(), allotment_id, read_form(Spoil), secret_key=_settings().secret_key)
    return redirect_with(say("已登记 %(count)s 枚标签。", count=grouped(done.labels)), "codes.show_allotment", allotment_id=allotment_id)


@bp.get("/allotments/<int:allotment_id>/hold")
@access("code:hold")
def show_hold(allotment_id: int) -> str:
    """Ask an officer which labels are frozen or recalled, and on what basis."""
    return page("codes/hold.html", shown=service.view_allotment(current_work(), allotment_id))


@bp.post("/allotments/<int:allotment_id>/hold")
@access("code:hold")
def hold(allotment_id: int) -> WerkzeugResponse:
    """Freeze or recall labels."""
    reshow(show_hold, allotment_id)
    done = service.hold(current_work(), allotment_id, read_form(Hold), secret_key=_settings().secret_key)
    words = say("已办理，涉及 %(count)s 枚标签，并已告知用标人。", count=grouped(done.labels))
    return redirect_with(words, "codes.show_allotment", allotment_id=allotment_id)


@bp.post("/allotments/<int:allotment_id>/lift")
@access("code:hold")
def lift(allotment_id: int) -> WerkzeugResponse:
    """Lift a freeze or a recall."""
    reshow(show_allotment, allotment_id)
    service.lift(current_work(), allotment_id, read_form(Lift))
    return redirect_with(say("已解除，并已告知用标人。"), "codes.show_allotment", allotment_id=allotment_id)


@bp.get("/.well-known/jwks.json")
@access(PUBLIC)
def public_keys() -> Response:
    """Publish the public keys, and of the code keys, which are secret, their ids and status."""
    work = current_work()
    answer = json_answer(service.public_key_set(work.session), mimetype="application/jwk-set+json")
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer
