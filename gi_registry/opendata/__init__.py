"""Opendata: what anyone may read and take away: the home page, the register, the log, and files of every kind for offices.

**Terms.** An *entry* is the page of one GI or one user. A *file* holds rows of one kind (``kinds.KINDS``).

**Invariants.** Only announced states are public: applications, leads, orders to rectify and restrictions never come here, a published
listing does. Names of natural persons are masked in every format. Filters live in the address; CSV and JSON show what the page shows.
Geometry of areas is not public without a map review number; the text list of places is.

**Start reading** at ``rules.PUBLIC_STATES``, then ``service``; files at ``files.import_file``.
"""
