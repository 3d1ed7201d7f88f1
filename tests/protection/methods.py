#!/usr/bin/env python3
"""Compares the ways to protect persons: which attacks they withstand, which figures are lost, what error they add. Needs numpy and scipy.

    methods.py CODEV [--made N] [--package FOLDER] [FOLDER ...]

CODEV is the program. `--made N` makes N tables of persons by seed; `--package` compares figures of any evaluation without attacking it; each
other FOLDER is an evaluation of a table `persons` or `t` that is attacked. Every evaluation is reported unprotected (to know the truth, and
that the attack finds what is there) and in each way, with the files of the folder copied elsewhere.

The attack: rows that no figure tells apart are a class. Every count shown is an interval around the number of rows of its classes, as wide as the
way leaves it; so is every sum of a column, where it is exact or rounded. Integer programmes then give the least and greatest number
of rows of each class of fewer than 5 persons, and of each withheld or small cell; linear ones the least and greatest sum. The attack succeeds when a
number has one value, or a sum lies within a tenth of the truth, or a value of five digits that one person has is in a file. Nothing of the
program is used here."""
import csv
import json
import math
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

WAYS = {
    "none": "",
    "suppress": "",
    "round, base 5": 'protection = "round"\n',
    "round, base 10": 'protection = "round"\nprotection_base = 10\n',
    "cell-key": 'protection = "cell-key"\n',
}
LEAST = 5


def report(codev, folder, way, place):
    """Reports a copy of a folder; gives the folder of the files."""
    copy = os.path.join(place, re.sub(r"\W", "", way))
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("report", "report.*", "expected*"))
    path = os.path.join(copy, "evaluation.toml")
    text = re.sub(r"(?m)^(small_cells|protection\w*) *=.*\n", "", open(path, encoding="utf-8").read())
    head = "small_cells = 0\n" if way == "none" else f"small_cells = {LEAST}\n{WAYS[way]}"
    open(path, "w", encoding="utf-8").write(head + text)
    out = os.path.join(copy, "report-out")
    done = subprocess.run([codev, "report", copy, "--out", out, "--quiet"], capture_output=True, text=True)
    if not os.path.exists(os.path.join(out, "outcome.json")):
        sys.exit(f"{folder} ({way}): {done.stderr}{done.stdout}")
    return out


def cells(out):
    keys = ["indicator", "programme", "group_column", "group_value", "period"]
    read = csv.DictReader(open(os.path.join(out, "estimates.csv"), encoding="utf-8"))
    return {tuple(r[k] for k in keys): r for r in read}


def of_persons(out):
    """Indicators about persons, with their definitions."""
    outcome = json.load(open(os.path.join(out, "outcome.json"), encoding="utf-8"))
    return {i["definition"]["id"]: i["definition"] for i in outcome["indicators"] if i.get("rounded")}


class Account:
    """Figures lost and errors added, over all folders."""

    def __init__(self):
        self.figures = self.lost = self.withstood = self.attacked = 0
        self.counts, self.shares = [], []
        self.leaks = []

    def compare(self, truth, shown, definitions):
        for key, true in truth.items():
            if key[0] not in definitions or true["status"] != "value":
                continue
            self.figures += 1
            here = shown.get(key)
            if here is None or here["status"] != "value":
                self.lost += 1
                continue
            self.counts.append(abs(float(here["n"] or 0) - float(true["n"] or 0)))
            if true["unit"] == "%":
                self.shares.append(abs(float(here["value"]) - float(true["value"])))

    def line(self, way, what):
        mean = lambda x: "-" if not x else f"{sum(x) / len(x):.3g}"
        share = "-" if not self.shares else f"{100 * sum(self.shares) / len(self.shares):.2g}"
        attacks = f"{self.withstood} of {self.attacked}" if self.attacked else "-"
        lost = f"{100 * self.lost / max(self.figures, 1):.1f} % of {self.figures}"
        return f"| {what} | {way} | {attacks} | {lost} | {mean(self.counts)} | {share} |"


