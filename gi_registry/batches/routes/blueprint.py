"""The blueprint of batches and the words its pages share."""

from __future__ import annotations

from flask import Blueprint

from gi_registry.batches.rules.amounts import thousandths, unit_words, write_amount
from gi_registry.batches.rules.ledger import ACCOUNT_WORDS, TAG_WORDS
from gi_registry.batches.rules.life import BATCH_LIFE, CAP_WORDS, KIND_WORDS
from gi_registry.batches.rules.quality import ENTERED_WORDS, RESULT_WORDS
from gi_registry.origin.rules.terms import VERDICT_WORDS

bp = Blueprint("batches", __name__)


WORDS = {
    "life": BATCH_LIFE,
    "kinds": KIND_WORDS,
    "accounts": ACCOUNT_WORDS,
    "tags": TAG_WORDS,
    "cap_words": CAP_WORDS,
    "verdicts": VERDICT_WORDS,
    "results": RESULT_WORDS,
    "entered": ENTERED_WORDS,
    "amount": write_amount,
    "unit_of": unit_words,
    "thousandths": thousandths,
}
