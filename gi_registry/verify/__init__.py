"""Verify: what anybody may ask of a label, with a code or without one.

**For whom**: a person in a shop with a phone; a platform's or officer's machine (JSON); whoever holds a bag without a code.

**Two questions**
- ``/T/{code}`` (``exchange``): was this code issued, for what, and how often was it checked? One implementation, carried by the
  server's event loop (``front``) and by ``wsgi``. It never says that a product is genuine: it says who issued the code, for what, and
  what is known of it.
- ``/check`` (``routes``): may this firm use the mark for which GI on that packing date? Yes, no, or not on file.
  ``/verify`` is the form where a code is typed.

**Terms**
- *record*: everything on file about one code, frozen (``rules.record``).
- *verdict*: the closed list of ``scans.rules.verdicts``, in its order of precedence; ``rules.answer`` is the whole law of it.
- *live*: a code whose look-up counts: issued by us, activated, neither void nor recalled nor frozen.

**Invariants**: a first check is claimed only when it was recorded, so it is claimed once in the life of a code. A forged code shows
nothing about anybody. The mark slot appears only for a user authorised on the packing date, never on void, unknown or suspect pages.
Open findings and leads never change the page; a listing appears after its publication and before its end.

**Start reading**: ``rules/answer.py``, then ``service.look_up``, then ``exchange.py``. ``docs/verify.md`` is the page for operators.
"""
