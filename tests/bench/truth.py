"""``python -m tests.bench.truth DIR``: read every roster in DIR and compare each value with DIR/truth.json.

Prints, per field: how many values could be known, how many were read right, and how many were read *wrong in
silence* (a value that differs from the truth, or a lost one, without any doubt named).
"""

import json
import os
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

from tests import throwaway

FLAGS = {
    "phone_lost": "phone_lost",
    "phone_short": "phone_short",
    "phone_long": "phone_long",
    "phone_ditto": "phone_ditto",
    "birth_ambiguous": "birth_ambiguous",
    "birth_unread": "birth_unread",
    "namesake": "namesake",
}


def rows_of(folder: Path):
    """(file, sheet, line) -> row, read with the gazetteer in a database of our own."""
    os.environ["YANGUI_INSTANCE"] = str(throwaway.folder("bench", durable=True))
    from outreach import create_app
    from outreach.accounts.queries import unit_by_place
    from outreach.core import sheets
    from outreach.core.db import db
    from outreach.directory.operations import read_rows
    from outreach.ops.commands import load_gazetteer

    app = create_app({"TESTING": True})
    found = {}
    with app.app_context():
        db.create_all()
        load_gazetteer()
        unit = unit_by_place(os.environ.get("UNIT", "410928"))
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() not in (".xlsx", ".xls", ".csv"):
                continue
            read = sheets.read(path, path.name)
            for row in read_rows(unit, read, {}, typed=path.suffix.lower() != ".csv", shapes=[]):
                found[(path.name, row.sheet, row.line)] = row
        towns = dict(db.session.execute(db.text("select place_code, name from units")).all())
        db.session.remove()
    return found, towns


def compare(truth: dict, row, towns: dict) -> dict[str, tuple]:
    """field -> (true value, read value, whether a doubt was named for it)."""
    values = row.values
    doubted = {name for name, _code, _stated in row.doubts}
    posts = sorted(map(list, values.get("posts", [])))
    true = {
        "name": (truth["name"], values.get("name"), "name"),
        "mobiles": (sorted(truth["mobiles"]), sorted(values.get("mobiles", [])), "phone"),
        "landlines": (sorted(truth["landlines"]), sorted(values.get("landlines", [])), "phone"),
        "orgs": (sorted(map(list, truth["orgs"])), posts, "posts"),
    }
    if "town" in truth:
        true["town"] = (truth["town"], towns.get(values.get("home_code")), "home")
    if "birth" in truth:
        true["birth"] = (truth["birth"] or "", values.get("birth", ""), "birth")
        true["province"] = (truth["province"], values.get("province"), "lives")
        true["city"] = (truth["city"], values.get("city"), "lives")
        true["industry"] = (truth["industry"], values.get("industry"), "industry")
        true["sex"] = (truth["sex"], values.get("gender"), "gender")
        true["tier"] = (truth["tier"], values.get("tier"), "tier")
        read = values.get("scale_wan")
        stated = truth["scale_wan"]
        true["scale"] = (
            None if stated is None else round(Decimal(str(stated)), 2),
            None if read is None else round(Decimal(read), 2),
            "scale",
        )
    return {name: (value, read, mark in doubted) for name, (value, read, mark) in true.items()}


def main(folder: Path) -> int:
    """Print the table; 1 when a value is silently wrong or less than 99 % are right."""
    truth = json.loads((folder / "truth.json").read_text())
    found, towns = rows_of(folder)
    total, right, silent, flags, samples = Counter(), Counter(), Counter(), Counter(), {}
    for line in truth:
        row = found.pop((line["file"], line["sheet"], line["row"]), None)
        if row is None:
            silent["row missing"] += 1
            samples.setdefault("row missing", line)
            continue
        codes = {code for _name, code, _stated in row.doubts}
        for flag in line["flags"]:
            flags[flag + (" named" if FLAGS.get(flag, flag) in codes else " NOT NAMED")] += 1
        for name, (value, read, doubted) in compare(line, row, towns).items():
            total[name] += 1
            if value == read:
                right[name] += 1
            elif not doubted:
                silent[name] += 1
                samples.setdefault(name, (line, row.values, row.raw))
    print(f"{'field':12}{'values':>9}{'right':>9}{'%':>9}{'silently wrong':>16}")
    for name in total:
        print(
            f"{name:12}{total[name]:9}{right[name]:9}{100 * right[name] / total[name]:9.2f}{silent[name]:16}"
        )
    print("rows missing:", silent["row missing"], " rows too many:", len(found))
    for flag, count in sorted(flags.items()):
        print(f"  {flag}: {count}")
    for name, sample in samples.items():
        print("e.g.", name, sample)
    for key, row in list(found.items())[:3]:
        print("extra", key, row.raw)
    share = sum(right.values()) / max(1, sum(total.values()))
    print(f"right in all: {100 * share:.3f} %; silently wrong: {sum(silent.values())}")
    return 1 if silent or share < 0.99 or found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
