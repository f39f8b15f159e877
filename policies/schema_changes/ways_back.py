"""Whether a migration has a way back, and what its way forward destroys."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

import re2

from policies.manifests.model import UnreadableManifestError
from policies.schema_changes.frameworks import Form, Framework
from policies.schema_changes.losses import Loss, gives_up, losses, without_comments

_DOWN_MARK = re2.compile(r"(?im)^[ \t]*--[ \t]*(?:\+goose\s+down|migrate:down)\b.*$")
_FORWARD = re2.compile(
    r"\b(?:def\s+(?:self\.)?up\b|def\s+(?:upgrade|change)\b|function\s+(?:up|change)\b|void\s+Up\s*\(|exports\.up\b|func\s+[Uu]p\w*"
    r"|\basync\s+up\s*\(|(?:^|\s)up\s*(?::|=|\()|\bup\s+do\b)"
)
_BACK = re2.compile(
    r"\b(?:def\s+(?:self\.)?down\b|def\s+downgrade\b|function\s+down\b|void\s+Down\s*\(|exports\.down\b"
    r"|func\s+[Dd]own\w*|async\s+down\s*\(|down\s*(?::|=|\()|down\s+do\b)"
)
_CHANGE = re2.compile(r"\bdef\s+change\b|function\s+change\b|\bchange\s+do\b")
#: What is left of a way back that does nothing, once its comments are gone.
_NOTHING = re2.compile(
    r"[\s;]*(?:(?:await|return)(?:\s+(?:null|nil|undefined|true|Promise\.resolve\(\)|Task\.CompletedTask))?)?[\s;]*"
)
_NO_BLOCK = re2.compile(
    r"(?:def\s+(?:self\.)?down|down)(?:\(\))?(?:,?\s*do:?)?\s*(?:nil|:ok|true)?\s*(?:end\b|$)"
    r"|[^{;]{0,200}=>\s*(?:Promise\.resolve\(\)|null|undefined)"
)
_EXECUTE = re2.compile(r"(?m)^[ \t]*(?:execute|change_column|change_column_default)\b[ (]")


def irreversible(framework: Framework, path: str, text: str, *, is_new: bool) -> tuple[Loss, ...]:
    """What of a migration can't be taken back, in order of position.

    Args:
        framework: as `framework_of` told; a changelog is judged elsewhere, by its change sets.
        path: tells the language by its ending.
        text: the file at head.
        is_new: whether the change adds the file, so that what belongs to it must come along.

    Raises:
        UnreadableManifestError: it can't be read as what its name says.
    """
    if framework.form is Form.RECORD:
        return ()
    code = without_comments(path, text)
    if framework.form is Form.PYTHON or path.endswith(".py"):
        return tuple(sorted(_of_python(text, code, is_new=is_new)))
    if framework.form is Form.MARKED_SQL:
        return tuple(sorted(_of_marked(text, code)))
    if framework.form in {Form.PAIRED_SQL, Form.FORWARD_SQL}:
        return () if is_back(path) else tuple(losses(code))
    return tuple(sorted(_of_methods(code)))


def is_back(path: str) -> bool:
    """Whether a file is the way back of another: a down migration, or Flyway's undo."""
    name = path.rpartition("/")[2]
    return (
        name.endswith((".down.sql", "_down.sql")) or name == "down.sql" or re.match(r"U\d[\d._]*__", name) is not None
    )


def counterpart(path: str) -> str:
    """Where the way back of a paired migration has to stand, "" where the path isn't the way forward of a pair."""
    if path.endswith(".up.sql"):
        return path.removesuffix(".up.sql") + ".down.sql"
    return path[: -len("up.sql")] + "down.sql" if path.endswith("/up.sql") else ""


def says_nothing(path: str, text: str) -> bool:
    """Whether an SQL file holds no statement."""
    return not without_comments(path, text).strip(" \t\r\n;")


def _of_marked(text: str, code: str) -> Iterator[Loss]:
    mark = _DOWN_MARK.search(text)
    if mark is None:
        yield 0, "has no down part"
        yield from losses(code)
        return
    yield from losses(code[: mark.start()])
    if not code[mark.end() :].strip(" \t\r\n;"):
        yield mark.start(), "has an empty down part"


def _of_methods(code: str) -> Iterator[Loss]:
    up, down, change = _FORWARD.search(code), _BACK.search(code), _CHANGE.search(code)
    start, end = _span(code, up.start() if up else -1, down.start() if down else -1)
    yield from ((position, what) for position, what in losses(code) if not start <= position < end)
    if down:
        yield from _of_down(code, start, end)
    elif change:
        match = _EXECUTE.search(code) if "reversible" not in code else None
        if match:
            yield match.end() - 1, "runs in `change` what no framework can turn around"
    elif up:
        yield up.start(), "has no way back (no down)"
    if not down and gives_up(code) >= 0:
        yield gives_up(code), "says itself that it is irreversible"


def _span(code: str, up: int, down: int) -> tuple[int, int]:
    """Where the way back stands: up to the end, or up to the way forward if that comes after."""
    if down < 0:
        return len(code), len(code)
    return down, up if up > down else len(code)


def _of_down(code: str, start: int, end: int) -> Iterator[Loss]:
    position = gives_up(code[start:end])
    if position >= 0:
        yield start + position, "says itself that it is irreversible"
    elif _does_nothing(code[start:end].strip()):
        yield start, "has an empty way back"


def _does_nothing(part: str) -> bool:
    if _NO_BLOCK.match(part):
        return True
    depth, first = 0, part.find("{")
    for match in re.finditer(r"[{}]", part):
        depth += 1 if match.group() == "{" else -1
        if depth <= 0:
            return first >= 0 and _NOTHING.fullmatch(part[first + 1 : match.start()]) is not None
    return False


def _of_python(text: str, code: str, *, is_new: bool) -> Iterator[Loss]:
    module = _module(text)
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    functions = {one.name: one for one in module.body if isinstance(one, ast.FunctionDef)}
    down = functions.get("downgrade")
    span = range(starts[down.lineno - 1], starts[down.end_lineno or down.lineno]) if down else range(0)
    yield from ((position, what) for position, what in losses(code) if position not in span)
    yield from ((starts[line - 1], what) for line, what in _one_way_operations(module))
    up = functions.get("upgrade")
    if up and not _is_idle(up):
        if down is None and is_new:
            yield starts[up.lineno - 1], "has no way back (no downgrade)"
        elif down is not None and _is_idle(down):
            yield starts[down.lineno - 1], "has an empty way back"
        elif down is not None and isinstance(down.body[-1], ast.Raise):
            yield starts[down.lineno - 1], "says itself that it is irreversible"


def _module(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        raise UnreadableManifestError(f"it is no valid Python: {error.msg}", error.lineno or 0) from error
    except (RecursionError, MemoryError, ValueError) as error:
        raise UnreadableManifestError("it is no valid Python") from error


def _one_way_operations(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Django's operations that can be given their reverse and aren't ("Migration Operations")."""
    reverse = {"RunPython": "reverse_code", "RunSQL": "reverse_sql"}
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        wanted = reverse.get(str(name))
        if wanted and len(node.args) < 2 and not any(one.arg == wanted for one in node.keywords):  # noqa: PLR2004
            yield node.lineno, f"runs {name} without {wanted}"


def _is_idle(function: ast.FunctionDef) -> bool:
    return all(
        isinstance(one, ast.Pass)
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        or (isinstance(one, ast.Return) and one.value is None)
        for one in function.body
    )
