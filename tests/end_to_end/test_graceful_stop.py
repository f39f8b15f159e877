from __future__ import annotations

import signal
import socket
import time
from contextlib import closing

import pytest

from cli.service import ServiceProcess
from sandbox import stories
from sandbox.faults import Fault
from sandbox.server import Sandbox
from tests.adapters.waiting import PATIENCE, wait_until
from tests.end_to_end.conftest import Hire
from tests.end_to_end.watching import by_the_service, undelivered, wait_until_settled

#: Kubernetes kills after 30 seconds ("Pod Lifecycle", terminationGracePeriodSeconds), systemd after 90.
LONGEST = 29.0


def told_to_end(service: ServiceProcess) -> tuple[int, float]:
    """The exit code after SIGTERM, and the seconds it took."""
    assert service.process is not None
    began = time.monotonic()
    service.process.send_signal(signal.SIGTERM)
    code = service.process.wait(LONGEST + 10)
    return code, time.monotonic() - began


def test_a_service_in_the_middle_of_its_work_ends_in_good_order_and_goes_on_after_a_restart(
    sandbox: Sandbox, hire: Hire
) -> None:
    crew = hire()
    stage = stories.set_stage(sandbox, deadline=PATIENCE)
    sandbox.faults.add(Fault("slow", path="/api/v3/repos/*/compare/*", seconds=2.0, times=1))
    number = stories.open_hotfix(stage, "good", {"cart.py": "PAY = 1\n"}, "Let people pay")
    busy = "/api/graphql"
    wait_until(lambda: any(each.path == busy and by_the_service(each) for each in sandbox.exchanges), "it is at work")

    code, seconds = told_to_end(crew.door)
    assert (code, seconds < LONGEST) == (0, True)

    crew.start()
    wait_until_settled(sandbox, crew.url)
    assert stories.wait_for_conclusion(stage, number, "failure")
    assert undelivered(sandbox) == []


@pytest.mark.parametrize("commands", [("serve",), ("serve --web-only", "worker")])
def test_every_process_ends_with_code_0_even_while_a_client_keeps_its_connection(
    hire: Hire, commands: tuple[str, ...]
) -> None:
    crew = hire(*commands)
    with closing(socket.create_connection(("127.0.0.1", crew.door.port))) as idle:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle.recv(64).startswith(b"HTTP/1.1 200")
        ends = [told_to_end(each) for each in crew.members]

    assert [code for code, _ in ends] == [0] * len(commands)
    assert max(seconds for _, seconds in ends) < LONGEST
    assert "Traceback" not in "".join(each.log.read_text() for each in crew.members)
