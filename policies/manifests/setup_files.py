"""setup.py and setup.cfg, read and never run."""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from collections.abc import Iterator, Mapping

from policies.manifests.ini import sections
from policies.manifests.model import Dependency, Manifest, Scope, UnreadableManifestError
from policies.manifests.python_requirements import is_for_development, requirements
from policies.manifests.reading import plain

_KEYWORDS = {
    "install_requires": Scope.PRODUCT,
    "requires": Scope.PRODUCT,
    "extras_require": Scope.PRODUCT,
    "tests_require": Scope.DEVELOPMENT,
    "setup_requires": Scope.DEVELOPMENT,
}
_MAX_CHARACTERS = 200_000
#: Calls that only put together what they are given.
_COLLECTING = frozenset("append extend insert update list dict set sorted tuple sum chain values items".split())  # noqa: SIM905
_HARMLESS = frozenset(["sys", "os", "platform", "itertools"])
#: A requirement as people write it: a bare word could as well be an extra's name and needs a version or a place.
_REQUIREMENT = re.compile(r"^[A-Za-z][\w.-]*(?:\[[\w, -]*\])?\s*(?:[<>=!~]=?=?\s*[\w.*]|@\s|;|$)")

#: Names bound once at the top of the module, and by which statements.
_Bindings = Mapping[str, list[ast.stmt]]


def parse_setup_py(text: str) -> Manifest:
    """setup.py: the literals given to `setup(…)`; what is computed stays opaque."""
    module = _module(plain(text))
    bindings = _bindings(module)
    found: list[Dependency] = []
    opaque: list[str] = []
    for keyword in _keywords(module):
        name, scope = keyword.arg or "**", _KEYWORDS.get(keyword.arg or "", Scope.PRODUCT)
        try:
            value = _literal(keyword.value, bindings, 0)
        except ValueError:
            pieces, complete = _harvest(keyword.value, bindings)
            found += _requirements(pieces, name, scope)
            if not complete:
                opaque.append(f"the computed {name}: {_source(keyword.value, bindings)}")
            continue
        found += _requirements(value, name, scope)
    return Manifest.of(found, opaque)


def parse_setup_cfg(text: str) -> Manifest:
    """setup.cfg of setuptools ("Configuring setuptools using setup.cfg files")."""
    found: list[Dependency] = []
    opaque: list[str] = []
    for section, options in sections(plain(text)).items():
        for option, value in options.items():
            scope = _cfg_scope(section, option)
            if scope and value.lstrip().startswith(("file:", "attr:")):
                opaque.append(f"the computed {option}: {value.strip()[:200]}")
            elif scope:
                found += requirements(_lines(value), _cfg_group(section, option), scope)
    return Manifest.of(found, opaque)


def _cfg_scope(section: str, option: str) -> Scope | None:
    if section == "options":
        return _KEYWORDS.get(option)
    if section == "options.extras_require":
        return Scope.DEVELOPMENT if is_for_development(option) else Scope.PRODUCT
    return None


def _cfg_group(section: str, option: str) -> str:
    return f"extra {option}" if section == "options.extras_require" else option


def _lines(value: str) -> Iterator[str]:
    for line in value.replace(",\n", "\n").splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield stripped.partition(" #")[0]


def _module(text: str) -> ast.Module:
    if len(text) > _MAX_CHARACTERS:
        raise UnreadableManifestError("it is too long for a setup.py")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        raise UnreadableManifestError(f"it is no valid Python: {error.msg}", error.lineno or 0) from error
    except (RecursionError, MemoryError, ValueError) as error:
        raise UnreadableManifestError("it is no valid Python") from error


def _keywords(module: ast.Module) -> Iterator[ast.keyword]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and _called(node) == "setup":
            yield from (one for one in node.keywords if one.arg in _KEYWORDS or one.arg is None)


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _bindings(module: ast.Module) -> _Bindings:
    found: dict[str, list[ast.stmt]] = {}
    for statement in module.body:
        for name in _bound(statement):
            found.setdefault(name, []).append(statement)
    return found


def _bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    names: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        # `extras["docs"] = […]` and `install.append(…)` change what a name holds.
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name):
            names.add(node.value.id)
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            names.add(node.func.value.id)
    return names


