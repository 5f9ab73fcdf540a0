"""Who acts."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Actor:
    """A person or job for the length of one piece of work.

    ``pseudonym`` is what the public log shows; ``division_paths`` are the tree paths (``/32/3205/320583/``) of the places whose
    business the actor handles; ``cases`` are ``(kind, id)`` pairs the actor was asked to assist in.
    """

    person_id: int | None
    pseudonym: str
    roles: frozenset[str] = frozenset()
    organisation_id: int | None = None
    division_paths: tuple[str, ...] = ()
    cases: frozenset[tuple[str, int]] = field(default_factory=frozenset)
    name: str = ""

    @property
    def signed_in(self) -> bool:
        """Whether a person (not the public, not a job) acts."""
        return self.person_id is not None


ANONYMOUS = Actor(person_id=None, pseudonym="public", roles=frozenset({"consumer"}))
SYSTEM = Actor(person_id=None, pseudonym="system", roles=frozenset({"system"}), name="system")
