"""The trace page as one string: verdict first, then what is on file, then where to turn. Complete without script or second request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from gi_registry.batches.rules.quality import RESULT_WORDS
from gi_registry.codes.rules.format import grouped
from gi_registry.kernel.words import Words, say
from gi_registry.scans.rules.verdicts import Verdict
from gi_registry.verify.rules import labels, sentences
from gi_registry.verify.rules.answer import Answer
from gi_registry.verify.rules.machine import Translate
from gi_registry.verify.rules.record import Counting, Goods, Indication, Listing, Origin, Record, User
from gi_registry.verify.rules.style import CSS, ICONS

SHOWN_PLACES, SHOWN_TEXT = 40, 400
SHOWN_CHARACTERS = 40  # of a text that is no code


@dataclass(frozen=True)
class Language:
    """The language of the page: its tag, its gettext function, and what of the fixed words and minutes is written already."""

    tag: str
    translate: Translate
    ready: dict[str, str] = field(default_factory=dict, compare=False, repr=False)
    minutes: dict[int, bytes] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Frame:
    """What surrounds the answer: the drawing of the mark as a data URI (empty: a sample frame), the other languages on offer, the type."""

    mark: str = ""
    other_languages: tuple[tuple[str, str], ...] = ()
    demo: bool = False
    large: bool = False


PLAIN = Frame()


def render(answer: Answer, language: Language, frame: Frame = PLAIN) -> str:
    """Return the page for an answer."""
    page = _Page(language, frame)
    look = sentences.LOOKS[answer.verdict]
    record = answer.record
    said = page.verdict(look, lead=sentences.lead(answer), then=sentences.next_step(answer), code=grouped(record.code))
    parts = [
        said,
        page.mistyped_form("") if answer.verdict is Verdict.UNKNOWN else "",
        page.indication(answer, record.gi, record.user),
        page.listing(record.listing),
        page.goods(record),
        page.origin(record),
        page.steps(record),
        page.tests(record),
        page.checks(answer),
        page.source(answer),
    ]
    return page.whole(look, record.gi.name if record.gi else grouped(record.code), body="".join(parts))


def render_malformed(text: str, reason: Words, language: Language, *, frame: Frame = PLAIN) -> str:
    """Return the page for a text that is no code: what is wrong with it, and a field to type it again."""
    page = _Page(language, frame)
    look = sentences.MISTYPED
    shown = text[:SHOWN_CHARACTERS] + ("…" if len(text) > SHOWN_CHARACTERS else "")
    body = page.verdict(look, lead=reason, then=sentences.NEXT_MISTYPED, code=shown) + page.mistyped_form(text[:SHOWN_CHARACTERS])
    return page.whole(look, shown, body=body + page.doubt())


def render_unavailable(language: Language) -> str:
    """Return the page for the time when the database cannot be reached."""
    page = _Page(language, PLAIN)
    look = sentences.Look("wait", "clock", labels.AWAY)
    lead, then = say("系统暂时无法读取登记信息，这不说明标识码有问题。"), say("请过几分钟再试；急需核对时，请拨打 12315。")
    return page.whole(look, "", body=page.verdict(look, lead=lead, then=then, code=""))


class _Page:
    """The pieces of a page in one language."""

    def __init__(self, language: Language, frame: Frame) -> None:
        self.language, self.frame = language, frame

    def say(self, words: Words) -> str:
        """Return words in the language of the page, safe in HTML."""
        if words.values:
            return escape(words.in_language(self.language.translate))
        ready = self.language.ready
        if words.template not in ready:
            ready[words.template] = escape(words.in_language(self.language.translate))
        return ready[words.template]

    def whole(self, look: sentences.Look, subject: str, *, body: str) -> str:
        """Return the whole page."""
        name, word = self.say(labels.BRAND), self.say(look.word)
        large = ' class="large"' if self.frame.large else ""
        demo = f"<p>{self.say(labels.DEMO)}</p>" if self.frame.demo else ""
        title = f"{word} · {escape(subject)} · {name}" if subject else f"{word} · {name}"
        return (
            f'<!doctype html><html lang="{self.language.tag}"{large}><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
            '<link rel="icon" href="data:,">'
            f"<title>{title}</title><style>{CSS}</style></head><body>"
            f'<header>{demo}<p>{self.links()}<a class="home" href="/verify">{name}</a></p></header><main>{body}</main></body></html>'
        )

    def links(self) -> str:
        """Return the links to the same page in other languages and in larger or usual type; each keeps what the other chose."""
        size = "&amp;size=large" if self.frame.large else ""
        named = ((f"?lang={tag}{size}", f' hreflang="{tag}"', escape(label)) for tag, label in self.frame.other_languages)
        here = "?lang=" + self.language.tag
        other = (here, "", self.say(labels.USUAL_TYPE)) if self.frame.large else (f"{here}&amp;size=large", "", self.say(labels.LARGE_TYPE))
        return "".join(f'<a href="{address}"{more}>{label}</a>' for address, more, label in (*named, other))

    def verdict(self, look: sentences.Look, *, lead: Words, then: Words, code: str) -> str:
        """Return the verdict, first of all."""
        proof = f'<p class="small">{self.say(sentences.NOT_PROOF)}</p>' if look is sentences.LOOKS[Verdict.FIRST_CHECK] else ""
        typed = f'<p class="code">{escape(code)}</p>' if code else ""
        return (
            f'<div class="v {look.tone}" role="status"><h1>{ICONS[look.icon]}{self.say(look.word)}</h1>'
            f'<p class="lead">{self.say(lead)}</p><p class="next">{self.say(then)}</p>{proof}{typed}</div>'
        )

    def mistyped_form(self, value: str) -> str:
        """Return the form to type the code again."""
        return (
            f'<section><h2><label for="code">{self.say(labels.RETYPE)}</label></h2><form action="/verify" method="get">'
            f'<input id="code" name="code" value="{escape(value)}" autocomplete="off" spellcheck="false" required>'
            f"<button>{self.say(labels.LOOK_UP)}</button></form>"
            f'<p class="small">{self.say(labels.WITHOUT_CODE)}<a href="/check">{self.say(labels.CHECK_MARK)}</a></p></section>'
        )

    def indication(self, answer: Answer, gi: Indication | None, user: User | None) -> str:
        """Return what the GI is."""
        if gi is None:
            return ""
        heading = f'<h2 class="big">{escape(gi.name)}</h2>{self.summary(answer.record.goods)}'
        rows = [
            (labels.TRACK, self.say(gi.track_name) if gi.track_name else escape(gi.track)),
            (labels.PROTECTION_NO, escape(gi.number)),
            (labels.STANDARD, escape(gi.standard_no)),
        ]
        slot = self.mark(user) if user and answer.shows_mark else ""
        return f"<section>{heading}{slot}{self.facts([*self.user_rows(answer, user), *rows])}</section>"

    def summary(self, goods: Goods | None) -> str:
        """Write what the buyer holds against the pack, in one line that fits the first screen."""
        if goods is None:
            return ""
        content = self.say(sentences.content_words(goods.content, goods.unit)) if goods.content else ""
        return f'<p class="sum">{" · ".join(part for part in (escape(goods.product), escape(goods.grade), content) if part)}</p>'

    def mark(self, user: User) -> str:
        """Return the special mark, or its frame, with the user's code below it."""
        if self.frame.mark:
            picture = f'<img src="{self.frame.mark}" alt="{self.say(labels.MARK)}">'
        else:
            picture = f'<div class="slot">{self.say(labels.MARK_SLOT)}</div>'
        return f'<div class="mark">{picture}<p class="small">{self.say(labels.USCC)}<br>{escape(user.uscc)}</p></div>'

    def user_rows(self, answer: Answer, user: User | None) -> list[tuple[Words, str]]:
        """Return the rows about the user."""
        if user is None:
            return []
        rows = [(labels.LEGAL_USER, escape(user.name))]
        if not answer.shows_mark:
            rows.append((labels.USCC, escape(user.uscc)))
        status = self.say(user.status) if user.status else ""
        if user.authorised_when_packed is False:
            status += f'<p class="note">{self.say(labels.NOT_IN_FORCE)}</p>'
        return [*rows, (labels.AUTHORISATION, escape(user.authorisation)), (labels.STATUS, status)]

    def listing(self, listing: Listing | None) -> str:
        """Return the published listing, if any."""
        if listing is None:
            return ""
        return f'<section><h2>{self.say(labels.PUBLISHED)}</h2><p class="note">{self.say(listing.sentence)}</p></section>'

    def goods(self, record: Record) -> str:
        """Return the goods and their batch."""
        goods = record.goods
        if goods is None:
            return ""
        content = self.say(sentences.content_words(goods.content, goods.unit)) if goods.content else ""
        life = self.say(say("%(days)s 天", days=goods.shelf_life_days)) if goods.shelf_life_days else ""
        best = self.say(sentences.day_words(goods.best_before_on)) if goods.best_before_on else ""
        rows = [
            (labels.PRODUCT, escape(goods.product)),
            (labels.GRADE, escape(goods.grade)),
            (labels.CONTENT, content),
            (labels.BATCH, escape(goods.batch)),
            (labels.HARVESTED, self.harvest_year(goods)),
            (labels.SHELF_LIFE, life),
            (labels.BEST_BEFORE, best),
        ]
        return f"<section><h2>{self.say(labels.GOODS)}</h2>{self.facts(rows)}</section>"

    def harvest_year(self, goods: Goods) -> str:
        """Write the year of harvest where no day is on file; a known day stands among the steps."""
        if goods.harvested_on or not goods.harvest_year:
            return ""
        return self.say(say("%(year)s 年", year=goods.harvest_year))

    def origin(self, record: Record) -> str:
        """Return where the goods come from."""
        origin = record.origin
        if origin is None or not (origin.places or origin.text):
            return ""
        places = self.places(origin)
        rows = [(labels.AREA, places), (labels.ZONE, escape(origin.zone)), (labels.MAP_REVIEW_NO, escape(origin.map_review_no))]
        return f"<section><h2>{self.say(labels.ORIGIN)}</h2>{self.facts(rows)}{self.outline(origin)}</section>"

    def outline(self, origin: Origin) -> str:
        """Draw the generalised outline, only where a map review number is on file: the number stands beside it."""
        drawn = origin.outline
        if drawn is None or not origin.map_review_no:
            return ""
        return (
            f'<svg class="o" viewBox="0 0 {drawn.width} {drawn.height}" width="160" role="img" '
            f'aria-label="{self.say(labels.OUTLINE)}"><path d="{drawn.path}"/></svg>'
            f'<p class="small">{self.say(labels.OUTLINE)} {self.say(labels.MAP_REVIEW_NO)} {escape(origin.map_review_no)}</p>'
        )

    def places(self, origin: Origin) -> str:
        """Write the places, or the announced text; a long list is cut, so that the page keeps its size (JSON has it whole)."""
        listed = self.say(labels.COMMA).join(escape(place) for place in origin.places[:SHOWN_PLACES])
        if len(origin.places) > SHOWN_PLACES:
            listed += self.say(say("等，共 %(count)s 处", count=len(origin.places)))
        return listed or escape(origin.text[:SHOWN_TEXT])

    def steps(self, record: Record) -> str:
        """Return the dated steps."""
        if not record.steps:
            return ""
        rows = [(step.name, self.say(sentences.day_words(step.on))) for step in record.steps]
        return f"<section><h2>{self.say(labels.STEPS)}</h2>{self.facts(rows)}</section>"

    def tests(self, record: Record) -> str:
        """Return the test reports."""
        if not record.tests:
            return ""
        items = "".join(
            f"<li>{escape(test.institution)} · {escape(test.number)} · {self.say(sentences.day_words(test.on))} · "
            f"{self.say(RESULT_WORDS[test.result])}{self.say(labels.OF_SOURCE) if test.of_source else ''}</li>"
            for test in record.tests
        )
        return f"<section><h2>{self.say(labels.TESTS)}</h2><ul>{items}</ul></section>"

    def checks(self, answer: Answer) -> str:
        """Return how often the code was checked."""
        checks = answer.record.checks
        if checks.count is None or checks.first_at is None or checks.counting in (Counting.PREVIEW, Counting.UNAVAILABLE):
            return ""
        rows = (
            (labels.FIRST_CHECK, self.say(sentences.moment_words(checks.first_at))),
            (labels.ALL_CHECKS, self.say(say("%(count)s 次", count=checks.count))),
        )
        return f"<section><h2>{self.say(labels.CHECKS)}</h2>{self.facts(rows)}</section>"

    def doubt(self, code: str = "") -> str:
        """Write where to turn: the form of a doubt about a code, and 12315; a text that is no code has only the latter."""
        tongue = "" if self.language.tag == "zh-CN" else f"?lang={self.language.tag}"
        form = f'<a class="call" href="/T/{escape(code)}/doubt{tongue}">{self.say(labels.RAISE)}</a> ' if code else ""
        return (
            f"<section><h2>{self.say(labels.DOUBT)}</h2><p>{self.say(labels.KEEP if code else labels.KEEP_ONLY)}</p>"
            f'<p>{form}<a class="call" href="tel:12315">{self.say(labels.CALL)}</a></p></section>'
        )

    def source(self, answer: Answer) -> str:
        """Return who issued the code."""
        issuer = answer.record.issued_by
        issued = f"{self.say(labels.ISSUED_BY)}{escape(issuer.name)}<br>" if issuer and issuer.name else ""
        about = self.say(labels.SOURCE)
        return (
            f'{self.doubt(answer.record.code)}<section><p class="small">{issued}{about}<br>'
            f"{self.say(labels.DATA_AT)}{self.say(sentences.moment_words(answer.at))}</p></section>"
        )

    def facts(self, rows: Iterable[tuple[Words, str]]) -> str:
        """Return facts as a list of terms."""
        return "<dl>" + "".join(f"<div><dt>{self.say(name)}</dt><dd>{value}</dd></div>" for name, value in rows if value) + "</dl>"
