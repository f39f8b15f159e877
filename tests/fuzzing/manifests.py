"""Fuzzed manifests: a dependency that head adds is found, or the manifest can't be read. It never passes."""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import yaml
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from domain.change import Change, ChangedFile, Content, Evidence
from domain.diff import FileDiff, FileStatus
from domain.finding import Inspection, Outcome
from policies.dependencies import Dependencies
from tests.fuzzing import mutations
from tests.fuzzing.seeds import PLANT, SEEDS, Seed

#: Every dependency counts, wherever it stands: nothing passes because it is of a kind that is let through.
_POLICY = Dependencies(transitive=True, moved=True, ci_actions=True, container_images=True, fixtures=True)
#: Formats that have comments of their own or other freedoms on top of JSON.
_JSONC = (".devcontainer/devcontainer.json", "bun.lock", "deno.json", "global.json", "dub.json")
#: Files whose plant doesn't add a package: they are only broken.
NO_PLANT = ("project/build.properties", "rust-toolchain.toml", ".python-version")
#: Files that may be of another form: somebody else's properties, a toolchain in one word.
_MAYBE_ANOTHER = ("build/Shop.props", "rust-toolchain.toml")

Steps = tuple[str, ...]
Reader = Callable[[str], Any]


class UnreadableError(Exception):
    """An independent reader says that a text isn't what its name says."""


def inspected(path: str, base: str | bytes | None, head: str | bytes | None) -> Inspection:
    """What the policy says of one changed manifest."""
    status = FileStatus.ADDED if base is None else FileStatus.MODIFIED
    file = ChangedFile(FileDiff(path, status), _content(base), _content(head))
    return _POLICY.inspect(Change(base="b" * 40, head="a" * 40, evidence=Evidence(files=(file,))))


def fuzz(chance: random.Random) -> None:
    """One case.

    Raises:
        AssertionError: a dependency was added and the policy passes, or what can't be read passes.
    """
    seed = chance.choice(SEEDS)
    chance.choice(_CASES)(chance, seed)


def _content(side: str | bytes | None) -> Content | None:
    if side is None:
        return None
    raw = side.encode("utf-8", "surrogatepass") if isinstance(side, str) else side
    if b"\0" in raw:
        return Content.closed("binary")
    try:
        return Content(raw.decode())
    except UnicodeDecodeError:
        return Content.closed("not UTF-8")


def _never_passes(seed: Seed, base: str | bytes | None, head: str | bytes) -> None:
    found = inspected(seed.path, base, head)
    if seed.path not in NO_PLANT:
        assert found.outcome in {Outcome.FAIL, Outcome.ERROR}, f"{seed.path}: {found.summary}\n{head!r}"


def _tail_is_cut(chance: random.Random, seed: Seed) -> None:
    after = seed.after[: chance.randrange(len(seed.after) + 1)]
    _never_passes(seed, seed.base, seed.before + seed.plant + after)


def _tail_is_garbage(chance: random.Random, seed: Seed) -> None:
    after = mutations.garbage(chance) if chance.random() < 0.5 else mutations.broken(chance, seed.after)
    gap = "" if seed.plant.endswith("\n") else "\n"
    # The same tail on both sides: only the plant tells them apart.
    _never_passes(seed, seed.before + gap + after, seed.before + seed.plant + gap + after)


def _noise_is_before(chance: random.Random, seed: Seed) -> None:
    line = seed.plant.split("\n")[0]
    indent = line[: len(line) - len(line.lstrip())]
    noise = f"{indent}{mutations.harmless_line(chance)}\n"
    before = seed.before if seed.before.endswith("\n") else seed.before + "\n"
    _never_passes(seed, before + noise + seed.after, before + noise + seed.plant + seed.after)


def _encoding_differs(chance: random.Random, seed: Seed) -> None:
    text = chance.choice(_SPELLINGS)(seed.head)
    _never_passes(seed, seed.base, text)


_SPELLINGS: tuple[Callable[[str], str | bytes], ...] = (
    lambda text: text.replace("\n", "\r\n"),
    lambda text: text.replace("\n", "\r"),
    lambda text: text.replace("\n", "\n\r"),
    lambda text: text.replace("\n", "\u2028\n"),
    lambda text: text.replace("\n", "\x85\n"),
    lambda text: text.replace("\n", "\x0b\n"),
    lambda text: text.replace("\n", "\x0c\n"),
    lambda text: text.replace("\n", "\n\n"),
    lambda text: text.replace("\n", " \t\n"),
    lambda text: text.replace("    ", "\t"),
    lambda text: text.replace("  ", "\t"),
    lambda text: text.replace(" ", "\u00a0"),
    lambda text: text.replace(" ", "  "),
    lambda text: text.replace("\n", "\n "),
    lambda text: "\ufeff" + text,
    lambda text: "\ufeff\ufeff" + text,
    lambda text: "\n\n" + text,
    lambda text: text.rstrip("\n"),
    lambda text: text.encode("utf-16"),
    lambda text: text.encode("utf-32"),
    lambda text: text.encode("utf-7") + b"\xff",
    lambda text: text.encode() + b"\xe9",
    lambda text: text + "\0",
    lambda text: text.replace(PLANT, PLANT + "\ufeff"),
    lambda text: text.replace(PLANT, PLANT + "\u200b"),
)


