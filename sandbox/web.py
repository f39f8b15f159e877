"""The WSGI application: git goes to `git http-backend`, everything else to Flask."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
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


def application(world: World, meter: RateMeter) -> WSGIApplication:
    """The whole of the sandbox as one WSGI application."""
    pages_and_api, git = _flask(world, meter), SmartHttp(world)

    def serve(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        match = PATH.match(environ["PATH_INFO"])
        if match and not environ["PATH_INFO"].startswith("/api/"):
            return git.answer(environ, start_response, match)
        return pages_and_api(environ, start_response)

    return serve


def _flask(world: World, meter: RateMeter) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    for route in ROUTES:
        endpoint = f"{route.method} {route.path}"
        view = _view(world, meter, route)
        path, methods = f"/api/v3{route.path}", [route.method]
        app.add_url_rule(path, endpoint, view, methods=methods, strict_slashes=False, provide_automatic_options=False)
    app.add_url_rule("/api/graphql", "graphql", _graphql(world, RateMeter(world.store)), methods=["POST"])
    _add_pages(app, world)
    app.register_error_handler(HTTPException, _http_error)
    app.after_request(_sign)
    return app


def _view(world: World, meter: RateMeter, route: Route) -> Callable[..., Response]:
    def view(**_: Any) -> Response:
        return answer(world, meter, route, request)

    return view


def _graphql(world: World, meter: RateMeter) -> Callable[[], Response]:
    def view() -> Response:
        with world.store.lock:
            try:
                viewer = viewer_of_token(world.store, token_in(request.headers.get("Authorization")) or "")
                payer = f"installation {viewer.installation.id}" if viewer.installation else viewer.login
                used = meter.use(payer)
            except (BadCredentialsError, RefusedError) as error:
                return error_response(getattr(error, "status", 401), str(error))
            body: Mapping[str, Any] = request.get_json(silent=True) or {}
            if not isinstance(body.get("query"), str):
                return error_response(400, "A query attribute must be specified and must be a string.")
            response = jsonify(execute(world, viewer, body["query"], body.get("variables")))
        response.headers.update({**used, "X-RateLimit-Resource": "graphql"})
        return response

    return view


def _add_pages(app: Flask, world: World) -> None:
    def found(owner: str, name: str) -> Repository:
        return world.store.repository(owner, name) or abort(404)

    def repository(owner: str, name: str) -> str:
        with world.store.lock:
            return pages.repository_page(found(owner, name))

    def issue(owner: str, name: str, number: int) -> str:
        with world.store.lock:
            here = found(owner, name)
            return pages.issue_page(world, here, here.issues.get(number) or abort(404))

    def run(owner: str, name: str, number: int) -> str:
        with world.store.lock:
            here = found(owner, name)
            return pages.run_page(here, here.check_runs.get(number) or abort(404))

    app.add_url_rule("/<owner>/<name>", "repository", repository)
    app.add_url_rule("/<owner>/<name>/pull/<int:number>", "pull", issue)
    app.add_url_rule("/<owner>/<name>/issues/<int:number>", "issue", issue)
    app.add_url_rule("/<owner>/<name>/runs/<int:number>", "run", run)


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
