"""What the tables of batches share."""

from typing import Any


def listed(values: Any) -> str:
    """Return values as the inside of an SQL list."""
    return ", ".join(f"'{value}'" for value in sorted(map(str, values)))
