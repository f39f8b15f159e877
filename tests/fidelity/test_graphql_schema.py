"""The sandbox's GraphQL schema is a part of GitHub's, word for word; so is every document that the house sends."""

from importlib.resources import files
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
)

from tests.fidelity.graphql import check_answer, check_document, documents, official_schema
from tests.fidelity.materials import GRAPHQL
from tests.fidelity.plugin import needs

pytestmark = needs(GRAPHQL)


def differences(ours: Any) -> list[str]:
    theirs: Any = official_schema().get_type(ours.name)
    if type(ours) is not type(theirs):
        return [f"{ours.name}: {type(ours).__name__} here, {type(theirs).__name__} at GitHub"]
    if isinstance(ours, GraphQLEnumType):
        return [f"{ours.name}.{value}" for value in ours.values.keys() - theirs.values.keys()]
    if isinstance(ours, GraphQLUnionType):
        return sorted({each.name for each in ours.types} - {each.name for each in theirs.types})
    if isinstance(ours, GraphQLInputObjectType):
        return [f"{ours.name}: {each}" for each in _unlike(ours.fields, theirs.fields)]
    if isinstance(ours, GraphQLObjectType | GraphQLInterfaceType):
        return [f"{ours.name}: {each}" for each in _unlike_fields(ours, theirs)]
    return []


def _unlike(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    return [
        f"{name}: {each.type}"
        for name, each in ours.items()
        if name not in theirs or str(theirs[name].type) != str(each.type)
    ]


def _unlike_fields(ours: Any, theirs: Any) -> list[str]:
    wrong = _unlike(ours.fields, theirs.fields)
    wrong += sorted({each.name for each in ours.interfaces} - {each.name for each in theirs.interfaces})
    for name in ours.fields.keys() & theirs.fields.keys():
        mine, other = ours.fields[name].args, theirs.fields[name].args
        wrong += [f"{name}({each})" for each in _unlike(mine, other)]
        wrong += [
            f"{name}({key}:) is missing" for key in other.keys() - mine.keys() if str(other[key].type).endswith("!")
        ]
        wrong += [
            f"{name}({key}:) default"
            for key in mine.keys() & other.keys()
            if mine[key].default_value != other[key].default_value
        ]
    return wrong


def test_the_sandboxs_schema_is_a_part_of_githubs() -> None:
    ours = build_schema((files("sandbox.graphql") / "schema.graphql").read_text())
    named = [kind for name, kind in ours.type_map.items() if not name.startswith("__")]
    assert len(named) > 100
    assert [each for kind in named for each in differences(kind)] == []


def test_a_field_of_our_own_invention_would_be_found() -> None:
    ours = build_schema(
        "type Query { viewer: String } enum OrderDirection { ASC SIDEWAYS } type PageInfo { hasNextPage: Boolean }"
    )
    found = [
        each for name in ("OrderDirection", "PageInfo") if (kind := ours.get_type(name)) for each in differences(kind)
    ]
    assert found == ["OrderDirection.SIDEWAYS", "PageInfo: hasNextPage: Boolean"]


def test_every_document_of_the_house_is_valid_at_github() -> None:
    wrong = {place: problems for place, text in documents() if (problems := check_document(text))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"viewer": {"login": "alice"}, "node": None}, None),
        ({"viewer": None, "node": None}, "viewer: null where the schema promises User!"),
        ({"viewer": {"login": 7}, "node": None}, "viewer/login: 7 is no String"),
        ({"viewer": {"name": "alice"}, "node": None}, "viewer: the fields ['name'] fit no User as asked for"),
        ({"viewer": {"login": "alice"}, "node": {"state": "OPEN"}}, None),
        ({"viewer": {"login": "alice"}, "node": {"state": "open"}}, "node/state: 'open' is no PullRequestState"),
    ],
)
def test_an_answer_is_held_against_its_document(data: dict[str, Any], complaint: str | None) -> None:
    document = "query ($id: ID!) { viewer { login } node(id: $id) { ... on PullRequest { state } } }"
    assert check_answer(document, {"id": "PR_1"}, data) == ([complaint] if complaint else [])
