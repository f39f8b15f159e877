"""The reference of the policy file for people: `docs/policies.md`, written from the models and their docstrings."""

from __future__ import annotations

import inspect
import itertools
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import re2
from pydantic import BaseModel

from policies import presets
from policies.backport_settings import BackportSettings
from policies.backport_targets import TargetSettings
from policies.base import Policy
from policies.durations import written
from policies.extending import POLICY_FILE
from policies.override_settings import OverrideSettings
from policies.policy_file import Classes, FileModel
from policies.production_settings import ProductionSettings
from policies.roles import RoleSettings
from policies.severities import SeveritySettings
from policies.trigger_settings import Triggers
from policies.wording import words

#: What every policy's docstring answers, in this order.
PARTS = ("Why", "Passes", "Fails", "Remedy")

#: A policy file that uses most keys once.
EXAMPLE = """\
version: 1
triggers: {labels: [hotfix], branches: ["hotfix/*"], titles: ["[HOTFIX]", "HOTFIX:"]}
roles:
  tech-lead: {teams: [acme/tech-leads], users: [alice]}
policies:
  diff-size: {fewer_than: 10, exclude: ["*.snap"]}
  hotfix-comment: {marker: HOTFIX}
  regression-test: {level: required}      # every policy has level: required | advisory | off
  dependencies: {allow: ["pkg:pypi/requests"]}
  approvals: {required: [tech-lead]}
backport: {targets: [develop]}
override: {roles: [tech-lead], confirmed: true, expires: 4h, except: [dependencies]}
"""

_PART = re2.compile(r"(\w+): (.*)")

_HEAD = f"""\
# Policies and the policy file

<!-- Written by `make docs` from the code; a change by hand is lost. -->

A repository says what a hotfix must be in `{POLICY_FILE}` on the **base** branch. Without that file every policy below
applies with its defaults. A pull request that changes the file gets it checked, not applied: it counts after the merge.

The file is read strictly. An unknown key, a wrong type or an undefined role blocks every pull request to that branch
until it is mended, for nobody can tell what would have been a hotfix; the check run names the line, the column and what
to write instead. It is YAML with the types of YAML 1.2: `no`, `on` and `off` are text. Anchors and aliases work; merge
keys (`<<`), tags and files above 64 KB are refused. A section with nothing below it is the same as one left out.

```yaml
{EXAMPLE}```

## Keys of the policy file
"""

_PRESETS = """\
## Presets

`extends: NAME` builds on a ready-made file: what yours says itself counts, the preset says the rest. Most presets name
roles that only you can fill, so a file that extends one usually reads like this; `hotfix config presets NAME` prints a
preset, and `hotfix config show FILE` what both come to.

```yaml
version: 1
extends: git-flow
roles:
  engineering-lead: {users: [alice]}
  on-call-manager: {teams: [acme/on-call]}
  product-manager: {users: [carol]}
```
"""

_FILES = f"""\
## Files of other repositories

`extends: OWNER/REPO:PATH@REF` builds on a policy file of another repository in the same way, key by key. It is read at
most ten minutes late, under a token that can only read, so the App must be installed on that repository; a private one
is read for repositories of the same owner alone. A fault in it is told with its name, line and column. One that can't
be read blocks like a broken file. It may extend a preset, but no other file. At the desk `--policy-base FILE` stands
for it.

A repository without a policy file follows its owner's: `{POLICY_FILE}` on the default branch of `OWNER/.github`, where
the App is installed there. If that file is broken, hotfixes are blocked and told so; everything else goes on.
"""

_OVERRIDES = """\
## Overrides

`override` says who may let policies be in an emergency, with `/hotfix override POLICY… --reason "…"`. It holds for one
head and for a time, it is shown in the check run and kept in the ledger, and an issue asks for a review afterwards:
[overrides.md](overrides.md) tells how. Without `override.roles` nobody may.
"""

_POLICIES = """\
## The policies

Every policy has a `level`: a `required` policy blocks the merge, an `advisory` one only warns, and one that is `off` is
left out. A policy that isn't named has its defaults.

Where the file defines `severities`, any setting of any policy may differ by them, its level included:

```yaml
severities:
  P0: {description: production is down, within: 2h}
  P1: {description: an important function is broken, within: 24h}
policies:
  diff-size: {fewer_than: {P0: 20, P1: 10}}
  regression-test: {level: {P0: advisory, default: required}}
```

A pull request that its tree proves to be the exact inverse of commits on base is exempt from diff-size,
hotfix-comment, regression-test and focus, and says so: roll back first, ask later. A revert with anything added isn't.
"""


