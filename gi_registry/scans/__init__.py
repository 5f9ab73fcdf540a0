"""Scans: what is remembered when somebody looks up a printed code.

**For whom**: the trace page (``verify``) writes here; anomalies and the archive read.

**Terms**
- *check*: a look-up of a live code that counts. The first one in the life of a code is its *first check*; it is decided by one
  atomic insert-or-update of the ``first_check`` row inside one transaction, so it holds across threads, processes and restarts.
- *scan*: the row of one look-up, with the verdict that was shown. Look-ups of codes that are not activated, void, frozen or
  recalled are stored too, with ``counted`` false: they never use up the first check.
- *client key*: HMAC of address and browser under a key of the Shanghai day. It counts client-days, not devices; the address
  itself is never stored.
- *place*: the province or city (division code) from an address table that the operator supplies; without a table, nothing.
- *merged*: the same client again within ten minutes; counted once.
- *suspected*: the counted facts of the busiest hours since the policy ``verify.suspect`` was first met. They only grow: a copied
  code does not become trustworthy because two quiet days passed.

**Invariants**: one ``first_check`` row per code; ``count`` grows by one per client and ten minutes; no column holds an address.

**Start reading**: ``service.check``; ``tally`` and ``gather`` for how many are stored together; ``rules`` for the client key, previews,
places and the counting test; ``connections`` for the database connections that do without a session.
"""
