"""`hotfix start`: a branch for the fix, its description begun, and the incident opened."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import click

import policies
from adapters.git.local import LocalRepository
from adapters.git.own import OwnGit
from cli.against import production_for
from cli.at_desk import Place, description_file, github_of, has_token
from cli.completing import branches, presets, severities
from cli.config import based, policy_base, read
from domain.branch_form import ID_REFS, BranchForm, id_in, id_ref, incident_id
from domain.desk import Base, Desk
from domain.errors import GitError, HotfixGuardError, NotFoundError, UnreadableInputError
from domain.hand_over import HandOver, filled
from domain.pull_request import PolicyFile
from domain.severity import Severity
from domain.wording import markdown, plain

#: So many others may take an id between our look and our claim.
_TRIES = 5


@click.command(short_help="Begin a hotfix: its branch, description and incident.")
@click.argument("title")
@click.option("--severity", "grave", metavar="NAME", shell_complete=severities, help="How grave it is, e.g. P0.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="The repository's folder.")
@click.option("--base", shell_complete=branches, help="The production branch.  [default: as the policy file says]")
@click.option("--from", "revision", shell_complete=branches, help="Grow from this revision, not from the branch's tip.")
@click.option("--tag", help="Grow from this tag.")
@click.option("--deployed", metavar="ENV", help="Grow from what was deployed last to this environment (GITHUB_TOKEN).")
@click.option("--branch", "named", help="The branch's name.  [default: by the policy branch-name]")
@click.option("--incident", default="", help="The incident's id, where there is one already.")
@click.option("--again", is_flag=True, help="Begin another one, though there is one of this title with nothing on it.")
@click.option("--issue", is_flag=True, help="Open an issue for the incident (GITHUB_TOKEN).")
@click.option("--local", "is_local", is_flag=True, help="Reach no remote: fetch and claim nothing.")
@click.option("--preset", shell_complete=presets, help="Begin by this preset, not by the repository's policy file.")
@click.option("--policy-file", type=click.Path(path_type=Path), help="Begin by this file.")
@policy_base
def start(
    title: str,
    grave: str | None,
    repo: Path,
    base: str | None,
    revision: str | None,
    tag: str | None,
    deployed: str | None,
    named: str | None,
    incident: str,
    preset: str | None,
    policy_file: Path | None,
    policy_base: Path | None,
    *,
    again: bool,
    issue: bool,
    is_local: bool,
) -> None:
    """Begin the hotfix that TITLE describes: a branch from production's tip, checked out, with its description begun.

    The name has the form that the policy file asks for, such as hotfix/20260131-payment-timeout or
    hotfix/001-payment-timeout, and is claimed at the remote, so that two people never get the same one. Uncommitted
    changes come along; where the checkout would lose any, nothing is done.
    """
    if sum(each is not None for each in (revision, tag, deployed)) > 1:
        raise click.UsageError("give one of --from, --tag and --deployed")
    if preset and preset not in policies.presets.names():
        raise click.UsageError(f"there is no preset {preset}; possible: {', '.join(policies.presets.names())}")
    if not plain(title):
        raise click.UsageError("say in a few words what is broken: hotfix start TITLE")
    setting = _Setting.read(repo, base, (policy_file, policy_base), preset, is_local=is_local)
    severity = _severity(setting.configuration, grave)
    _hold_against_triggers(setting, named)
    origin = _origin(setting, revision, tag, deployed)
    if not (named or again):
        _refuse_what_is_begun(setting, plain(title), origin)
    _warn_of_foreign(setting, origin)
    example = incident_id(setting.day, ())
    has_id = not incident and (issue or policies.incident_id_asked(setting.configuration, example))
    branch, given, claimed_at = _begin(setting, _Wanted(plain(title), named, has_id), origin)
    number = _incident_issue(setting, incident or given, plain(title), severity or grave or "", wanted=issue)
    facts = {"Severity": severity.name if isinstance(severity, Severity) else grave or ""}
    facts |= {"Incident": " ".join(each for each in (incident or given, f"#{number}" if number else "") if each)}
    facts |= {"Date": f"{setting.day:%Y-%m-%d}"}
    file = _describe(setting, branch, plain(title), facts)
    _tell(branch, origin, file, claimed_at)
    if number and setting.place:
        click.echo(f"incident: #{number} {setting.place.issue(number)}")
    if policies.incident_wanted(setting.configuration) and not number and not incident:
        click.echo(_issue_step(setting.place, f"{given}: {plain(title)}"))


@dataclass(frozen=True, slots=True)
class _Setting:
    """What a hotfix begins in.

    Attributes:
        remote: the remote that can be reached, "" for none.
    """

    repository: LocalRepository
    git: OwnGit
    desk: Desk
    base: Base
    configuration: policies.Configuration
    remote: str
    day: date

    @classmethod
    def read(
        cls, repo: Path, base: str | None, told: tuple[Path | None, Path | None], preset: str | None, *, is_local: bool
    ) -> _Setting:
        repository, day = LocalRepository(repo), datetime.now(UTC).date()
        top = repository.top_folder()
        if top is None:
            raise UnreadableInputError("a bare repository has no place to work in; run this in a clone")
        git = OwnGit(top)
        desk = repository.desk()
        remote = _fetched(git, desk) if desk.remote and not is_local else ""
        desk = repository.desk()
        found = _named(repository, desk, base) if base else production_for(repository, desk, told)
        file = _policy_file(repository, found, told, preset)
        return cls(repository, git, desk, found, policies.configure(file), remote, day)

    @property
    def place(self) -> Place | None:
        """Where the repository is on GitHub."""
        return Place.of(self.git.address(self.desk.remote)) if self.desk.remote else None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What shall be begun.

    Attributes:
        named: the branch's name, None for one by the policy file's form.
        has_id: whether an incident's id is given to it.
    """

    title: str
    named: str | None
    has_id: bool