def table_of(folder):
    """The table of persons with the tables that it points to, in SQLite; its rows as dictionaries."""
    package = json.load(open(os.path.join(folder, "datapackage.json"), encoding="utf-8"))
    base = sqlite3.connect(":memory:")
    names = []
    for resource in package["resources"]:
        rows = list(csv.reader(open(os.path.join(folder, resource["path"]), encoding="utf-8")))
        types = {f["name"]: f["type"] for f in resource["schema"]["fields"]}
        columns = ", ".join(f'"{c}" {"REAL" if types.get(c) in ("number", "integer") else "TEXT"}' for c in rows[0])
        base.execute(f'CREATE TABLE "{resource["name"]}" ({columns})')
        marks = ",".join("?" * len(rows[0]))
        base.executemany(f'INSERT INTO "{resource["name"]}" VALUES ({marks})', [[c or None for c in r] for r in rows[1:]])
        names.append(resource)
    main = next(r for r in names if r["name"] in ("persons", "t"))
    joins = ""
    for key in main["schema"].get("foreignKeys", []):
        field, other = key["fields"], key["reference"]
        joins += f' LEFT JOIN "{other["resource"]}" AS "{field}" ON "{main["name"]}"."{field}" = "{field}"."{other["fields"]}"'
    return base, main, joins


def truths(base, main, joins, condition):
    """Rows for which a condition holds."""
    condition = re.sub(r"\b([a-z_]+)\.([a-z_]+)\b", r'"\1"."\2"', condition or "1")
    sql = f'SELECT COALESCE(({condition}), 0) FROM "{main["name"]}"{joins} ORDER BY "{main["name"]}".rowid'
    return np.array([bool(r[0]) for r in base.execute(sql)])


def values(base, main, joins, expression):
    sql = f'SELECT {expression} FROM "{main["name"]}"{joins} ORDER BY "{main["name"]}".rowid'
    return [r[0] for r in base.execute(sql)]


COUNTS = [
    (r"COUNT\(\*\)$", None),
    (r"SUM\(CASE WHEN (.+) THEN 1 ELSE 0 END\)$", 1),
    (r"COUNT\(NULLIF\((\w+),'(\w+)'\)\)$", 2),
]
SHARES = [
    (r"COUNT\(\*\) FILTER \(WHERE (.+)\) / COUNT\(\*\)$", 1),
    (r"AVG\(CASE WHEN (.+) THEN 1 ELSE 0 END\)$", 1),
    (r"AVG\((\w+ = '\w+')\)$", 1),
]


def step(x):
    """The least of 1, 2 and 5 times a power of ten that is not less."""
    power = 10 ** math.floor(math.log10(x))
    return next(s * power for s in (1, 2, 5, 10) if s * power >= x)


