"""Every GraphQL document that the house sends, and every answer, checked against GitHub's official schema."""

import ast
import functools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLEnumType,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    VariableNode,
    build_schema,
    get_operation_ast,
    is_abstract_type,
    parse,
    validate,
)

from tests.fidelity import materials

HOUSE = Path(__file__).resolve().parents[2]
#: The rooms that may speak to GitHub; the sandbox's own schema is no document.
ROOMS = ("adapters", "app.py", "cli", "handlers")
_LOOKS_LIKE = re.compile(r"\s*(?:#[^\n]*\n\s*)*(?:query|mutation|fragment)\b[^{]*\{", re.DOTALL)
_SCALARS: Mapping[str, re.Pattern[str] | type | tuple[type, ...]] = {
    "String": str,
    "ID": str,
    "Boolean": bool,
    "Int": int,
    "Float": (int, float),
    "URI": re.compile(r"\w+://\S+|/\S*"),
    "DateTime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    "GitTimestamp": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)"),
    "GitObjectID": re.compile(r"[0-9a-f]{40}"),
    "BigInt": re.compile(r"\d+"),
}


@functools.cache
def official_schema() -> GraphQLSchema:
    """GitHub's schema. It is assumed valid: GitHub's own descriptions break a rule or two of the specification.

    Raises:
        materials.MaterialUnavailableError: It can't be fetched here.
    """
    text = (materials.fetched(materials.GRAPHQL) / "schema.graphql").read_text(encoding="utf-8")
    return build_schema(text, assume_valid=True, assume_valid_sdl=True)


def documents() -> Iterator[tuple[str, str]]:
    """Every GraphQL document that stands in the house, with its place: files, and strings of the code."""
    for room in ROOMS:
        for path in [HOUSE / room] if (HOUSE / room).is_file() else sorted((HOUSE / room).rglob("*")):
            place = str(path.relative_to(HOUSE))
            if path.suffix == ".graphql":
                yield place, path.read_text(encoding="utf-8")
            elif path.suffix == ".py":
                yield from ((f"{place}:{line}", text) for line, text in _strings(path) if _LOOKS_LIKE.match(text))


