"""The gate's clock, where the device's own jumps: scans keep their true time."""

import json
import subprocess

from outreach.core.settings import ROOT


def test_a_clock_that_jumps_dates_no_scan_wrong(tmp_path):
    bundle = tmp_path / "clock.mjs"
    build = [str(ROOT / "node_modules/.bin/esbuild"), str(ROOT / "tests/js/clock.mjs"), "--bundle"]
    subprocess.run(
        [*build, "--platform=node", "--format=esm", f"--outfile={bundle}", "--log-level=error"],
        check=True,
        cwd=ROOT,
    )
    said = subprocess.run(["node", str(bundle)], check=True, capture_output=True, text=True)
    found = json.loads(said.stdout)
    assert found["wrong"] == []
    assert found["ran"] > 50
