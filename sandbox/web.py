"""The WSGI application: git goes to `git http-backend`, everything else to Flask."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, jsonify, request
from werkzeug.exceptions import HTTPException

from sandbox import pages
from sandbox.auth import BadCredentialsError, token_in, viewer_of_token
from sandbox.errors import RefusedError
from sandbox.graphql import execute
from sandbox.limits import RateMeter
from sandbox.model import Repository
from sandbox.rest import ROUTES
from sandbox.rest.calls import Route
from sandbox.rest.dispatch import answer, error_response
from sandbox.smart_http import PATH, SmartHttp
from sandbox.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication


@dataclass(frozen=True)
class Here:
    """What a request is answered from; it comes along in the WSGI environment."""

    world: World
    rest: RateMeter
    graphql: RateMeter


_HERE = "sandbox.here"


def application(world: World, meter: RateMeter) -> WSGIApplication:
    """The whole of a sandbox as one WSGI application."""
    here, git, pages_and_api = Here(world, meter, RateMeter(world.store)), SmartHttp(world), _flask()

    def serve(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        match = PATH.match(environ["PATH_INFO"])
        if match and not environ["PATH_INFO"].startswith("/api/"):
            return git.answer(environ, start_response, match)
        environ[_HERE] = here
        return pages_and_api(environ, start_response)

    return serve


def _here() -> Here:
    here: Here = request.environ[_HERE]
    return here


@functools.cache
def _flask() -> Flask:
    """The routes, the same for all sandboxes of a process: laying them out takes longer than all else at the start."""
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    for route in ROUTES:
        endpoint, path = f"{route.method} {route.path}", f"/api/v3{route.path}"
        options = {"strict_slashes": False, "provide_automatic_options": False}
        app.add_url_rule(path, endpoint, _view(route), methods=[route.method], **options)
    app.add_url_rule("/api/graphql", "graphql", _graphql, methods=["POST"])
    app.add_url_rule("/", "front", _front_page)
    app.add_url_rule("/<owner>/<name>", "repository", _repository_page)
    app.add_url_rule("/<owner>/<name>/pull/<int:number>", "pull", _issue_page)
    app.add_url_rule("/<owner>/<name>/issues/<int:number>", "issue", _issue_page)
    app.add_url_rule("/<owner>/<name>/runs/<int:number>", "run", _run_page)
    app.register_error_handler(HTTPException, _http_error)
    app.after_request(_sign)
    return app


def _view(route: Route) -> Callable[..., Response]:
    def view(**_: Any) -> Response:
        here = _here()
        return answer(here.world, here.rest, route, request)

    return view


def _graphql() -> Response:
    here = _here()
    with here.world.store.lock:
        try:
            viewer = viewer_of_token(here.world.store, token_in(request.headers.get("Authorization")) or "")
            used = here.graphql.use(f"installation {viewer.installation.id}" if viewer.installation else viewer.login)
        except (BadCredentialsError, RefusedError) as error:
            return error_response(getattr(error, "status", 401), str(error))
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or not isinstance(body.get("query"), str):
            return error_response(400, "A query attribute must be specified and must be a string.")
        response = jsonify(execute(here.world, viewer, body["query"], body.get("variables")))
    response.headers.update({**used, "X-RateLimit-Resource": "graphql"})
    return response


# Pages, for everybody who sits at this machine


def _repository(owner: str, name: str) -> Repository:
    return _here().world.store.repository(owner, name) or abort(404)


def _front_page() -> str:
    with _here().world.store.lock:
        return pages.front_page(_here().world)


def _repository_page(owner: str, name: str) -> str:
    with _here().world.store.lock:
        return pages.repository_page(_repository(owner, name))


def _issue_page(owner: str, name: str, number: int) -> str:
    with _here().world.store.lock:
        repository = _repository(owner, name)
        return pages.issue_page(_here().world, repository, repository.issues.get(number) or abort(404))


def _run_page(owner: str, name: str, number: int) -> str:
    with _here().world.store.lock:
        repository = _repository(owner, name)
        return pages.run_page(repository, repository.check_runs.get(number) or abort(404))


def _http_error(error: HTTPException) -> Response:
    """What no route answers is "Not Found", whatever the method."""
    status = error.code or 500
    if status in {404, 405, 308}:
        return error_response(404, "Not Found")
    return error_response(status, error.name)


def _sign(response: Response) -> Response:
    response.headers["Server"] = "github.com"
    response.headers["X-GitHub-Request-Id"] = ":".join(secrets.token_hex(2).upper() for _ in range(5))
    response.headers["X-GitHub-Enterprise-Version"] = "3.19.0"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
