"""Seeded histories in which a hotfix meets a development branch that has moved on in every way git knows."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.adapters.git_repositories import Content, Repository, remote

Files = dict[str, Content]

SUBMODULES = ("1" * 40, "2" * 40, "3" * 40)
_BINARY = bytes(range(256)) * 4
_POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{0}\nsize {1}\n"


@dataclass(frozen=True)
class Scene:
    """A remote with a hotfix on main and a develop branch.

    Attributes:
        picks: what to carry over, oldest first, each with its mainline (0 for a commit with one parent).
    """

    remote: Repository
    picks: tuple[tuple[str, int], ...]


def a_scene(path: Path, seed: int) -> Scene:
    """A scene that the seed alone decides."""
    dice = random.Random(seed)
    made = remote(path)
    base = _world(dice)
    root = made.commit(base, message="Start")
    hotfix, picks = _hotfix(made, dice, base, root)
    made.branch("main", hotfix)
    made.branch("develop", _edited(made, dice, base, root, dice.randint(2, 9))[1])
    return Scene(made, picks)


def _hotfix(made: Repository, dice: random.Random, base: Files, root: str) -> tuple[str, tuple[tuple[str, int], ...]]:
    if dice.random() < 0.25:
        ours, one = _edited(made, dice, base, root, dice.randint(0, 1))
        theirs, other = _edited(made, dice, base, root, 2)
        merge = made.commit(
            ours | {path: theirs[path] for path in theirs if theirs[path] != base.get(path)}, (one, other)
        )
        return merge, ((merge, dice.choice((1, 1, 2))),)
    tip, files, picks = root, base, []
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        files, tip = _edited(made, dice, files, tip, dice.randint(1, 2))
        picks.append((tip, 0))
    return tip, tuple(picks)


def _edited(made: Repository, dice: random.Random, files: Files, parent: str, count: int) -> tuple[Files, str]:
    files = dict(files)
    for _ in range(count):
        dice.choice(_EDITS)(files, dice)
    message = dice.choice(
        ("Fix it", "Fix it\n\nIt was broken.", "Fix\n\nSigned-off-by: A <a@example.org>\n", "Fix: #12")
    )
    return files, made.commit(files, parent, message, dice.randint(1500, 2500))


def _text(name: str, lines: int = 24, end: str = "\n") -> str:
    return "".join(f"{name} {number}{end}" for number in range(lines))


def _world(dice: random.Random) -> Files:
    attributes = dice.choice(
        (
            "*.log merge=union\n*.lock -merge\n",
            "docs/*.md merge=binary\n*.log merge=custom\n",
            "*.log conflict-marker-size=12\n",
        )
    )
    return {
        ".gitattributes": attributes,
        "docs/.gitattributes": "/a.md merge=union\n",
        "src/app.py": _text("app"),
        "src/cart.py": _text("cart"),
        "src/deep/tax.py": _text("tax"),
        "src/deep/vat.py": _text("vat"),
        "docs/a.md": _text("alpha"),
        "docs/b.md": _text("beta"),
        "news.log": _text("news", 6),
        "poetry.lock": _text("lock", 6),
        "dos.txt": _text("dos", 10, "\r\n"),
        "run.sh": _text("run", 5),
        "logo.png": _BINARY,
        "big.bin": _POINTER.format("a" * 64, 10),
        "link": ("120000", "src/app.py"),
        "lib": ("160000", SUBMODULES[0]),
        "ünïcode name.txt": _text("umlaut", 8),
    }


def _paths(files: Files, dice: random.Random) -> str:
    return dice.choice(
        sorted(path for path, content in files.items() if isinstance(content, str) and ".git" not in path)
    )


def _change_a_line(files: Files, dice: random.Random) -> None:
    path = _paths(files, dice)
    lines = str(files[path]).split("\n")
    lines[dice.randrange(max(len(lines) - 1, 1))] = f"changed {dice.randint(0, 3)}" + (
        "\r" if path == "dos.txt" else ""
    )
    files[path] = "\n".join(lines)


def _append(files: Files, dice: random.Random) -> None:
    path = dice.choice(("news.log", "docs/a.md", "docs/b.md", "poetry.lock"))
    if path in files:
        files[path] = str(files[path]) + f"more {dice.randint(0, 5)}\n"


def _rename(files: Files, dice: random.Random) -> None:
    path = _paths(files, dice)
    files[f"{path}.{dice.choice(('new', 'old'))}"] = files.pop(path)


def _rename_folder(files: Files, dice: random.Random) -> None:
    for path in [path for path in files if path.startswith("src/deep/")]:
        files[path.replace("src/deep/", dice.choice(("src/deeper/",)))] = files.pop(path)


def _add_to_folder(files: Files, dice: random.Random) -> None:
    files[f"src/deep/{dice.choice(('new', 'extra'))}.py"] = _text("new", dice.randint(1, 5))


def _add(files: Files, dice: random.Random) -> None:
    files[f"added{dice.randint(0, 1)}.txt"] = _text("added", dice.randint(1, 3))


def _delete(files: Files, dice: random.Random) -> None:
    del files[_paths(files, dice)]


def _change_binary(files: Files, dice: random.Random) -> None:
    files["logo.png"] = _BINARY + bytes([dice.randint(0, 3)])


def _change_pointer(files: Files, dice: random.Random) -> None:
    files["big.bin"] = _POINTER.format(dice.choice("bcd") * 64, dice.randint(11, 13))


def _change_mode(files: Files, dice: random.Random) -> None:
    files["run.sh"] = ("100755", _text("run", dice.choice((5, 6))))


def _change_link(files: Files, dice: random.Random) -> None:
    files["link"] = ("120000", dice.choice(("src/cart.py", "docs/a.md")))


def _link_becomes_file(files: Files, dice: random.Random) -> None:
    files["link"] = _text("no link", dice.randint(1, 3))


def _file_becomes_link(files: Files, dice: random.Random) -> None:
    files["src/cart.py"] = ("120000", "app.py")


def _change_submodule(files: Files, dice: random.Random) -> None:
    files["lib"] = ("160000", dice.choice(SUBMODULES))


def _file_becomes_folder(files: Files, dice: random.Random) -> None:
    if files.pop("run.sh", None):
        files[f"run.sh/{dice.choice('ab')}"] = "moved\n"


def _change_attributes(files: Files, dice: random.Random) -> None:
    files[".gitattributes"] = dice.choice(("*.py merge=binary\n", "*.log merge=union\n"))


_EDITS: tuple[Callable[[Files, random.Random], None], ...] = (
    _change_a_line,
    _change_a_line,
    _change_a_line,
    _change_a_line,
    _append,
    _append,
    _rename,
    _rename_folder,
    _add_to_folder,
    _add,
    _delete,
    _change_binary,
    _change_pointer,
    _change_mode,
    _change_link,
    _link_becomes_file,
    _file_becomes_link,
    _change_submodule,
    _file_becomes_folder,
    _change_attributes,
)
