"""The only place that knows HTTP numbers for refusals: a page that helps, or problem+json (RFC 9457)."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from gi_registry.db import is_full
from gi_registry.kernel import errors as e
from gi_registry.kernel.words import Words, say
from gi_registry.web.forms import FormState
from gi_registry.web.negotiation import json_answer, wanted
from gi_registry.web.pages import translated
from gi_registry.web.work import SAFE, close_work, restart_work

STATUS: tuple[tuple[type[e.RegistryError], int], ...] = (
    (e.NotFound, 404), (e.NotSignedIn, 401), (e.NotAllowed, 403), (e.Invalid, 422),
    (e.TooMany, 429), (e.Conflict, 409), (e.Unavailable, 503),
)  # fmt: skip
TITLES: dict[int, Words] = {
    400: say("请求无法理解"),
    401: say("请先登录"),
    403: say("不能办理"),
    404: say("没有找到"),
    405: say("不能这样访问"),
    409: say("情况已经变化，未保存"),
    413: say("文件过大"),
    422: say("有内容需要更正"),
    429: say("尝试次数过多"),
    500: say("系统出错"),
    503: say("暂时无法服务"),
}

RETRY_AFTER_S = 30
"""When to ask again after a 503: a database that restarts needs seconds, a person who frees a disk needs longer than anyone should wait."""


def status_of(error: e.RegistryError) -> int:
    """Return the HTTP number of a refusal."""
    return next((number for kind, number in STATUS if isinstance(error, kind)), 500)


def register_errors(app: Flask) -> None:
    """Answer every refusal."""
    app.register_error_handler(e.RegistryError, refuse)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(PoolTimeout, _database)
    app.register_error_handler(OverflowError, _too_large)
    app.register_error_handler(DataError, _too_large)
    app.register_error_handler(Exception, _bug)


def refuse(error: e.RegistryError) -> Response | WerkzeugResponse:
    """Answer a refusal: sign-in page, the form again, a page that helps, or problem+json. What the request promised is taken back."""
    number = status_of(error)
    if request.method not in SAFE:
        session.pop("_flashes", None)
    answer = _refusal(error, number)
    if number == 503:
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def _refusal(error: e.RegistryError, number: int) -> Response | WerkzeugResponse:
    if wanted() == "json":
        close_work()
        return problem(error, number)
    if isinstance(error, e.NotSignedIn) and request.method in SAFE:
        close_work()
        return redirect(url_for("accounts.show_sign_in", next=request.full_path.rstrip("?")), 303)
    form_page = g.pop("form_page", None)
    _reopen()
    if form_page is not None and not isinstance(error, e.NotFound | e.NotAllowed | e.NotSignedIn):
        fields = error.fields if isinstance(error, e.Invalid) else (e.FieldError("form", error.reason, error.remedy),)
        g.form_state = _state(error, fields)
        try:
            return make_response(form_page(), number)
        except e.RegistryError as second:  # the form itself is not for this person, or gone
            if not isinstance(error, e.Conflict):
                return refuse(second)
            _reopen()  # the case moved on meanwhile (a double click): the conflict is what to tell
        except SQLAlchemyError as gone:  # the form needs the database, and the database is what is missing
            close_work()
            error, number = (error, number) if isinstance(error, e.Unavailable) else (_away(gone), 503)
    return make_response(render_template("errors/refusal.html", error=error, number=number, title=_title(number)), number)


def _title(number: int) -> Words:
    """Return the heading of a refusal; who only opened a page lost nothing."""
    if number == 409 and request.method in SAFE:
        return say("现在不能打开这一页")
    return TITLES.get(number, TITLES[500])


def _state(error: e.RegistryError, fields: tuple[e.FieldError, ...]) -> FormState:
    """Return the form as typed; after someone else's change with both values and the new version, so that the person can decide."""
    values = _typed()
    if not isinstance(error, e.StaleVersion):
        return FormState(values=values, errors=fields)
    values.pop("version", None)
    return FormState(values=values, errors=fields, mine=error.mine, theirs=error.theirs)


