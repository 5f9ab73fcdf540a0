"""The register's law: tracks of protection, life cycles of protections and authorisations, and standing.

Sources: CNIPA Announcement 354 (2020) for the mark and the loss of qualification; CNIPA Order 80 Art. 2(2) for steps that may lie
outside the area.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import Words, say

USUAL_BASIS = "国家知识产权局公告第354号"  # the name of a document, the same in every language


class Track(StrEnum):
    """On which ground a GI is protected."""

    PRODUCT = "A"
    COLLECTIVE = "B"
    CERTIFICATION = "C"
    OTHER = "D"
    AGRICULTURAL = "AGI"


class Place(StrEnum):
    """Where a step of production may lie."""

    REQUIRED_INSIDE = "required_inside"
    ALLOWED_OUTSIDE = "allowed_outside"


class Step(StrEnum):
    """The steps a protection speaks of."""

    RAW_MATERIAL = "raw_material"
    PRODUCTION = "production"
    PACKING = "packing"


class Capacity(StrEnum):
    """What limits the quantity that can bear the name."""

    AREA = "area"
    WATER = "water"
    HEAD = "head"
    CELLAR = "cellar"
    KILN = "kiln"
    PURCHASED = "purchased"
    NONE = "none"


class Unit(StrEnum):
    """What a label's net content is counted in."""

    GRAMS = "g"
    PIECES = "piece"


class MarkingMode(StrEnum):
    """How the mark gets on the goods."""

    ITEM_CODE = "item_code"
    BATCH_CODE = "batch_code"
    PRE_PRINTED = "pre_printed"


class Effect(StrEnum):
    """What a restriction does, from the strictest down."""

    FREEZE_ACTIVATION = "freeze_activation"
    STOP_ALLOTMENT = "stop_allotment"
    CAP_ALLOTMENT = "cap_allotment"
    SAMPLING_WEIGHT = "sampling_weight"


TRACK_LABELS = {
    Track.PRODUCT: say("地理标志产品"),
    Track.COLLECTIVE: say("集体商标"),
    Track.CERTIFICATION: say("证明商标"),
    Track.OTHER: say("其他备案"),
    Track.AGRICULTURAL: say("农产品地理标志"),
}
STEP_LABELS = {Step.RAW_MATERIAL: say("原料"), Step.PRODUCTION: say("生产"), Step.PACKING: say("包装")}
PLACE_LABELS = {Place.REQUIRED_INSIDE: say("须在产地范围内"), Place.ALLOWED_OUTSIDE: say("可在产地范围外")}
CAPACITY_LABELS = {
    Capacity.AREA: say("按土地面积"),
    Capacity.WATER: say("按水面面积"),
    Capacity.HEAD: say("按存栏头数"),
    Capacity.CELLAR: say("按窖池"),
    Capacity.KILN: say("按窑口"),
    Capacity.PURCHASED: say("按购进原料"),
    Capacity.NONE: say("不核定产能"),
}
UNIT_LABELS = {Unit.GRAMS: say("克"), Unit.PIECES: say("件")}
MODE_LABELS = {MarkingMode.ITEM_CODE: say("一物一码"), MarkingMode.BATCH_CODE: say("批次码"), MarkingMode.PRE_PRINTED: say("预印包装")}
EFFECT_LABELS = {
    Effect.FREEZE_ACTIVATION: say("暂停激活"),
    Effect.STOP_ALLOTMENT: say("停止发码"),
    Effect.CAP_ALLOTMENT: say("限量发码"),
    Effect.SAMPLING_WEIGHT: say("提高抽查权重"),
}

