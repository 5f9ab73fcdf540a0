"""Every sentence is there in English too, with the same slots, and what gettext reads is what the catalogue says."""

from __future__ import annotations

import re

import catalogue
import pytest
from babel.messages.catalog import Catalog

from tests.architecture.test_words import HAN

SLOT = re.compile(r"%\((\w+)\)[sd]")
HOW = "run python scripts/catalogue.py, translate what --missing lists in the .po file, run it again"


@pytest.fixture(scope="module")
def english() -> Catalog:
    return catalogue.current()


def test_every_sentence_of_the_source_is_translated_and_no_other(english: Catalog) -> None:
    source = set(catalogue.sentences())
    translated = {str(message.id) for message in english if message.id and message.string}
    assert source - translated == set(), HOW
    assert translated - source == set(), HOW


def test_a_translation_keeps_the_slots(english: Catalog) -> None:
    wrong = [m.id for m in english if m.id and sorted(set(SLOT.findall(str(m.id)))) != sorted(set(SLOT.findall(str(m.string))))]
    assert wrong == []


def test_a_translation_can_be_filled_in(english: Catalog) -> None:
    for message in english:
        slots = SLOT.findall(str(message.id))
        if slots:
            assert str(message.string) % dict.fromkeys(slots, "7"), message.id


def test_english_is_english_but_for_what_people_type_in_chinese(english: Catalog) -> None:
    chinese = [str(m.string) for m in english if m.id and HAN.search(TYPED.sub("", str(m.string)))]
    assert chinese == []


# Announcement and receipt numbers, compass words and a calendar word are typed in Chinese whatever the language of the page.
TYPED = re.compile(r"国家知识产权局公告第\d+号|国家质检总局公告 ?\d{4}年第\d+号|第五〇八号|疑〔\d+〕\d+|东经|北纬|调休")


def test_what_gettext_reads_is_compiled_from_the_catalogue(english: Catalog) -> None:
    assert catalogue.FILE.with_suffix(".mo").read_bytes() == catalogue.compiled(english), HOW
