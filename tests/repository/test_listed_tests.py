"""What the tests ask stands in listed_tests.txt as well: none is skipped, lost or loosened unseen.

Of each file of tests the list has how many tests and assertions it holds, and each skip and tolerance; of each helper,
which nothing else tests, a checksum. `python tests/repository/test_listed_tests.py` writes it anew; read its diff.
"""

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("listed_tests.txt")
TEST = re.compile(r"^ *def test_", re.M)
ASSERTION = re.compile(r"^ *assert\b|\bassert_\w+\(|\bpytest\.(?:raises|warns|fail)\(", re.M)
LOOSER = re.compile(r"\b(?:skip|skipif|xfail|importorskip)\(.*|\b(?:[ar]tol|abs|rel|(?:abs_|rel_)?tol\w*)=[^,)\s]+")
BANK = "tests/reliability/faults/"  # tests/reliability/test_faults.py plants from it


def loosening(source):
    """Return a file's skips, each with the rest of its line, and its tolerances."""
    return LOOSER.findall(re.sub(r"\(\n +", "(", source))


def listed():
    """Return the lines about each file of Python in tests/, and about conftest.py."""
    lines = []
    for path in (ROOT / "conftest.py", *sorted((ROOT / "tests").rglob("*.py"))):
        name, source = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        if path.name.startswith("test_"):
            tests, assertions = (len(form.findall(source)) for form in (TEST, ASSERTION))
            lines.append(f"{name} {tests} tests, {assertions} assertions")
            lines += [f"{name} {found}" for found in loosening(source)]
        elif not name.startswith(BANK):
            lines.append(f"{name} {hashlib.sha256(' '.join(source.split()).encode()).hexdigest()[:12]}")
    return lines


def test_the_tests_are_those_of_the_list():
    assert listed() == LIST.read_text(encoding="utf-8").splitlines()


def test_a_skip_and_each_form_of_tolerance_is_found():
    source = 'pytest.skip("now")\nskipif(\n    x, reason="y")\nclose(a, b, rtol=1e-3, atol=t)\napprox(a, abs=0.1)'
    skips = ['skip("now")', 'skipif(x, reason="y")']
    assert loosening(source) == [*skips, "rtol=1e-3", "atol=t", "abs=0.1"]


if __name__ == "__main__":
    LIST.write_text("\n".join(listed()) + "\n", encoding="utf-8")
