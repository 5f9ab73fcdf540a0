"""What counts as an acceptable paper."""

from __future__ import annotations

import pytest

from gi_registry.documents.rules import LARGEST_BYTES, MediaType, clean_name, media_type_of, sha256_of
from gi_registry.kernel.errors import Invalid

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n...", MediaType.PDF),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", MediaType.JPEG),
        (PNG, MediaType.PNG),
        (b'{"type": "FeatureCollection", "features": []}', MediaType.GEOJSON),
        ("地块,面积\n东湖,12".encode(), MediaType.CSV),
        ("\ufeff地块,面积\n东湖,12".encode(), MediaType.CSV),
        ("地块,面积\n东湖,12".encode("gb18030"), MediaType.CSV),
    ],
)
def test_the_bytes_say_what_the_paper_is(content: bytes, media_type: MediaType) -> None:
    assert media_type_of(content) is media_type


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00 a program",
        b"<html><script>,</script></html>",
        b'{"type": "Feature"',
        b'{"name": "not geography", "a": 1}',
        b"PK\x03\x04zip",
        b"just, one\x07bell",
        b"one word",
        b"%PDF-" + b"0" * LARGEST_BYTES,
    ],
)
def test_anything_else_is_refused_with_a_remedy(content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        media_type_of(content, field="photo")
    assert refusal.value.fields[0].field == "photo"
    assert refusal.value.fields[0].remedy is not None


def test_deeply_nested_json_is_refused_and_does_not_break_the_reader() -> None:
    with pytest.raises(Invalid):
        media_type_of(b'{"a":' * 200_000)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("检测报告.pdf", "检测报告.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\papers\\test.pdf", "test.pdf"),
        ("line\r\nbreak.pdf", "linebreak.pdf"),
        ("", "document"),
        ("...", "document"),
    ],
)
def test_a_name_keeps_no_path_and_no_control_characters(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_long_name_keeps_its_ending() -> None:
    kept = clean_name("长" * 300 + ".pdf")
    assert len(kept) == 120
    assert kept.endswith(".pdf")


def test_the_same_bytes_have_the_same_address() -> None:
    assert sha256_of(PNG) == sha256_of(bytes(PNG))
    assert sha256_of(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