def attack(folder, out, way, definitions):
    """What follows about few persons; a list of sentences."""
    base, main, joins = table_of(folder)
    own = main["codev"]
    everyone = truths(base, main, joins, None)
    link = [k["fields"] for k in main["schema"].get("foreignKeys", []) if k["reference"]["resource"] != "programmes"]
    columns_of = {f["name"] for f in main["schema"]["fields"]}
    person = own.get("person") if own.get("person") in columns_of else link[0] if link else None
    persons = values(base, main, joins, f'"{main["name"]}"."{person}"') if person else list(range(len(everyone)))
    persons = [p if p is not None else f"row {i}" for i, p in enumerate(persons)]
    several = max(sum(1 for q in persons if q == p) for p in set(persons))
    programmes = values(base, main, joins, f'"{main["name"]}"."{own.get("programme", "programme")}"')
    width = {"none": 0, "suppress": 0, "round, base 5": 9, "round, base 10": 19, "cell-key": 10}[way] * (step(several) if several > 1 else 1)
    intervals, sums, masks, columns = [], [], {}, {}
    found = cells(out)
    for key, cell in found.items():
        definition = definitions.get(key[0])
        if definition is None:
            continue
        lines = dict(line.split(": ", 1) for line in definition["formula"].split("\n") if ": " in line)
        if "value" not in lines:
            continue
        formula = lines["value"]
        rows = truths(base, main, joins, lines.get("where"))
        if key[1]:
            rows = rows & np.array([p == key[1] for p in programmes])
        if key[2]:
            name = key[2] if "." in key[2] else f'{main["name"]}.{key[2]}'
            quoted = ".".join(f'"{part}"' for part in name.split("."))
            rows = rows & np.array([str(v) == key[3] for v in values(base, main, joins, quoted)])
        if key[4]:
            rows = rows & np.array([str(v)[:4] == key[4] for v in values(base, main, joins, '"date"')])

        def count(mask, shown, half):
            if half in (9, 19) and abs(mask.sum() - shown) <= half // 2:
                # Most figures are beside the true one, and the attacker is taken to know which.
                half //= 2
            intervals.append((mask, shown - half, shown + half))
            masks[mask.tobytes()] = mask

        if cell["n"] and (way not in ("none", "suppress") or int(cell["n"])):
            count(rows, int(cell["n"]), 2 if way == "suppress" else 0 if way == "none" else width)
        if cell["status"] != "value":
            continue
        value = float(cell["value"])
        for pattern, group in COUNTS:
            match = re.match(pattern, formula)
            if match:
                condition = f"{match[1]} <> '{match[2]}'" if group == 2 else match[1] if group else None
                count(rows & truths(base, main, joins, condition), value, width)
        for pattern, group in SHARES:
            match = re.match(pattern, formula)
            if match and way in ("none", "suppress"):
                mask = rows & truths(base, main, joins, match[1])
                count(mask, int(mask.sum()), 0)
                count(rows, int(rows.sum()), 0)
            elif match and cell["numerator"]:
                count(rows & truths(base, main, joins, match[1]), float(cell["numerator"]), width)
        match = re.match(r"(SUM|AVG)\((\w+)\)(?: FILTER \(WHERE (.+)\))?$", formula)
        if match and not (match[1] == "AVG" and way not in ("none", "suppress")):
            mask = rows & truths(base, main, joins, match[3])
            read = values(base, main, joins, f'"{match[2]}"')
            mask = mask & np.array([isinstance(x, float) for x in read])
            numbers = [x if isinstance(x, float) else 0.0 for x in read]
            columns[match[2]] = numbers
            masks[mask.tobytes()] = mask
            if way in ("none", "suppress"):
                # The sum itself, or the sum less the mean times the rows, which is zero.
                by = value if match[1] == "AVG" else 0.0
                sums.append((match[2], mask, by, 0.0 if by else value, 0.0 if by else value))
            elif way.startswith("round"):
                unit = int(way.split()[-1]) * step(max(map(abs, numbers))) * (step(several) if several > 1 else 1)
                sums.append((match[2], mask, 0.0, value - unit / 2, value + unit / 2))
    if not masks:
        return searched(folder, out, main)
    signature = np.array(list(masks.values())).T
    _, number = np.unique(signature, axis=0, return_inverse=True)
    number = np.asarray(number).ravel()
    classes = int(number.max()) + 1
    first = [int(np.nonzero(number == k)[0][0]) for k in range(classes)]
    size = np.bincount(number, minlength=classes)
    who = [{persons[i] for i in np.nonzero(number == k)[0]} for k in range(classes)]
    form = lambda mask: np.array([float(mask[f]) for f in first])
    leaks = []
    targets = [(np.eye(classes)[k], k) for k in range(classes) if len(who[k]) < LEAST]
    for mask in masks.values():
        if 0 < len({persons[i] for i in np.nonzero(mask)[0]}) < LEAST:
            targets.append((form(mask), None))

    def ends(target, matrix, low, high, integral, most):
        if integral.any():
            # Only a narrow range can hold one whole number.
            wide = ends(target, matrix, low, high, 0 * integral, most)
            if wide[1] - wide[0] > 2:
                return wide
        answer = []
        for sign in (1, -1):
            solved = milp(sign * target, constraints=LinearConstraint(matrix, low, high), bounds=Bounds(0, most), integrality=integral, options={"time_limit": 5})
            if solved.status != 0:
                return -math.inf, math.inf
            answer.append(sign * solved.fun)
        return answer

    matrix = np.array([form(m) for m, _, _ in intervals])
    low, high = np.array([i[1] for i in intervals]) - 1e-6, np.array([i[2] for i in intervals]) + 1e-6
    for target, _ in targets if len(intervals) else []:
        least, most = ends(target, matrix, low, high, np.ones(classes), np.inf)
        if most - least < 0.5:
            leaks.append(f"{target @ size:.0f} row(s) of few persons follow exactly")
    for column, numbers in columns.items():
        here = [(form(m), by, a, b) for c, m, by, a, b in sums if c == column]
        if not here:
            continue
        # Rows of the classes, then their sums; nobody has less than nothing or more than the most.
        most_of_one = max(map(abs, numbers))
        parts = [(np.concatenate([-by * f, f]), a, b) for f, by, a, b in here]
        parts += [(np.concatenate([form(m), np.zeros(classes)]), a, b) for m, a, b in intervals]
        parts += [(np.concatenate([most_of_one * e, -e]), 0.0, np.inf) for e in np.eye(classes)]
        matrix = np.array([p[0] for p in parts])
        low, high = np.array([p[1] for p in parts]) - 1e-6, np.array([p[2] for p in parts]) + 1e-6
        true = np.array([sum(numbers[i] for i in np.nonzero(number == k)[0]) for k in range(classes)])
        for target, _ in targets:
            wanted = np.concatenate([np.zeros(classes), target])
            least, most = ends(wanted, matrix, low, high, np.zeros(2 * classes), np.inf)
            amount = float(target @ true)
            if amount and max(amount - least, most - amount) < amount / 10:
                leaks.append(f"a sum of {amount:.0f} of few persons is known within a tenth")
    return leaks + searched(folder, out, main)


