"""The mutants of a module: its source with one expression or statement changed, and everything else byte for byte.

`mutants(source)` lists them. What changes is cut out by the positions of `ast` and the replacement put in its place, so
lines, comments and the checksums of all other functions stay. Left alone are docstrings, annotations and other types,
decorators, the inside of f-strings (`ast` of Python 3.11 gives it no positions) and texts with a blank in them, which
are messages.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}


@dataclass(frozen=True)
class Mutant:
    """One change: where it is, the text there, and the text in its place."""

    line: int
    column: int  # in bytes
    statement: str  # the first line of the source that changes
    before: str
    after: str
    source: str  # of the whole module


def mutants(source: str) -> list[Mutant]:
    """Return all mutants of a module, each once; a few of them may not compile."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.encode()))
    content, found = source.encode(), {}
    for node, after in _changes(ast.parse(source)):
        begin, end = starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset
        before = content[begin:end].decode()
        mutated = (content[:begin] + after.encode() + content[end:]).decode()
        if mutated not in found:
            found[mutated] = Mutant(
                node.lineno, node.col_offset, lines[node.lineno - 1].strip(), before, after, mutated
            )
    return list(found.values())


def _changes(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Yield the nodes that change, each with its new text."""
    for node in _mutable(tree):
        if isinstance(node, ast.expr):
            yield from ((node, f"({ast.unparse(new)})") for new in _expressions(node))
        elif isinstance(node, ast.stmt):
            yield from ((node, ast.unparse(new)) for new in _statements(node))
        if isinstance(node, (ast.If, ast.While)):
            yield node.test, f"(not ({ast.unparse(node.test)}))"


def _mutable(node: ast.AST) -> Iterator[ast.AST]:
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list") or isinstance(node, ast.JoinedStr):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_docstring(child) and not _is_type(child):
                yield child
                yield from _mutable(child)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_type(node: ast.AST) -> bool:
    """Return whether the node names a type, which nothing reads at run time: `Loss = Callable[[...], ...]`."""
    generic = isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript) and node.value.value
    return isinstance(generic, ast.Name) and generic.id in ("Callable", "tuple", "dict", "list", "Mapping")


def _changed(node: ast.AST, **fields: object) -> ast.AST:
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _expressions(node: ast.expr) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=operators):
            for index, operator in enumerate(operators):
                other = [*operators[:index], COMPARISONS[type(operator)](), *operators[index + 1 :]]
                yield _changed(node, ops=other)
        case ast.BinOp(op=operator) if type(operator) in OPERATORS:
            yield _changed(node, op=OPERATORS[type(operator)]())
        case ast.BoolOp(op=operator):
            yield _changed(node, op=ast.Or() if isinstance(operator, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.IfExp(body=body, orelse=other):
            yield _changed(node, body=other, orelse=body)
        case ast.Constant(value=value):
            yield from (ast.Constant(other) for other in _constants(value))


def _constants(value: object) -> list[object]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1]
    if isinstance(value, float):
        return [value * 2 or 1.0]
    if isinstance(value, str) and value and not any(map(str.isspace, value)):
        return [f"XX{value}XX"]
    return []


def _statements(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.Delete():
            yield ast.Pass()
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield _changed(node, value=ast.Constant(None))
        case ast.AugAssign(op=operator, target=target, value=value):
            if type(operator) in OPERATORS:
                yield _changed(node, op=OPERATORS[type(operator)]())
            yield ast.Assign([target], value, lineno=node.lineno)
        case ast.Assign(value=value) if not _is_none(value):
            yield _changed(node, value=ast.Constant(None))
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
