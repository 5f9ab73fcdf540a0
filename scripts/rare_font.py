"""Make the second font of the papers: every Han character of Noto Sans CJK SC that the first font lacks, and two thin spaces.

``python scripts/rare_font.py NotoSansCJK-Regular.ttc``, with fonttools installed beside it (nothing else here needs fonttools). The
first font has the common characters; names of people, villages and firms need the rest (by the publisher all of 通用规范汉字表): the blocks
U+4E00–9FFF and U+3400–4DBF, and what the source has of the later ones. The result is the same for the same source.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

FOLDER = Path(__file__).resolve().parent.parent / "gi_registry" / "static" / "vendor" / "noto-sans-sc"
COMMON, RARE = FOLDER / "NotoSansSC-Regular-subset.ttf", FOLDER / "NotoSansSC-Rare-subset.otf"
SOURCE_NAME, NAME, POSTSCRIPT = "Noto Sans CJK SC", "Noto Sans SC Rare", "NotoSansSCRare-Regular"
BLOCKS = (
    (0x00A0, 0x024F), (0x0370, 0x045F), (0x2000, 0x206F), (0x2100, 0x22FF), (0x2460, 0x24FF), (0x25A0, 0x260F), (0x3000, 0x303F),
    (0x3200, 0x33FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0xFF00, 0xFFEF), (0x20000, 0x3FFFF),
)  # fmt: skip
SPACE, THIN_SPACES = 0x20, (0x2009, 0x202F)
UNUSED = ("GPOS", "GSUB", "BASE", "VORG", "vhea", "vmtx")


def make(source: Path) -> None:
    """Write the font."""
    font = next(font for font in TTCollection(source).fonts if font["name"].getDebugName(4) == SOURCE_NAME)
    wanted = {code for code in font.getBestCmap() if any(first <= code <= last for first, last in BLOCKS)}
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14])
    options.drop_tables += UNUSED
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted - set(TTFont(COMMON).getBestCmap()) | {SPACE})
    cutter.subset(font)
    _name(font)
    _add_thin_spaces(font)
    font["head"].modified, font.recalcTimestamp = font["head"].created, False
    font.save(RARE)


def _name(font: TTFont) -> None:
    for record in font["name"].names:
        record.string = {1: NAME, 3: f"2.004;{POSTSCRIPT}", 4: NAME, 6: POSTSCRIPT}.get(record.nameID, str(record))
    cff = font["CFF "].cff
    cff.fontNames[0] = POSTSCRIPT
    cff.topDictIndex[0].FullName = cff.topDictIndex[0].FamilyName = NAME


def _add_thin_spaces(font: TTFont) -> None:
    """The space of the source, made a fifth of an em wide, stands for the thin spaces between groups of digits."""
    width, glyph = font["head"].unitsPerEm // 5, font.getBestCmap()[SPACE]
    outline, _selector = font["CFF "].cff.topDictIndex[0].CharStrings.getItemAndSelector(glyph)
    outline.program = [width - outline.private.nominalWidthX, "endchar"]
    font["hmtx"][glyph] = (width, 0)
    for table in font["cmap"].tables:
        if table.isUnicode() and table.cmap.pop(SPACE, None):
            table.cmap.update(dict.fromkeys(THIN_SPACES, glyph))


if __name__ == "__main__":
    make(Path(sys.argv[1]))
