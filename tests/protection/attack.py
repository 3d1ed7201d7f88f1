#!/usr/bin/env python3
"""Tries to work out, from what an evaluation publishes, the number or the income of few persons. Needs numpy and scipy.

    attack.py FOLDER OUT THRESHOLD

FOLDER has one table `t` (t.csv with the columns programme, person, income and any others) and OUT the estimates.csv and outcome.json
made of it. Formulas understood: COUNT(*), SUM(income) and AVG(income), each with FILTER (WHERE column = 'value'), one divided by another,
and `where` of the same kind. Rows that no figure tells apart are a class; a figure is an equation over the rows and the income of the
classes. Printed: what follows exactly for up to three classes of together fewer persons than the threshold (ranks in floating point, and once
more modulo a prime), and how many of the counts of single classes a linear programme fixes when the rounded counts of rows are intervals.
Nothing of the program is used here: another language, other elimination."""
import csv
import itertools
import json
import re
import sys
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog

PRIME = 2**89 - 1
folder, out, threshold = sys.argv[1], sys.argv[2], int(sys.argv[3])
rows = list(csv.DictReader(open(f"{folder}/t.csv", encoding="utf-8")))
cells = list(csv.DictReader(open(f"{out}/estimates.csv", encoding="utf-8")))
outcome = json.load(open(f"{out}/outcome.json", encoding="utf-8"))
income = [Fraction(r["income"]) for r in rows]
everyone = np.ones(len(rows), bool)


def where(condition):
    """Rows for which `column = 'value'` holds."""
    if not condition:
        return everyone
    column, value = re.fullmatch(r"\s*(\w+)\s*=\s*'([^']*)'\s*", condition).groups()
    return np.array([r[column] == value for r in rows])


def aggregates(formula):
    pattern = r"(COUNT|SUM|AVG)\((\*|income)\)(?:\s*FILTER\s*\(\s*WHERE\s+([^)]*)\))?"
    return re.findall(pattern, formula), re.sub(pattern, "#", formula).strip()


equations, intervals, masks = [], [], {}
for indicator in outcome["indicators"]:
    definition = indicator["definition"]
    lines = dict(line.split(": ", 1) for line in definition["formula"].split("\n") if ": " in line)
    found, shape = aggregates(lines["value"])
    for cell in (c for c in cells if c["indicator"] == definition["id"]):
        here = where(lines.get("where"))
        if cell["programme"]:
            here = here & np.array([r["programme"] == cell["programme"] for r in rows])
        if cell["group_column"]:
            here = here & np.array([r[cell["group_column"]] == cell["group_value"] for r in rows])
        if cell["period"]:
            here = here & np.array([r.get("date", "")[:4] == cell["period"] for r in rows])
        if cell["n"] and int(cell["n"]) > 0:
            intervals.append((here, int(cell["n"])))
        if cell["status"] != "value":
            continue
        parts = [(kind, here & where(condition)) for kind, _, condition in found]
        if shape == "#" and parts[0][0] == "AVG":
            mask = parts[0][1]
            total = sum(income[i] for i in np.nonzero(mask)[0])
            assert abs(float(total / int(mask.sum())) - float(cell["value"])) < 1e-6
            equations.append([("S", mask, Fraction(int(mask.sum()))), ("N", mask, -total)])
        else:
            assert shape in ("#", "# / #"), shape
            for kind, mask in parts:
                equations.append([("N" if kind == "COUNT" else "S", mask, Fraction(1))])
for _, mask, _ in itertools.chain(*equations):
    masks[mask.tobytes()] = mask
for mask, _ in intervals:
    masks[mask.tobytes()] = mask
signature = np.array(list(masks.values())).T if masks else np.zeros((len(rows), 1), bool)
_, number = np.unique(signature, axis=0, return_inverse=True)
number = np.asarray(number).ravel()
count = int(number.max()) + 1
persons = [{r["person"] or f"row {i}" for i, r in enumerate(rows) if number[i] == k} for k in range(count)]
first = [int(np.nonzero(number == k)[0][0]) for k in range(count)]


def vector(equation):
    row = [0] * (2 * count)
    for kind, mask, factor in equation:
        for k in range(count):
            if mask[first[k]]:
                row[k + (count if kind == "S" else 0)] += factor
    return row


def residue(x):
    return x.numerator * pow(x.denominator, -1, PRIME) % PRIME


matrix = [[residue(Fraction(x)) for x in vector(e)] for e in equations]
pivots = []
for row in matrix:
    for at, other in pivots:
        if row[at]:
            row = [(a - row[at] * b) % PRIME for a, b in zip(row, other)]
    at = next((i for i, x in enumerate(row) if x), None)
    if at is not None:
        inverse = pow(row[at], -1, PRIME)
        pivots.append((at, [x * inverse % PRIME for x in row]))


def follows(target):
    row = target
    for at, other in pivots:
        if row[at]:
            row = [(a - row[at] * b) % PRIME for a, b in zip(row, other)]
    return not any(row)


small = [k for k in range(count) if len(persons[k]) < threshold]
exact = 0
for size in (1, 2, 3):
    for union in itertools.combinations(small[:40], size):
        if len(set().union(*(persons[k] for k in union))) >= threshold:
            continue
        for kind in (0, 1):
            target = [0] * (2 * count)
            for k in union:
                target[k + kind * count] = 1
            if follows(target):
                exact += 1
                print("exact", "SN"[1 - kind], [rows[first[k]] for k in union])
fixed = 0
counts = [e for e in equations if all(kind == "N" for kind, _, _ in e)]
if counts and small:
    equal = np.array([[float(x) for x in vector(e)[:count]] for e in counts])
    size = np.bincount(number, minlength=count)
    near = np.array([[float(m[first[k]]) for k in range(count)] for m, _ in intervals])
    least = np.array([n - 2.5 for _, n in intervals])
    for k in small:
        ends = []
        for sign in (1, -1):
            goal = np.zeros(count)
            goal[k] = sign
            found = linprog(goal, A_ub=np.vstack([near, -near]), b_ub=np.concatenate([least + 5, -least]), A_eq=equal, b_eq=equal @ size)
            ends.append(sign * found.fun if found.status == 0 else sign * -np.inf)
        fixed += np.ceil(ends[0] - 1e-6) == np.floor(ends[1] + 1e-6)
print(f"{len(equations)} equations, {count} classes, {len(small)} small, {exact} exact, {int(fixed)} fixed by bounds")
sys.exit(1 if exact else 0)
