"""``python -m tests.bench.duplicates DIR``: judge every pair of rows in DIR's rosters and compare with
DIR/truth.json.

Joined: what the rules would join without a person's word. Reachable: the true pairs that share a number, or a
name and a township, or a name and a company, by what the truth says.
"""

import json
import sys
import time
from collections import defaultdict
from itertools import combinations
from pathlib import Path

from tests.bench.truth import rows_of


def _face(number: int, values: dict):
    from outreach.directory import names
    from outreach.directory.duplicates import Face
    from outreach.directory.reading.business import is_chamber

    return Face(
        number,
        names.key(values["name"]),
        names.sort_pinyin(values["name"]),
        frozenset(values["mobiles"]),
        frozenset(names.organisation_key(body) for body, _title in values["posts"] if not is_chamber(body)),
        values.get("home_code") or "",
        values.get("home_village", ""),
        values.get("birth", ""),
        values.get("gender", ""),
        values.get("wechat", ""),
    )


def _reachable(rows: list[dict]) -> set[tuple[int, int]]:
    from outreach.directory import names
    from outreach.directory.reading.business import is_chamber

    people = defaultdict(list)
    for number, row in enumerate(rows):
        people[row["person"]].append(number)
    found = set()
    for members in people.values():
        for one, other in combinations(members, 2):
            a, b = rows[one], rows[other]
            same_name = names.key(a["name"]) == names.key(b["name"])
            bodies = [{body for body, _title in row["orgs"] if not is_chamber(body)} for row in (a, b)]
            town = a.get("town") and a.get("town") == b.get("town")
            if set(a["mobiles"]) & set(b["mobiles"]) or (same_name and (town or bodies[0] & bodies[1])):
                found.add((one, other))
    return found


def main(folder: Path) -> int:
    """Print the table; 1 when a bar is missed."""
    truth = json.loads((folder / "truth.json").read_text())
    read, _towns = rows_of(folder)
    rows = [row for row in truth if (row["file"], row.get("sheet", ""), row["row"]) in read]
    from outreach.directory import duplicates

    faces = [
        _face(number, read[(row["file"], row.get("sheet", ""), row["row"])].values)
        for number, row in enumerate(rows)
    ]
    began = time.perf_counter()
    judged = duplicates.pairs(faces)
    took = time.perf_counter() - began
    joined = {pair[:2] for pair in judged if pair.certain}
    proposed = {pair[:2] for pair in judged} - joined
    right = sum(rows[one]["person"] == rows[other]["person"] for one, other in joined)
    reachable = _reachable(rows)
    caught = len(reachable & (joined | proposed))
    true_proposals = sum(rows[one]["person"] == rows[other]["person"] for one, other in proposed)
    precision, recall = right / max(1, len(joined)), caught / max(1, len(reachable))
    print(f"{len(rows)} rows, pairs judged in {took:.2f} s")
    print(
        f"  joined without a word   {len(joined):6}   right {right:6}   {100 * precision:.2f} %   (bar "
        f"99.5 %)"
    )
    print(
        f"  proposed for review     {len(proposed):6}   true  {true_proposals:6}  "
        f" {100 * true_proposals / max(1, len(proposed)):.1f} %"
    )
    print(
        f"  true pairs in reach     {len(reachable):6}   caught {caught:5}   {100 * recall:.2f} %   (bar "
        f"97 %)"
    )
    missed = reachable - joined - proposed
    for one, other in sorted(missed)[:5]:
        print(
            "  not caught:",
            *(f"{rows[key]['file']} {rows[key].get('sheet', '')} {rows[key]['row']}" for key in (one, other)),
        )
    return 0 if precision >= 0.995 and recall >= 0.97 else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
