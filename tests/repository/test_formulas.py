"""The derivations' formulas are computed and compared with what nnlib computes: a wrong sign, index or factor is found.

They are the boxed ones of the notebooks, and the equations in the docstrings of layers, losses and update rules.
"""

import ast
import contextlib
import inspect
import itertools
import re
import tomllib
from pathlib import Path

import formula_values as values
import nbformat
import numpy as np
import pytest
from formula_latex import latex
from formula_reader import Reader, Unreadable

import nnlib
from nnlib import optim

ROOT = Path(__file__).resolve().parents[2]

ANSWERS = {
    "1.1": values.fully_connected,
    "1.2": values.relu,
    "1.3": values.dropout,
    "1.4a": values.batch_norm,
    "1.4c": values.batch_norm,
    "1.4d": values.spatial_batch_norm,
    "1.5b": values.conv_as_matrices,
    "1.5c": values.conv,
    "2.1": lambda: values.of_scores(nnlib.logistic_loss),
    "3.1": lambda: values.of_scores(nnlib.svm_loss),
    "3.2": values.svm_strength,
    "4.1": values.softmax,
    "7.1d": values.positive_inputs,
    "7.2a": values.dropped_inputs,
    "7.2b": values.dropped_inputs,
    "7.2c": values.dropped_inputs,
}
MODULES = {
    "layers/fully_connected.py": values.fully_connected,
    "layers/relu.py": values.relu,
    "layers/dropout.py": values.dropout,
    "layers/batch_norm.py": values.batch_norm,
    "layers/conv.py": values.conv,
    "layers/max_pool.py": None,
    "losses.py": values.softmax,
}
# By what an equation contains: its line's label, a name.
OTHERS = {
    "(train)": lambda: values.dropout("train"),
    "(test)": lambda: values.dropout("test"),
    "(logistic)": lambda: values.binary_loss(nnlib.logistic_loss),
    "(hinge)": lambda: values.binary_loss(nnlib.svm_loss),
    "*valid b": values.planes,
    "*full b": values.planes,
    "*filt b": values.planes,
    "im2col": values.conv_as_matrices,
    "col2im": values.conv_as_matrices,
}
NOT_COMPUTED = {
    "db = the sum of G over the batch": "words; the equation to its left says the same",
    "the mean negative log-likelihood, if P(y[n] = 1) is the sigmoid of x[n] (logistic)": "in words",
    "M[i] = 1 with probability p, else 0 (train)": "a distribution",
    "Y[n,c,p,q] = max over the window's (u,v) of X[n,c,p*stride+u,q*stride+v]": "words; see tests/reference.py",
    "dL/dX[n,c,i,j] = the sum of dL/dY[n,c,p,q] over the windows (p,q) whose maximum is X[n,c,i,j]": "words, as above",
    r"\frac{\partial L}{\partial X_{ij}} = \sum_{p,q} G_{pq}\,\mathbf 1\big[(i,j) = w(p,q)\big]": "the same in symbols",
    r"\left\|\frac{\partial L}{\partial Z_1}\right\| \le \left(\tfrac14\right)^{R-1} \prod_{l=2}^{R} \|W_l\| _2 "
    r"\left\|\frac{\partial L}{\partial Z_R}\right\|": "a bound; the notebook measures it",
}
# A condition on eta, and the update rule that converges if and only if it holds.
CONDITIONS = {
    r"0 < \eta < \frac{2}{\lambda}": "sgd",
    r"0 < \eta < \frac{2\,(1 + \beta_m)}{\lambda}": "sgd_momentum",
}
RULES = ("sgd", "sgd_momentum", "rmsprop", "adam")


def docstrings():
    """Yield (file, docstring) of the modules, and of what the student copy has in its place."""
    for file in MODULES:
        yield file, ast.get_docstring(ast.parse((ROOT / "nnlib" / file).read_text(encoding="utf-8")))
    items = tomllib.loads((ROOT / "course" / "exercises.toml").read_text(encoding="utf-8"))["item"]
    for item in (item for item in items if "docstring" in item):
        file = item["targets"][0].partition(":")[0].removeprefix("nnlib.").replace(".", "/") + ".py"
        if file in MODULES:
            yield file, inspect.cleandoc(item["docstring"])


def of_docstrings():
    """Yield (place, equation) of the derivations, a line's label in brackets after it."""
    for file, text in docstrings():
        for line in re.sub(r"\n +(?== )", " ", text).splitlines():
            label = re.match(r" {4}(\w+): ", line)
            for part in re.split(
                r"\s{3,}|,\s{2,}(?=\w+\[)", re.sub(r"  (?==)", "", line[label.end() if label else 4 :])
            ):
                if line.startswith("    ") and " = " in f" {part} ":
                    yield file, f"{part.strip()} ({label[1]})" if label else part.strip()


