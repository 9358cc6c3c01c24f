"""What became of mutants, as a table; which of those that survived are known to mean the same as the code."""

import tomllib
from pathlib import Path

EQUIVALENT = Path(__file__).with_name("equivalent_mutants.toml")


def name(row: dict[str, object]) -> tuple[object, ...]:
    """Return what tells a mutant from others, also when its line has moved."""
    return tuple(row[key] for key in ("module", "statement", "before", "after"))


def equivalents() -> dict[tuple[object, ...], str]:
    """Return the reason of each mutant that means the same, by `name`."""
    return {name(row): row["reason"] for row in tomllib.loads(EQUIVALENT.read_text("utf-8"))["mutant"]}


def survivors(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the rows that survived and are not known to mean the same."""
    known = equivalents()
    return [row for row in rows if row["outcome"] == "survived" and name(row) not in known]


def table(rows: list[dict[str, object]]) -> str:
    """Return the figures of a run as Markdown."""
    titles = ("module", "mutants", "killed", "by time", "equivalent", "survived", "killed of those not equivalent")
    lines = [f"| {' | '.join(titles)} |", "| --- " * len(titles) + "|"]
    for group in [*dict.fromkeys(row["group"] for row in rows), "all"]:
        here = [row for row in rows if group in (row["group"], "all")]
        killed = [row["outcome"] for row in here if row["outcome"] != "survived"]
        alive = len(survivors(here))
        numbers = (len(here), len(killed), killed.count("killed by time"), len(here) - len(killed) - alive, alive)
        if here:
            lines.append(f"| {group} | {' | '.join(map(str, numbers))} | {len(killed) / (len(killed) + alive):.1%} |")
    lines += ["", "Survived:" if survivors(rows) else "None survived."]
    for row in survivors(rows):
        change = f"`{row['before']}` → `{row['after']}`".replace("\n", " ")
        lines.append(f"- `{row['module']}`, `{row['statement']}`: {change}")
    return "\n".join(lines)