def _reopen() -> None:
    try:
        restart_work()
    except SQLAlchemyError:  # the database itself may be what is missing; the page then shows without a signed-in head
        close_work()


def _typed() -> dict[str, Any]:
    return {key: values if len(values) > 1 else values[0] for key, values in request.form.lists()}


def problem(error: e.RegistryError, number: int) -> Response:
    """Answer problem+json: ``type`` a stable path, ``detail`` in the reader's language, ``errors`` per field."""
    fields = error.fields if isinstance(error, e.Invalid) else ()
    body: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": translated(TITLES.get(number, TITLES[500])),
        "status": number,
        "detail": translated(error.reason),
        "remedy": translated(error.remedy) if error.remedy else None,
        "basis": error.basis or None,
        "errors": [
            {"field": f.field, "reason": translated(f.reason), "remedy": translated(f.remedy) if f.remedy else None, "value": f.value}
            for f in fields
        ],
    }
    return json_answer(
        {key: value for key, value in body.items() if value not in (None, [])}, status=number, mimetype="application/problem+json"
    )


def _csrf(_error: CSRFError) -> Response | WerkzeugResponse:
    return refuse(
        e.NotAllowed(say("页面停留过久，或请求不是从本站页面发出的。"), remedy=say("请返回上一页刷新后重新提交；已保存的内容不会丢失。"))
    )


def _http(error: HTTPException) -> Response | WerkzeugResponse:
    number = error.code or 500
    if number < 400:
        return make_response(error.get_response())
    reasons = {
        404: e.NotFound(),
        413: e.RegistryError(say("文件超过允许的大小。"), remedy=say("请压缩或拆分后再上传。")),
        405: e.RegistryError(say("这个地址不能这样访问。"), remedy=say("请从页面上的按钮或链接进入。")),
    }
    shown = reasons.get(number, e.RegistryError(say("请求无法理解。"), remedy=say("请返回上一页重试。")))
    if wanted() == "json":
        return problem(shown, number)
    _reopen()
    return make_response(render_template("errors/refusal.html", error=shown, number=number, title=TITLES.get(number, TITLES[400])), number)


def _database(error: SQLAlchemyError) -> Response | WerkzeugResponse:
    current_app.logger.error("database unavailable: %s", type(getattr(error, "orig", error)).__name__)
    return refuse(_away(error))


def _away(error: SQLAlchemyError) -> e.Unavailable:
    """Say what the database cannot do now. Of a commit whose answer was lost nobody knows whether it was stored; sending again is safe."""
    if is_full(error):
        return e.Unavailable(
            say("存储空间已满，暂时不能保存。"), remedy=say("查询和查验不受影响。管理员腾出空间后，请再次提交，不会重复办理。")
        )
    if request.method in SAFE:
        return e.Unavailable(say("数据库暂时无法使用，这一页现在不能显示。"), remedy=say("请稍候再试。"))
    return e.Unavailable(say("数据库暂时无法使用，不能确认本次操作已经保存。"), remedy=say("请稍候再次提交；已经保存的，不会重复办理。"))


def _too_large(_error: Exception) -> Response | WerkzeugResponse:
    return refuse(e.invalid("form", say("有一个数值超出了系统能保存的范围。"), say("请核对数值后重试。")))


def _bug(error: Exception) -> Response | WerkzeugResponse:
    if current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    current_app.logger.error("unexpected error at %s", request.endpoint, exc_info=error)
    session.pop("_flashes", None)
    shown = e.RegistryError(say("系统没有完成这次操作，数据未改动。"), remedy=say("请稍候重试；反复出现请把时间和地址告诉管理员。"))
    close_work()
    if wanted() == "json":
        return problem(shown, 500)
    return make_response(render_template("errors/refusal.html", error=shown, number=500, title=TITLES[500]), 500)
