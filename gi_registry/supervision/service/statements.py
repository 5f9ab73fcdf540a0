"""A user says that codes are not its own; codes of its own ranges are frozen by the same act, and lifted when it takes that back."""

from __future__ import annotations

from collections.abc import Sequence

from gi_registry.codes import queries as code_queries
from gi_registry.codes import service as codes
from gi_registry.codes.schemas import Which
from gi_registry.codes.service.custody import Done
from gi_registry.kernel.errors import Conflict, NotFound, invalid
from gi_registry.kernel.words import say
from gi_registry.registry.queries import authorisations_of, list_gis
from gi_registry.supervision import queries
from gi_registry.supervision.models import Lead
from gi_registry.supervision.rules.life import LEAD_LIFE, OPEN, Action, Source, Subject
from gi_registry.supervision.schemas import Statement, Withdrawal
from gi_registry.supervision.service.opening import add_step, open_lead
from gi_registry.supervision.service.subjects import Concerned, concerned
from gi_registry.workflow import Work, advance

BASIS = str(say("使用人声明：所涉标签不是本单位使用"))


def state_not_ours(work: Work, fields: Statement, *, secret_key: str) -> Lead:
    """State that a code, or a run of codes, is not in one's use: a lead, and for one's own ranges a freeze.

    Raises Invalid for what is no code or no run, Conflict where one of the codes is frozen, recalled, void or returned already.
    """
    work.require("lead:state")
    about, which = _meant(work, fields, secret_key=secret_key)
    own = about.issued and about.organisation_id is not None and about.organisation_id == work.actor.organisation_id
    if not own and fields.to_code and fields.to_code != fields.from_code:
        raise invalid("to_code", say("这段标识码不在您的领用范围内。"), say("不是本企业领用的标识码，请逐枚声明。"), value=fields.to_code)
    done = codes.disown(work, about.allotment_id or 0, which, basis=BASIS, secret_key=secret_key) if own else Done((), 0)
    return open_lead(
        work,
        Source.STATEMENT,
        authority_division=about.authority_division or _own_authority(work),
        owner_org_id=work.actor.organisation_id,
        subject_kind=Subject.CODE.value if about.issued else Subject.UNKNOWN.value,
        code=about.code,
        range_id=about.range_id,
        serial=about.serial,
        authorisation_id=about.authorisation_id if own else None,
        gi_id=about.gi_id if own else None,
        ground="CL-01" if own else "CL-02",
        text=_told(fields, done),
        holds=[interval.id for interval in done.intervals if interval.id is not None],
    )


def _meant(work: Work, fields: Statement, *, secret_key: str) -> tuple[Concerned, Which]:
    """Return what the statement is about: the first code of it, and which codes of its allotment."""
    if not fields.from_code:
        return _numbered(work, fields), Which(first=fields.first, last=fields.last or fields.first)
    try:
        about = concerned(work, fields.from_code, secret_key=secret_key)
    except NotFound as problem:
        raise invalid("from_code", problem.reason, say("请对照标签重新输入 20 位标识码。"), value=fields.from_code) from None
    return about, Which(from_code=fields.from_code, to_code=fields.to_code or fields.from_code)


def _numbered(work: Work, fields: Statement) -> Concerned:
    """Return the allotment whose serial numbers are meant; NotFound for another's."""
    allotment = code_queries.get_allotment(work.session, fields.allotment_id or 0)
    work.require("code:disown", allotment)
    ranges = code_queries.ranges_of(work.session, allotment.id or 0)
    return Concerned(
        code="",
        range_id=ranges[0].id if ranges else None,
        allotment_id=allotment.id,
        authorisation_id=allotment.authorisation_id,
        gi_id=allotment.gi_id,
        organisation_id=allotment.owner_org_id,
        authority_division=allotment.authority_division,
    )


def _told(fields: Statement, done: Done) -> str:
    parts = [fields.text]
    if fields.from_code:
        parts.append(f"{fields.from_code} – {fields.to_code}" if fields.to_code and fields.to_code != fields.from_code else "")
    elif fields.first:
        parts.append(str(say("序号 %(first)s–%(last)s", first=fields.first, last=fields.last or fields.first)))
    return "\n".join(part for part in parts if part)


def _own_authority(work: Work) -> str:
    owned = authorisations_of(work.session, work.actor.organisation_id or 0)
    if owned:
        return owned[0].authority_division
    held = [gi for gi in list_gis(work.session) if gi.holder_org_id is not None and gi.holder_org_id == work.actor.organisation_id]
    return held[0].authority_division if held else ""


def my_statements(work: Work) -> Sequence[Lead]:
    """Return the statements of one's own organisation."""
    work.require("lead:state")
    return queries.statements_of(work.session, work.actor.organisation_id) if work.actor.organisation_id else ()


def withdraw(work: Work, lead_id: int, fields: Withdrawal) -> int:
    """Take one's own statement back while no office has decided it; return how many labels are no longer frozen.

    Raises NotFound (not yours), Conflict after the office's decision.
    """
    lead = queries.get_lead(work.session, lead_id)
    work.require("lead:state", lead)
    if lead.state not in OPEN:
        raise Conflict(
            say("主管部门已对这份声明作出处理，不能自行撤回。"), remedy=say("如需恢复使用，请向主管部门申请解除冻结。"), basis=lead.number
        )
    lead.reason, lead.closed_at = fields.reason, work.now
    advance(work, lead, LEAD_LIFE, Action.WITHDRAW, expected_version=fields.version)
    add_step(work, lead, Action.WITHDRAW.value, fields.reason)
    return codes.take_back(work, lead.holds, basis=f"{lead.number} {fields.reason}")