def searched(folder, out, main):
    """Values of five digits or more that one person has and a file tells."""
    rows = list(csv.DictReader(open(os.path.join(folder, main["path"]), encoding="utf-8")))
    # What the author of a definition wrote in it is printed.
    written = ""
    for path, _, names in os.walk(os.path.join(folder, "indicators")):
        written += "".join(open(os.path.join(path, name), encoding="utf-8").read() for name in names)
    told = []
    for column in rows[0]:
        seen = [r[column] for r in rows]
        for value in {v for v in seen if seen.count(v) == 1 and v not in written and re.fullmatch(r"\d{5,}|[A-Z][a-z]+\d+", v)}:
            for name in ("estimates.csv", "outcome.json", "report.html"):
                text = open(os.path.join(out, name), encoding="utf-8").read()
                if re.search(rf"(?<![\d.]){value}(?![\d.])", text):
                    told.append(f"{name} tells a value of one person ({column})")
    return told


def made(seed, place):
    """A table of persons by seed: nested columns or not, periods or not, rows without programme, shares, means and filters."""
    dice = random.Random(seed)
    folder = os.path.join(place, f"made{seed}")
    os.makedirs(os.path.join(folder, "indicators"))
    programmes, nested = dice.randint(1, 4), seed % 3 == 0
    rows = []
    for at in range(dice.randint(40, 160)):
        a = min(dice.randrange(3), dice.randrange(3))
        b = min(dice.randrange(3), dice.randrange(3))
        programme = "" if dice.random() < 0.03 else f"P{min(dice.randrange(programmes), dice.randrange(programmes))}"
        rows.append([programme, f"q{at}", f"a{a}", f"a{a}b{b}" if nested else f"b{b}", "f" if dice.random() < 0.2 else "m", f"{2018 + dice.randrange(2)}-05-01", 1000 + dice.randrange(3000)])
    names = ["programme", "person", "a", "b", "sex", "date", "income"]
    with open(os.path.join(folder, "t.csv"), "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([names] + rows)
    fields = [{"name": n, "type": {"date": "date", "income": "number"}.get(n, "string")} for n in names]
    about = {"unit": "person", "person": "person", "programme": "programme", "date": "date", "sampling": "census"}
    resource = {"name": "t", "path": "t.csv", "schema": {"fields": fields, "primaryKey": "person"}, "codev": about}
    json.dump({"name": "made", "resources": [resource]}, open(os.path.join(folder, "datapackage.json"), "w", encoding="utf-8"))
    asked = [
        ("count", "COUNT(*)", "", "persons"),
        ("income", "SUM(income)", "", "EUR"),
        ("women", "COUNT(*)", "sex = 'f'", "persons"),
        ("women-share", "COUNT(*) FILTER (WHERE sex = 'f') / COUNT(*)", "", "%"),
        ("mean", "AVG(income)", "", "EUR"),
    ]
    for name, value, where, unit in asked:
        text = f'id = "{name}"\nname = "Made {name}"\nkind = "process"\ndimension = "test"\nside = "both"\nquestion = "How many?"\nunit = "{unit}"\ndirection = "higher-is-better"\nsource = "made"\n\n[measure]\ntype = "formula"\ntable = "t"\nvalue = "{value}"\n'
        text += f'where = "{where}"\n' if where else ""
        open(os.path.join(folder, "indicators", f"{name}.toml"), "w", encoding="utf-8").write(text)
    period = 'period = "year"\n' if seed % 2 else ""
    by = ['["a"]', '["a", "b"]', '["a", "b", "sex"]'][seed % 3]
    open(os.path.join(folder, "evaluation.toml"), "w", encoding="utf-8").write(f'title = "Made"\nindicators = ["own/*"]\nby = {by}\n{period}')
    return folder


def main():
    codev, rest = os.path.abspath(sys.argv[1]), sys.argv[2:]
    many, packages, folders = 0, [], []
    while rest:
        word = rest.pop(0)
        if word == "--made":
            many = int(rest.pop(0))
        elif word == "--package":
            packages.append(rest.pop(0))
        else:
            folders.append(word)
    print("| data | way | attacks withstood | figures lost | mean absolute error of counts | of shares, in points |")
    print("|---|---|---|---|---|---|")
    failed = False
    with tempfile.TemporaryDirectory() as place:
        sets = [("folders", folders, True), ("made", [made(seed, place) for seed in range(many)], True)]
        sets += [(os.path.basename(p.rstrip("/")), [p], False) for p in packages]
        for what, of_set, attacked in sets:
            accounts = {way: Account() for way in WAYS}
            for at, folder in enumerate(of_set):
                here = os.path.join(place, f"run-{what}-{at}")
                os.makedirs(here)
                outs = {way: report(codev, folder, way, here) for way in WAYS}
                truth, definitions = cells(outs["none"]), of_persons(outs["suppress"])
                if not any(key[0] in definitions for key in truth):
                    sys.exit(f"{folder}: no figure about persons")
                for way, account in accounts.items():
                    out = outs[way]
                    account.compare(truth, cells(out), definitions)
                    if attacked:
                        leaks = attack(folder, out, way, definitions)
                        account.attacked += 1
                        account.withstood += not leaks
                        for leak in sorted(set(leaks)) if way != "none" else []:
                            print(f"{folder}, {way}: {leak}", file=sys.stderr)
                        failed |= bool(leaks) and way != "none"
                shutil.rmtree(here)
            for way, account in accounts.items():
                if of_set:
                    print(account.line(way, what), flush=True)
    sys.exit(1 if failed else 0)


main()
