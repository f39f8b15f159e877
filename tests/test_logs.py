"""Every log line says what it is about, and none tells a secret."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from typing import Any

import pytest

from adapters import logs
from cli.service import ServiceProcess
from sandbox.faults import Fault
from tests.handlers.conftest import Shop, house, shop

__all__ = ["house", "shop"]

SECRET = "correct-horse"
TOKENS = {
    "installation": "ghs_16C7e42F292c6912E7710c838347Ae178B4a",
    "personal": "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "fine-grained": "github_pat_11ABCDEFG0123456789_abcdefghijklmnop",
    "app": "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiI3In0.c2lnbmF0dXJl",
}
PROGRAM = """
import logging
from adapters import logs
logs.configure("{form}", ["{secret}"])
try:
    raise ValueError("it was {secret}")
except ValueError:
    logging.getLogger("library").exception("%s failed", "{secret}", extra=dict(header=["Bearer {secret}"]))
    import structlog
    structlog.get_logger().warning("ours", error=ValueError("{secret}"))
"""


def lines(service: ServiceProcess) -> list[dict[str, Any]]:
    return [json.loads(line) for line in service.log.read_text().splitlines()]


def mask(**line: Any) -> dict[str, Any]:
    return dict(logs.masking([SECRET])(logging.getLogger(), "info", line))


@pytest.mark.parametrize("kind", TOKENS)
def test_whatever_looks_like_a_token_is_masked(kind: str) -> None:
    masked = mask(event=f"git clone https://x-access-token:{TOKENS[kind]}@github.com/a/b failed")
    assert masked == {"event": "git clone https://x-access-token:***@github.com/a/b failed"}


def test_a_secret_is_masked_inside_of_any_value_and_the_rest_stays_as_it_is() -> None:
    line = {
        "text": f"a {SECRET}.",
        "headers": [f"Bearer {SECRET}"],
        "error": ValueError(SECRET),
        "count": 3,
        "no": None,
    }
    assert mask(**line) == {
        "text": "a ***.",
        "headers": "['Bearer ***']",
        "error": "ValueError('***')",
        "count": 3,
        "no": None,
    }


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_library_and_no_traceback_tells_a_secret(form: str) -> None:
    program = PROGRAM.format(form=form, secret=SECRET)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "ValueError: it was ***" in done.stderr
    assert "ours" in done.stderr
    assert SECRET not in done.stderr + done.stdout


def test_what_strangers_wrote_makes_no_line_of_its_own() -> None:
    line = {"event": "request refused", "path": "/a\n2026-01-01 [info] all is well\x1b[2J", "exception": "one\ntwo"}
    told = dict(logs.one_line(logging.getLogger(), "info", line))
    assert told["path"] == "/a 2026-01-01 [info] all is well [2J"
    assert told["exception"] == "one\ntwo"


def test_a_flows_key_says_what_a_line_is_about() -> None:
    def about(**line: Any) -> dict[str, Any]:
        told = dict(logs.about_key(logging.getLogger(), "info", dict(line)))
        return {name: value for name, value in told.items() if name not in line}

    assert about(flow="inspect", key="acme/shop#7") == {"repository": "acme/shop", "pull_request": 7}
    assert about(flow="sweep", key="acme/shop") == {"repository": "acme/shop"}
    assert about(flow="deliver", key="a-b-c") == {"delivery": "a-b-c"}
    assert about(event="listening") == {}


def test_each_line_of_the_service_bears_what_is_known(shop: Shop) -> None:
    shop.sandbox.faults.add(Fault("error", path="/api/graphql", times=2))
    number = shop.hotfix()
    shop.concluded(number, "action_required")
    shop.settled()
    said = lines(shop.service)
    kept = [line for line in said if line["event"] == "delivery kept" and line["github_event"] == "pull_request"]
    assert kept != []
    assert {(bool(line["delivery"]), line["repository"], line["pull_request"]) for line in kept} == {
        (True, shop.name, number)
    }
    ours = [line for line in said if line.get("flow") == "inspect"]
    assert {line["event"] for line in ours} >= {"attended to", "trouble, to be retried"}
    assert {(line["repository"], line["pull_request"]) for line in ours} == {(shop.name, number)}
    assert all(line.keys() >= {"timestamp", "level", "logger"} for line in said)


def test_the_service_tells_no_secret_of_its_own(shop: Shop) -> None:
    shop.concluded(shop.hotfix(), "action_required")
    text = shop.service.log.read_text()
    key = shop.sandbox.private_key_pem.splitlines()[3]
    assert [word for word in (shop.sandbox.webhook_secret, key, "ghs_", "eyJ") if word in text] == []
    assert len(text) > 0