def _hold_against_triggers(setting: _Setting, named: str | None) -> None:
    """Refuse a name that the policy `branch-name` fails, and warn of one that alone makes no hotfix."""
    if named is None or policies.is_branch_right(setting.configuration, named):
        return
    patterns = policies.branch_name_asked(setting.configuration)
    if patterns:
        raise UnreadableInputError(f"the policy branch-name fails {plain(named)}: it asks for {patterns}")
    triggers = setting.configuration.triggers
    rest = f"the label {triggers.labels[0]} has to, which `hotfix finish` gives" if triggers.labels else "nothing does"
    click.echo(f"! {plain(named)} isn't like {' or '.join(triggers.branches)}, so makes no hotfix: {rest}", err=True)


def _refuse_what_is_begun(setting: _Setting, title: str, origin: Base) -> None:
    """Claim no second name for what was begun here and has nothing on it yet.

    Raises:
        UnreadableInputError: there is such a branch; the sentence says how to go on.
    """
    git, forms = setting.git, policies.branch_forms(setting.configuration)
    for name, oid in setting.desk.local.items():
        is_same = any(form.is_for(name, title) for form in forms)
        # A branch that was merged lacks nothing either, but it has been elsewhere.
        if is_same and git.was_at(name) <= {oid} and any(git.holds(each.oid, oid) for each in (setting.base, origin)):
            raise UnreadableInputError(_begun(setting.desk, setting.base, name))


def _begun(desk: Desk, base: Base, name: str) -> str:
    is_here, quoted = desk.branch == name, shlex.quote(name)
    there = "it is checked out" if is_here else f"`git switch {quoted}`"
    away = f"git push {desk.remote} --delete {quoted}; " if name in desk.remote_branches else ""
    away += (f"git switch {shlex.quote(base.name)}; " if is_here else "") + f"git branch -D {quoted}"
    return f"you have {name} with nothing on it: {there}, or `--again` begins another (to give it up: `{away}`)"


def _warn_of_foreign(setting: _Setting, origin: Base) -> None:
    """Say which commits would come along that the policy `branch-point` fails."""
    brought = ("rev-list", "--count", origin.oid, f"^{setting.base.oid}")
    for name in sorted(policies.not_from(setting.configuration) - {setting.base.name}):
        other = setting.desk.base(name)
        if other is None:
            continue
        count = int(setting.git.run(*brought).text) - int(setting.git.run(*brought, f"^{other.oid}").text)
        if count:
            those = "1 commit" if count == 1 else f"{count} commits"
            what = f"{those} of {name} that {setting.base.shown} hasn't"
            click.echo(f"! {what} would come along, which the policy branch-point fails", err=True)


