"""What a file says itself of the language it is written in: its first line, or a line for an editor."""

from __future__ import annotations

from pathlib import PurePosixPath

import re2

#: The interpreter of a script, or what editors call its language, and a suffix of that language.
_LANGUAGES = {
    "python": ".py", "python2": ".py", "python3": ".py", "node": ".js", "javascript": ".js", "js": ".js",
    "deno": ".ts", "bun": ".ts", "ts-node": ".ts", "tsx": ".ts", "typescript": ".ts", "ruby": ".rb", "bash": ".sh",
    "sh": ".sh", "zsh": ".sh", "dash": ".sh", "ksh": ".sh", "ash": ".sh", "bats": ".sh", "perl": ".pl", "php": ".php",
    "pwsh": ".ps1", "powershell": ".ps1", "ps1": ".ps1", "bb": ".clj", "clojure": ".clj", "escript": ".erl",
    "erlang": ".erl", "elixir": ".exs", "lua": ".lua", "luajit": ".lua", "Rscript": ".r", "julia": ".jl",
    "tclsh": ".tcl", "tcl": ".tcl", "awk": ".awk", "gawk": ".awk", "fish": ".fish", "groovy": ".groovy",
    "swift": ".swift", "runghc": ".hs", "haskell": ".hs", "make": ".mk", "yaml": ".yml", "toml": ".toml",
    "c": ".c", "cpp": ".cpp", "c++": ".cpp", "dockerfile": ".dockerfile", "terraform": ".tf", "sql": ".sql",
}  # fmt: skip

#: Vim's modelines ("modeline") and Emacs's ("Specifying File Variables"), which Linguist believes too.
_VIM = re2.compile(r"(?:^|\s)(?:vim?|ex):\s*.*?\b(?:ft|filetype|syntax)=(\w+)")
_EMACS = re2.compile(r"-\*-\s*(?:.*?\bmode:\s*)?([\w+-]+?)(?:-mode)?\s*(?:;.*)?-\*-")
#: So many lines at either end are looked at, as in Vim.
_LINES = 5


def suffix_of(text: str) -> str:
    """A suffix of the language that a file names itself, "" for none.

    Args:
        text: the whole file, or its beginning.
    """
    first = text.removeprefix("\ufeff").split("\n", 1)[0].strip()
    if first.startswith(("#compdef", "#autoload")):
        return ".zsh"
    if first.startswith("<?xml"):
        return ".xml"
    return _of_interpreter(first) or _of_editor(text)


def _of_interpreter(first: str) -> str:
    if not first.startswith("#!"):
        return ""
    words = first[2:].replace("/usr/bin/env -S", "").replace("/usr/bin/env", "").split()
    interpreter = PurePosixPath(words[0]).name if words else ""
    return _LANGUAGES.get(interpreter.rstrip("0123456789."), _LANGUAGES.get(interpreter, ""))


def _of_editor(text: str) -> str:
    lines = [*text[:2_000].split("\n")[:_LINES], *text[-2_000:].split("\n")[-_LINES - 1 :]]
    for pattern, some in ((_EMACS, lines[:2]), (_VIM, lines)):
        told = next((match.group(1).lower() for match in map(pattern.search, some) if match), "")
        if told in _LANGUAGES:
            return _LANGUAGES[told]
    return ""
