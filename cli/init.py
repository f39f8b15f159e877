"""`hotfix init`: the files with which a repository begins."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import MappingProxyType

import click

import policies
from adapters.git.local import LocalRepository
from cli.completing import presets
from cli.config import preset_lines
from domain.errors import HotfixGuardError, UnreadableInputError
from domain.pull_request import PolicyFile
from domain.starter import Starter, starter_files

#: Where the first line of the policy file looks for it.
_SCHEMA = ".github/hotfix.schema.json"

#: Branches that only one way of working has.
_TELLING = MappingProxyType({"kars-prod": "kars", "develop": "git-flow"})


@click.command(short_help="Write a policy file and its templates into a repository.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="The repository's folder.")
@click.option(
    "--preset",
    shell_complete=presets,
    help="The preset to build on; `hotfix config presets` lists them.  [default: asked]",
)
@click.option("--role", "given", multiple=True, metavar="NAME=WHO", help="Who has a role: a login, or org/team.")
@click.option("--force", is_flag=True, help="Replace files that are there already.")
def init(repo: Path, preset: str | None, given: tuple[str, ...], *, force: bool) -> None:
    """Write .github/hotfix.yml from a preset, and what belongs to it.

    That is its schema for editors, the pull request template that it expects and a form for incidents.

    Asks for the preset and for who has its roles, unless the options say so. Nothing is written unless all of it can
    be, and nothing that is there already is replaced without --force.
    """
    if not repo.is_dir():
        raise UnreadableInputError(f"{repo} is no folder")
    name = preset or _asked_preset(repo)
    if name not in policies.presets.names():
        raise click.UsageError(f"there is no preset {name}; possible: {', '.join(policies.presets.names())}")
    roles = _roles(policies.preset_roles(name), given)
    text = policies.starting_file(name, roles)
    configuration = policies.configure(PolicyFile(text, "", source=policies.POLICY_FILE))
    files = starter_files(Starter(policies.POLICY_FILE, text, policies.pull_request_template(configuration)))
    _write(repo, {_SCHEMA: f"{json.dumps(policies.json_schema(), indent=2)}\n", **files}, force=force)


def _asked_preset(repo: Path) -> str:
    names = ", ".join(policies.presets.names())
    if not sys.stdin.isatty():
        raise click.UsageError(f"say which preset: --preset {_fitting(repo)}; possible: {names}")
    click.echo(preset_lines())
    answer: str = click.prompt("Preset", default=_fitting(repo), type=click.Choice(policies.presets.names()))
    return answer


def _fitting(repo: Path) -> str:
    """The preset that the repository's branches speak for."""
    for branch, preset in _TELLING.items():
        for name in (branch, f"origin/{branch}"):
            try:
                LocalRepository(repo).resolve(name)
            except HotfixGuardError:
                continue
            return preset
    return "default"


def _roles(wanted: tuple[str, ...], given: tuple[str, ...]) -> dict[str, str]:
    told = dict(pair.partition("=")[::2] for pair in given)
    for name in told:
        if name not in wanted:
            known = f"it has {', '.join(wanted)}" if wanted else "it has none"
            raise click.UsageError(f"the preset has no role {name}; {known}")
    missing = [name for name in wanted if not told.get(name)]
    if missing and not sys.stdin.isatty():
        options = " ".join(f"--role {name}=LOGIN" for name in missing)
        raise click.UsageError(f"say who has the roles that the preset asks for (or ORG/TEAM): {options}")
    return {name: told.get(name) or _asked(name) for name in wanted}


def _asked(role: str) -> str:
    answer: str = click.prompt(f"Who has the role {role} (a login, or org/team)")
    return answer


def _write(repo: Path, files: dict[str, str], *, force: bool) -> None:
    standing = [path for path in files if (repo / path).exists()]
    if standing and not force:
        verb, object_ = ("is", "it") if len(standing) == 1 else ("are", "them")
        raise UnreadableInputError(f"{', '.join(standing)} {verb} there already; --force replaces {object_}")
    for path, text in files.items():
        target = repo / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UnreadableInputError(f"{target} can't be written: {error.strerror}") from error
        click.echo(f"wrote {path}")
    click.echo("Commit these files to the base branch: a policy file counts once it is there.")
