"""GitHub Actions: workflows and actions ("Workflow syntax", `uses`), and pre-commit's hooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policies.manifests.containers import image
from policies.manifests.model import Dependency, Manifest, Scope, UnreadableManifestError
from policies.manifests.purls import slashed
from policies.manifests.reading import entries, table, text_of, yaml_object


def parse_workflow(text: str) -> Manifest:
    """A workflow: the actions, reusable workflows and images of its jobs."""
    jobs = table(yaml_object(text), "jobs")
    return Manifest.of(one for name in jobs for one in _of_job(table(jobs, name)))


def parse_action(text: str) -> Manifest:
    """action.yml: the actions of a composite one, the image of one in a container."""
    runs = table(yaml_object(text), "runs")
    found = [*_steps(runs)]
    place = text_of(runs.get("image"))
    if place.startswith("docker://"):
        found.append(image(place.removeprefix("docker://"), "image", Scope.CI))
    return Manifest.of(found)


def parse_pre_commit(text: str) -> Manifest:
    """.pre-commit-config.yaml."""
    return Manifest.of(_hook(entry) for entry in entries(yaml_object(text), "repos") if _is_remote(entry))


def _is_remote(entry: object) -> bool:
    return isinstance(entry, Mapping) and text_of(entry.get("repo")) not in {"local", "meta", ""}


def _hook(entry: Mapping[str, object]) -> Dependency:
    url = text_of(entry.get("repo")).removesuffix(".git")
    name = "/".join(url.rstrip("/").split("/")[-2:])
    return Dependency(name, slashed("github", name.lower()), text_of(entry.get("rev")), "", "repos", Scope.DEVELOPMENT)


def _of_job(found: Mapping[str, object]) -> Iterator[Dependency]:
    yield from _uses(text_of(found.get("uses")))
    yield from _steps(found)
    services = table(found, "services")
    for place in (found.get("container"), *services.values()):
        name = text_of(place.get("image")) if isinstance(place, Mapping) else text_of(place)
        if name and "${{" not in name:
            yield image(name, "container", Scope.CI)


def _steps(found: Mapping[str, object]) -> Iterator[Dependency]:
    for step in entries(found, "steps"):
        if not isinstance(step, Mapping):
            raise UnreadableManifestError("a step is no mapping")
        yield from _uses(text_of(step.get("uses")))


def _uses(place: str) -> Iterator[Dependency]:
    """`owner/name/path@ref`, `docker://image`; `./folder` is the repository's own."""
    if place.startswith("docker://"):
        yield image(place.removeprefix("docker://"), "uses", Scope.CI)
    elif place and not place.startswith("."):
        path, _, revision = place.partition("@")
        name = "/".join(path.split("/")[:2])
        yield Dependency(path, slashed("github", name.lower()), revision, "", "uses", Scope.CI)