def _literal(node: ast.expr, bindings: _Bindings, depth: int) -> object:
    """The value of an expression made of literals and names bound to such; ValueError for any other."""
    if depth > 20:  # noqa: PLR2004 - deeper than people write, shallower than the interpreter
        raise ValueError
    if isinstance(node, ast.Name):
        return _literal(_only_value(node.id, bindings), bindings, depth + 1)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [_literal(item, bindings, depth + 1) for item in node.elts]
    if isinstance(node, ast.Dict):
        return {
            str(_literal(_given(key), bindings, depth + 1)): _literal(value, bindings, depth + 1)
            for key, value in zip(node.keys, node.values, strict=True)
        }
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _sum(_literal(node.left, bindings, depth + 1), _literal(node.right, bindings, depth + 1))
    if isinstance(node, ast.Subscript):
        return _item(_literal(node.value, bindings, depth + 1), _literal(node.slice, bindings, depth + 1))
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int):
        return node.value
    raise ValueError


def _harvest(node: ast.expr, bindings: _Bindings) -> tuple[list[str], bool]:
    """The requirements written out in what an expression refers to, and whether nothing else can add to them.

    Lists that are put together by `+`, `+=`, `append` and conditions hold nothing but the strings in them.
    """
    pending: list[ast.AST] = [node]
    names: set[str] = set()
    pieces: list[str] = []
    complete = True
    while pending:
        current = pending.pop()
        keys = set(_keys(current))
        for inner in ast.walk(current):
            if isinstance(inner, ast.Name) and inner.id not in names:
                names.add(inner.id)
                pending += bindings.get(inner.id, [])
                complete = complete and (inner.id in bindings or inner.id in _HARMLESS or hasattr(builtins, inner.id))
            elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                pieces += [inner.value] if inner not in keys and _REQUIREMENT.match(inner.value) else []
            elif isinstance(inner, ast.Call | ast.FunctionDef | ast.ListComp | ast.With):
                complete = complete and isinstance(inner, ast.Call) and _called(inner) in _COLLECTING
    return pieces, complete


def _keys(node: ast.AST) -> Iterator[ast.AST]:
    """The words that name a part (`extras["dev"]`, `{"dev": …}`, `if x == "win32"`) and are no requirement."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Dict):
            yield from (key for key in inner.keys if key is not None)
        elif isinstance(inner, ast.Subscript):
            yield from ast.walk(inner.slice)
        elif isinstance(inner, ast.Compare | ast.Attribute):
            yield from ast.walk(inner)


def _given(key: ast.expr | None) -> ast.expr:
    if key is None:  # `{**others}`
        raise ValueError
    return key


def _only_value(name: str, bindings: _Bindings) -> ast.expr:
    statements = bindings.get(name, [])
    if len(statements) == 1 and isinstance(statements[0], ast.Assign | ast.AnnAssign) and statements[0].value:
        return statements[0].value
    raise ValueError


def _sum(left: object, right: object) -> object:
    if isinstance(left, list) and isinstance(right, list):
        return left + right
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    raise ValueError


def _item(container: object, key: object) -> object:
    if isinstance(container, dict) and key in container:
        return container[key]
    raise ValueError


def _requirements(value: object, name: str, scope: Scope) -> Iterator[Dependency]:
    if isinstance(value, dict):
        for extra, inner in value.items():
            if name == "**" and extra not in _KEYWORDS:
                continue
            group = extra if name == "**" else f"extra {extra}"
            own = Scope.DEVELOPMENT if is_for_development(str(extra)) else scope
            yield from _requirements(inner, str(group), own)
    elif isinstance(value, str):
        yield from requirements(_lines(value), name, scope)
    elif isinstance(value, list):
        yield from requirements([item for item in value if isinstance(item, str)], name, scope)


def _source(node: ast.expr, bindings: _Bindings) -> str:
    """An expression as written, with everything in the module that it refers to: equal text, equal value."""
    pending: list[ast.AST] = [node]
    names: set[str] = set()
    texts: list[str] = []
    while pending:
        current = pending.pop()
        texts.append(ast.unparse(current))
        fresh = {inner.id for inner in ast.walk(current) if isinstance(inner, ast.Name)} - names
        names |= fresh
        pending += [statement for name in sorted(fresh) for statement in bindings.get(name, [])]
    return " | ".join(dict.fromkeys(texts))
