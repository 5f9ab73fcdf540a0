"""The log: an append-only, tamper-evident record of every insert and change of a covered row.

What it is for
    Someone who can write to the database can change the past. The log makes that visible: each change is a *leaf* of a Merkle tree
    (RFC 6962), written in the transaction of the change; the tree's root is published as a signed *checkpoint* (C2SP) that others keep.
    From then on nothing can be altered, inserted or removed without the root, or a row's commitment in its leaf, ceasing to agree.

Terms
    *leaf*: canonical JSON of what happened, by whom (pseudonym), when, with a commitment to the row. *entry*: which row a leaf is about,
    its salt and salted hash; kept beside the tree so that personal data can be erased without breaking it. *bulk*: one file is one leaf
    over its rows. *covered table*: one whose rows the log answers for. *tile*: 256 hashes of one level, as published.

Invariants
    Leaves, nodes and entries can be neither updated nor deleted (triggers, on both databases); the one exception is forgetting a salt.
    The head only grows. Only ``service.append`` writes, called by ``workflow`` at commit, and it locks the head last. Every table is
    either in ``coverage.COVERED`` or named in ``coverage.NOT_COVERED`` with the reason.

Where to start reading
    ``rules/tree.py`` (the tree), ``rules/leaf.py`` (what a leaf commits to), ``coverage.py`` (which rows, which columns),
    ``service.append``, then ``verification.verify``. For operators and auditors: ``docs/log.md``.
"""
