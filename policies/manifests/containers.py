"""Container images: Dockerfile ("Dockerfile reference", FROM and COPY --from) and Compose files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.manifests.model import Dependency, Manifest, Scope
from policies.manifests.purls import slashed
from policies.manifests.reading import plain, table, text_of, yaml_object

_FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$", re.IGNORECASE)
_COPY = re.compile(r"^\s*(?:COPY|RUN)\s+(?:--\S+\s+)*?--(?:from=|mount=\S*\bfrom=)([^\s,]+)", re.IGNORECASE)
_ARG = re.compile(r"^\s*ARG\s+(\w+)=[\"']?([^\"'\s]+)", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{?(\w+)(?::?[-+][^}]*)?\}?")


def parse_dockerfile(text: str) -> Manifest:
    """Dockerfile: the images that stages start or copy from, the file's own stages left out."""
    stages: set[str] = {"scratch"}
    values: dict[str, str] = {}
    found: list[Dependency] = []
    opaque: list[str] = []
    for line in plain(text).replace("\\\n", " ").splitlines():
        argument = _ARG.match(line)
        if argument:
            values.setdefault(*argument.groups())
        for name in _images(line, stages):
            _add(_VARIABLE.sub(lambda match: values.get(match.group(1), match.group()), name), found, opaque)
    return Manifest.of(found, opaque)


def parse_compose(text: str) -> Manifest:
    """compose.yaml: the images of the services."""
    services = table(yaml_object(text), "services")
    names = [text_of(table(services, name).get("image")) for name in services]
    plain_names = [_VARIABLE.sub("", name) if name.startswith("$") else name for name in names]
    return Manifest.of(image(name, "services", Scope.CONTAINER) for name in plain_names if name)


def image(reference: str, group: str, scope: Scope) -> Dependency:
    """An image: `registry/name:tag@sha256:digest`."""
    name, _, digest = reference.partition("@")
    last = name.rpartition("/")[2]
    tag = last.partition(":")[2]
    bare = name.removesuffix(f":{tag}") if tag else name
    version = "@".join(part for part in (tag, digest) if part)
    # Docker's own short forms: `alpine` is `library/alpine`.
    identity = bare.removeprefix("docker.io/").removeprefix("library/")
    return Dependency(bare, slashed("docker", identity.lower()), version, "", group, scope)


def _images(line: str, stages: set[str]) -> Iterator[str]:
    start, copy = _FROM.match(line), _COPY.match(line)
    name = start.group(1) if start else copy.group(1) if copy else ""
    if name and name.lower() not in stages and not name.isdecimal():
        yield name
    if start and start.group(2):
        stages.add(start.group(2).lower())


def _add(name: str, found: list[Dependency], opaque: list[str]) -> None:
    if name.startswith("$"):
        opaque.append(f"the image {name[:120]}, which a build argument gives")
    else:
        found.append(image(name, "FROM", Scope.CONTAINER))
