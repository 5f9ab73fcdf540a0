"""Tiles have the shape and the paths of C2SP tlog-tiles."""

from __future__ import annotations

import pytest

from gi_registry.log.rules.tiles import hashes_at, read_path, width_of, write_path


@pytest.mark.parametrize(
    ("size", "level", "n", "width"),
    [(0, 0, 0, 0), (1, 0, 0, 1), (256, 0, 0, 256), (256, 1, 0, 1), (300, 0, 1, 44), (300, 1, 0, 1), (300, 0, 2, 0),
     (70_000, 1, 1, 17), (70_000, 2, 0, 1), (5, -1, 0, 0)],
)  # fmt: skip
def test_a_tile_is_as_wide_as_the_log_fills_it(size: int, level: int, n: int, width: int) -> None:
    assert width_of(size, level, n) == width


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("0/000", (0, 0, 256)),
        ("0/000.p/1", (0, 0, 1)),
        ("1/042.p/255", (1, 42, 255)),
        ("0/x001/234", (0, 1234, 256)),
        ("2/x001/x234/067", (2, 1234067, 256)),
    ],
)
def test_a_path_names_one_tile(path: str, tile: tuple[int, int, int]) -> None:
    assert read_path(path) == tile
    assert write_path(tile[0], tile[1], width=tile[2]) == path


@pytest.mark.parametrize(
    "path",
    ["", "0", "0/1", "0/0000", "0/x000/001", "00/000", "0/000.p/0", "0/000.p/256", "0/000.p/007", "64/000", "a/000", "0/x001", "0/../1"],
)
def test_another_spelling_names_none(path: str) -> None:
    assert read_path(path) is None


def test_the_hashes_of_a_tile_are_neighbours() -> None:
    assert hashes_at(1, 2, 3) == [(8, 512), (8, 513), (8, 514)]