def _strings(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


@functools.lru_cache(maxsize=512)
def check_document(text: str) -> tuple[str, ...]:
    """What a document has against the official schema; a fragment that its file doesn't use is no fault."""
    try:
        document = parse(text)
    except GraphQLError as error:
        return (error.message,)
    found = validate(official_schema(), document)
    return tuple(error.message for error in found if "is never used" not in error.message)


def check_request(request: bytes, answer: bytes) -> list[str]:
    """What a whole GraphQL exchange has against the official schema.

    A document that the sandbox refused may be wrong on purpose; then only the form of the errors is judged.
    """
    sent, answered = json.loads(request), json.loads(answer)
    wrong = _check_errors(answered.get("errors", []))
    if answered.get("data") is None:
        return wrong
    wrong += check_document(sent["query"])
    return wrong or check_answer(sent["query"], sent.get("variables") or {}, answered["data"])


def _check_errors(errors: list[Any]) -> list[str]:
    known = {"type", "path", "extensions", "locations", "message"}
    return [
        f"error {each!r} has a form that GitHub doesn't use"
        for each in errors
        if not {"message"} <= each.keys() <= known
    ]


def check_answer(document: str, variables: Mapping[str, Any], data: Mapping[str, Any]) -> list[str]:
    """What the data of an answer has against the document that asked for it: fields, nullness, words and scalars."""
    parsed = parse(document)
    operation = get_operation_ast(parsed)
    assert operation is not None, "the document holds no single operation"
    root = official_schema().get_root_type(operation.operation)
    assert root is not None, f"GitHub's schema has no {operation.operation}"
    return list(_Answer(parsed, operation, variables).faults(data, root, operation.selection_set.selections, ()))


class _Answer:
    def __init__(self, document: DocumentNode, operation: OperationDefinitionNode, given: Mapping[str, Any]) -> None:
        self.fragments = {e.name.value: e for e in document.definitions if isinstance(e, FragmentDefinitionNode)}
        self.variables = {e.variable.name.value: e.default_value for e in operation.variable_definitions or ()} | dict(
            given
        )

    def faults(self, value: Any, kind: Any, selections: Any, path: tuple[str | int, ...]) -> Iterator[str]:
        place = "/".join(map(str, path)) or "data"
        if isinstance(kind, GraphQLNonNull):
            if value is None:
                yield f"{place}: null where the schema promises {kind}"
                return
            kind = kind.of_type
        if value is None:
            return
        if isinstance(kind, GraphQLList):
            for index, each in enumerate(value):
                yield from self.faults(each, kind.of_type, selections, (*path, index))
        elif isinstance(kind, GraphQLObjectType) or is_abstract_type(kind):
            yield from self._object(value, kind, selections, path)
        elif not _is_leaf(value, kind):
            yield f"{place}: {value!r} is no {kind}"

    def _object(self, value: Any, kind: Any, selections: Any, path: tuple[str | int, ...]) -> Iterator[str]:
        options = [self._fields(selections, each) for each in self._concrete(value, kind)]
        fields = next((each for each in options if each.keys() == value.keys()), None)
        if fields is None:
            yield f"{'/'.join(map(str, path))}: the fields {sorted(value)} fit no {kind} as asked for"
            return
        for key, (parent, nodes) in fields.items():
            inner = [each for node in nodes if node.selection_set for each in node.selection_set.selections]
            name = nodes[0].name.value
            if name == "__typename":
                continue
            yield from self.faults(value[key], parent.fields[name].type, inner, (*path, key))

    def _concrete(self, value: Mapping[str, Any], kind: Any) -> list[GraphQLObjectType]:
        if isinstance(kind, GraphQLObjectType):
            return [kind]
        possible = [*official_schema().get_possible_types(_abstract(kind))]
        return [each for each in possible if value.get("__typename", each.name) == each.name]

    def _fields(self, selections: Any, kind: GraphQLObjectType) -> dict[str, tuple[GraphQLObjectType, list[FieldNode]]]:
        found: dict[str, tuple[GraphQLObjectType, list[FieldNode]]] = {}
        for node in self._flat(selections, kind):
            key = node.alias.value if node.alias else node.name.value
            found.setdefault(key, (kind, []))[1].append(node)
        return found

    def _flat(self, selections: Any, kind: GraphQLObjectType) -> Iterator[FieldNode]:
        for each in selections:
            if not self._is_wanted(each):
                continue
            if isinstance(each, FieldNode):
                yield each
                continue
            part: Any = self.fragments[each.name.value] if isinstance(each, FragmentSpreadNode) else each
            if _applies(part, kind):
                yield from self._flat(part.selection_set.selections, kind)

    def _is_wanted(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            value: Any = next(iter(directive.arguments or ())).value
            given = self.variables[value.name.value] if isinstance(value, VariableNode) else value.value
            if bool(given) != (directive.name.value == "include"):
                return False
        return True


def _abstract(kind: Any) -> GraphQLAbstractType:
    assert is_abstract_type(kind)
    return kind


def _applies(part: InlineFragmentNode | FragmentDefinitionNode, kind: GraphQLObjectType) -> bool:
    if part.type_condition is None:
        return True
    wanted = official_schema().get_type(part.type_condition.name.value)
    return wanted is kind or (is_abstract_type(wanted) and official_schema().is_sub_type(_abstract(wanted), kind))


def _is_leaf(value: Any, kind: Any) -> bool:
    if isinstance(kind, GraphQLEnumType):
        return value in kind.values
    form = _SCALARS.get(kind.name)
    if isinstance(form, re.Pattern):
        return isinstance(value, str) and form.fullmatch(value) is not None
    return form is None or (isinstance(value, form) and (not isinstance(value, bool) or form is bool))
