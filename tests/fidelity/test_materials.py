"""What is fetched is what was pinned, and nothing of a test's traffic goes unjudged."""

import base64
import hashlib
import io
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from sandbox.exchanges import Exchange
from sandbox.server import Sandbox
from tests.fidelity import materials, rest
from tests.fidelity.excuses import EXCUSES
from tests.fidelity.gate import GATE
from tests.fidelity.plugin import needs

SAMPLE = replace(materials.GRAPHQL, members=("schema.graphql",))


def archive(folder: Path, names: dict[str, bytes]) -> Path:
    path = folder / "sample.tgz"
    with tarfile.open(path, "w:gz") as tar:
        for name, content in names.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def test_an_archive_with_another_digest_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path, {"package/schema.graphql": b"type Query { id: ID }"})
    digest = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    materials.verify(replace(SAMPLE, integrity=f"sha512-{digest}"), path)
    with pytest.raises(materials.MaterialTamperedError, match=r"pins sha512-RFDC"):
        materials.verify(SAMPLE, path)


def test_only_the_wanted_members_are_unpacked(tmp_path: Path) -> None:
    path = archive(tmp_path, {"package/schema.graphql": b"1", "package/index.js": b"2", "package/schema.json": b"3"})
    materials.unpack(path, tmp_path / "out", ("schema.graphql",))
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["schema.graphql"]


def test_an_archive_writes_nowhere_else(tmp_path: Path) -> None:
    path = archive(tmp_path, {"package/../../outside": b"1"})
    with pytest.raises(tarfile.OutsideDestinationError):
        materials.unpack(path, tmp_path / "deep" / "out", ("../../outside",))


def test_every_material_is_pinned_by_a_strong_digest() -> None:
    assert {each.integrity.partition("-")[0] for each in materials.MATERIALS} <= {"sha256", "sha512"}


def test_every_sandbox_that_starts_is_watched(tmp_path: Path) -> None:
    with Sandbox.start(tmp_path) as sandbox:
        assert GATE.is_idle()
        assert requests.get(f"{sandbox.api}/meta", timeout=20).status_code == 200
    assert not GATE.is_idle()


def test_every_excuse_gives_a_reason_from_outside() -> None:
    assert all(len(each.reason) > 40 for each in EXCUSES)


def exchange(method: str, path: str, status: int = 200, **more: object) -> Exchange:
    empty = Exchange(method, path, "", "rest", None, {}, b"", status, {"Content-Type": "application/json"}, b"{}", 0, 2)
    return replace(empty, **more)  # type: ignore[arg-type]


@needs(materials.OPENAPI)
@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (exchange("GET", "/repos/a/b/pull/1"), "GitHub has no such operation"),
        (exchange("GET", "/repos/a/b/pulls", query="per_pag=1", response_body=b"[]"), "'per_pag' isn't known"),
        (exchange("GET", "/repos/a/b/pulls", query="state=merged", response_body=b"[]"), "'merged' is none of"),
        (exchange("GET", "/repos/a/b/pulls/1"), '"url" is a required property'),
        (exchange("GET", "/repos/a/b/pulls", status=299), "status 299 isn't declared"),
        (exchange("POST", "/repos/a/b/check-runs", 201, request_body=b'{"head_sha": 1}'), "is not of type"),
        (exchange("POST", "/repos/a/b/pulls", 201), "request: the body is missing"),
        (
            exchange("PUT", "/repos/a/b/pulls/1/merge", request_body=b'{"method": "squash"}'),
            "request: method: GitHub's description knows no such field",
        ),
        (exchange("GET", "/repos/a/b/pulls", response_headers={"Content-Type": "text/html"}), "where JSON was asked"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_gate_finds_what_github_would_not_say(wrong: Exchange, complaint: str) -> None:
    assert any(complaint in each for each in rest.check_exchange(wrong)), rest.check_exchange(wrong)


@needs(materials.OPENAPI)
@pytest.mark.parametrize(
    "path",
    [
        "/repos/a/b/compare/release/1.0...hotfix/pay",
        "/repos/a/b/git/ref/heads/hotfix/pay",
        "/repos/a/b/contents/src/deep/app.py",
        "/repos/a/b/branches/hotfix%2Fpay",
        "/repos/a/b/commits/hotfix/pay/check-runs",
    ],
)
def test_names_with_slashes_are_understood(path: str) -> None:
    assert not any("no such operation" in each for each in rest.check_exchange(exchange("GET", path, 404)))
