"""The REST API: one module for each of GitHub's own topics, and the one table of routes.

Followed: docs.github.com/rest. Each operation is a function of a `Call`; what it needs stands in its route.
"""

from sandbox.rest import (
    apps,
    branches,
    checks,
    commits,
    contents,
    deployments,
    diffs,
    issues,
    people,
    pulls,
    queue,
    refs,
    repositories,
    reviews,
)
from sandbox.rest.calls import Route

ROUTES: tuple[Route, ...] = (
    *apps.ROUTES,
    *people.ROUTES,
    *repositories.ROUTES,
    *branches.ROUTES,
    *contents.ROUTES,
    *refs.ROUTES,
    *commits.ROUTES,
    *diffs.ROUTES,
    *pulls.ROUTES,
    *reviews.ROUTES,
    *issues.ROUTES,
    *checks.ROUTES,
    *deployments.ROUTES,
    *queue.ROUTES,
)
