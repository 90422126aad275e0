"""What the public pages weigh at the first visit, everything they load counted, uncompressed;
nothing from other hosts.
"""

import re
import subprocess
import sys
import urllib.request

from tests.bench.server import Client, environment, flask, serving

BAR = 150_000
MAKE = """
from outreach import create_app
from outreach.core.db import db
app = create_app()
with app.app_context():
    from tests.make import Maker
    make = Maker()
    event = make.event(summary="共叙乡情、共谋发展。" * 10)
    row = make.registration(event)
    db.session.commit()
    print(event.slug, row.page_token)
"""


def run() -> list[str]:
    """Event page, form and ticket."""
    settings, missed = environment("sqlite"), []
    flask(settings, "set-up")
    from outreach.core.settings import ROOT

    done = subprocess.run(
        [sys.executable, "-c", MAKE], env=settings, cwd=ROOT, check=True, capture_output=True, text=True
    )
    slug, code = done.stdout.split()
    with serving(settings) as port:
        for name, path in (
            ("event page", f"/e/{slug}"),
            ("form", f"/e/{slug}/register"),
            ("ticket", f"/t/{code}"),
        ):
            text = Client(port).get(path)
            loaded = set(re.findall(r'(?:src|href)="([^"#]+\.(?:css|js|svg|png))(?:#[^"]*)?"', text))
            foreign = [link for link in loaded if "//" in link]
            total = len(text.encode())
            for link in loaded - set(foreign):
                total += len(urllib.request.urlopen(f"http://127.0.0.1:{port}{link}").read())
            print(
                f"  {name:12} {total / 1000:6.1f} kB in {1 + len(loaded)} requests "
                f"(bar {BAR / 1000:.0f} kB), other hosts: {foreign or 'none'}"
            )
            missed += [f"weight of the {name}"] if total > BAR or foreign else []
    return missed
