"""LaTeX, as in the notebooks, in the plain notation that formula_reader.py reads."""

import re

SPACING = re.compile(r"\\[;,! ]|\\q?quad\b|\\(?:left|right|[bB]igg?[lr]?)(?![a-zA-Z])")


def latex(text):
    """Return LaTeX in the plain notation."""
    text = SPACING.sub(" ", text.replace(r"\top", "T").replace(r"\\", " "))
    text = re.sub(r"\\(?:mathbf|boldsymbol) *(?:\{(\w)\}|([A-Z]))", lambda m: f" {(m[1] or m[2])}bold ", text)
    text = re.sub(r"\\mathbf *1(?!\s*\[)", " ones ", text).replace(r"\mathbf 1", "1")
    text = re.sub(r"\\hat *\{?(\w)\}?", r"\1hat", text)
    text = re.sub(r"\\ast *_\{\\text\{(\w+)\}\}", r"*\1 ", text).replace(r"\odot", "*").replace(r"\cdot", "*")
    text = re.sub(r"\\mathbb\{E\} *(\w)", r"mean\1", text)
    text = re.sub(r"\\mathrm\{Var\} *(\w)", r"var\1", text)
    text = re.sub(r"\\mathrm\{(\w+)\}", r"\1", text)
    text = re.sub(r"\\text\{([\w ()]+)\}", lambda m: m[1].replace(" ", ""), text).replace(r"\beta_m", "momentum")
    text = text.replace(r"\le", "<=").replace(r"\ge", ">=")
    text = re.sub(r"\\t?frac", "frac", text)
    return _fractions(text).replace("\\", " ")


def _fractions(text):
    """Return the text with every fraction as (a)/(b), and derivatives as names: dL/dX[n]."""
    while (at := text.find("frac")) >= 0:
        above, rest = argument(text[at + 4 :])
        below, rest = argument(rest)
        if above.startswith(r"\partial"):
            first, second = (re.sub(r"\\partial\s*", "", part) for part in (above, below))
            of, place = (re.match(r"\\?(\w*?)((?:_.*)?)$", part.strip(), re.S) for part in (first, second))
            text = f"{text[:at]} d{of[1]}/d{place[1]}{_indices(of[2], place[2])} {rest}"
        else:
            text = f"{text[:at]}(({above})/({below})){rest}"
    return text


def _indices(*subscripts):
    inside = [subscript.strip()[1:].strip("{} ") for subscript in subscripts if subscript.strip()]
    return "_{" + " ".join(inside) + "}" if inside else ""


def argument(text):
    """Return the first argument of a command, a group or one character or one command, and the rest."""
    text = text.lstrip()
    if text[0] == "{":
        depth = 0
        for end, character in enumerate(text):
            depth += {"{": 1, "}": -1}.get(character, 0)
            if depth == 0:
                return text[1:end], text[end + 1 :]
    found = re.match(r"\\[A-Za-z]+|.", text)
    return found[0], text[found.end() :]