PROTECTION_LIFE = Machine(
    subject="protection",
    initial="filed",
    steps={
        ("filed", "examine_form"): "formal_exam",
        ("formal_exam", "examine_technically"): "technical_exam",
        ("formal_exam", "refuse"): "refused",
        ("technical_exam", "publish"): "preliminary_published",
        ("technical_exam", "refuse"): "refused",
        ("preliminary_published", "oppose"): "opposed",
        ("opposed", "reject_opposition"): "preliminary_published",
        ("opposed", "refuse"): "refused",
        ("preliminary_published", "recognise"): "recognised",
        ("recognised", "request_change"): "change_review",
        ("change_review", "approve_change"): "recognised",
        ("change_review", "reject_change"): "recognised",
        ("recognised", "revoke"): "revoked",
    },
    labels={
        "filed": say("已申请"),
        "formal_exam": say("形式审查"),
        "technical_exam": say("技术审查"),
        "preliminary_published": say("初步公告"),
        "opposed": say("异议审理"),
        "recognised": say("已认定"),
        "change_review": say("变更审查"),
        "revoked": say("已撤销"),
        "refused": say("不予认定"),
        "examine_form": say("受理"),
        "examine_technically": say("形式审查合格"),
        "publish": say("初步公告"),
        "oppose": say("提出异议"),
        "reject_opposition": say("异议不成立"),
        "recognise": say("认定公告"),
        "request_change": say("申请变更"),
        "approve_change": say("核准变更"),
        "reject_change": say("不予变更"),
        "revoke": say("撤销"),
        "refuse": say("不予认定"),
    },
)

MARK_LIFE = Machine(
    subject="protection",
    initial="registered",
    steps={
        (state, action): target
        for state in ("registered", "renewed")
        for action, target in (("renew", "renewed"), ("cancel", "cancelled"), ("invalidate", "invalidated"), ("expire", "expired"))
    },
    labels={
        "registered": say("已注册"),
        "renewed": say("已续展"),
        "cancelled": say("已撤销注册"),
        "invalidated": say("已宣告无效"),
        "expired": say("已期满"),
        "renew": say("续展"),
        "cancel": say("撤销注册"),
        "invalidate": say("宣告无效"),
        "expire": say("期满"),
    },
)

PROTECTION_STATES = PROTECTION_LIFE.states + MARK_LIFE.states
STANDING_PROTECTION = frozenset({"recognised", "change_review", "registered", "renewed"})

REVIEWS = ("county_review", "city_check", "province_review", "national_review")

AUTHORISATION_LIFE = Machine(
    subject="authorisation",
    initial="draft",
    steps={
        ("draft", "submit"): "county_review",
        ("county_review", "verify_origin"): "city_check",
        ("city_check", "pass_form"): "province_review",
        ("province_review", "pass_province"): "national_review",
        ("province_review", "announce"): "active",
        ("national_review", "announce"): "active",
        **{(review, "refuse"): "closed" for review in REVIEWS},
        **{(review, "request_correction"): "correction_pending" for review in REVIEWS},
        **{("correction_pending", f"resubmit_to_{review}"): review for review in REVIEWS},
        ("active", "request_change"): "change_review",
        ("change_review", "approve_change"): "active",
        ("change_review", "reject_change"): "active",
        ("active", "order_rectification"): "rectifying",
        ("rectifying", "verify_rectified"): "active",
        ("rectifying", "deregister"): "deregistered",
        ("active", "deregister"): "deregistered",
    },
    labels={
        "draft": say("草稿"),
        "county_review": say("县级审核"),
        "city_check": say("市级核对"),
        "province_review": say("省级审查"),
        "national_review": say("国家审查"),
        "correction_pending": say("待补正"),
        "change_review": say("变更审核"),
        "active": say("有效"),
        "rectifying": say("整改中"),
        "deregistered": say("已注销"),
        "closed": say("已终结"),
        "submit": say("提交申请"),
        "verify_origin": say("产地核验通过"),
        "pass_form": say("形式核对通过"),
        "pass_province": say("省级审查通过"),
        "announce": say("公告核准"),
        "refuse": say("不予核准"),
        "request_correction": say("要求补正"),
        **{f"resubmit_to_{review}": say("补正后重新提交") for review in REVIEWS},
        "request_change": say("申请变更"),
        "approve_change": say("核准变更"),
        "reject_change": say("不予变更"),
        "order_rectification": say("责成限期整改"),
        "verify_rectified": say("整改验收合格"),
        "deregister": say("公告注销"),
        "register": say("登记"),
        "match": say("匹配主体"),
        "change": say("登记变更"),
    },
)

