"""A reader of formulas that computes with them: the docstrings' plain notation, and LaTeX translated into it.

`Reader("sum_j G[n,j] W[i,j]", {"G": ..., "W": ...}, {"j": 3}).value({"n": 1, "i": 2})` is a number. Indices count
from 1, and an entry outside of an array is 0, as the derivations have it. Two factors side by side are multiplied: as
matrices if both are arrays.
"""

import itertools
import re

import numpy as np
from formula_latex import argument

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>d[A-Za-z]\w*?/d[A-Za-z]+|[A-Za-z](?:[A-Za-z0-9]|_(?=[a-z]{2}))*'?)"
    r"|(?P<sign>\*filt|\*full|\*valid|<=|>=|[-+*/^()\[\]{},=<>|:]))"
)
CONVOLUTIONS = ("*filt", "*full", "*valid")
COMPARED = {
    "=": lambda one, other: np.isclose(one, other, rtol=1e-6, atol=1e-9),
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
}


class Unreadable(ValueError):
    """A formula that this reader has no rule for."""


def tokens(text):
    """Return a plain formula's tokens as (kind, text)."""
    found, at, text = [], 0, text.rstrip()
    while at < len(text):
        match = _subscript(text, at) or TOKEN.match(text, at)
        if not match:
            raise Unreadable(f"{text[at : at + 20]!r} in {text!r}")
        if isinstance(match, tuple):
            kept, at = match
            found += kept
        else:
            found, at = [*found, (match.lastgroup, match[match.lastgroup])], match.end()
    return found


def _subscript(text, at):
    """Return the tokens of a subscript at `at`, _n or _{nk} or _{n,p+1}, as an index in brackets, and its end."""
    start = re.compile(r"\s*_\s*").match(text, at)
    if not start:
        return None
    inside, rest = argument(text[start.end() :])
    parts = inside.split(",") if "," in inside or ":" in inside else _letters(inside)
    commas = [token for part in parts for token in (*tokens(part.replace("\\", "")), ("sign", ","))][:-1]
    return [("sign", "["), *commas, ("sign", "]")], len(text) - len(rest)


def _letters(inside):
    if "+" in inside or "-" in inside:
        return [inside]
    return re.findall(r"[A-Za-z0-9]'?(?:_\w)?", inside.replace(" ", "")) or [inside]


class Reader:
    """Computes with one formula in the plain notation.

    Args:
        text: the formula.
        names: the value of each name: a number, an array or a function.
        sizes: how far each index of a sum goes.
    """

    def __init__(self, text, names, sizes):
        self.tokens, self.at, self.text = tokens(re.sub(r"\bsum_", "sum _", text)), 0, text
        self.names, self.sizes = names, sizes

    def peek(self, ahead=0):
        return self.tokens[self.at + ahead][1] if self.at + ahead < len(self.tokens) else ""

    def take(self, expected=None):
        token = self.peek()
        if expected is not None and token != expected:
            raise Unreadable(f"expected {expected!r}, got {token!r} in {self.text!r}")
        self.at += 1
        return token

    def value(self, scope):
        """Return the value, True or False for a chain of comparisons; `scope` has the values of the indices."""
        self.at = 0
        left, holds = self.sum(scope), None
        while self.peek() in COMPARED:
            compare = COMPARED[self.take()]
            right = self.sum(scope)
            holds, left = (holds is not False) and bool(np.all(compare(left, right))), right
        if self.at < len(self.tokens):
            raise Unreadable(f"{self.peek()!r} is left over in {self.text!r}")
        return left if holds is None else holds

    def sum(self, scope):
        total = self.signed(scope)
        while self.peek() in ("+", "-"):
            sign = self.take()
            term = self.product(scope)
            total = total + term if sign == "+" else total - term
        return total

    def signed(self, scope):
        if self.peek() in ("-", "+"):
            return -self.product(scope) if self.take() == "-" else self.product(scope)
        return self.product(scope)

    def product(self, scope):
        result = self.power(scope)
        while True:
            token = self.peek()
            if token in CONVOLUTIONS:
                self.take()
                result = self.names[token](result, self.power(scope))
            elif token in ("*", "/"):
                self.take()
                other = self.power(scope)
                result = result * other if token == "*" else result / other
            elif token and (token in "([|" or self.tokens[self.at][0] != "sign"):
                result = _times(result, self.power(scope))
            else:
                return result

    def power(self, scope):
        base = self.indexed(scope)
        if self.peek() != "^":
            return base
        self.take()
        if self.peek() == "T":
            self.take()
            return base.T
        return base ** (self.group("{", "}", scope) if self.peek() == "{" else self.indexed(scope))

    def group(self, opening, closing, scope):
        self.take(opening)
        inside = self.sum(scope)
        self.take(closing)
        return inside

    def indexed(self, scope):
        value = self.atom(scope)
        while self.peek() == "[" and not np.isscalar(value):
            value = _entry(value, self.index(scope))
        return value

    def index(self, scope):
        self.take("[")
        found = [self.sum(scope)]
        while self.peek() == ",":
            self.take()
            found.append(self.sum(scope))
        self.take("]")
        return found

    def atom(self, scope):
        token = self.peek()
        if token == "(":
            return self.group("(", ")", scope)
        if token == "|":
            return abs(self.group("|", "|", scope))
        self.take()
        if token == "1" and self.peek() == "[":
            return self.indicator(scope)
        if token == "sum":
            return self.total(scope)
        if token[0].isdigit():
            return float(token)
        if token in scope:
            return scope[token]
        if token not in self.names:
            raise Unreadable(f"{token!r} has no value in {self.text!r}")
        value = self.names[token]
        return self.call(value, scope) if callable(value) else value

    def call(self, function, scope):
        if self.peek() != "(":
            return function(self.power(scope))
        self.take("(")
        arguments = [self.sum(scope)]
        while self.peek() == ",":
            self.take()
            arguments.append(self.sum(scope))
        self.take(")")
        return function(*arguments)

    def indicator(self, scope):
        self.take("[")
        left, compare, right = self.sum(scope), COMPARED[self.take()], self.sum(scope)
        self.take("]")
        return compare(left, right) * 1.0

    def total(self, scope):
        """Return the sum of the product that follows, over all values of its indices."""
        self.take("[")
        over = [self.take()]
        while self.peek() == ",":
            self.take()
            over.append(self.take())
        self.take("]")
        start, result = self.at, 0.0
        for values in itertools.product(*(range(1, self.sizes[name] + 1) for name in over)):
            self.at = start
            result = result + self.product({**scope, **dict(zip(over, values, strict=True))})
        return result


def _times(one, other):
    return one @ other if np.ndim(one) and np.ndim(other) else one * other


def _entry(array, index):
    """Return array[index], counted from 1; 0 outside of the array."""
    places = [int(each) - 1 for each in index]
    if any(not 0 <= place < size for place, size in zip(places, array.shape, strict=False)):
        return 0.0
    return array[tuple(places)]
