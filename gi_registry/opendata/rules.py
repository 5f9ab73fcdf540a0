"""What of the register is public, and how names are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gi_registry.kernel.words import Words, say

PUBLIC_STATES = ("active", "change_review", "rectifying", "deregistered")
"""Announced states. An application is not public, and an order to rectify does not change what the public reads."""

KINDS = ("gis", "users")


@dataclass(frozen=True)
class Filters:
    """The filters of the public register as they stand in the address."""

    kind: str = "gis"
    text: str = ""
    track: str = ""
    category: str = ""
    division: str = ""
    state: str = ""
    gi_id: int | None = None

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return bool(self.text or self.track or self.category or self.division or self.state or self.gi_id)


def filters_from(asked: Mapping[str, str]) -> Filters:
    """Read the filters of an address; what is not understood is left out."""
    number = asked.get("gi", "")
    return Filters(
        kind=asked.get("kind", "") if asked.get("kind", "") in KINDS else "gis",
        text=asked.get("q", "").strip()[:80],
        track=asked.get("track", ""),
        category=asked.get("category", ""),
        division=asked.get("division", ""),
        state=asked.get("state", "") if asked.get("state", "") in {"in-use", "ended"} else "",
        gi_id=int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None,
    )


_ORGANISATION_ENDINGS = tuple("公司 厂 店 社 场 行 坊 部 院 所 站 园 会 中心 基地 企业 集团 商号 酒家 作坊 农庄".split())  # noqa: SIM905  # a word list reads best so
_PERSON = re.compile("[\u4e00-\u9fff·]{2,5}")


def looks_like_person(name: str) -> bool:
    """Say whether a name of which nothing else is known may be a natural person's: short, and without an organisation's ending.

    An announcement that lists names only may list people; until such an entry is matched, the public reads it masked (PIPL Art. 6).
    """
    return bool(_PERSON.fullmatch(name)) and not name.endswith(_ORGANISATION_ENDINGS)


def public_state(state: str) -> Words:
    """Return the word for a state as the public reads it."""
    return say("已注销") if state == "deregistered" else say("有效")
