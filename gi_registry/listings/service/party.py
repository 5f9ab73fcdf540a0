"""What the party does: confirm receipt, state its defence, object, repair."""

from __future__ import annotations

from gi_registry.kernel.errors import Conflict, invalid
from gi_registry.kernel.words import say
from gi_registry.listings import queries
from gi_registry.listings.models import DefencePoint, ListingCase
from gi_registry.listings.rules.life import Action, State
from gi_registry.listings.schemas import Attachment
from gi_registry.listings.service.handling import is_notice_served, open_window
from gi_registry.listings.service.steps import attach, enter, refuse, take
from gi_registry.notices import service as notices
from gi_registry.notices.queries import get_service
from gi_registry.notices.rules import Method
from gi_registry.workflow import Work

MOST_POINTS = 50


def confirm_receipt(work: Work, case_id: int) -> ListingCase:
    """Confirm an electronic service: today becomes the date served and the defence window opens."""
    case = enter(work, case_id, "case:rectify", version=None)
    record = get_service(work.session, case.notice_service_id or 0)
    if case.state != State.NOTICE_ISSUED or record.method != Method.ELECTRONIC or record.notice_id is None:
        raise Conflict(say("当前没有等待您确认收到的文书。"))
    notices.mark_read(work, record.notice_id)
    return open_window(work, case)


def file_defence(work: Work, case_id: int, *, version: int, points: str, files: tuple[Attachment, ...] = ()) -> ListingCase:
    """File the party's statement, one point a line, with evidence. It may be supplemented until it is answered.

    A notice that counts as served opens the window by itself: the party need not wait for an officer.
    """
    case = enter(work, case_id, "case:defend", version=version)
    stated = [line.strip() for line in points.splitlines() if line.strip()]
    known = queries.points_of(work.session, case.id or 0)
    if not stated:
        raise invalid("points", say("没有填写陈述申辩内容。"), say("请每行写一点。"))
    if len(known) + len(stated) > MOST_POINTS:
        raise invalid("points", say("陈述申辩最多 %(most)s 点。", most=MOST_POINTS), say("请合并后提交，详细内容可作为附件上传。"))
    if case.state == State.NOTICE_ISSUED and is_notice_served(work, case):
        open_window(work, case)
    refuse(work, case, Action.FILE_DEFENCE)
    for number, point in enumerate(stated, start=len(known) + 1):
        work.record(DefencePoint(case_id=case.id or 0, number=number, point=point, filed_at=work.now), "point:file")
    documents = attach(work, case, files, of_party=True)
    return take(work, case, Action.FILE_DEFENCE, note="\n".join(stated), documents=documents, by_party=True)


def object_to_listing(work: Work, case_id: int, *, version: int, note: str, files: tuple[Attachment, ...] = ()) -> ListingCase:
    """Raise an objection against the listing within its period."""
    case = enter(work, case_id, "case:defend", version=version)
    refuse(work, case, Action.OBJECT)
    return take(work, case, Action.OBJECT, note=note, documents=attach(work, case, files, of_party=True), by_party=True)


def file_rectification(work: Work, case_id: int, *, version: int, note: str, files: tuple[Attachment, ...] = ()) -> ListingCase:
    """File what was repaired, with documents. Raises Invalid without any document once the case is on the list."""
    case = enter(work, case_id, "case:rectify", version=version)
    refuse(work, case, Action.FILE_RECTIFICATION)
    if case.state == State.LISTED and not files:
        raise invalid("file", say("没有上传整改材料。"), say("请至少上传一份证明整改的文件或照片。"))
    return take(work, case, Action.FILE_RECTIFICATION, note=note, documents=attach(work, case, files, of_party=True), by_party=True)