MAY_USE = frozenset({"active", "change_review", "rectifying"})


def life_of(track: str) -> Machine:
    """Return the life cycle of a protection on ``track``: trade marks (B, C) live otherwise than recognitions."""
    return MARK_LIFE if track in (Track.COLLECTIVE, Track.CERTIFICATION) else PROTECTION_LIFE


def settled_state(track: str) -> str:
    """Return the state in which a protection that is already in force enters the register."""
    return "registered" if life_of(track) is MARK_LIFE else "recognised"


@dataclass(frozen=True)
class OpenRestriction:
    """What is needed of a restriction: its effect, the basis, and the half-open span of dates."""

    effect: str
    basis: str
    from_on: date
    until_on: date | None

    def holds(self, on: date) -> bool:
        """Say whether it holds on that Shanghai date (``until_on`` itself no longer)."""
        return self.from_on <= on and (self.until_on is None or on < self.until_on)


@dataclass(frozen=True)
class Standing:
    """What an authorisation permits on a date: ``active`` or not, the ``effects`` that hold, and the reasons in words."""

    active: bool
    effects: frozenset[str]
    reasons: tuple[Words, ...]

    @property
    def strictest(self) -> str | None:
        """The strictest effect that holds; None when there is none."""
        return next((effect.value for effect in Effect if effect in self.effects), None)


@dataclass(frozen=True)
class Facts:
    """What standing is computed from: the authorisation, and the protection under which it stands."""

    state: str
    matched: bool
    valid_from: date | None
    valid_to: date | None
    protection_state: str = "recognised"
    protection_to: date | None = None


def standing_of(facts: Facts, restrictions: Iterable[OpenRestriction], on: date) -> Standing:
    """Return the standing on a Shanghai date: the union of what is open, so that lifting one restriction never clears another."""
    reasons: list[Words] = list(_why_not(facts, on))
    active = not reasons
    held = [item for item in restrictions if item.holds(on)]
    effects = {item.effect for item in held}
    if active and facts.state == "rectifying":
        effects.add(Effect.CAP_ALLOTMENT)
        reasons.append(say("正在限期整改，整改期间限量发码。"))
    reasons += [say("%(effect)s（依据：%(basis)s）", effect=EFFECT_LABELS[Effect(item.effect)], basis=item.basis) for item in held]
    return Standing(active=active, effects=frozenset(str(effect) for effect in effects), reasons=tuple(reasons))


def _why_not(facts: Facts, on: date) -> Iterable[Words]:
    if not facts.matched:
        yield say("登记信息尚未与统一社会信用代码匹配。")
    if facts.state not in MAY_USE and not (facts.state == "deregistered" and facts.valid_to is not None and on < facts.valid_to):
        yield say("用标登记当前状态为“%(state)s”。", state=AUTHORISATION_LIFE.label(facts.state))
    if facts.valid_from is not None and on < facts.valid_from:
        yield say("用标登记自 %(day)s 起有效。", day=facts.valid_from.isoformat())
    if facts.valid_to is not None and on >= facts.valid_to:
        yield say("用标登记已于 %(day)s 终止。", day=facts.valid_to.isoformat())
    yield from _why_unprotected(facts, on)


def _why_unprotected(facts: Facts, on: date) -> Iterable[Words]:
    """An authorisation falls with its protection: on the day that ended, or altogether where no day is on file."""
    if facts.protection_to is not None and on >= facts.protection_to:
        yield say("该项保护已于 %(day)s 终止。", day=facts.protection_to.isoformat())
    elif facts.protection_to is None and facts.protection_state not in STANDING_PROTECTION:
        yield say("该项保护当前不在有效状态。")
