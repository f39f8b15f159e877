"""What kind of file a path names, and how its comments are found and written. One table; a new type is one row."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath


class Reader(Enum):
    """What finds the comments of a file."""

    GRAMMAR = "a tree-sitter grammar"
    LEXER = "a pygments lexer"
    LINE_START = "a comment sign at the start of a line"
    LINE = "a comment sign at the start of a line or after a space"
    PROSE = "text for people: everything in it is prose"
    NOTHING = "the format can't hold a comment"
    UNKNOWN = "no reader for this type of file"


@dataclass(frozen=True, slots=True)
class FileType:
    """A type of file.

    Attributes:
        name: what people call it ("Python"); a key of `GRAMMARS` for `Reader.GRAMMAR`.
        reader: what finds its comments.
        comment: how a comment is written, with %s for its text, "" where there is none.
        lexer: the pygments lexer that reads it, or checks the grammar's answer in broken code; "" for none.
    """

    name: str
    reader: Reader
    comment: str = ""
    lexer: str = ""


UNKNOWN = FileType("", Reader.UNKNOWN)

_HASH, _SLASHES, _DASHES, _BLOCK, _MARKUP, _SEMI = "# %s", "// %s", "-- %s", "/* %s */", "<!-- %s -->", "; %s"

#: language | comment | lexer | file names and suffixes
_GRAMMARS = (
    ("Python", _HASH, "python", ".py .pyi .pyw"),
    ("JavaScript", _SLASHES, "javascript", ".js .jsx .mjs .cjs"),
    ("TypeScript", _SLASHES, "typescript", ".ts .mts .cts"),
    ("TSX", _SLASHES, "tsx", ".tsx"),
    ("Go", _SLASHES, "go", ".go"),
    ("Java", _SLASHES, "java", ".java"),
)

_LEXERS = (
    ("Shell", _HASH, "bash", ".sh .bash .zsh .ksh .bats .bashrc .zshrc .profile .envrc"),
    ("Ruby", _HASH, "ruby", ".rb .rake .gemspec .ru Gemfile Rakefile Vagrantfile Podfile Fastfile Brewfile Guardfile"),
    ("Rust", _SLASHES, "rust", ".rs"),
    ("C", _SLASHES, "c", ".c .h"),
    ("C++", _SLASHES, "cpp", ".cc .cpp .cxx .c++ .hh .hpp .hxx .inl .ipp .cu .cuh .ino"),
    ("Objective-C", _SLASHES, "objective-c", ".m .mm"),
    ("C#", _SLASHES, "csharp", ".cs .csx"),
    ("F#", _SLASHES, "fsharp", ".fs .fsx .fsi"),
    ("Visual Basic", "' %s", "vbnet", ".vb"),
    ("PHP", _SLASHES, "php", ".php .phtml .phpt .inc"),
    ("Swift", _SLASHES, "swift", ".swift"),
    ("Kotlin", _SLASHES, "kotlin", ".kt .kts"),
    ("Scala", _SLASHES, "scala", ".scala .sc .sbt"),
    ("Groovy", _SLASHES, "groovy", ".groovy .gradle Jenkinsfile"),
    ("Elixir", _HASH, "elixir", ".ex .exs"),
    ("Erlang", "% %s", "erlang", ".erl .hrl"),
    ("Haskell", _DASHES, "haskell", ".hs"),
    ("OCaml", "(* %s *)", "ocaml", ".ml .mli"),
    ("Elm", _DASHES, "elm", ".elm"),
    ("Clojure", _SEMI, "clojure", ".clj .cljs .cljc .edn"),
    ("Emacs Lisp", _SEMI, "elisp", ".el"),
    ("Scheme", _SEMI, "scheme", ".scm .ss .rkt"),
    ("Lua", _DASHES, "lua", ".lua"),
    ("Perl", _HASH, "perl", ".pl .pm .t"),
    ("R", _HASH, "r", ".r"),
    ("Julia", _HASH, "julia", ".jl"),
    ("Dart", _SLASHES, "dart", ".dart"),
    ("Crystal", _HASH, "crystal", ".cr"),
    ("Nim", _HASH, "nim", ".nim"),
    ("Zig", _SLASHES, "zig", ".zig"),
    ("D", _SLASHES, "d", ".d"),
    ("Solidity", _SLASHES, "solidity", ".sol"),
    ("CoffeeScript", _HASH, "coffeescript", ".coffee"),
    ("SQL", _DASHES, "sql", ".sql"),
    ("CSS", _BLOCK, "css", ".css"),
    ("SCSS", _SLASHES, "scss", ".scss"),
    ("Less", _SLASHES, "less", ".less"),
    ("Sass", _SLASHES, "sass", ".sass"),
    ("HTML", _MARKUP, "html", ".html .htm .xhtml"),
    ("Vue", _MARKUP, "vue", ".vue"),
    ("XML", _MARKUP, "xml", ".xml .xsd .xsl .xslt .svg .csproj .fsproj .vbproj .props .targets .config .plist .resx"),
    ("Jinja", "{# %s #}", "html+jinja", ".jinja .jinja2 .j2"),
    ("ERB", "<%%# %s %%>", "erb", ".erb"),
    ("Handlebars", "{{!-- %s --}}", "handlebars", ".hbs .handlebars"),
    ("Twig", "{# %s #}", "twig", ".twig"),
    ("Liquid", "{%% comment %%}%s{%% endcomment %%}", "liquid", ".liquid"),
    ("Pug", _SLASHES, "pug", ".pug"),
    ("YAML", _HASH, "yaml", ".yml .yaml .clang-format"),
    ("TOML", _HASH, "toml", ".toml Pipfile"),
    ("INI", _SEMI, "ini", ".ini .cfg .conf .editorconfig .gitconfig .npmrc"),
    ("Properties", _HASH, "properties", ".properties"),
    ("JSON with comments", _SLASHES, "json", ".jsonc .json5 .code-workspace tsconfig.json jsconfig.json"),
    ("Jsonnet", _SLASHES, "jsonnet", ".jsonnet .libsonnet"),
    ("Makefile", _HASH, "make", ".mk .mak Makefile makefile GNUmakefile"),
    ("CMake", _HASH, "cmake", ".cmake CMakeLists.txt"),
    ("Meson", _HASH, "meson", "meson.build meson_options.txt"),
    ("Starlark", _HASH, "bazel", ".bzl .star BUILD BUILD.bazel WORKSPACE Tiltfile"),
    ("Dockerfile", _HASH, "docker", ".dockerfile Dockerfile Containerfile"),
    ("Nginx", _HASH, "nginx", "nginx.conf"),
    ("Terraform", _HASH, "terraform", ".tf .tfvars .hcl"),
    ("Puppet", _HASH, "puppet", ".pp"),
    ("Rego", _HASH, "rego", ".rego"),
    ("Nix", _HASH, "nix", ".nix"),
    ("PowerShell", _HASH, "powershell", ".ps1 .psm1 .psd1"),
    ("Batch", "REM %s", "batch", ".bat .cmd"),
    ("Fish", _HASH, "fish", ".fish"),
    ("Awk", _HASH, "awk", ".awk"),
    ("Tcl", _HASH, "tcl", ".tcl"),
    ("Vim script", '" %s', "vim", ".vim .vimrc"),
    ("GraphQL", _HASH, "graphql", ".graphql .gql"),
    ("Protocol Buffers", _SLASHES, "protobuf", ".proto"),
    ("Thrift", _SLASHES, "thrift", ".thrift"),
    ("Gherkin", _HASH, "gherkin", ".feature"),
    ("Cython", _HASH, "cython", ".pyx .pxd"),
    ("systemd unit", _HASH, "systemd", ".service .timer .socket"),
)

#: language | reader | comment | file names and suffixes: too plain to need a lexer
_LINES = (
    ("requirements file", Reader.LINE, _HASH, "requirements.txt constraints.txt"),
    ("environment file", Reader.LINE, _HASH, ".env .env.example .env.sample .tool-versions Procfile"),
    ("Go module file", Reader.LINE, _SLASHES, "go.mod go.work"),
    (
        "list of patterns",
        Reader.LINE_START,
        _HASH,
        ".gitignore .dockerignore .gitattributes .eslintignore .prettierignore .npmignore .helmignore CODEOWNERS",
    ),
)

_PROSE = """
.md .markdown .mdx .rst .txt .adoc .asciidoc .org .textile .tex .rtf .pod .man README LICENSE LICENCE COPYING NOTICE
AUTHORS CONTRIBUTORS CHANGELOG CHANGES HISTORY NEWS INSTALL TODO
"""

_NOTHING = """
.json .geojson .webmanifest .ipynb .har .map .csv .tsv .lock .sum .snap .golden .patch .diff .pem .crt .key .pub .b64
.sha256 .log .po .pot .mo .png .jpg .jpeg .gif .webp .ico .bmp .tiff .pdf .zip .gz .tgz .xz .bz2 .7z .jar .war .class
.so .dll .exe .dylib .a .o .woff .woff2 .ttf .otf .eot .mp3 .mp4 .wav .ogg .webm .mov .bin .dat .db .sqlite .parquet
.avro .pyc .whl .wasm .pb .npy .npz .min.js .min.css .python-version .nvmrc .node-version .ruby-version .babelrc
.prettierrc .eslintrc VERSION go.sum package-lock.json npm-shrinkwrap.json pnpm-lock.yaml packages.lock.json .gitkeep
.gitmodules .mailmap .git-blame-ignore-revs
"""

_SHEBANGS = {
    "python": ".py", "python2": ".py", "python3": ".py", "node": ".js", "deno": ".ts", "bun": ".ts", "ruby": ".rb",
    "bash": ".sh", "sh": ".sh", "zsh": ".sh", "dash": ".sh", "ksh": ".sh", "perl": ".pl", "php": ".php", "bats": ".sh",
}  # fmt: skip


def file_type(path: str, text: str = "") -> FileType:
    """The type of a file by its name, by its suffix, or by the interpreter that its first line names.

    Args:
        path: repository path.
        text: the file, of which only the first line is looked at; may be empty.
    """
    name = PurePosixPath(path).name
    suffixes = name.lower().split(".")[1:]
    named = [name, *(f".{'.'.join(suffixes[start:])}" for start in range(len(suffixes)))]
    if name.lower().endswith((".txt", ".in")) and "requirements" in path.lower():
        named.insert(0, "requirements.txt")
    named.append(name.split(".")[0] if name.startswith(("Dockerfile.", "Containerfile.", "Makefile.")) else "")
    table = _table()
    return next((table[key] for key in named if key in table), None) or table.get(_shebang(text), UNKNOWN)


@functools.cache
def _table() -> dict[str, FileType]:
    table = {key: FileType("prose", Reader.PROSE) for key in _PROSE.split()}
    table |= {key: FileType("data", Reader.NOTHING) for key in _NOTHING.split()}
    for name, reader, comment, keys in _LINES:
        table |= dict.fromkeys(keys.split(), FileType(name, reader, comment))
    for name, comment, lexer, keys in _LEXERS:
        table |= dict.fromkeys(keys.split(), FileType(name, Reader.LEXER, comment, lexer))
    for name, comment, lexer, keys in _GRAMMARS:
        table |= dict.fromkeys(keys.split(), FileType(name, Reader.GRAMMAR, comment, lexer))
    return table


def _shebang(text: str) -> str:
    first = text.removeprefix("\ufeff").split("\n", 1)[0].strip()
    if not first.startswith("#!"):
        return ""
    words = first[2:].replace("/usr/bin/env -S", "").replace("/usr/bin/env", "").split()
    interpreter = PurePosixPath(words[0]).name if words else ""
    return _SHEBANGS.get(interpreter.rstrip("0123456789."), _SHEBANGS.get(interpreter, ""))
