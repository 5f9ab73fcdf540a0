"""Sentences for people, kept apart from their language until the edge (page, console, paper) is known.

The Chinese sentence is the message id; catalogues hold the other languages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Words:
    """One sentence: a Chinese template with ``%(name)s`` slots and the values for them."""

    template: str
    values: dict[str, object] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.template % self.values if self.values else self.template

    def in_language(self, translate: Callable[[str], str]) -> str:
        """Return the sentence through ``translate`` (a gettext function); values that are Words are translated too."""
        text = translate(self.template)
        if not self.values:
            return text
        values = {name: value.in_language(translate) if isinstance(value, Words) else value for name, value in self.values.items()}
        return text % values


def say(template: str, **values: object) -> Words:
    """Mark a Chinese sentence for translation; extraction finds the calls of this name."""
    return Words(template, values)


def packed(words: Words) -> dict[str, object]:
    """Return a sentence as JSON, to be stored and shown later in any language."""
    values = {name: packed(value) if isinstance(value, Words) else value for name, value in words.values.items()}
    return {"template": words.template, "values": values}


def unpacked(data: Mapping[str, object]) -> Words:
    """Return a stored sentence."""
    stored = data.get("values")
    values = dict(stored) if isinstance(stored, Mapping) else {}
    slots = {name: unpacked(value) if isinstance(value, Mapping) else value for name, value in values.items()}
    return Words(str(data.get("template", "")), slots)
