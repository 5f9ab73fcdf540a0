"""Letters that let a person in: who gets one, what is printed on it, and who hears of it.

The code stands on the page that issued the letter and on the paper printed from it, nowhere else: the registry keeps its argon2id hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from gi_registry.accounts import queries, service
from gi_registry.accounts.models import Invitation, Organisation, Person
from gi_registry.accounts.rules.letters import PURPOSE_NAMES, Purpose
from gi_registry.accounts.service import Issued
from gi_registry.documents.service import Code, typeset
from gi_registry.kernel.clock import legal_date
from gi_registry.kernel.words import Words, say
from gi_registry.notices.service import notify
from gi_registry.outbox.rules import Channel
from gi_registry.outbox.service import enqueue
from gi_registry.workflow import Work


@dataclass(frozen=True)
class LettersPage:
    """A person with the letters issued to them; ``state`` of each: open, used, voided, expired."""

    person: Person
    organisation: Organisation | None
    letters: tuple[tuple[Invitation, str], ...]
    oneself: bool
    may_manage: bool


def letters_page(work: Work, person_id: int) -> LettersPage:
    """Return the letters of a person; NotFound outside the region."""
    person = queries.get_person(work.session, person_id)
    work.require("person:invite", service.person_scope(work, person))
    letters = tuple((letter, state_of(work, letter)) for letter in queries.letters_of(work.session, person_id))
    return LettersPage(
        person, _organisation(work, person), letters, person_id == work.actor.person_id, may_manage=work.allows("person:manage")
    )


def state_of(work: Work, letter: Invitation) -> str:
    """Return ``used``, ``voided``, ``expired`` or ``open``."""
    if letter.used_at is not None:
        return "used"
    if letter.voided_at is not None:
        return "voided"
    return "expired" if letter.expires_at <= work.now else "open"


def recover(work: Work, person_id: int, *, identity: str) -> Issued:
    """Issue a recovery letter and tell the person and everybody else of the organisation. Raises what ``accounts.recover`` raises."""
    issued = service.recover(work, person_id, identity=identity)
    title = say("账号 %(login)s 正在恢复", login=issued.person.login)
    body = say(
        "%(on)s，核实身份后为“%(name)s”的账号 %(login)s 开出恢复函。原密码、第二重验证和全部登录已失效。如非本人申请，请立即联系主管部门。",
        on=work.today,
        name=issued.person.name,
        login=issued.person.login,
    )
    if issued.person.organisation_id is not None:
        notify(work, organisation_id=issued.person.organisation_id, title=title, body=body)
    elif "@" in issued.person.email:
        enqueue(work.session, Channel.EMAIL, recipient=issued.person.email, subject=str(title), body=str(body), now=work.now)
    return issued


def letter_pdf(work: Work, letter_id: int, code: str, *, public_url: str, language: str) -> bytes:
    """Return the letter as PDF; only who still has the code can print it. Raises NotFound outside the region, Invalid for another code."""
    issued = service.open_letter_with(work, letter_id, code)
    return typeset("invitation", _paper(work, issued, public_url.rstrip("/")), language=language)


def _paper(work: Work, issued: Issued, site: str) -> dict[str, Any]:
    person, letter = issued.person, issued.letter
    organisation = _organisation(work, person)
    address = f"{site}/invitation?login={quote(person.login)}"
    return {
        "title": PURPOSE_NAMES[letter.purpose],
        "number": f"{letter.id}",
        "issued": legal_date(letter.issued_at),
        "authority": "",
        "addressee": (organisation.address if organisation else ""),
        "party": organisation.name if organisation else "",
        "person": person.name,
        "opening": _opening(letter),
        "facts": [
            [say("网址"), f"{site}/invitation"],
            [say("登录名"), person.login],
            [say("有效期至"), letter.expires_at],
        ],
        "code_label": say("一次性代码（只能用一次）"),
        "secret": issued.code,
        "steps_label": say("请按以下三步办理"),
        "steps": [
            say("用手机扫描下面的二维码，或在浏览器中输入网址。"),
            say("输入登录名和一次性代码，不分大小写。"),
            say("设置自己的密码（至少 10 个字符）；角色需要的，再按页面提示设置第二重验证。"),
        ],
        "seal": True,
        "code": Code(address, say("扫描后打开登录页面；二维码中没有代码。")),
        "notes": [
            say("代码等同于钥匙，请勿告诉他人，任何工作人员都不会向您索要。系统不保存代码原文，遗失请联系开函单位重新开函，旧函随即失效。")
        ],
    }


def _opening(letter: Invitation) -> Words:
    if letter.purpose == Purpose.RECOVERY:
        return say("经核实您的身份，现为您恢复账号。原密码和原有登录均已失效，请凭本函设置新密码。")
    return say("现邀请您使用地理标志登记系统，办理用标、标识和年报事项。请凭本函开通账号。")


def _organisation(work: Work, person: Person) -> Organisation | None:
    return queries.get_organisation(work.session, person.organisation_id) if person.organisation_id else None
