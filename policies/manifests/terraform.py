"""Terraform's and OpenTofu's providers and modules ("Provider Requirements", "Module Sources")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.manifests.model import Dependency, Manifest, Relation
from policies.manifests.purls import purl, slashed
from policies.manifests.reading import plain
from policies.manifests.scanning import HASH_OR_SLASHES, inside, without_comments

_BLOCK = re.compile(
    r'^[ \t]*(required_providers|module\s+"([^"\n]+)"|provider\s+"([^"\n]+)"|terraform)\s*\{', re.MULTILINE
)
_PROVIDER = re.compile(r"(?<![\w-])([\w-]{1,200})\s*=\s*\{")
_SHORT = re.compile(r'^[ \t]*([\w-]+)[ \t]*=[ \t]*"([^"\n]*)"', re.MULTILINE)
_FIELD = re.compile(r'^[ \t]*(source|version)[ \t]*=[ \t]*"([^"\n]*)"', re.MULTILINE)
_HEREDOC = re.compile(r"<<[-~]?(\w+)\s*$")
_LOCAL = ("./", "../", "/")


def parse_configuration(text: str) -> Manifest:
    """*.tf and *.tofu, and terragrunt.hcl's `terraform { source }`."""
    code = _code(text)
    found: list[Dependency] = []
    for match, content in inside(code, _BLOCK):
        if match.group(1) == "required_providers":
            found += _providers(content)
        elif match.group(2):
            found += _module(dict(_FIELD.findall(content)))
        elif match.group(1) == "terraform":
            fields = dict(_FIELD.findall(_flat(content)))
            found += _module(fields) if "source" in fields else []
    return Manifest.of(found)


def parse_lock(text: str) -> Manifest:
    """.terraform.lock.hcl."""
    found = []
    for match, content in inside(_code(text), _BLOCK):
        if match.group(3):
            version = dict(_FIELD.findall(content)).get("version", "")
            found.append(_provider(match.group(3), version, Relation.LOCKED))
    return Manifest.of(found)


def _code(text: str) -> str:
    return without_comments("\n".join(_without_heredocs(plain(text))), HASH_OR_SLASHES)


def _without_heredocs(text: str) -> Iterator[str]:
    end = ""
    for line in text.split("\n"):
        if end:
            end = "" if line.strip() == end else end
            yield ""
            continue
        match = _HEREDOC.search(line)
        end = match.group(1) if match else ""
        yield line[: match.start()] + '""' if match else line


def _providers(content: str) -> Iterator[Dependency]:
    for match, inner in inside(content, _PROVIDER):
        fields = dict(_FIELD.findall(inner)) or dict(re.findall(r'\b(source|version)\s*=\s*"([^"\n]*)"', inner))
        yield _provider(fields.get("source", f"hashicorp/{match.group(1)}"), fields.get("version", ""), Relation.DIRECT)
    for name, version in _SHORT.findall(_flat(content)):
        yield _provider(f"hashicorp/{name}", version, Relation.DIRECT)


def _flat(content: str) -> str:
    """What stands at the block's own level."""
    return re.sub(r"\{[^{}]*\}", "", content)


def _provider(place: str, version: str, relation: Relation) -> Dependency:
    name = re.sub(r"^registry\.(?:terraform\.io|opentofu\.org)/", "", place.lower())
    return Dependency(name, slashed("terraform", name), version, "", "required_providers", relation=relation)


def _module(fields: dict[str, str]) -> Iterator[Dependency]:
    place = fields.get("source", "")
    if not place or place.startswith(_LOCAL):
        return
    bare, _, query = place.partition("?")
    revision = re.search(r"\bref=([^&]+)", query)
    name = re.sub(r"^(?:git::|hg::)?(?:https?://|ssh://|git@)?", "", bare).replace(".git", "").replace(":", "/")
    version = fields.get("version", "") or (revision.group(1) if revision else "")
    yield Dependency(name, purl("terraform", name.rpartition("/")[2], name.rpartition("/")[0]), version, "", "module")
