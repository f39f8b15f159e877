"""A service may call its check run otherwise: it still knows it for its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from handlers.inspect_hotfix import inspect_hotfix
from tests.handlers.office import a_building

FILE = """\
version: 1
policies:
  approvals: {level: off}
  checks: {level: required, required: ["gate: main"]}
"""


def test_a_service_of_another_name_refuses_to_wait_for_itself(tmp_path: Path) -> None:
    with a_building(tmp_path) as building:
        office = building.office()
        office.alice.write(office.name, "main", {".github/hotfix.yml": FILE}, "Ask for a check")
        number = office.proposed()
        inspect_hotfix(office.ref(number), replace(office.desk.ports, check_name="gate"))
        run = office.check(number, "gate: main")
        assert (run["status"], run["conclusion"]) == ("completed", "failure")
        assert "can't wait for itself" in str(run["output"])
