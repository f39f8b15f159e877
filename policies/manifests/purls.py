"""Package URLs: one identity for a package, however its name is spelled.

See the package-url specification (package-url/purl-spec, PURL-TYPES) for the normal forms of each type.
"""

from __future__ import annotations

import functools
import re

from packageurl import PackageURL

from policies.manifests.model import UnreadableManifestError

_MAX_NAME = 400
_GO_MAJOR = re.compile(r"/v[0-9]+$")
_GOPKG_MAJOR = re.compile(r"^(gopkg\.in/.+)\.v[0-9]+$")


def purl(kind: str, name: str, namespace: str = "") -> str:
    """The package URL of a name, without a version.

    Raises:
        UnreadableManifestError: the name can't be one.
    """
    name, namespace = name.strip(), namespace.strip().strip("/")
    if not name.strip("/") or len(name) + len(namespace) > _MAX_NAME:
        raise UnreadableManifestError(f"{name[:60]!r} can't be the name of a package")
    try:
        return _joined(kind, namespace, name)
    except ValueError as error:
        raise UnreadableManifestError(f"{name[:60]!r} can't be the name of a package") from error


@functools.lru_cache(maxsize=16_384)
def _joined(kind: str, namespace: str, name: str) -> str:
    # Both sides of a lockfile name the same thousands of packages, and a history names them again and again.
    return PackageURL(type=kind, namespace=namespace or None, name=name).to_string()


def pypi(name: str) -> str:
    """PEP 503: `slack_sdk`, `Slack.SDK` and `slack-sdk` are one package."""
    from packaging.utils import canonicalize_name  # noqa: PLC0415 - it takes long to load

    return purl("pypi", canonicalize_name(name))


def npm(name: str) -> str:
    """`@scope/name` or `name`."""
    namespace, _, plain = name.rpartition("/")
    return purl("npm", plain, namespace)


def golang(path: str) -> str:
    """A module path; `/v2` is a major version of the same module (Go Modules Reference, "Major version suffixes")."""
    plain = _GOPKG_MAJOR.sub(r"\1", _GO_MAJOR.sub("", path.strip()))
    namespace, _, name = plain.rpartition("/")
    return purl("golang", name, namespace)


def maven(group: str, artifact: str) -> str:
    """Group and artifact id."""
    return purl("maven", artifact, group)


def slashed(kind: str, path: str) -> str:
    """A purl whose name is a path: the last part is the name, the rest the namespace."""
    namespace, _, name = path.strip("/").rpartition("/")
    return purl(kind, name, namespace)
