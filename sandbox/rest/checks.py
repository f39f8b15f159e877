"""REST: check runs and check suites (docs.github.com/rest/checks)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.deeds import checks, suites
from sandbox.errors import invalid, malformed, not_found
from sandbox.model import Annotation, CheckAction, CheckRun, CheckSuite
from sandbox.rest.calls import Call, Reply, Route, at, one_of, reading_body
from sandbox.shapes import checks as shapes
from sandbox.suites import newest_runs

_STATUSES = ("queued", "in_progress", "completed", "waiting", "requested", "pending")
_CONCLUSIONS = ("action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out")
_LEVELS = ("notice", "warning", "failure")
#: The limits of "Create a check run".
MOST_ANNOTATIONS, MOST_ACTIONS, MOST_CHARACTERS, MOST_ITEM_BYTES = 50, 3, 65_535, 64 * 1024
_ACTION_LENGTHS = {"label": 20, "description": 40, "identifier": 20}


def create_run(call: Call) -> Any:
    """`POST /check-runs`."""
    name, sha = call.text("name"), call.scope.commit_sha(call.text("head_sha"))
    run = checks.create_run(call.scope, name, sha, _values(call, call.optional_text("status") or "queued"))
    return shapes.check_run(call.world, call.repo, run)


def update_run(call: Call) -> Any:
    """`PATCH /check-runs/{id}`."""
    run = _run(call)
    values = _values(call, call.optional_text("status") or run.status)
    if "name" in call.body:
        values["name"] = call.text("name")
    return shapes.check_run(call.world, call.repo, checks.update_run(call.scope, run, values))


def _values(call: Call, status: str) -> dict[str, Any]:
    conclusion = call.optional_text("conclusion")
    values: dict[str, Any] = {"status": one_of(status, _STATUSES, "status")}
    if conclusion is not None:
        values |= {"conclusion": one_of(conclusion, _CONCLUSIONS, "conclusion"), "status": "completed"}
    elif status == "completed" and "status" in call.body:
        raise malformed('Missing required key "conclusion".')
    for key in ("started_at", "completed_at"):
        values |= {key: call.moment(key)} if call.body.get(key) else {}
    for key in ("details_url", "external_id"):
        values |= {key: call.optional_text(key) or ""} if key in call.body else {}
    if "actions" in call.body:
        with reading_body():
            values["actions"] = _actions(call.body["actions"])
    with reading_body():
        return values | (_output(call.body["output"]) if call.body.get("output") else {})


def _output(output: Mapping[str, Any]) -> dict[str, Any]:
    for key in ("title", "summary"):
        if not isinstance(output.get(key), str):
            raise malformed(f"For 'properties/output', \"{key}\" wasn't supplied.")
    for key in ("summary", "text"):
        if len(output.get(key) or "") > MOST_CHARACTERS:
            raise invalid("CheckRun", key, "too_long", f"{key} exceeds a maximum length of {MOST_CHARACTERS}")
    texts = {key: output[key] for key in ("title", "summary", "text") if key in output}
    given = output.get("annotations") or []
    if len(given) > MOST_ANNOTATIONS:
        raise malformed(f"No more than {MOST_ANNOTATIONS} items are allowed; {len(given)} were supplied.")
    return {**texts, "annotations": [_annotation(each) for each in given]}


def _annotation(given: Mapping[str, Any]) -> Annotation:
    for key in ("path", "start_line", "end_line", "annotation_level", "message"):
        if given.get(key) is None:
            raise malformed(f"For 'annotations/items', \"{key}\" wasn't supplied.")
    one_of(str(given["annotation_level"]), _LEVELS, "annotation_level")
    if len(str(given["message"]).encode()) > MOST_ITEM_BYTES:
        raise invalid("CheckRun", "message", "too_long")
    known = ("start_column", "end_column", "title", "raw_details")
    if given["start_line"] != given["end_line"] and (given.get("start_column") or given.get("end_column")):
        raise invalid("CheckRun", "start_column", "invalid", "columns are for annotations of one line")
    optional: dict[str, Any] = {key: given.get(key) for key in known}
    required = (str(given["path"]), int(given["start_line"]), int(given["end_line"]))
    return Annotation(*required, given["annotation_level"], str(given["message"]), **optional)


def _actions(given: list[Mapping[str, str]]) -> list[CheckAction]:
    if len(given) > MOST_ACTIONS:
        raise malformed(f"No more than {MOST_ACTIONS} items are allowed; {len(given)} were supplied.")
    actions = [CheckAction(each["label"], each["description"], each["identifier"]) for each in given]
    for action in actions:
        for key, most in _ACTION_LENGTHS.items():
            if len(getattr(action, key)) > most:
                raise malformed(f"For 'actions/items/{key}', only {most} characters are allowed.")
    return actions


def _run(call: Call) -> CheckRun:
    return call.scope.check_run(call.args["id"])


def get_run(call: Call) -> Any:
    """`GET /check-runs/{id}`."""
    return shapes.check_run(call.world, call.repo, _run(call))


def list_annotations(call: Call) -> Any:
    """`GET /check-runs/{id}/annotations`."""
    run = _run(call)
    return [shapes.annotation(call.world, call.repo, run, each) for each in call.page(run.annotations)]


def rerequest_run(call: Call) -> Any:
    """`POST /check-runs/{id}/rerequest`."""
    checks.rerequest_run(call.scope, _run(call))
    return {}


def request_action(call: Call) -> Any:
    """`POST /check-runs/{id}/requested_action`: the sandbox's own, it presses a button of the check run."""
    checks.request_action(call.scope, _run(call), call.text("identifier"))
    return {}


