"""From a change to its proof: worktrees are laid out, the tests run in both, and what they say is decided upon.

This runs the code of the change. It belongs where that code may run anyway, such as in CI on `pull_request`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.git.local import LocalRepository
from adapters.git.throwaway import throwaway_folder
from adapters.git.worktrees import Layout, lay_out
from adapters.test_runs import processes
from adapters.test_runs.choosing import Command, from_person, ready_made
from adapters.test_runs.lending import installed_modules, lend
from adapters.test_runs.processes import Finished, environment
from adapters.test_runs.runners import UNKNOWN
from adapters.test_runs.texts import cause, last_line
from domain.change import Change
from domain.errors import UnreadableInputError
from domain.proof import Attempt, Decision, Proof, Ran, Reading, cant_run, decide, together, weaknesses
from policies.source.overlay import Overlay, overlay

_KEPT_OUTPUT = 20_000
_LARGEST_REPORT = 64_000_000
_PLUGIN = "hotfix_guard_origins.py"
_USAGE_ERROR = 4
_PLACEHOLDERS = ("{tests}", "{files}")
_SCRIPTS = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte")
_NO_TEST = "add a test case that fails without the fix"
_SEPARATE = "move the test case into a file of the tests, or prove it by hand"


@dataclass(frozen=True)
class ProofRequest:
    """What is to be proven, and how.

    Attributes:
        repository: the folder of the repository.
        base: the revision that the change is proposed for; the tests are laid over the commit that head grew from.
        head: the revision with the fix and its test.
        test_command: a person's command, "" for the ready-made one.
        setup_command: what is run once in each worktree before the tests, "" for nothing.
        links: paths of the person's working tree that are linked into each worktree.
        passed: environment variables to pass on: `NAME`, or `NAME=VALUE`.
        seconds: the time limit of each command.
        runs: how often the tests are run on each side.
    """

    repository: Path
    base: str
    head: str
    test_command: str = ""
    setup_command: str = ""
    links: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    seconds: float = 600.0
    runs: int = 2


def prove(request: ProofRequest) -> Proof:
    """Run head's tests without the fix and with it.

    Raises:
        UnreadableInputError: the repository, a revision or a link can't be read.
        GitError: git failed, or passed a limit.
    """
    began = time.monotonic()
    repository = LocalRepository(request.repository)
    change = repository.change(request.base, request.head)
    laid = overlay(change)
    proof = Proof(Decision(*_UNDECIDED), change.evidence.merge_base, change.head, laid.to_run, laid.support)
    if early := _nothing_to_run(change, laid, request.test_command):
        return replace(proof, decision=early)
    with throwaway_folder() as root:
        proving = _Proving(request, repository, laid, root)
        proof = proving.prove(proof)
    return replace(proof, overhead=time.monotonic() - began - proving.seconds)


_UNDECIDED = cant_run("nothing was run", "").verdict, "nothing was run"


def _nothing_to_run(change: Change, laid: Overlay, command: str) -> Decision | None:
    if change.evidence.diff_problem:
        return cant_run(f"the diff can't be judged: {change.evidence.diff_problem}", "split the pull request")
    if laid.to_run or (command and not any(word in command for word in _PLACEHOLDERS) and laid.support):
        return None
    if laid.inseparable:
        why = f"the changed test lives inside the changed source file {laid.inseparable[0]}"
        return cant_run(f"{why}, so it can't be laid over base without the fix", _SEPARATE)
    if laid.support:
        why = f"of the tests only {laid.support[0]} and the like are changed, and no file that holds test cases"
        return cant_run(why, f"{_NO_TEST}, or name a command without {{tests}} by --test-command")
    return cant_run("the change adds or changes no test", _NO_TEST)


@dataclass
class _Proving:
    """One proof under way.

    Attributes:
        seconds: spent on set-up and test commands so far.
    """

    request: ProofRequest
    repository: LocalRepository
    laid: Overlay
    root: Path
    seconds: float = 0.0

    def prove(self, proof: Proof) -> Proof:
        """The proof with what its runs say."""
        head = self._side("head", Layout(proof.head))
        base = self._side(
            "base",
            Layout(proof.base, proof.head, self.laid.laid, self.laid.removed, self.laid.mixed),
        )
        try:
            commands = self._commands(head)
        except UnreadableInputError as error:
            return replace(proof, decision=cant_run(str(error), "name the command that runs the tests"))
        (self.root / "reports").mkdir()
        (self.root / "plugins").mkdir()
        (self.root / "plugins" / _PLUGIN).write_bytes(Path(__file__).with_name(_PLUGIN).read_bytes())
        proof = replace(proof, commands=tuple(one.told for one in commands), notes=tuple(self._notes(commands)))
        for side, place in (("without the fix", base), ("with the fix", head)):
            if failed := self._set_up(place, side):
                return replace(proof, decision=failed)
        on_base = self._attempts(base, commands, self.request.runs)
        on_head = self._attempts(head, commands, self.request.runs if _tells(on_base[-1]) else 1)
        notes = (*proof.notes, *weaknesses(on_base))
        return replace(proof, decision=decide(on_base, on_head), on_base=on_base, on_head=on_head, notes=notes)

    def _side(self, name: str, layout: Layout) -> Path:
        place = self.root / name
        lay_out(self.repository.git(), place, layout)
        (self.root / f"{name}-temporary").mkdir()
        checkout = self.repository.top_folder()
        for path in self.request.links:
            if checkout is None:
                raise UnreadableInputError(f"--link {path}: a bare repository has no working tree to link from")
            lend(checkout, place, path)
        if checkout is not None and any(path.endswith(_SCRIPTS) for path in self.laid.to_run):
            for path in [*installed_modules(checkout, place)]:
                lend(checkout, place, path)
        return place

    def _commands(self, head: Path) -> tuple[Command, ...]:
        if self.request.test_command:
            return from_person(head, self.request.test_command, self.laid.to_run)
        return ready_made(head, self.laid.to_run)

    def _notes(self, commands: tuple[Command, ...]) -> Iterator[str]:
        if any(command.runner is UNKNOWN for command in commands):
            yield (
                "nothing is known of this runner's report: a test that fails is told from a run that breaks by the "
                "exit code and some words alone; let it write JUnit's XML to {report} to have it read"
            )
        given = self.request.test_command
        if given and not any(word in given for word in _PLACEHOLDERS):
            yield "the test command has no {tests} in it, so it may run other tests than the changed ones"
        for path in self.laid.inseparable:
            yield f"test cases in {path} weren't run: they can't be told from the fix"

    def _set_up(self, place: Path, side: str) -> Decision | None:
        if not self.request.setup_command:
            return None
        done = self._run(self.request.setup_command, place, self._variables(place, {}))
        if done.code == 0:
            return None
        how = "passed its time limit" if done.code is None else f"ended with {done.code}"
        return cant_run(
            f"{side}, the set-up command {how}: {last_line(done.output) or 'it printed nothing'}",
            "mend the set-up command",
        )

    def _attempts(self, place: Path, commands: tuple[Command, ...], runs: int) -> tuple[Attempt, ...]:
        """Run the tests as often as wished; what can't run once won't the next time."""
        found: list[Attempt] = []
        while len(found) < runs and (not found or _tells(found[-1])):
            found.append(self._attempt(place, commands, len(found)))
        return tuple(found)

    def _attempt(self, place: Path, commands: tuple[Command, ...], number: int) -> Attempt:
        readings: list[Reading] = []
        done = Finished(None, "", 0.0)
        seconds, output = 0.0, ""
        for place_of, command in enumerate(commands):
            report = self.root / "reports" / f"{place.name}-{number}-{place_of}"
            done, reading = self._tested(place, command, report)
            readings.append(reading)
            seconds += done.seconds
            output += done.output
        return Attempt(together(readings), seconds, done.code, output[-_KEPT_OUTPUT:])

    def _tested(self, place: Path, command: Command, report: Path) -> tuple[Finished, Reading]:
        folder = place / command.folder
        for file in _left(command, folder, place):
            file.unlink()
        text = command.runner.reporting(command.text, report)
        origins = report.with_name(f"{report.name}-origins")
        variables = self._variables(place, command.runner.environment(report))
        ours = {"HOTFIX_GUARD_ORIGINS": str(origins), "HOTFIX_GUARD_WORKTREE": str(place)}
        variables["PATH"] = _path(variables.get("PATH", ""), folder, place)
        done = self._run(text, folder, variables | ours)
        if done.code == _USAGE_ERROR and Path(_PLUGIN).stem in done.output:
            # A Python that takes no variables (`python -I`) doesn't find our plugin, and pytest then gives up.
            done = self._run(text, folder, {name: variables[name] for name in variables if name != "PYTEST_ADDOPTS"})
        done = replace(done, output=_without(place, done.output))
        texts = [_without(place, _text(file)) for file in (report, *_left(command, folder, place)) if _is_plain(file)]
        reading = command.runner.read(done, texts)
        if reading.ran is Ran.FAILED and str(report) in text and not texts:
            # Asked for a report and wrote none: it gave up before it ran any test, over its configuration, say.
            reading = Reading(Ran.BROKEN, cause(done.output) or last_line(done.output))
        return done, _from_elsewhere(origins, place) or reading

    def _variables(self, place: Path, extra: dict[str, str]) -> dict[str, str]:
        temporary = self.root / f"{place.name}-temporary"
        found = environment(place, temporary, self.request.passed, extra)
        found["PYTHONPATH"] = f"{found['PYTHONPATH']}{os.pathsep}{self.root / 'plugins'}"
        return found

    def _run(self, text: str, folder: Path, variables: dict[str, str]) -> Finished:
        done = processes.run(text, folder, variables, self.request.seconds)
        self.seconds += done.seconds
        return done


def _tells(attempt: Attempt) -> bool:
    """Whether an attempt says anything of the tests."""
    return attempt.reading.ran in (Ran.PASSED, Ran.FAILED)


def _left(command: Command, folder: Path, place: Path) -> list[Path]:
    """The reports that a runner left in its folder; where a link leads outside, they are somebody else's."""
    found = [file for pattern in command.runner.left for file in folder.glob(pattern)]
    return [file for file in found if file.parent.resolve().is_relative_to(place)]


def _is_plain(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()


def _without(place: Path, text: str) -> str:
    """A text with paths as they are in the repository: where the worktree lay helps nobody."""
    return text.replace(f"{place}/", "").replace(str(place), ".")


def _text(file: Path) -> str:
    with file.open("rb") as opened:
        return opened.read(_LARGEST_REPORT).decode("utf-8", "replace")


def _path(path: str, folder: Path, place: Path) -> str:
    """The programs that a project installed for itself come first, as `npm test` has it."""
    own = dict.fromkeys(str(one / "node_modules" / ".bin") for one in (folder, place))
    return os.pathsep.join([*own, path])


def _from_elsewhere(origins: Path, place: Path) -> Reading | None:
    """A run says nothing of the worktree where the tests imported another copy of its packages."""
    with suppress(OSError, ValueError):
        found = json.loads(_text(origins)) if _is_plain(origins) else {}
        for name, file in sorted(found.items()):
            if not Path(file).is_relative_to(place):
                return Reading(Ran.BROKEN, f"{name} was imported from {file}, and not from the worktree")
    return None
