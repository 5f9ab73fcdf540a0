"""Registry: geographical indications, how they are protected, who may use the special mark, and for which products.

**Terms.** A *GI* is a name. A *protection* is a GI on one track (A product, B collective mark, C certification mark, D other, AGI), with
what each step requires to lie inside the area and what limits the quantity. An *authorisation* is one user under one protection; it is
*unmatched* while the announcement's name has no USCC. A *product* fixes net content per label and how the mark gets on the goods.
*Standing* is what an authorisation permits on a date; a *restriction* is what another procedure took away, with its basis.

**Invariants.** One authorisation in use per user and protection. Codes need a matched authorisation. Standing is computed from the state,
the dates and all open restrictions: lifting one never clears another. An effect that suspends an announced right carries its basis. The
handling authority is stored as announced, never derived from an address. A change makes a new version and keeps the values before it.

**Start reading** at ``rules.AUTHORISATION_LIFE`` and ``rules.standing_of``, then ``service.authorisations``; files are in ``bulk``.
"""
