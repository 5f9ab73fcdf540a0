"""Supervision: leads (线索) – what somebody noticed, who looks into it, and what became of it.

**For whom**: anybody with a package in hand (the doubt form), a legal user ("not ours"), the officers of the region (the queue).

**Terms**
- *lead*: one row per thing noticed: source, subject (a code, a user, or unknown), GI, place, ground hint, evidence by hash.
- *doubt* (疑问反映): a lead from the public. Its *receipt* is the number 疑〔2026〕000123 with eight check characters that nobody can
  guess; whoever has both sees the stage (received, being handled, closed) and nothing else.
- *statement* (声明): a lead from a legal user: "these codes are not ours". Codes of the user's own ranges are frozen by the same act.
- *contact*: how to reach the reporter, kept apart and sealed; only the officer who handles the lead opens it, each opening is recorded,
  and it is deleted after ``doubt.contact-days``.

**Invariants**: an open lead changes no public page (a freeze rests on the user's own statement, which says so). A doubt needs no login,
phone, place or JavaScript. What lies outside one's region is not there. A photo is drawn anew in a limited child process before it is
kept: no metadata, no position, nothing but pixels.

**Start reading**: ``rules/life.py``, then ``service/doubts.py`` and ``service/leads.py``. For operators: ``docs/doubts.md``.
"""
