"""A verdict that waits for others comes by itself once they have spoken, in a running service."""

from __future__ import annotations

from tests.handlers.conftest import FIX, Shop

BASE = "production"
_POLICY = """\
version: 1
roles:
  tech-lead: {users: [alice]}
policies:
  approvals: {required: [tech-lead]}
"""


def a_hotfix(shop: Shop, policy: str) -> tuple[int, str]:
    """An approved hotfix under this policy; its number and head."""
    shop.alice.push(shop.name, BASE, {".github/hotfix.yml": f"{_POLICY}  {policy}\n"}, "Ask for more", base="main")
    number = shop.hotfix(base=BASE, files=FIX)
    shop.alice.approve(shop.name, number)
    return number, shop.alice.pull(shop.name, number)["head"]["sha"]


def test_a_verdict_that_waits_for_a_check_comes_by_itself(shop: Shop) -> None:
    number, head = a_hotfix(shop, "checks: {level: required, required: [ci/build]}")
    shop.bob.call("POST", f"/repos/{shop.name}/statuses/{head}", {"state": "pending", "context": "ci/build"})
    shop.settled()
    assert shop.run(number, BASE)["status"] == "in_progress"
    shop.bob.call("POST", f"/repos/{shop.name}/statuses/{head}", {"state": "success", "context": "ci/build"})
    shop.concluded(number, "success", BASE)


def test_a_verdict_that_waits_for_a_deployment_comes_by_itself(shop: Shop) -> None:
    number, head = a_hotfix(shop, "deployed: {level: required}")
    shop.settled()
    assert shop.run(number, BASE)["conclusion"] == "action_required"
    body = {"ref": head, "environment": "staging", "auto_merge": False, "required_contexts": []}
    made = shop.bob.call("POST", f"/repos/{shop.name}/deployments", body)
    shop.bob.call("POST", f"/repos/{shop.name}/deployments/{made['id']}/statuses", {"state": "success"})
    shop.concluded(number, "success", BASE)
