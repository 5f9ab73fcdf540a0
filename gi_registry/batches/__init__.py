"""Batches: what was harvested, bought or kept, how much of it may bear the mark, and the ledger that proves it.

Terms. A *yield cap* (单产上限) is the most a mu may yield of a GI in a year, zone and unit; provisional before harvest, final after.
A *batch* (批次) is goods that labels may be bound to: harvest from plots, opening stock (往年库存), purchase (购进), packaging printed
elsewhere (预印包装). The *entitlement* (核定额度) of an authorisation, GI, year and zone is

    Σ area inside × cap in force + purchases × conversion + opening stock − carried forward − sales

and *reserved*, *used*, *left* say how much of it is spoken for. Grams or pieces, integers only.

A *test report* (检测报告) binds to batches; an institution enters it for the batch numbers it was told, a user with its scan, a file with
warnings (``service/quality.py``).

Invariants. The ledger is double-entry and append-only: each transfer is zero-sum per family (goods, quota) and unit, checked here and
by a trigger; entries come first and the transfer seals them. Holding accounts never fall below zero. A reservation beyond the
entitlement is refused under a lock of the quota row; a record someone states is stored with its warnings. A cap is superseded,
never overwritten. One source makes one transfer of a kind, so nothing is released twice.

Start reading at ``rules/entitlement.py`` and ``rules/ledger.py``, then ``service/posting.py``.
"""
