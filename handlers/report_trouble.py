"""Say on a pull request that GitHub can't be read: trouble of ours or GitHub's is never shown as the author's fault."""

from __future__ import annotations

from domain import report
from domain.pull_request import PullRequestRef
from domain.verdict import Conclusion, Verdict
from handlers.ports import Ports

#: After this many seconds of trouble the run is `timed_out`; trying goes on.
TIMED_OUT_AFTER = 600.0


def report_trouble(ref: PullRequestRef, why: str, failing_for: float, ports: Ports) -> None:
    """Leave a run that says so on the newest head we know, where no verdict stands on it yet.

    Args:
        ref: the pull request whose inspection fails.
        why: the trouble, one sentence.
        failing_for: seconds since the first failed try.
        ports: the outside.

    Raises:
        GitHubTroubleError: GitHub can't be written either.
    """
    record = ports.ledger.pull_request(ref)
    if not record.head_oid or record.judged_oid == record.head_oid:
        return
    name = f"{ports.check_name}: {record.base}"
    conclusion = Conclusion.TIMED_OUT if failing_for > TIMED_OUT_AFTER else Conclusion.IN_PROGRESS
    github = ports.github(ref.repository)
    published = github.check_runs(record.head_oid, name)
    run = report.check_run(name, record.head_oid, Verdict(conclusion, (), why))
    github.publish_check_run(run, published[0] if published else None)
