"""A verdict answers a question whose 'no' is normal; an error is for what must not happen."""

from __future__ import annotations

from dataclasses import dataclass

from gi_registry.kernel.words import Words


@dataclass(frozen=True)
class Passed:
    """Yes."""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Failed:
    """No, and why; ``remedy`` says what would make it a yes."""

    reason: Words
    remedy: Words | None = None

    def __bool__(self) -> bool:
        return False


Verdict = Passed | Failed
