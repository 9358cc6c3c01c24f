"""Python files are cut as source lines."""

import ast

import pytest

from course.items import ReleaseError
from course.release.modules import LINE, cut_module

SOURCE = '''\
"""A layer.

    dX = G W^T
"""

import numpy as np
from helpers import one, two

from nnlib import checks

SCALE = 2  # not the solution


def forward(x, w):  # a comment that stays
    """Compute x w."""
    checks.floating("x", x)
    size = checks.positive_int("size", len(w))
    # a comment that goes
    out = x @ w
    return out, (x, w)


# What goes with the helper.
@np.vectorize
def _helper(x):
    return one(x)


class Model:
    """A model."""

    layers = 3

    def __init__(self, size: int):
        """Make it."""
        self.w = np.zeros(size)

    def __repr__(self):
        return "Model"
'''


def test_heads_checks_and_comments_stay_and_the_rest_goes():
    new, cut = cut_module(SOURCE, {"forward": "1.1 x. Its task: a"}, {"_helper", "one"}, "A layer.")
    assert (
        new
        == '''\
"""A layer."""

import numpy as np
from helpers import two

from nnlib import checks

SCALE = 2  # not the solution


def forward(x, w):  # a comment that stays
    """Compute x w."""
    checks.floating("x", x)
    size = checks.positive_int("size", len(w))
    raise NotImplementedError("1.1 x. Its task: a")


class Model:
    """A model."""

    layers = 3

    def __init__(self, size: int):
        """Make it."""
        self.w = np.zeros(size)

    def __repr__(self):
        return "Model"
'''
    )
    assert [ast.unparse(node) for node in cut] == [
        "out = x @ w",
        "return (out, (x, w))",
        "@np.vectorize\ndef _helper(x):\n    return one(x)",
    ]


def test_every_method_of_a_class_is_cut():
    new, _ = cut_module(SOURCE, {"Model": "2.2 a model. Its task: b"})
    lines = new.partition("class Model:")[2].splitlines()
    assert lines.count('        raise NotImplementedError("2.2 a model. Its task: b")') == 2
    assert "    layers = 3" in lines
    assert "np.zeros" not in new


def test_long_messages_are_wrapped_and_say_the_same():
    message = f"5.3b {'a long title, ' * 5}and its end. Its task: notebooks/q5_cnn.ipynb"
    new, _ = cut_module("def f(x):\n    return x + 1\n", {"f": message})
    assert max(map(len, new.splitlines())) <= LINE
    namespace = {}
    exec(new, namespace)
    with pytest.raises(NotImplementedError) as caught:
        namespace["f"](1)
    assert str(caught.value) == message


def test_a_function_of_argument_checks_alone_keeps_them():
    new, cut = cut_module("def f(x):\n    checks.floating(x)\n", {"f": "1.1 x. Its task: a"})
    assert new == 'def f(x):\n    checks.floating(x)\n    raise NotImplementedError("1.1 x. Its task: a")\n'
    assert cut == []


def test_a_name_that_is_not_there_is_refused():
    with pytest.raises(ReleaseError, match="backward"):
        cut_module(SOURCE, {"backward": "1.1"})
