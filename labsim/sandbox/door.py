"""The way in as a picture: a QR code that phones read from the screen.

Takes: an address. Gives: SVG. segno is pure Python and needs no image library.
"""

import io

import segno


def qr_code(address: str) -> bytes:
    """Return a QR code as an SVG document that scales with its place."""
    out = io.BytesIO()
    # Level M still reads when a lamp or a head covers a seventh of the screen.
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", border=3, dark="#10161d", light="#fff", omitsize=True, xmldecl=False
    )
    return out.getvalue()
