"""Papers: what people upload and what the registry prints, kept once and addressed by content.

*Document*: a name, a media type, a size and the SHA-256 of its bytes, with an owner (organisation) and the authority whose business
it is. *Content*: the bytes, stored once per SHA-256 however often they are uploaded.

Invariants: the media type is read from the bytes, never from the name or the browser; at most 10 MB; a document is never changed or
deleted, so a decision that cites it by hash stays checkable; who may not read it is told that it is not there.

*Typeset paper*: what a paper of the registry was set from, so that it can be set again or read in another language. What people typed is
never markup. docs/papers.md says how a feature makes one.

Other features call ``service.store`` (they have already asked for their own permission) and keep the id they get back.
Start reading in ``rules/uploads.py`` (what is accepted) and ``rules/paper.py`` (what a paper is), then ``service/``.
"""
