"""The annual report (年报): what each legal user says about its year, and what the authority does with it.

*Obligation*: an authorisation and an explicit year; whether it is not open, open, overdue, filed or late follows from dates and is never
stored. *Report*: the draft and what became of it (draft, filed, county checked, accepted, returned, withdrawn, superseded). *Filing*:
one act of filing with its canonical content, hash and receipt; rows of it are only ever added. *Known figure*: what plots, batches, code
ledgers and last year's accepted report already say; it prefills the form, and a person who states something else gives a reason.
*Nil report*: the mark was not used; since when and why. *Amendment*: a further revision; the filed one stays in force until it is accepted.

Invariants: the year is always named, never derived from a date field; one report in force per authorisation and year; filed figures are
stored as stated, contradictions (label identity, more marked than grown) warn; who checks is not who accepts; the hash on a receipt is
the SHA-256 of the canonical JSON of what was filed.

Start reading in ``rules/life.py`` and ``rules/obligation.py``, then ``service/filing.py``. The page for people: docs/annual-report.md.
"""