def markdown(classes: Classes) -> str:
    """The whole page."""
    page = [
        _HEAD,
        *_keys(),
        _PRESETS,
        *_presets(),
        _FILES,
        _OVERRIDES,
        _POLICIES,
        *(_policy(policy) for policy in classes),
    ]
    return "\n".join(page).rstrip() + "\n"


def first_line(policy: type[Policy]) -> str:
    """A policy in one sentence."""
    return parts(policy)[0]


def parts(policy: type[Policy]) -> tuple[str, dict[str, str], str]:
    """A policy's docstring: its first sentence, what follows each of `PARTS`, and the rest."""
    summary, *paragraphs = (inspect.getdoc(policy) or "").split("\n\n")
    block = next((paragraph for paragraph in paragraphs if paragraph.startswith(f"{PARTS[0]}: ")), "")
    rest = "\n\n".join(paragraph for paragraph in paragraphs if paragraph != block)
    found: dict[str, str] = {}
    current = ""
    for line in block.splitlines():
        start = _PART.fullmatch(line)
        if start and start.group(1) in PARTS:
            current = start.group(1)
            found[current] = start.group(2)
        elif current:
            found[current] = f"{found[current]} {line.strip()}"
    return summary, found, rest


def _presets() -> Iterator[str]:
    rows = ["| Preset | |", "|---|---|"]
    rows += [f"| `{name}` | {_about(presets.text(name))} |" for name in presets.names()]
    yield "\n".join([*rows, ""])


def _about(text: str) -> str:
    """The comment that a preset begins with."""
    lines = itertools.takewhile(lambda line: line.startswith("# "), text.splitlines())
    return _cell(" ".join(line.removeprefix("# ") for line in lines))


def _keys() -> Iterator[str]:
    described = [(key, _described(FileModel, key)) for key in ("version", "extends")]
    described += [(f"triggers.{key}", _described(Triggers, key)) for key in Triggers.model_fields]
    described += [(f"production.{key}", _described(ProductionSettings, key)) for key in ProductionSettings.model_fields]
    described += [(f"roles.NAME.{key}", _described(RoleSettings, key)) for key in RoleSettings.model_fields]
    described += [
        (f"severities.NAME.{key}", _described(SeveritySettings, key)) for key in SeveritySettings.model_fields
    ]
    described += [("policies.NAME", ("settings", "", "The settings of one policy, as described below."))]
    described += [(f"backport.{key}", _described(BackportSettings, key)) for key in BackportSettings.model_fields]
    described += [(f"backport.targets.{key}", _described(TargetSettings, key)) for key in TargetSettings.model_fields]
    described += [
        (f"override.{field.alias or key}", _described(OverrideSettings, key))
        for key, field in OverrideSettings.model_fields.items()
    ]
    yield _table(described)


def _policy(policy: type[Policy]) -> str:
    summary, found, rest = parts(policy)
    lines = [f"### {policy.name}", "", summary, ""]
    lines += [f"- **{part}:** {found.get(part, '')}" for part in PARTS]
    lines += ["", *([rest, ""] if rest else [])]
    return "\n".join([*lines, _table(settings(policy))])


def settings(policy: type[Policy]) -> list[tuple[str, tuple[str, str, str]]]:
    """A policy's settings by name: what each takes, its default, and what it is for, with words set as code."""
    return [(key, _described(policy, key)) for key in _settings(policy)]


def _settings(policy: type[Policy]) -> list[str]:
    """A policy's own settings first, then those that all have."""
    own = [key for key in policy.model_fields if key not in Policy.model_fields]
    return own + [key for key in policy.model_fields if key in Policy.model_fields]


def _described(model: type[BaseModel], key: str) -> tuple[str, str, str]:
    field = model.model_fields[key]
    default = "" if field.is_required() else _default(field.get_default(call_default_factory=True))
    return words(field), default, field.description or ""


def _default(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, timedelta):
        return f"`{written(value)}`"
    return f"`{value if isinstance(value, str) else json.dumps(_plain(value), ensure_ascii=False)}`"


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return sorted(value) if isinstance(value, (set, frozenset)) else value


def _table(rows: list[tuple[str, tuple[str, str, str]]]) -> str:
    lines = ["| Key | Takes | Default | |", "|---|---|---|---|"]
    lines += [f"| `{key}` | {' | '.join(_cell(text) for text in cells)} |" for key, cells in rows]
    return "\n".join([*lines, ""])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
