"""What `start` does to a notebook: cells that need unwritten code say "waits for 1.4", and none leaves stale names.

Every cell runs inside a try statement. A cell that ends in an exception deletes the names that it was about to assign,
so that no later cell goes on with their earlier values; if the exception waits for an item, so do those names. A check
is not run with a name that was assigned before nnlib's code was last changed.
"""

from __future__ import annotations

import ast
import dis
from pathlib import Path
from types import CodeType, ModuleType

import nnlib
from nnlib.check import exercises
from nnlib.check.record import Check, Checks
from nnlib.data import Dataset

PACKAGE = Path(nnlib.__file__).parent
HANDLER, LAST = "_nnlib_cell_failed", "_nnlib_last"


def start(question: str) -> Checks:
    """Return the checks of a question; in a notebook also have its cells wait for what is not written.

    Args:
        question: "q1" to "q7".
    """
    from IPython import get_ipython  # here: only notebooks have it loaded already

    items, shell = exercises.of_question(question), get_ipython()
    return Checks(items, Session(shell) if shell else None)


class Session(ast.NodeTransformer):
    """Wraps each cell of a shell; a second `start` replaces the first."""

    def __init__(self, shell: object):
        self.shell = shell
        self.waiting: dict[str, str] = {}  # a name that was not assigned -> the item that it waits for
        self.code: dict[str, float] = {}  # a name -> when nnlib's code had last been changed as it was assigned
        self.loads: set[str] = set()
        self.stores: set[str] = set()
        self.imports: set[str] = set()
        shell.ast_transformers[:] = [each for each in shell.ast_transformers if not isinstance(each, Session)]
        shell.ast_transformers.append(self)
        shell.user_ns[HANDLER] = self.failed
        shell.user_ns_hidden[HANDLER] = shell.user_ns_hidden[LAST] = None
        shell.events.register("post_run_cell", self._stamp)

    def visit_Module(self, module: ast.Module) -> ast.Module:
        """Put the cell's statements into a try statement; a last expression is shown after it."""
        try:
            code = compile(module, "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        except SyntaxError:  # such as a return outside a function: IPython says so
            return module
        self.imports = {node.asname or node.name for node in ast.walk(module) if isinstance(node, ast.alias)}
        self.loads, self.stores = _loads(code), _names(code, "STORE_NAME") - self.imports
        if not module.body:
            return module
        body, shown = list(module.body), []
        if isinstance(body[-1], ast.Expr):
            body[-1] = ast.Assign([ast.Name(LAST, ast.Store())], body[-1].value)
            shown = [ast.Expr(ast.Name(LAST, ast.Load()))]
        reset = ast.parse(f"{LAST} = None").body
        wrapped = ast.parse(f"try:\n    pass\nexcept Exception as error:\n    if not {HANDLER}(error): raise").body[0]
        wrapped.body = body
        module.body = [*reset, wrapped, *shown]
        return ast.fix_missing_locations(module)

    def failed(self, error: Exception) -> bool:
        """Delete the cell's names; return whether the error waits for an item, after saying so."""
        item = self.waits_for(error)
        for name in self.stores:
            if not callable(self.shell.user_ns.get(name)):
                self.shell.user_ns.pop(name, None)
                if item:
                    self.waiting[name] = item
        self.stores = set()
        if item:
            self.waiting.update(dict.fromkeys(self.imports - self.shell.user_ns.keys(), item))
            print(f"waits for {item}")
        return bool(item)

    def waits_for(self, error: Exception) -> str:
        """Return the item that an error in the current cell waits for, or an empty string."""
        name = getattr(error, "name", None) if isinstance(error, NameError) else None
        return exercises.item_in(error) or self.waiting.get(name or "", "")

    def why_stale(self) -> str:
        """Return why a check of the current cell cannot use its names, or an empty string."""
        now = code_time()
        earlier = (self.loads - self.stores) & self.code.keys()  # what the cell assigns itself is new
        old = sorted(name for name in earlier if self.code[name] < now and self._computed(name))
        if not old:
            return ""
        return f"nnlib was edited after {', '.join(old)} had been computed; run the cells above again"

    def source(self) -> str:
        """Return the source of the current cell."""
        return self.shell.history_manager.input_hist_raw[-1]

    def _computed(self, name: str) -> bool:
        """Return whether a name may hold what nnlib's code has computed, and not data, a function or a setting."""
        value = self.shell.user_ns.get(name)
        return not (callable(value) or isinstance(value, (Dataset, Checks, Check, ModuleType, int, str, range)))

    def _stamp(self, result: object) -> None:
        for name in self.stores:
            self.waiting.pop(name, None)
            self.code[name] = code_time()
        self.stores = set()  # so that a cell with a syntax error, which has none, does not do it again


def code_time() -> float:
    """Return when a source file of nnlib was last changed, in seconds since the epoch."""
    return max(path.stat().st_mtime for path in PACKAGE.rglob("*.py"))


def _names(code: CodeType, *operations: str) -> set[str]:
    """Return the names that operations such as STORE_NAME in a cell's code are about."""
    return {each.argval for each in dis.get_instructions(code) if each.opname in operations}


def _loads(code: CodeType) -> set[str]:
    """Return the names that a cell loads, in its functions and comprehensions too, but not those of their own."""
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return _names(code, "LOAD_NAME", "LOAD_GLOBAL").union(*map(_loads, inner))
