"""From a request to an answer: who asks, whether they may, the handler, and what GitHub puts around every reply."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from flask import Request, Response

from sandbox.auth import BadCredentialsError, app_of_jwt, token_in, viewer_of_token
from sandbox.errors import RefusedError, not_found
from sandbox.limits import RateMeter
from sandbox.model import PullRequest
from sandbox.objects import GitError
from sandbox.rest.calls import Call, Reply, Route
from sandbox.world import World

_DOCS = "https://docs.github.com/rest"


def answer(world: World, meter: RateMeter, route: Route, request: Request) -> Response:
    """Answer one request; every refusal becomes GitHub's error body."""
    with world.store.lock:
        try:
            call = _call(world, route, request)
            used = {} if request.path.endswith("/rate_limit") else meter.use(_payer(call))
            call.budget = meter.standing(_payer(call))
            _authorize(call, route)
            result = route.handler(call)
        except BadCredentialsError as error:
            return error_response(401, str(error))
        except GitError as error:
            return error_response(422, f"Git refused: {error}")
        except RefusedError as error:
            return error_response(error.status, error.message, error.errors)
    response = _response(result if isinstance(result, Reply) else Reply(result), call, route)
    response.headers.update(used)
    final = _conditional(response, request)
    if final.status_code == 304:  # noqa: PLR2004
        meter.refund(_payer(call))
    return final


def error_response(status: int, message: str, errors: Any = None) -> Response:
    """An error as GitHub writes it."""
    details = {"errors": errors} if errors else {}
    body = {"message": message, **details, "documentation_url": _DOCS, "status": str(status)}
    return Response(json.dumps(body), status, content_type="application/json; charset=utf-8")


def _call(world: World, route: Route, request: Request) -> Call:
    header = request.headers.get("Authorization")
    token = token_in(header)
    call = Call(
        world=world,
        path=request.path.removeprefix("/api/v3"),
        args=dict(request.view_args or {}),
        query=request.args.to_dict(),
        body=_body(request),
        accept=request.headers.get("Accept", ""),
        token=token or "",
    )
    if token is None:
        if route.auth == "any":
            return call
        raise RefusedError(401, "Requires authentication")
    if route.auth == "jwt":
        call.app = app_of_jwt(world.store, token)
    elif not (route.auth == "any" and token.count(".") == 2):  # noqa: PLR2004 -- a JWT where anybody may ask
        call.viewer = viewer_of_token(world.store, token)
    return call


def _body(request: Request) -> dict[str, Any]:
    raw = request.get_data()
    if not raw.strip() or request.method == "GET":
        return {}
    try:
        body = json.loads(raw)
        json.dumps(body, ensure_ascii=False).encode()  # half a character (a lone surrogate) is no text
    except (ValueError, RecursionError):
        raise RefusedError(400, "Problems parsing JSON") from None
    if isinstance(body, list):
        return {"": body}
    if not isinstance(body, dict):
        raise RefusedError(400, "Body should be a JSON object")
    return body


def _payer(call: Call) -> str:
    if call.viewer is None:
        return f"app {call.app.id}" if call.app else "nobody"
    installation = call.viewer.installation
    return f"installation {installation.id}" if installation else call.viewer.login


def _authorize(call: Call, route: Route) -> None:
    if "owner" not in call.args or "repo" not in call.args:
        return
    repository = call.store.repository(call.args["owner"], call.args["repo"])
    if route.auth == "jwt" and repository:
        call.repository = repository
        return
    if repository is None or call.viewer is None or not call.viewer.sees(call.store, repository):
        raise not_found()
    call.repository = repository
    _demand_permission(call, route)


def _demand_permission(call: Call, route: Route) -> None:
    viewer, scope = call.viewer, call.scope
    if viewer and any(viewer.may(call.store, scope.repository, need, route.role) for need in _needs(call, route)):
        return
    if viewer and viewer.installation:
        raise RefusedError(403, "Resource not accessible by integration")
    if route.role == "admin" or route.needs.startswith("administration"):
        raise RefusedError(403, "Must have admin rights to Repository.")
    raise RefusedError(403, "Must have push access to repository.")


def _needs(call: Call, route: Route) -> list[str]:
    topics, _, level = route.needs.partition(":")
    if "+" not in topics:
        return [route.needs]
    comment = call.repo.comments.get(call.args.get("comment_id", 0))
    issue = call.repo.issues.get(comment.issue_number if comment else call.args.get("number", 0))
    fitting = topics.split("+") if isinstance(issue, PullRequest) else ["issues"]
    return [f"{topic}:{level}" for topic in fitting]


def _response(reply: Reply, call: Call, route: Route) -> Response:
    status = reply.status or route.status
    headers: Mapping[str, str] = {**call.reply_headers, **reply.headers}
    if reply.media_type:
        data = reply.body if isinstance(reply.body, bytes) else str(reply.body).encode("utf-8", "replace")
        return Response(data, status, headers, content_type=reply.media_type)
    if reply.body is None and status in {204, 205}:
        return Response(b"", status, headers)
    return Response(json.dumps(reply.body), status, headers, content_type="application/json; charset=utf-8")


def _conditional(response: Response, request: Request) -> Response:
    response.headers["X-GitHub-Media-Type"] = "github.v3; format=json"
    if request.method != "GET" or response.status_code != 200:  # noqa: PLR2004
        return response
    digest = hashlib.sha256(response.get_data() + response.headers.get("Link", "").encode()).hexdigest()
    tag = f'W/"{digest}"'
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, max-age=60, s-maxage=60"
    if tag.removeprefix("W/") in request.headers.get("If-None-Match", ""):
        response.status_code = 304
        response.set_data(b"")
        response.headers.pop("Content-Type", None)
    return response
