"""Templates, migrations and geodata are found; anything else is refused by name."""

from __future__ import annotations

import pytest

from gi_registry.assets import NAMES, asset_dir


@pytest.mark.parametrize("name", NAMES)
def test_an_asset_directory_is_there(name: str) -> None:
    assert asset_dir(name).is_dir()


def test_another_name_is_refused() -> None:
    with pytest.raises(FileNotFoundError, match="secrets"):
        asset_dir("secrets")
