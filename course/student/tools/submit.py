"""Packs what counts into submission.zip and prints a receipt: what is written, what is not, which checks pass.

python -m tools.submit
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import io
import json
import re
import sys
import tomllib
import zipfile
from pathlib import Path

from tools import ROOT

EMPTY = re.compile(r"\s*<!-- answer [^>]*-->\s*(\*\*Your (answer|derivation):\*\*)?\s*")


def pieces(item: dict, root: Path = ROOT) -> dict[str, str]:
    """Return what an item consists of: for each function and cell 'written', 'not written', or what is wrong."""
    found = {name: _state_of_code(root, item, name) for name in item["targets"]}
    path = root / "notebooks" / f"{item['notebook']}.ipynb"
    try:
        cells = json.loads(path.read_text(encoding="utf-8-sig"))["cells"]
        sources = {str(cell.get("id")): "".join(cell["source"]) for cell in cells}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return found | {path.name: f"cannot be read: {_reason(error)}"}
    answers = [source for source in sources.values() if source.lstrip().startswith(f"<!-- answer {item['id']}")]
    first = any(source.lstrip().startswith(f"<!-- answer {item['id']} -->") for source in answers)
    found["answer"] = "missing, with its comment" if not first else _written(not all(map(EMPTY.fullmatch, answers)))
    for cell in item["cells"]:
        source = sources.get(cell)
        if source is not None and "<!-- answer" not in source and not _shows_source(source):
            found[cell] = _written(_stub(item) not in source)
    return found


def submission(items: list[dict], root: Path = ROOT) -> dict[str, bytes]:
    """Return the files to hand in, by name: those that hold a target, the notebooks, and the student's own modules."""
    names = [*wanted(items), *own_modules(root)]
    return {name: (root / name).read_bytes() for name in names if (root / name).is_file()}


def own_modules(root: Path = ROOT) -> list[str]:
    """Return the names of the modules in nnlib that did not come with the copy, not those that no import can name."""
    paths = [path.relative_to(root) for path in (root / "nnlib").rglob("*.py")]
    names = {path.as_posix() for path in paths if all(map(str.isidentifier, path.with_suffix("").parts))}
    return sorted(names - _given(root).keys())


def changed(items: list[dict], root: Path = ROOT) -> list[str]:
    """Return the names of the modules that came with the copy, were changed since, and hold no target."""
    others = {name: digest for name, digest in _given(root).items() if name not in wanted(items)}
    found = {name: root / name for name in others if (root / name).is_file()}
    return [name for name, path in found.items() if hashlib.sha256(path.read_bytes()).hexdigest() != others[name]]


def wanted(items: list[dict]) -> list[str]:
    """Return the names of the files to hand in."""
    modules = {target.partition(":")[0].replace(".", "/") + ".py" for item in items for target in item["targets"]}
    return sorted(modules | {f"notebooks/{item['notebook']}.ipynb" for item in items})


def pack(files: dict[str, bytes], path: Path) -> str:
    """Write the files into a zip, the same to the byte for the same files; return its checksum.

    Raises:
        OSError: it cannot be written; one that was there is unchanged.
    """
    whole, unfinished = io.BytesIO(), path.with_suffix(".part")
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    try:
        unfinished.write_bytes(whole.getvalue())
        unfinished.replace(path)
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return hashlib.sha256(whole.getvalue()).hexdigest()


def receipt(items: list[dict], root: Path = ROOT) -> list[str]:
    """Return a line for each item: what is written of it, what is not, and how many of its checks pass."""
    lines = []
    for item in items:
        states = pieces(item, root)
        written = sum(state == "written" for state in states.values())
        line = f"{item['id']:5} {written} of {len(states)} written"
        if item.get("check"):
            line += f", {_passed(item)} of {len(item['check'])} checks pass; {item['hidden']} more are the grader's"
        lines.append(line)
        lines += [f"      {name.rpartition(':')[2]}: {state}" for name, state in states.items() if state != "written"]
    return lines


def main() -> int:
    """Write submission.zip and print the receipt; return the exit status."""
    items = tomllib.loads((ROOT / "nnlib" / "check" / "exercises.toml").read_text(encoding="utf-8"))["item"]
    path = ROOT / "submission.zip"
    try:
        files = submission(items)
        checksum = pack(files, path)  # before the checks run: it does not depend on them
    except OSError as error:
        todo = "Copy this folder to one that you can write to, on a disk with room, and run make submit there."
        print(f"Nothing is packed. {error}\n{todo}", file=sys.stderr)
        return 1
    print("\n".join(receipt(items)))
    for name in (name for name in wanted(items) if name not in files):
        print(f"missing: {name}")
    for name in sorted(files.keys() - wanted(items)):
        print(f"packed too, a module of yours: {name}")
    for name in changed(items):
        print(f"changed, but not packed, the grader takes its own: {name}")
    print("\nNotebooks are packed as they were last saved.")
    print(f"{path.name}: {len(files)} files, {path.stat().st_size:,} bytes, sha256 {checksum}")
    return 0


def _given(root: Path) -> dict[str, str]:
    """Return the SHA-256 of each module of nnlib that came with the copy, by its name."""
    lines = (root / "tools" / "given.txt").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def _stub(item: dict) -> str:
    return f'"{item["id"]} {item["title"]}. '


def _shows_source(source: str) -> bool:
    """Return whether a cell holds no more than imports and the source of functions that stand in files."""
    lines = [line for line in source.splitlines() if line.strip()]
    return all(line.startswith(("import ", "from ", "show_source(")) for line in lines)


def _written(yes: bool) -> str:
    return "written" if yes else "not written"


def _state_of_code(root: Path, item: dict, target: str) -> str:
    module, _, name = target.partition(":")
    path = root / (module.replace(".", "/") + ".py")
    try:
        source = path.read_text(encoding="utf-8-sig")
        tree = ast.parse(source)
    except SyntaxError as error:
        return f"{path.name} cannot be read: line {error.lineno}: {error.msg}"
    except (OSError, ValueError) as error:
        return f"{path.name} cannot be read: {_reason(error)}"
    nodes = [node for node in ast.walk(tree) if name in _bound(node)]
    if not nodes:
        return f"missing in {path.name}"
    return _written(_stub(item) not in ast.get_source_segment(source, nodes[-1]))


def _reason(error: Exception) -> str:
    """Return what an error says, without the path that an OSError repeats."""
    if isinstance(error, (KeyError, TypeError, AttributeError)):
        return "not a notebook"
    return getattr(error, "strerror", None) or str(error)


def _bound(node: ast.AST) -> list[str]:
    """Return the names that a definition or an assignment gives."""
    return [getattr(node, "name", ""), *(getattr(target, "id", "") for target in getattr(node, "targets", ()))]


def _passed(item: dict) -> int:
    from nnlib.check.engine import judge  # here: its imports take a second, which a faulty file need not wait for

    return sum(result.status == "passed" for result in judge(item["id"]))


if __name__ == "__main__":
    raise SystemExit(main())