def runs_of_commit(call: Call) -> Any:
    """`GET /commits/{ref}/check-runs`."""
    sha = call.scope.commit_sha(call.args["ref"])
    every = [run for run in call.repo.check_runs.values() if run.head_sha == sha]
    return _listed(call, every if call.query.get("filter") == "all" else newest_runs(call.repo, sha))


def runs_of_suite(call: Call) -> Any:
    """`GET /check-suites/{id}/check-runs`."""
    suite = _suite(call)
    every = [run for run in call.repo.check_runs.values() if run.suite_id == suite.id]
    newest = {run.id for run in newest_runs(call.repo, suite.head_sha)}
    return _listed(call, every if call.query.get("filter") == "all" else [run for run in every if run.id in newest])


def _listed(call: Call, runs: list[CheckRun]) -> Any:
    keys = {"check_name": "name", "app_id": "app_id", "status": "status"}
    for key, attribute in keys.items():
        if key in call.query:
            runs = [run for run in runs if str(getattr(run, attribute)) == call.query[key]]
    shown = [shapes.check_run(call.world, call.repo, run) for run in call.page(runs[::-1])]
    return {"total_count": len(runs), "check_runs": shown}


def _suite(call: Call) -> CheckSuite:
    if call.args["id"] not in call.repo.check_suites:
        raise not_found()
    return call.repo.check_suites[call.args["id"]]


def get_suite(call: Call) -> Any:
    """`GET /check-suites/{id}`."""
    return shapes.check_suite(call.world, call.repo, _suite(call))


def create_suite(call: Call) -> Any:
    """`POST /check-suites`: 201, or 200 for one that is there already."""
    sha, app = call.scope.commit_sha(call.text("head_sha")), checks.own_app(call.scope)
    before = len(call.repo.check_suites)
    suite = suites.suite_for(call.scope, app, sha)
    return Reply(shapes.check_suite(call.world, call.repo, suite), 201 if len(call.repo.check_suites) > before else 200)


def rerequest_suite(call: Call) -> Any:
    """`POST /check-suites/{id}/rerequest`."""
    suites.rerequest_suite(call.scope, _suite(call))
    return {}


def suites_of_commit(call: Call) -> Any:
    """`GET /commits/{ref}/check-suites`."""
    sha = call.scope.commit_sha(call.args["ref"])
    found = [suite for suite in call.repo.check_suites.values() if suite.head_sha == sha]
    if "app_id" in call.query:
        found = [suite for suite in found if str(suite.app_id) == call.query["app_id"]]
    shown = [shapes.check_suite(call.world, call.repo, suite) for suite in call.page(found)]
    return {"total_count": len(found), "check_suites": shown}


ROUTES = at(
    "/repos/<owner>/<repo>",
    Route("POST", "/check-runs", create_run, "checks:write", 201),
    Route("PATCH", "/check-runs/<int:id>", update_run, "checks:write"),
    Route("GET", "/check-runs/<int:id>", get_run, "checks:read"),
    Route("GET", "/check-runs/<int:id>/annotations", list_annotations, "checks:read"),
    Route("POST", "/check-runs/<int:id>/rerequest", rerequest_run, "checks:write", 201),
    Route("POST", "/check-runs/<int:id>/requested_action", request_action, "checks:write", 201, "read"),
    Route("GET", "/commits/<path:ref>/check-runs", runs_of_commit, "checks:read"),
    Route("GET", "/commits/<path:ref>/check-suites", suites_of_commit, "checks:read"),
    Route("POST", "/check-suites", create_suite, "checks:write", 201),
    Route("GET", "/check-suites/<int:id>", get_suite, "checks:read"),
    Route("GET", "/check-suites/<int:id>/check-runs", runs_of_suite, "checks:read"),
    Route("POST", "/check-suites/<int:id>/rerequest", rerequest_suite, "checks:write", 201),
)
