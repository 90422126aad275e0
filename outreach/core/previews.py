"""Pictures of uploaded evidence: an image made smaller, the first pages of a PDF.

Nothing of the file itself reaches the browser. A child process with limits makes them (``core.drawing``),
once: they are kept beside the file, also that there are none.
"""

import json
from pathlib import Path

from outreach.core import drawing, kept_bytes

#: pages shown of a PDF, and pixels of the longer side
PAGES, LONGEST = 3, 1400
#: seconds of the processor, on the clock, and until a place is free; a page that somebody waits for
CPU, WALL, WAIT = 5, 8.0, 1.0


def pictures(path: Path, media_type: str) -> list[str]:
    """``data:`` addresses of JPEG pictures; none where the file is missing, cannot be read, or takes too much
    time or memory.
    """
    if not path.exists():
        return []
    kept = kept_bytes.shown(path)
    if kept.exists():
        return json.loads(kept.read_bytes())
    try:
        made = drawing.run("show", media_type, LONGEST, PAGES, CPU, path, wait=WAIT, seconds=WALL)
    except drawing.TooSlow:
        return []  # the machine has much to do: the next look tries again
    found = [] if made.returncode else json.loads(made.stdout)
    kept_bytes.write(kept, json.dumps(found).encode(), beside=path)
    return found
