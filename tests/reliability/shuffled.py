"""A pytest plugin, `-p shuffled`: the tests in an order drawn from $NNLIB_TEST_ORDER, file by file.

pytest-randomly does the same, and more; but it acts in every run of an environment that has it, and the runs of
`make test` are to be equal. Tests of a file stay together, as the fixtures of modules have to.
"""

import os
import random
from itertools import groupby


def pytest_collection_modifyitems(items):
    """Shuffle the files, and the tests in each."""
    rng = random.Random(os.environ["NNLIB_TEST_ORDER"])
    files = [list(group) for _, group in groupby(items, key=lambda item: item.path)]
    rng.shuffle(files)
    for tests in files:
        rng.shuffle(tests)
    items[:] = [test for tests in files for test in tests]
