"""`python -m nnlib.check`: a table of all items; `python -m nnlib.check 1.4`: the checks of one, with --hint 1 to 3."""

from __future__ import annotations

import argparse
import sys

from nnlib.check import report


def main() -> int:
    """Print the table or the checks of one item; return 0 if all public checks have passed."""
    parser = argparse.ArgumentParser(prog="python -m nnlib.check", description=__doc__)
    parser.add_argument("item", nargs="?", default="", help="an item such as 1.4c, or 1.4 for all of its parts")
    parser.add_argument("--hint", type=int, default=0, help="1 the property, 2 the location, 3 the term")
    arguments = parser.parse_args()
    if arguments.item:
        try:
            report.check(arguments.item, hint=arguments.hint)
        except ValueError as error:
            parser.error(str(error))
        return 0
    lines, passed = report.table()
    print("\n".join(lines), report.LIMITS, sep="\n")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
