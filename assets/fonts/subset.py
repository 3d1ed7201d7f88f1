"""Makes the fonts in this folder from the unpacked npm package @ibm/plex-sans (see README.md)."""
from fontTools import subset
from fontTools.ttLib import TTFont

CHARACTERS = {
    *range(0x20, 0x7F), *range(0xA0, 0x2B0), *range(0x300, 0x330), *range(0x1E00, 0x1F00),
    *range(0x2010, 0x2028), 0x202F, *range(0x2030, 0x203B), 0x2044, *range(0x2070, 0x208F),
    0x20A6, 0x20A9, 0x20AC, 0x20BA, 0x2116, 0x2122, *range(0x2190, 0x2195), 0x2009, 0x200A,
    0x2211, 0x2212, 0x2215, 0x221A, 0x221E, 0x2248, 0x2260, 0x2264, 0x2265, 0x2713, 0x2717,
}

for style in ("Regular", "SemiBold"):
    font = TTFont(f"package/fonts/complete/woff2/IBMPlexSans-{style}.woff2", recalcTimestamp=False)
    font.flavor = None
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum"]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    names = {1: "Codev Sans", 2: style, 4: f"Codev Sans {style}", 6: f"CodevSans-{style}"}
    for record in font["name"].names:
        record.string = names.get(record.nameID, record.toUnicode())
    font.save(f"CodevSans-{style}.ttf")
    font.flavor = "woff2"
    font.save(f"CodevSans-{style}.woff2")
