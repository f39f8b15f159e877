"""Where the sandbox is right and GitHub's description isn't: each exception with its reason."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Excuse:
    """One fault that is not the sandbox's.

    Attributes:
        operation: Pattern of the operation's name in the description.
        status: Pattern of the answer's status.
        fault: Pattern found in the fault's sentence.
        reason: Why it's excused, and where that is known from.
    """

    operation: str
    status: str
    fault: str
    reason: str


EXCUSES = (
    Excuse(
        r".*",
        r".*",
        r"email: \"[^\"]*\[bot\]@users\.noreply\.github\.com\" is not a \"email\"",
        "the addresses of Apps hold brackets, as in the commits of dependabot (dependabot/dependabot-core: "
        "49699333+dependabot[bot]@users.noreply.github.com), which the form `email` doesn't allow",
    ),
    Excuse(
        r"unknown POST /admin/(users|users/[^/]+/authorizations|organizations)",
        r".*",
        r"no such operation",
        "docs.github.com/enterprise-server@3.19/rest/enterprise-admin: the site administrator's operations; they "
        "stand in the description of GitHub Enterprise Server, not of github.com",
    ),
    Excuse(
        r"unknown \w+ /repos/[^/]+/[^/]+/(queue|pulls/\d+/(queue|draft)|check-runs/\d+/requested_action)",
        r".*",
        r"no such operation",
        "what people do in GitHub's pages alone (merge queue, draft, a check run's buttons); the house never asks"
        " for it",
    ),
    Excuse(
        r".*",
        r"[45]\d\d",
        r"answer \d+: status: GitHub's description knows no such field",
        "error bodies have carried `status` since 2024 (recorded in PyGithub's "
        "Repository.testMergeUpstreamFailure); some of the descriptions don't know it yet",
    ),
    Excuse(
        r"webhook/check_suite\..*",
        r"200",
        r"app/permissions/merge_queues",
        "docs.github.com/rest/authentication/permissions-required-for-github-apps names the permission; this one "
        "event's list of permissions leaves it out",
    ),
    Excuse(
        r"webhook/(check_suite|issues)\..*",
        r"200",
        r"(check_suite/app|issue/performed_via_github_app)/events/\d+: \"merge_group\" is not one of",
        "docs.github.com/webhooks/webhook-events-and-payloads#merge_group: Apps subscribe to it; the list of events "
        "in this one description is older than that",
    ),
    Excuse(
        r"webhook/issues\..*",
        r"200",
        r"issue/performed_via_github_app/client_id",
        "docs.github.com/rest/issues/issues shows the same App with its client_id; the description of this event is "
        "older than that field",
    ),
    Excuse(
        r"webhook/pull_request_review\.edited",
        r"200",
        r"pull_request/(head|base)/repo/has_discussions",
        "the sister events submitted and dismissed demand the field that this one leaves out",
    ),
    Excuse(
        r"repos/(create|get|list)-deployment-status(es)?|webhook/deployment_status\.created",
        r"20[01]",
        r"(target|log|environment)_url: \"\" is not a \"uri\"",
        "the description itself gives the empty string as these fields' default",
    ),
    Excuse(
        r"webhook/status",
        r"200",
        r"commit/(author|committer)/user_view_type",
        "every other user object of the description has it; GitHub writes them all alike",
    ),
    Excuse(
        r".*",
        r"40[134]|429|5\d\d",
        r"status \d+ isn't declared",
        "docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api: every operation may answer 401, "
        "403, 404 and 429; the description declares them for few",
    ),
    Excuse(
        r".*",
        r"4(05|06|09|13|15|22)|400",
        r"status \d+ isn't declared",
        "the description leaves many 4xx out; their bodies are tied to recordings instead (test_error_bodies.py)",
    ),
    Excuse(
        r".*",
        r"304",
        r"status \d+ isn't declared",
        "docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api: any GET that carries an "
        "ETag may be answered 304; the description declares it for some",
    ),
    Excuse(
        r"issues/(add|set)-labels",
        r"200",
        r"request: .*(is not valid under|is not of type|valid under any)",
        "the description wants an object or a list of objects; docs.github.com/rest/issues/labels shows and "
        "GitHub takes a plain list of strings too",
    ),
    Excuse(
        r"teams/get-membership-for-user-in-org",
        r"404",
        r"a body where none is declared",
        "GitHub answers 404 with its usual JSON body everywhere; the description declares this one without content",
    ),
    Excuse(
        r"pulls/list",
        r"200",
        r"labels/\d+/description: null is not of type",
        "a label without description has null there, as the description's own schema `label` says; only this one "
        "operation's inline copy of it (pull-request-simple) demands text",
    ),
    Excuse(
        r"apps/list-installations.*|apps/get-.*installation",
        r"200",
        r"account",
        "the description demands an account to be both a user and an enterprise (anyOf of overlapping schemas)",
    ),
    Excuse(
        r"repos/(create-or-update-file-contents|delete-file)",
        r"409",
        r"valid under more than one",
        "a plain error fits both of the description's alternatives (basic-error, repository-rule-violation-error)",
    ),
    Excuse(
        r"pulls/request-reviewers",
        r"201",
        r"labels/\d+/description: null",
        "the same pull request's labels may lack a description in `pulls/list` and everywhere else",
    ),
)


def excused(operation: str, status: int, fault: str) -> bool:
    """Whether a fault is on the list."""
    return any(
        re.fullmatch(each.operation, operation)
        and re.fullmatch(each.status, str(status))
        and re.search(each.fault, fault)
        for each in EXCUSES
    )