def _comes_twice(chance: random.Random, seed: Seed) -> None:
    # JSON takes the last of two, Go all of them: whichever it is, the plant is in one.
    texts = (seed.head + "\n" + seed.base, seed.base + "\n" + seed.head, seed.head * 2)
    _never_passes(seed, seed.base, chance.choice(texts))


def _base_is_broken(chance: random.Random, seed: Seed) -> None:
    base = chance.choice((mutations.broken(chance, seed.base), mutations.garbage(chance), "", b"\xff\xfe", None))
    if not isinstance(base, str) or PLANT not in base.lower():
        _never_passes(seed, base, seed.head)


def _head_is_broken(chance: random.Random, seed: Seed) -> None:
    before, after = seed.before, seed.after
    if chance.random() < 0.5:
        before = mutations.broken(chance, before)
    else:
        after = mutations.broken(chance, after)
    head = before + seed.plant + after
    found = inspected(seed.path, before + after, head)
    reader = _reader(seed.path)
    if reader is None or seed.path in NO_PLANT:
        return
    try:
        lives = _chains(reader(seed.head)) <= _chains(reader(head))
    except UnreadableError:
        lives = True
    if lives:
        assert found.outcome in {Outcome.FAIL, Outcome.ERROR}, f"{seed.path}: {found.summary}\n{head!r}"


def _head_is_garbage(chance: random.Random, seed: Seed) -> None:
    head = mutations.garbage(chance)
    base = seed.base if chance.random() < 0.8 else mutations.garbage(chance)
    found = inspected(seed.path, base, head)
    reader = _reader(seed.path)
    if reader is None:
        return
    try:
        reader(head)
    except UnreadableError:
        assert found.outcome in {Outcome.FAIL, Outcome.ERROR}, f"{seed.path}: {found.summary}\n{head!r}"


def _plant_is_broken(chance: random.Random, seed: Seed) -> None:
    inspected(seed.path, seed.base, seed.before + mutations.broken(chance, seed.plant) + seed.after)


_CASES = (
    _tail_is_cut,
    _tail_is_garbage,
    _noise_is_before,
    _encoding_differs,
    _comes_twice,
    _base_is_broken,
    _head_is_broken,
    _head_is_broken,
    _head_is_garbage,
    _plant_is_broken,
)


def _reader(path: str) -> Reader | None:
    """An independent reader of a path's format, None where there is none as strict."""
    if path in _JSONC or path in _MAYBE_ANOTHER or path.startswith("recipes/"):
        return None
    if path.endswith(
        (".json", "Package.resolved", "Pipfile.lock", "composer.lock", "conan.lock", "flake.lock", "renv.lock")
    ):
        return _json
    if path.endswith((".toml", "Pipfile", "poetry.lock", "uv.lock", "Cargo.lock")):
        return _toml
    if path.endswith((".yml", ".yaml", "pubspec.lock", "pixi.lock", "Podfile.lock", "shard.lock")):
        return _yaml
    return _xml if path.endswith((".xml", ".csproj", "packages.config", ".nuspec")) else None


def _json(text: str) -> Any:
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise UnreadableError from error


def _toml(text: str) -> Any:
    if len(text) > 20_000:  # tomllib takes quadratic time over some
        return None
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise UnreadableError from error


def _yaml(text: str) -> Any:
    # The reader in Python is slow, and of another mind about tabs; the one in C ends the process where it is deep.
    if len(text) > 5_000 or "\t" in text:
        return None
    try:
        node = yaml.compose(text.removeprefix("\ufeff"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UnreadableError from error
    return _plain(node, 0)


def _plain(node: yaml.Node | None, depth: int) -> Any:
    if depth > 50:  # an alias may hold itself
        return None
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value, depth + 1) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one, depth + 1) for one in node.value]
    return node.value if node is not None else None


def _xml(text: str) -> Any:
    try:
        root = fromstring(text.encode("utf-8", "surrogatepass"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UnreadableError from error
    return _element(root, 0)


def _element(element: Element, depth: int) -> Any:
    if depth > 80:
        return None
    texts = {f"@{key}": value for key, value in element.attrib.items()} | {"#": element.text or ""}
    return [{str(element.tag): [texts, *(_element(child, depth + 1) for child in element)]}]


def _chains(value: Any) -> set[tuple[str, ...]]:
    """The keys that lead to the plant."""
    return set(_walk(value, ()))


def _walk(value: Any, steps: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if PLANT in key.lower():
                yield (*steps, "key")
            elif len(steps) < 30:
                yield from _walk(inner, (*steps, key))
    elif isinstance(value, list):
        for inner in value:
            if len(steps) < 30:
                yield from _walk(inner, (*steps, "*"))
    elif isinstance(value, str) and PLANT in value.lower():
        yield (*steps, "value")
