"""conanfile.txt, conanfile.py and conan.lock (Conan's "Reference", conanfile)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from policies.manifests.model import Dependency, Manifest, Relation, Scope, UnreadableManifestError
from policies.manifests.purls import purl
from policies.manifests.reading import entries, json_object, plain, table, text_of

_GROUPS = {
    "requires": Scope.PRODUCT,
    "tool_requires": Scope.DEVELOPMENT,
    "build_requires": Scope.DEVELOPMENT,
    "test_requires": Scope.DEVELOPMENT,
    "python_requires": Scope.DEVELOPMENT,
}


class _OwnCall(ast.Call):
    """`self.requires(…)`."""

    func: ast.Attribute


def parse_text(text: str) -> Manifest:
    """conanfile.txt."""
    found: list[Dependency] = []
    section = ""
    for line in plain(text).splitlines():
        stripped = line.partition("#")[0].strip() if line.lstrip().startswith("#") else line.strip()
        if stripped.startswith("["):
            section = stripped.strip("[]")
        elif stripped and section in _GROUPS:
            found.append(_reference(stripped, section))
    return Manifest.of(found)


def parse_python(text: str) -> Manifest:
    """conanfile.py: literal attributes, and literal calls of `self.requires(…)` and its like."""
    try:
        tree = ast.parse(plain(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UnreadableManifestError("it is no valid Python", getattr(error, "lineno", 0) or 0) from error
    found: list[Dependency] = []
    opaque: list[str] = []
    for node in ast.walk(tree):
        for group, value in _declared(node):
            found += [_reference(reference, group) for reference in _strings(value)]
            if not _is_literal(value):
                opaque.append(f"the computed {group} {ast.unparse(value)[:120]}")
    return Manifest.of(found, opaque)


def parse_lock(text: str) -> Manifest:
    """conan.lock of Conan 1 and 2."""
    data = json_object(text)
    nodes = table(table(data, "graph_lock"), "nodes")
    old = [text_of(table(nodes, key).get("ref")) for key in nodes]
    names = [(group, text_of(one)) for group in _GROUPS for one in entries(data, group)]
    return Manifest.of(
        _reference(reference, group, Relation.LOCKED)
        for group, reference in [*names, *(("requires", one) for one in old)]
        if "/" in reference
    )


def _declared(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.ClassDef):
        for one in node.body:
            target = one.targets[0] if isinstance(one, ast.Assign) else None
            if isinstance(one, ast.Assign) and isinstance(target, ast.Name) and target.id in _GROUPS:
                yield target.id, one.value
    elif _is_own_call(node) and node.args:
        yield node.func.attr, node.args[0]


def _is_own_call(node: ast.AST) -> TypeGuard[_OwnCall]:
    function = node.func if isinstance(node, ast.Call) else None
    owner = function.value if isinstance(function, ast.Attribute) and function.attr in _GROUPS else None
    return isinstance(owner, ast.Name) and owner.id == "self"


def _strings(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.Tuple | ast.List):
        for one in value.elts:
            # `("zlib/1.3", "private")`, Conan 1's form for options of one requirement, names it first
            first = one.elts[0] if isinstance(one, ast.Tuple) and one.elts else one
            if isinstance(first, ast.Constant) and "/" in str(first.value):
                yield str(first.value)
    elif isinstance(value, ast.JoinedStr):
        start = value.values[0] if value.values else None
        if isinstance(start, ast.Constant) and "/" in str(start.value):
            yield str(start.value)  # f"zlib/{version}": the name is written out


def _is_literal(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant | ast.Tuple | ast.List) or bool(list(_strings(value)))


def _reference(text: str, group: str, relation: Relation = Relation.DIRECT) -> Dependency:
    bare = text.partition("#")[0].partition("%")[0]
    name, _, rest = bare.partition("/")
    version = rest.partition("@")[0]
    return Dependency(name, purl("conan", name), version, "", group, _GROUPS[group], relation)