def _fetched(git: OwnGit, desk: Desk) -> str:
    try:
        git.run("fetch", "--quiet", desk.remote)
    except HotfixGuardError as error:
        click.echo(f"! {desk.remote} can't be fetched, so this goes by what is here: {plain(str(error))}", err=True)
        return ""
    return desk.remote


def _named(repository: LocalRepository, desk: Desk, name: str) -> Base:
    short = name.removeprefix(f"{desk.remote}/") if desk.remote else name
    return desk.base(short, "it was named") or Base(short, name, repository.resolve(name), "it was named")


def _policy_file(
    repository: LocalRepository, base: Base, told: tuple[Path | None, Path | None], preset: str | None
) -> PolicyFile | None:
    if preset:
        # A preset's roles are nobody's yet, and the branch's form doesn't depend on them.
        roles = {role: f"nobody-{number}" for number, role in enumerate(policies.preset_roles(preset))}
        return PolicyFile(policies.starting_file(preset, roles), "", source=f"the preset {preset}")
    file, below = told
    return based(read(file) if file else repository.policy_file(base.oid, policies.POLICY_FILE), below)


def _severity(configuration: policies.Configuration, name: str | None) -> Severity | None:
    known = ", ".join(configuration.severities)
    if name is None:
        if known:
            raise click.UsageError(f"say how grave it is: --severity with one of {known}")
        return None
    found = policies.severity_named(configuration.severities, name)
    if found is None and known:
        raise click.UsageError(f"there is no severity {name} here; possible: {known}")
    if found is not None and not found.is_hotfix:
        raise click.UsageError(
            f"a fix of severity {found.name} is no hotfix here; use {found.instead or 'the usual way'}"
        )
    return found


def _origin(setting: _Setting, revision: str | None, tag: str | None, deployed: str | None) -> Base:
    """What the branch grows from."""
    repository = setting.repository
    if revision:
        return Base(revision, revision, repository.resolve(revision))
    if tag:
        if setting.remote:
            # One that is here, or that the remote lacks, stays as it is; all tags at once fail as soon as one differs.
            ref = f"refs/tags/{tag}"
            setting.git.run("fetch", "--quiet", "--no-tags", setting.remote, f"{ref}:{ref}", codes=(0, 1, 128))
        return Base(tag, f"the tag {tag}", repository.resolve(f"refs/tags/{tag}"))
    if not deployed:
        return setting.base
    with github_of(setting.place) as github:
        oid = github.deployed(deployed)
    if not oid:
        raise NotFoundError(f"nothing was deployed to {deployed} with success, as far as GitHub knows")
    if setting.remote:
        setting.git.run("fetch", "--quiet", setting.remote, oid)
    return Base(oid, f"{oid[:7]}, deployed to {deployed},", repository.resolve(oid))


def _begin(setting: _Setting, wanted: _Wanted, origin: Base) -> tuple[str, str, str]:
    """Check the branch out and claim its name and an incident's id; both in the end, and the remote that has them."""
    taken, named = _taken(setting), wanted.named
    form, branch = _name(setting, named, wanted.title, taken)
    given = incident_id(setting.day, taken) if wanted.has_id else ""
    _check_out(setting, branch, origin)
    for _ in range(_TRIES):
        try:
            if _claimed(setting, origin, branch, _ids(form, branch, given)):
                return branch, given, setting.remote
        except HotfixGuardError as error:
            why = f"{plain(str(error))}; somebody else may get this name"
            click.echo(f"! {branch} isn't claimed at {setting.remote}: {why}", err=True)
            return branch, given, ""
        if named:
            _take_back(setting, named)
            raise GitError(f"{setting.remote} has a branch {named} already; name another one")
        taken = _taken(setting) | {branch}
        form, better = _name(setting, named, wanted.title, taken)
        setting.git.run("branch", "-m", branch, better)
        branch, given = better, incident_id(setting.day, taken) if wanted.has_id else ""
    raise GitError(f"{_TRIES} names were taken by others while we claimed them; {branch} is here alone")


def _check_out(setting: _Setting, branch: str, origin: Base) -> None:
    """Make the branch; git itself refuses where a change would be lost, and then nothing has happened yet."""
    try:
        setting.git.run("switch", "--quiet", "--no-track", "--create", branch, origin.oid)
    except GitError as error:
        if "would be overwritten" not in str(error):
            raise
        raise UnreadableInputError(
            f"uncommitted changes would be lost by checking out {origin.shown}: git stash or git commit them first"
        ) from error


