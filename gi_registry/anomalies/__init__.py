"""Facts, one rule per file, findings.

A **rule** (``rules/qt_01.py``, ``rules/ar_01.py``) is a pure function over frozen facts. It answers with a ``FindingDraft`` (the ground
is met, with the arithmetic line by line), with ``Unjudged`` (the facts do not allow an answer yet, and why) or with None.

A **finding** is the machine's lead about one subject: an authorisation or, for ``CL-01``, a range of codes that somebody unknown copied. A
person decides what becomes of it, and nothing about copied codes is ever held against their user. It keeps the facts, the parameters and
their version, and the rule's version. Found again it is the same finding (unique fingerprint); changed facts become a new version of its
evidence; facts that are cured clear it. Nothing here is public and nothing here lists anybody.

A **recorded fact** is what an officer or a document established: the officer's form calls ``service.file_fact``, features above hand
it down through ``service.record_fact``.

Life of a finding: open → in_case → settled; open → dismissed (with a reason) | cleared; a cleared, dismissed or settled one is
opened again only by changed facts.

Facts are gathered for many users at once: ``queries`` reads them set-wise, ``service.evaluate`` brings them before their rule.

Start reading at ``rules/qt_01.py``, then ``service.run``. The grounds are described in ``docs/grounds.md``.
"""
