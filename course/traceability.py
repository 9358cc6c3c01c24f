"""Writes docs/items.md, which leads from each item to its derivation, its code, its checks and its points.

python -m course.traceability
"""

from __future__ import annotations

from course.items import ROOT, Course, load

PAGE = ROOT / "docs" / "items.md"
HEAD = """\
# The items

Made from `course/exercises.toml` by `python -m course.traceability`. A check's points stand after its name; a
hidden one, in italics, is the grader's alone. What is left of an item's points is for its derivation or its text, and
is given by a human.

| item | points | kind | derivation or answer | code | checks |
|---|---:|---|---|---|---|
"""


def page(course: Course) -> str:
    """Return the page's text."""
    return HEAD + "".join(map(_line, course.items.values()))


def _line(row: dict) -> str:
    answer, *code = row["cells"]
    where = [f"`{target.removeprefix('nnlib.')}`" for target in row["targets"]] + [f"cell `{cell}`" for cell in code]
    checks = [_check(check) for check in row.get("check", ())] + [f"{row['checks']} in the notebook"] * (
        row["checks"] > 0
    )
    checks += [_check({**check, "visibility": "hidden"}) for check in row.get("machine", ())]
    points = f"{row['points']:g}" + (f" ({row['derivation']:g})" if "derivation" in row else "")
    columns = (f"{row['id']} {row['title']}", points, row["kind"], f"`{answer}` in `{row['notebook']}.ipynb`")
    return f"| {' | '.join(columns)} | {', '.join(where) or '–'} | {', '.join(checks) or '–'} |\n"


def _check(check: dict) -> str:
    text = f"{check['name']} {check['points']:g}"
    return f"*{text}*" if check["visibility"] == "hidden" else text


if __name__ == "__main__":
    PAGE.write_text(page(load()), encoding="utf-8")
