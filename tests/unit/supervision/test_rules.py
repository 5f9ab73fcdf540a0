"""The life of a lead, receipts, the signed form, limits and photos."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from gi_registry.kernel.errors import IllegalTransition, Invalid
from gi_registry.supervision.rules import receipts
from gi_registry.supervision.rules.doubts import Limits, ground_hint, over, read_limits
from gi_registry.supervision.rules.life import LEAD_LIFE, OPEN, Action, Stage, State, stage
from gi_registry.supervision.service.photos import redrawn
from tests.builders.supervision import picture

SECRET, CODE = "s" * 40, "10ABCDE1234567890ABC"
NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


def test_the_usual_way_of_a_lead() -> None:
    state = LEAD_LIFE.initial
    for action in (Action.ASSIGN, Action.ACCEPT, Action.VERIFY, Action.NO_CASE, Action.FEED_BACK, Action.ARCHIVE):
        state = LEAD_LIFE.after(state, action)
    assert state == State.ARCHIVED


@pytest.mark.parametrize(
    ("state", "action"),
    [
        (State.NEW, Action.ACCEPT),
        (State.NEW, Action.NO_CASE),
        (State.ASSIGNED, Action.NO_CASE),
        (State.NO_CASE, Action.WITHDRAW),
        (State.ARCHIVED, Action.ASSIGN),
    ],
)
def test_no_step_is_left_out(state: State, action: Action) -> None:
    with pytest.raises(IllegalTransition):
        LEAD_LIFE.after(state, action)


def test_every_state_has_a_word_and_the_public_learns_three() -> None:
    assert {str(LEAD_LIFE.label(state)) for state in LEAD_LIFE.states}.isdisjoint(LEAD_LIFE.states)
    assert {stage(state) for state in OPEN} == {Stage.RECEIVED, Stage.HANDLED}
    assert {stage(state) for state in LEAD_LIFE.states if state not in OPEN} == {Stage.CLOSED}


def test_a_receipt_in_one_word_and_back() -> None:
    number = receipts.lead_number("疑", 2026, 123)
    check = receipts.new_check()
    assert number == "疑〔2026〕000123"
    assert receipts.read_token(receipts.token_of(number, check)) == (number, check)


@pytest.mark.parametrize("typed", ["疑〔2026〕000123", "疑〔2026〕000123号", "2026-123", "疑[2026]123", " 2026 - 000123 "])
def test_numbers_as_people_type_them(typed: str) -> None:
    assert receipts.typed_token(typed, "7k3m 9qxt") == "2026-000123-7K3M9QXT"


@pytest.mark.parametrize("text", ["", "2026-000123", "2026-000123-7K3M9QX", "声〔2026〕000001-ABCDEFGH", "x" * 60])
def test_what_is_no_receipt(text: str) -> None:
    assert receipts.read_token(text) is None


def test_checks_are_not_repeated() -> None:
    assert len({receipts.new_check() for _ in range(500)}) == 500


def test_a_form_of_ours_is_known_and_no_other() -> None:
    token = receipts.sign_form(SECRET, CODE, NOW)
    nonce = receipts.read_form_token(SECRET, CODE, token, now=NOW + timedelta(hours=23))
    assert nonce
    assert receipts.read_form_token(SECRET, "another", token, now=NOW) is None
    assert receipts.read_form_token("another", CODE, token, now=NOW) is None
    assert receipts.read_form_token(SECRET, CODE, token, now=NOW + timedelta(hours=25)) is None
    assert receipts.read_form_token(SECRET, CODE, token, now=NOW - timedelta(hours=1)) is None
    for forged in ("", "..", "a.b.c", f"{nonce}.{int(NOW.timestamp())}.{'0' * 32}", "x" * 500, "é.1.2"):
        assert receipts.read_form_token(SECRET, CODE, forged, now=NOW) is None


def test_limits() -> None:
    limits = read_limits({"client_per_hour": 2, "code_per_day": "many"})
    assert limits == Limits(client_per_hour=2)
    assert not over(limits, by_client=1, of_code=0, of_all=0)
    assert over(limits, by_client=2, of_code=0, of_all=0)
    assert over(limits, by_client=0, of_code=limits.code_per_day, of_all=0)
    assert read_limits(None) == Limits()


def test_choices_point_at_a_ground_or_at_none() -> None:
    assert ground_hint(("other", "count")) == "CL-01"
    assert ground_hint(("other",)) == ""


# ---- photos from strangers ----


def _gps() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6  # taken upright with a phone on its side
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(0x8825)[2] = (31.0, 12.0, 30.0)
    return exif


def test_a_photo_loses_everything_but_its_pixels() -> None:
    taken = picture((400, 200), exif=_gps()) + b"<script>alert(1)</script>"
    assert b"Secret Camera" in taken  # negative control: it was there
    kept = redrawn(taken).content
    opened = Image.open(io.BytesIO(kept))
    assert opened.format == "JPEG"
    assert opened.size == (200, 400)  # turned as it was taken
    assert dict(opened.getexif()) == {}
    assert b"Secret Camera" not in kept
    assert b"<script>" not in kept


def test_a_screenshot_becomes_a_jpeg_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    opened = Image.open(io.BytesIO(redrawn(out.getvalue()).content))
    assert opened.format == "JPEG"
    red = opened.getpixel((10, 10))[0]  # type: ignore[index]  # a colour
    assert red > 250


def test_a_large_photo_is_made_smaller() -> None:
    assert max(Image.open(io.BytesIO(redrawn(picture((4000, 3000))).content)).size) == 2000


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _bomb(side: int) -> bytes:
    """Return a PNG that claims ``side`` × ``side`` pixels in a few bytes."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"\0" * 100_000, 9)) + _chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><body>hello</body></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a" + b"\0" * 100,
        b"%PDF-1.7 " + b"\0" * 100,
        b"\0\0\0\x18ftypheic" + b"\0" * 100,
        b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>",
        b"\xff\xd8\xff\xe0" + b"nonsense" * 20,
        b"\xff\xd8\xff" + b"\0" * (10 * 1024 * 1024),
    ],
    ids=["empty", "html", "svg", "gif", "pdf", "heic", "html-as-png", "broken-jpeg", "too-big"],
)
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        redrawn(content)
    assert refused.value.fields[0].field == "photo"
    assert refused.value.fields[0].remedy


@pytest.mark.parametrize("side", [20_000, 60_000, 2**31 - 1])
def test_a_bomb_is_refused_before_it_is_unpacked(side: int) -> None:
    with pytest.raises(Invalid):
        redrawn(_bomb(side))


def test_a_truncated_photo_is_refused() -> None:
    whole = picture((1200, 900))
    with pytest.raises(Invalid):
        redrawn(whole[: len(whole) // 2])
