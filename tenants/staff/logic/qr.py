"""A QR code as one drawing: the page stays one file, without scripts and pictures from elsewhere."""

import qrcode
from qrcode.constants import ERROR_CORRECT_M

QUIET = 4


def drawing(text: str) -> tuple[int, str]:
    """Width of the square in modules, quiet zone included, and the path that draws the dark ones."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    runs = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                runs.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            x += 1
    return len(rows), "".join(runs)