def of_notebooks():
    """Yield (item, equation) of the boxed formulas."""
    for path in sorted((ROOT / "notebooks").glob("q*.ipynb")):
        for source in (cell.source for cell in nbformat.read(path, 4).cells if r"\boxed" in cell.source):
            item = re.search(r"<!-- answer ([\d.a-z]+)", source)[1]
            for box in re.findall(r"\\boxed\{((?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*)\}", source):
                for part in re.split(r",\s*\\qquad", box):
                    yield item, " ".join(part.replace(r"\;", " ").split()).strip()


EQUATIONS = [*of_docstrings(), *of_notebooks()]
COMPUTED = [(place, text) for place, text in EQUATIONS if text not in NOT_COMPUTED.keys() | CONDITIONS.keys()]


def holds(place, text):
    """Return whether an equation is true, for every value of the indices on its left side."""
    plain = latex(re.sub(r"\\quad\\text\{for every.*|\\quad.*$", "", text)) if place in ANSWERS else text
    chosen = [make for sign, make in OTHERS.items() if sign in re.sub(r" +", " ", plain)]
    names, sizes = (chosen or [ANSWERS.get(place) or MODULES[place]])[0]()
    formula = re.sub(r"\((?:train|test|logistic|hinge|softmax|biased)\)", "", plain)
    reader = Reader(formula, {**values.FUNCTIONS, **names}, sizes)
    left = re.split(r"(?<![<>])=|<", formula)[0]
    free = [name for name in sizes if re.search(rf"[\[_{{, ]{name}(?=[\],}} ])|_{name}\b|_\{{\w*{name}", left)]
    scopes = itertools.product(*(range(1, sizes[name] + 1) for name in free))
    with np.errstate(all="ignore"):  # a mistake may ask for the logarithm of a negative number
        return all(reader.value(dict(zip(free, scope, strict=True))) for scope in scopes)


@pytest.mark.parametrize(("place", "text"), COMPUTED, ids=lambda value: value[:60])
def test_an_equation_holds(place, text):
    assert holds(place, text), text


def assigned(rule, text):
    """Return the weights that the assignments of an update rule's docstring give, in the order of the lines."""
    names, _ = values.updates(rule)
    for line in (line for line in text.splitlines() if line.startswith("    ") and " = " in line):
        for name, _, formula in (part.strip().partition(" = ") for part in re.split(r"\s{3,}", line.strip())):
            names[name] = Reader(formula, {**values.FUNCTIONS, **names}, {}).value({})
    return names["w"]


@pytest.mark.parametrize("rule", RULES)
def test_an_update_rules_docstring_is_what_it_does(rule):
    text, (_, expected) = (
        ast.get_docstring(ast.parse(inspect.getsource(getattr(optim, rule))).body[0]),
        values.updates(rule),
    )
    np.testing.assert_allclose(assigned(rule, text), expected, rtol=1e-12)
    wrong = [text[: at.start()] + "+-"[at[0] == "+"] + text[at.end() :] for at in re.finditer(r"(?<= )[-+](?= )", text)]
    assert len(wrong) >= 1
    for each in wrong:
        with np.errstate(all="ignore"):
            assert not np.allclose(assigned(rule, each), expected), each


@pytest.mark.parametrize(("condition", "rule"), CONDITIONS.items(), ids=RULES[:2])
def test_a_condition_on_the_learning_rate_is_that_of_convergence(condition, rule):
    reader = Reader(latex(condition), {}, {})
    for curvature, momentum in itertools.product((0.5, 3.0), (0.5, 0.8)):
        for rate in np.linspace(-0.5, 10, 43):
            reader.names = {"eta": rate, "lambda": curvature, "momentum": momentum}
            assert reader.value({}) == values.shrinks(rule, rate, curvature, momentum), (rate, curvature, momentum)


def test_every_exception_is_used():
    assert NOT_COMPUTED.keys() | CONDITIONS.keys() <= {text for _, text in EQUATIONS}
    assert len(COMPUTED) >= 55


def mistaken(text):
    """Yield a formula with one mistake each: a sign turned, a factor 1/N or 1/2 lost, two factors' index exchanged."""
    for sign in re.finditer(r"(?<![eE{_\-])[-+](?![^{]*\\text)", text):
        yield text[: sign.start()] + ("+" if sign[0] == "-" else "-") + text[sign.end() :]
    for factor in re.finditer(r"1/N|\\frac1N|\\frac\{1\}\{NHW\}|\bp\\,|p\(1-p\)", text):
        yield f"{text[: factor.start()]} 1 {text[factor.end() :]}"
    yield re.sub(r"=", "= -", text, count=1)
    yield re.sub(r"=(.*)", r"= 2(\1)", text, count=1)


def mistakes():
    return [(place, text, wrong) for place, text in COMPUTED for wrong in mistaken(text) if wrong != text]


@pytest.mark.parametrize(("place", "text", "wrong"), mistakes(), ids=lambda value: value[:60])
def test_a_mistake_is_found(place, text, wrong):
    with contextlib.suppress(Unreadable):
        assert not holds(place, wrong), wrong
