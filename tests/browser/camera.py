"""A film of a QR for Chromium's fake camera (Y4M, 640 x 480)."""

import io

from PIL import Image


def film(picture: bytes, path, frames: int = 20) -> str:
    """Write a film that shows ``picture`` on grey; the flags' argument."""
    code = Image.open(io.BytesIO(picture)).convert("L").resize((400, 400), Image.Resampling.NEAREST)
    frame = Image.new("L", (640, 480), 160)
    frame.paste(code, (120, 40))
    luma, chroma = frame.tobytes(), bytes([128]) * (320 * 240 * 2)
    with open(path, "wb") as file:
        file.write(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n")
        for _frame in range(frames):
            file.write(b"FRAME\n" + luma + chroma)
    return str(path)