def _take_back(setting: _Setting, branch: str) -> None:
    setting.git.run("switch", "--quiet", *([setting.desk.branch] if setting.desk.branch else ["--detach", "-"]))
    setting.git.run("branch", "-D", "--quiet", branch)


def _taken(setting: _Setting) -> frozenset[str]:
    """Every name and id that is given, here and at the remote as it is now."""
    refs: tuple[str, ...] = ()
    if setting.remote:
        refs = setting.git.refs_of(setting.remote, "refs/heads/*", ID_REFS)
    here = setting.git.run("for-each-ref", "--format=%(refname)", ID_REFS.removesuffix("/*")).text.splitlines()
    names = (id_in(ref) or ref.removeprefix("refs/heads/") for ref in (*refs, *here))
    return setting.desk.names | frozenset(names)


def _name(setting: _Setting, named: str | None, title: str, taken: frozenset[str]) -> tuple[BranchForm, str]:
    if named:
        return BranchForm(named), named
    names = ((form, form.name(title, setting.day, taken)) for form in policies.branch_forms(setting.configuration))
    found = next((each for each in names if policies.is_branch_right(setting.configuration, each[1])), None)
    if found is None:
        raise UnreadableInputError("no name could be made that the policy branch-name takes; give one by --branch NAME")
    return found


def _ids(form: BranchForm, branch: str, given: str) -> tuple[str, ...]:
    return tuple(id_ref(name) for name in dict.fromkeys((form.id_of(branch), given)) if name)


def _claimed(setting: _Setting, origin: Base, branch: str, ids: tuple[str, ...]) -> bool:
    if setting.remote:
        return setting.git.claim(setting.remote, (f"refs/heads/{branch}", origin.oid), ids)
    for ref in ids:
        # Without a remote only others in this very repository could take it; the empty value means: must be new.
        setting.git.run("update-ref", ref, origin.oid, "")
    return True


def _incident_issue(setting: _Setting, given: str, title: str, severity: Severity | str, *, wanted: bool) -> int:
    """The number of the issue for the incident, 0 where none is wanted or may be opened."""
    policy = policies.incident_wanted(setting.configuration)
    if not wanted and not (policy and has_token()):
        return 0
    name = severity.name if isinstance(severity, Severity) else severity
    body = f"{markdown(title)}\n\n" + (f"**Severity:** {markdown(name)}\n\n" if name else "")
    body += "**Impact:** <!-- who can't do what, and since when? -->\n"
    labels = (policy.label,) if policy and policy.label else ()
    try:
        with github_of(setting.place) as github:
            return github.open_issue(f"<!-- hotfix-guard:incident {given} -->", f"{given}: {title}", body, labels)
    except HotfixGuardError as error:
        click.echo(f"! no issue was opened for the incident: {plain(str(error))}", err=True)
        return 0


def _issue_step(place: Place | None, title: str) -> str:
    """The step that is left to a person where the incident's issue couldn't be opened."""
    if place is None:
        return f"  and: open an issue for the incident, titled {title}"
    return f"  and: open the incident's issue (GITHUB_TOKEN would let this be done for you):\n{place.new_issue(title)}"


def _describe(setting: _Setting, branch: str, title: str, facts: dict[str, str]) -> Path:
    template = policies.pull_request_template(setting.configuration).strip()
    file = description_file(setting.git, branch)
    file.parent.mkdir(parents=True, exist_ok=True)
    told = HandOver(policies.titled(setting.configuration, title), filled(template, facts))
    file.write_text(told.text(), encoding="utf-8")
    return file


def _tell(branch: str, origin: Base, file: Path, claimed_at: str) -> None:
    claimed = f", claimed at {claimed_at}" if claimed_at else ""
    click.echo(f"{branch} grows from {origin.shown} at {origin.oid[:7]}{claimed}")
    click.echo(f"description: {file}")
    click.echo("next:")
    click.echo("  1. mend the fault, say why in a comment (HOTFIX: reason), and add a test that fails without the fix")
    click.echo("  2. hotfix check --worktree")
    click.echo("  3. git commit, and fill in the description")
    click.echo("  4. hotfix finish")
