"""What the policies would have said of a history: counted as it streams by, told at the end. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from domain.finding import Finding, Level, Outcome
from domain.verdict import PolicyOutcome, Verdict
from domain.wording import cell, code, counted, markdown, plain, shortened

_SHORT = 10
_EXAMPLES = 3
_LONGEST = 100
_LEGEND = "{}: commits that no other policy would have stopped"
_COLUMNS = (Outcome.PASS, Outcome.FAIL, Outcome.ERROR, Outcome.WARN, Outcome.WAIT, Outcome.DEFER, Outcome.SKIP)


@dataclass(frozen=True, slots=True)
class Judged:
    """One commit's verdict, as much of it as a summary needs; plain values, to pass between processes.

    Attributes:
        commit: the object id.
        subject: the first line of its message.
        conclusion: what its verdict came to.
        outcomes: each policy's name, outcome and evidence, in the order of the policies.
    """

    commit: str
    subject: str
    conclusion: str
    outcomes: tuple[tuple[str, str, str], ...]

    @classmethod
    def of(cls, commit: str, subject: str, verdict: Verdict) -> Judged:
        """Take what counts from a verdict."""
        outcomes = tuple((policy.name, str(policy.outcome), policy.summary) for policy in verdict.policies)
        return cls(commit, subject, str(verdict.conclusion), outcomes)


def unjudged(why: str) -> Verdict:
    """The verdict on a commit that couldn't be judged: an error, never a pass."""
    finding = Finding(why, remedy="judge it alone: hotfix check --base COMMIT^ --head COMMIT")
    return Verdict.of((PolicyOutcome("commit", Level.REQUIRED, Outcome.ERROR, "it could not be judged", (finding,)),))


@dataclass
class Tally:
    """Counts verdicts; keeps a few examples and nothing else."""

    commits: int = 0
    first: str = ""
    last: str = ""
    conclusions: Counter[str] = field(default_factory=Counter)
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    alone: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)

    def add(self, judged: Judged) -> None:
        """Count one commit."""
        self.commits += 1
        self.first = self.first or judged.commit
        self.last = judged.commit
        self.conclusions[judged.conclusion] += 1
        stopping = [name for name, outcome, _ in judged.outcomes if outcome in (Outcome.FAIL, Outcome.ERROR)]
        for name, outcome, summary in judged.outcomes:
            self.outcomes.setdefault(name, Counter())[outcome] += 1
            shown = self.examples.setdefault(name, [])
            if name in stopping and len(shown) < _EXAMPLES:
                shown.append((judged.commit, shortened(judged.subject, _LONGEST), shortened(summary, _LONGEST)))
        if len(stopping) == 1:
            self.alone[stopping[0]] += 1

    def stopped(self, name: str) -> int:
        """How many commits a policy stopped or couldn't judge."""
        return self.outcomes[name][Outcome.FAIL] + self.outcomes[name][Outcome.ERROR]

    def columns(self) -> list[Outcome]:
        """The outcomes that have a column: pass, fail and error always, others where they occur."""
        always, sometimes = _COLUMNS[:3], _COLUMNS[3:]
        return [*always, *(one for one in sometimes if any(counts[one] for counts in self.outcomes.values()))]


def as_text(tally: Tally, notes: tuple[str, ...]) -> str:
    """The summary for a terminal."""
    return "\n".join([_headline(tally), *map(plain, notes), "", *_text_table(tally), *_text_examples(tally)]) + "\n"


def as_markdown(tally: Tally, notes: tuple[str, ...]) -> str:
    """The summary as Markdown."""
    columns = tally.columns()
    lines = [f"## {_headline(tally)}", "", *(f"- {markdown(note)}" for note in notes), ""]
    lines += [f"| Policy | {' | '.join(columns)} | it alone |", f"|---|{'---:|' * (len(columns) + 1)}"]
    for name, counts in tally.outcomes.items():
        numbers = [*(counts[column] for column in columns), tally.alone[name]]
        lines.append(f"| {cell(name)} | {' | '.join(f'{number:,}' for number in numbers)} |")
    lines += ["", _LEGEND.format("it alone"), "", _conclusions(tally)]
    for name, shown in tally.examples.items():
        if shown:
            lines += ["", f"### {markdown(_stopped(tally, name))}", ""]
            lines += [f"- {code(commit[:_SHORT])} {markdown(said)}: {markdown(why)}" for commit, said, why in shown]
    return "\n".join(lines) + "\n"


def _headline(tally: Tally) -> str:
    if not tally.commits:
        return "No commit to judge"
    if tally.commits == 1:
        return f"1 commit judged as a hotfix, {tally.first[:_SHORT]}"
    return f"{counted(tally.commits, 'commit')} judged as hotfixes, {tally.first[:_SHORT]} to {tally.last[:_SHORT]}"


def _conclusions(tally: Tally) -> str:
    told = [f"{name} {number:,} ({100 * number / tally.commits:.1f} %)" for name, number in tally.conclusions.items()]
    return f"Conclusions: {', '.join(told) or 'none'}"


def _stopped(tally: Tally, name: str) -> str:
    return f"{name} would have stopped {counted(tally.stopped(name), 'commit')}, {tally.alone[name]:,} of them alone"


def _text_table(tally: Tally) -> Iterator[str]:
    columns = tally.columns()
    width = max(map(len, [*tally.outcomes, "policy"]))
    yield f"{'policy':<{width}}" + "".join(f"{column:>9}" for column in columns) + f"{'alone':>9}"
    for name, counts in tally.outcomes.items():
        numbers = [*(counts[column] for column in columns), tally.alone[name]]
        yield f"{name:<{width}}" + "".join(f"{number:>9,}" for number in numbers)
    yield ""
    yield _LEGEND.format("alone")
    yield _conclusions(tally)


def _text_examples(tally: Tally) -> Iterator[str]:
    for name, shown in tally.examples.items():
        if shown:
            yield from ("", f"{_stopped(tally, name)}, e.g.")
            yield from (f"  {commit[:_SHORT]}  {plain(said)}: {plain(why)}" for commit, said, why in shown)
