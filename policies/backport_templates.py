"""Templates of titles and bodies that a policy file may hold: Jinja2, cut down to what can neither loop nor swell.

A template is untrusted. It is read into Jinja2's syntax tree, and whatever isn't on the list below is refused there and
then, at its line: no calls, no assignments, no arithmetic, no nested loops, no filters that repeat or pad. What is left
takes time and room in proportion to the template and to what it is given, and it runs in Jinja2's immutable sandbox.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from policies.yaml_faults import nearest, quoted

MAX_TEMPLATE = 10_000
#: GitHub takes 65,536 characters of a body; what a template makes beyond it is cut off there.
MAX_RENDERED = 60_000

#: What a template may name, with an example of each for checks and previews.
EXAMPLE: Mapping[str, Any] = MappingProxyType(
    {
        "number": 12,
        "title": "Keep the cents",
        "description": "Rounding lost cents.",
        "author": "alice",
        "url": "https://github.com/acme/shop/pull/12",
        "base": "main",
        "target": "develop",
        "method": "cherry-pick",
        "labels": ["hotfix"],
        "milestone": "1.2.3",
        "commits": [{"sha": "3f2a1c9d7b6e5f40312233445566778899aabbcc", "subject": "Keep the cents"}],
        "conflicts": [{"path": "cart.py", "kind": "content"}],
    }
)

_FILTERS = ("default", "first", "join", "last", "length", "lower", "title", "trim", "truncate", "upper")
_TESTS = ("defined", "eq", "equalto", "false", "in", "ne", "none", "true")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.For, nodes.CondExpr,
    nodes.Getattr, nodes.Getitem, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or,
    nodes.Not, nodes.Concat, nodes.Tuple, nodes.List, nodes.Keyword, nodes.Slice,
)  # fmt: skip


class TemplateFaultError(ValueError):
    """A template can't be used; the message is one sentence with its line."""


def check(template: str) -> None:
    """Read a template and try it on the example.

    Raises:
        TemplateFaultError: it has a fault, named with its line.
    """
    render(template, EXAMPLE)


def render(template: str, values: Mapping[str, Any]) -> str:
    """Fill a template in.

    Args:
        template: its text.
        values: what it may name, already safe for the place where it is shown.

    Raises:
        TemplateFaultError: it has a fault, named with its line.
    """
    try:
        made = _within_bounds(_compiled(template).generate(values))
    except TemplateFaultError:
        raise
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise TemplateFaultError(f"it can't be filled in: {str(error)[:200]}") from error
    return made.strip()


def _within_bounds(pieces: Iterable[str]) -> str:
    """The beginning of what a template makes: nothing is made beyond it."""
    made, length = [], 0
    for piece in pieces:
        made.append(piece)
        length += len(piece)
        if length > MAX_RENDERED:
            break
    return "".join(made)[:MAX_RENDERED]


@functools.lru_cache(maxsize=128)
def _compiled(template: str) -> Any:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    environment.tests = {name: environment.tests[name] for name in _TESTS}
    environment.globals = {}
    try:
        tree = environment.parse(template)
        for fault in _faults(tree, depth=0):
            raise TemplateFaultError(fault)
        return environment.from_string(template)
    except TemplateSyntaxError as error:
        raise TemplateFaultError(f"line {error.lineno}: {error.message}") from error
    except RecursionError as error:
        raise TemplateFaultError("it is nested too deeply") from error


def _faults(node: nodes.Node, depth: int) -> Iterator[str]:
    if why := _why_not(node, depth):
        yield f"line {node.lineno}: {why}"
        return
    for child in node.iter_child_nodes():
        yield from _faults(child, depth + isinstance(node, nodes.For))


def _why_not(node: nodes.Node, depth: int) -> str:
    match node:
        case nodes.For() if depth or node.recursive:
            return "a loop inside a loop isn't possible here"
        case nodes.Filter() if node.name not in _FILTERS:
            return f"there is no filter {quoted(node.name)} here; there are {', '.join(_FILTERS)}"
        case nodes.Test() if node.name not in _TESTS:
            return f"there is no test {quoted(node.name)} here; there are {', '.join(_TESTS)}"
        case nodes.Getattr() if node.attr.startswith("_"):
            return f"{quoted(node.attr)} isn't to be had"
        case _ if not isinstance(node, _ALLOWED):
            return f"{quoted(type(node).__name__.lower())} isn't possible here: names, `if`, `for` and filters are"
    return ""


def _checked(template: str) -> str:
    try:
        check(template)
    except TemplateFaultError as error:
        near = nearest(_undefined(str(error)), EXAMPLE)
        remedy = f"write `{near}`" if near else f"what can be named: {', '.join(EXAMPLE)}"
        said = {"said": str(error), "remedy": remedy}
        raise PydanticCustomError("template", "the template has a fault: {said}", said) from error
    return template


def _undefined(said: str) -> str:
    _, quote, rest = said.partition("'")
    return rest.partition("'")[0] if quote and "is undefined" in said else ""


#: A Jinja2 template of a policy file.
Template = Annotated[str, StringConstraints(max_length=MAX_TEMPLATE), AfterValidator(_checked)]
