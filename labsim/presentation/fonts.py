"""A Chinese font that travels with a page, so that no reader sees boxes.

Takes: the text of a page. Gives: a style rule that carries the characters of that text.

The source is Noto Sans SC Regular (SIL Open Font License, ``fonts/OFL.txt``), cut down to
GB2312, Latin, Greek and signs. Readers who have a Chinese font of their own see that one:
the family stands last in the list of fonts.
"""

import base64
from functools import cache
from importlib.resources import as_file, files
from io import BytesIO

import vl_convert
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FAMILY = "labsim"


# Safe to keep: the file travels with the package and nobody writes it.
@cache
def _source() -> bytes:
    return files("labsim.presentation").joinpath("fonts", "NotoSansSC-gb2312.ttf").read_bytes()


# Safe to keep: the folder travels with the package and is only told once.
@cache
def tell_fonts() -> None:
    """Tell the drawer of charts where the font is, so that labels are measured alike on every machine."""
    with as_file(files("labsim.presentation").joinpath("fonts")) as folder:
        vl_convert.register_font_directory(str(folder))


def font_face(text: str) -> str:
    """Return a ``@font-face`` rule for :data:`FAMILY` with the characters of a text.

    Characters that the font lacks are left to the reader's fonts.
    """
    font = TTFont(BytesIO(_source()), lazy=True, recalcTimestamp=False)
    cut = Subsetter(Options(flavor="woff2", layout_features=[], hinting=False, notdef_outline=True))
    cut.populate(text=text)
    cut.subset(font)
    font.flavor = "woff2"
    out = BytesIO()
    font.save(out)
    data = base64.b64encode(out.getvalue()).decode("ascii")
    return f'@font-face{{font-family:"{FAMILY}";src:url(data:font/woff2;base64,{data}) format("woff2")}}'


def lacking(text: str) -> str:
    """Return the characters of a text that the font cannot draw."""
    drawn = TTFont(BytesIO(_source()), lazy=True).getBestCmap()
    return "".join(sorted({one for one in text if ord(one) not in drawn}))
