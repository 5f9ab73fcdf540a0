"""Item codes: the printed format, the keys behind it, who was granted how many, and what happened to them.

Words
    *allotment* (发码): ``count`` codes granted to one authorisation for one product, reserved in the ledger of a year and zone.
    *range* (号段): up to 2²⁰ serials under one random label of five symbols; an allotment has one or more.
    *interval*: a half-open stretch of serials of a range of which something was said. Layer *activation*: bound to a batch.
    Layer *exception*: void, damaged, returned, frozen, recalled. A code has no row of its own, ever.

Invariants
    Granted content never exceeds the entitlement (``batches.service.reserve`` locks the quota). Open intervals of one layer of a range
    never overlap and never leave the range (triggers on both databases). ``code_range.used`` ≤ ``size`` (CHECK): it counts the serials
    that left the stock.
    Reservation is released once: by void, damaged or returned *before* activation. Voiding an activated code marks it and nothing more: the
    label was used, so the use stays in the ledger. [policy]

How a scanned code is judged (``verify`` does this; all of it importable without Flask or pydantic)
    1. ``rules.format.parse(text)`` → Code, or Malformed: a typing error, 404.
    2. ``queries.find_key(session, code.key_id)``, its secret by ``rules.sealing.unseal`` (label ``code-<id>``);
       ``rules.mac.verify_mac(code, secret)`` → serial, or None: forged, *unknown*. Keep opened secrets in the process.
    3. ``queries.lookup(session, code.range_label, serial)`` → ``Found(code_range, allotment, key, activation, exception)``; None (no
       such range, or a serial beyond its size): *unknown*. Intervals with ``lifted_at`` do not count.
    4. Precedence: unknown > void > recalled > frozen > not-activated. ``exception.status`` damaged and returned were never activated and
       read as void. A key revoked before the activation (``key.revoked_from <= activation.at``, or not activated at all): void. A void
       allotment has void intervals on all its serials, so its state need not be asked.
    5. ``activation.batch_id`` → batch → authorisation, product.

Read ``rules/format.py``, then ``rules/intervals.py``, then ``service``. Format for other implementers: ``docs/code-format.md``.
"""
