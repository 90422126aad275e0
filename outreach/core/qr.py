"""QR codes as drawings for paper: one path, a run of dark modules each."""

from itertools import groupby

import qrcode
from qrcode.constants import ERROR_CORRECT_M


def svg(text: str, *, mask: int | None = None) -> str:
    """The code of ``text`` without a border, as SVG text that prints sharp at any size.

    ``mask``: for a random text any is good; else the best is sought.
    """
    drawing = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=mask)
    drawing.add_data(text)
    drawing.make(fit=True)
    rows, runs = drawing.get_matrix(), []
    for line, row in enumerate(rows):
        column = 0
        for dark, modules in groupby(row):
            length = len(list(modules))
            if dark:
                runs.append(f"M{column} {line}h{length}v1h-{length}z")
            column += length
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(rows)} {len(rows)}">'
        f'<path d="{"".join(runs)}"/></svg>'
    )
