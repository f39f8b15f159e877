"""What kind of file a path names, and how its comments are found and written. One table; a new type is one row."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import PurePosixPath

import re2

from policies.source.declared import suffix_of


class Reader(Enum):
    """What finds the comments of a file."""

    GRAMMAR = "a tree-sitter grammar"
    LEXER = "a pygments lexer"
    TEMPLATE = "the tags of a template language, and the language around them"
    CONTAINERFILE = "the lines of a Dockerfile, and a shell's grammar for what it runs"
    MAKEFILE = "the lines of a Makefile, and a shell's grammar for its recipes"
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
        inner: for a template, what it makes; None where that can't be told.
    """

    name: str
    reader: Reader
    comment: str = ""
    lexer: str = ""
    inner: FileType | None = None

    @property
    def holds_comments(self) -> bool:
        """Whether it can hold a comment, and the comment can be told."""
        return self.reader not in (Reader.PROSE, Reader.NOTHING, Reader.UNKNOWN)

    @property
    def is_parsed(self) -> bool:
        """Whether it has words and sentences of its own, as opposed to plain lines."""
        return self.holds_comments and self.reader not in (Reader.LINE, Reader.LINE_START)


UNKNOWN = FileType("", Reader.UNKNOWN)

_HASH, _SLASHES, _DASHES, _BLOCK, _MARKUP, _SEMI = "# %s", "// %s", "-- %s", "/* %s */", "<!-- %s -->", "; %s"

#: language | comment | lexer | file names and suffixes
_GRAMMARS = (
    ("Python", _HASH, "python", ".py .pyi .pyw SConstruct SConscript wscript"),
    ("Starlark", _HASH, "bazel", ".bzl .star BUILD BUILD.bazel WORKSPACE WORKSPACE.bazel MODULE.bazel Tiltfile"),
    ("JavaScript", _SLASHES, "javascript", ".js .jsx .mjs .cjs .es6 Jakefile"),
    ("TypeScript", _SLASHES, "typescript", ".ts .mts .cts"),
    ("TSX", _SLASHES, "tsx", ".tsx"),
    ("Go", _SLASHES, "go", ".go"),
    ("Java", _SLASHES, "java", ".java"),
    ("Kotlin", _SLASHES, "kotlin", ".kt .kts"),
    ("Groovy", _SLASHES, "groovy", ".groovy .gradle .gvy .nf .jenkinsfile Jenkinsfile"),
    ("Scala", _SLASHES, "scala", ".scala .sc .sbt"),
    ("C", _SLASHES, "c", ".c .h"),
    ("C++", _SLASHES, "cpp", ".cc .cpp .cxx .c++ .hh .hpp .hxx .h++ .inl .ipp .tpp .cu .cuh .ino"),
    ("C#", _SLASHES, "csharp", ".cs .csx"),
    ("Swift", _SLASHES, "swift", ".swift"),
    ("Rust", _SLASHES, "rust", ".rs"),
    ("Zig", _SLASHES, "zig", ".zig"),
    ("Dart", _SLASHES, "dart", ".dart"),
    (
        "Ruby",
        _HASH,
        "ruby",
        (
            ".rb .rake .gemspec .ru .podspec .jbuilder .builder .rbi Gemfile Rakefile Vagrantfile Podfile Fastfile "
            "Appfile Matchfile Brewfile Guardfile Capfile Dangerfile Berksfile Puppetfile"
        ),
    ),
    ("Perl", _HASH, "perl", ".pl .pm .t .psgi cpanfile"),
    ("PHP", _SLASHES, "php", ".php .phtml .phpt .inc .module .install"),
    ("Lua", _DASHES, "lua", ".lua .rockspec"),
    ("Elixir", _HASH, "elixir", ".ex .exs"),
    ("Haskell", _DASHES, "haskell", ".hs"),
    ("Nix", _HASH, "nix", ".nix"),
    (
        "Shell",
        _HASH,
        "bash",
        (
            ".sh .bash .zsh .ksh .bats .ebuild .eclass .zsh-theme .command .bashrc .bash_profile .bash_aliases .zshrc "
            ".zshenv .zprofile .zlogin .profile .envrc PKGBUILD APKBUILD"
        ),
    ),
    ("PowerShell", _HASH, "powershell", ".ps1 .psm1 .psd1"),
    ("SQL", _DASHES, "sql", ".sql .ddl .dml .pgsql .psql"),
    ("CSS", _BLOCK, "css", ".css .pcss"),
    ("SCSS", _SLASHES, "scss", ".scss"),
    ("HTML", _MARKUP, "html", ".html .htm .xhtml"),
    ("Vue", _MARKUP, "vue", ".vue"),
    ("Svelte", _MARKUP, "html", ".svelte"),
    (
        "XML",
        _MARKUP,
        "xml",
        (
            ".xml .xsd .xsl .xslt .svg .csproj .fsproj .vbproj .vcxproj .props .targets .nuspec .config .plist .resx "
            ".storyboard .xib .xaml .axml .wsdl .rss .atom .kml .iml .jelly .fxml .ui"
        ),
    ),
    ("YAML", _HASH, "yaml", ".yml .yaml .clang-format .clang-tidy .clangd"),
    ("TOML", _HASH, "toml", ".toml Pipfile"),
    (
        "JSON with comments",
        _SLASHES,
        "json",
        (
            ".jsonc .code-workspace .swcrc tsconfig.json jsconfig.json .eslintrc.json .jshintrc .jscsrc "
            "devcontainer.json .devcontainer.json"
        ),
    ),
    ("Terraform", _HASH, "terraform", ".tf .tfvars .hcl .nomad .tofu"),
)

_LEXERS = (
    ("Objective-C", _SLASHES, "objective-c", ".m .mm"),
    ("F#", _SLASHES, "fsharp", ".fs .fsx .fsi"),
    ("Visual Basic", "' %s", "vbnet", ".vb"),
    ("Erlang", "%% %s", "erlang", ".erl .hrl .escript .app.src rebar.config rebar.config.script"),
    ("OCaml", "(* %s *)", "ocaml", ".ml .mli .mll .mly"),
    ("Dune", _SEMI, "scheme", "dune dune-project dune-workspace"),
    ("Elm", _DASHES, "elm", ".elm"),
    ("Clojure", _SEMI, "clojure", ".clj .cljs .cljc .edn"),
    ("Common Lisp", _SEMI, "common-lisp", ".lisp .lsp .cl"),
    ("Emacs Lisp", _SEMI, "elisp", ".el"),
    ("Scheme", _SEMI, "scheme", ".scm .ss .rkt"),
    ("R", _HASH, "r", ".r"),
    ("Julia", _HASH, "julia", ".jl"),
    ("Crystal", _HASH, "crystal", ".cr"),
    ("Nim", _HASH, "nim", ".nim"),
    ("D", _SLASHES, "d", ".d"),
    ("Fortran", "! %s", "fortran", ".f90 .f95 .f03 .f08"),
    ("Ada", _DASHES, "ada", ".adb .ads"),
    ("Pascal", _SLASHES, "delphi", ".pas .dpr .lpr"),
    ("Verilog", _SLASHES, "systemverilog", ".v .vh .sv .svh"),
    ("VHDL", _DASHES, "vhdl", ".vhd .vhdl"),
    ("Assembler", _SEMI, "nasm", ".asm .nasm"),
    ("GLSL", _SLASHES, "glsl", ".glsl .vert .frag .geom"),
    ("Solidity", _SLASHES, "solidity", ".sol"),
    ("CoffeeScript", _HASH, "coffeescript", ".coffee Cakefile"),
    ("Less", _SLASHES, "less", ".less"),
    ("Sass", _SLASHES, "sass", ".sass"),
    ("Pug", _SLASHES, "pug", ".pug .jade"),
    ("Haml", "-# %s", "haml", ".haml"),
    ("Slim", "/ %s", "slim", ".slim"),
    ("Smarty", "{* %s *}", "smarty", ".tpl"),
    ("JSON5", _SLASHES, "json5", ".json5"),
    ("INI", _SEMI, "ini", ".ini .cfg .conf .cnf .editorconfig .gitconfig .npmrc .pylintrc .coveragerc .flake8"),
    ("Properties", _HASH, "properties", ".properties"),
    ("Jsonnet", _SLASHES, "jsonnet", ".jsonnet .libsonnet"),
    ("CMake", _HASH, "cmake", ".cmake CMakeLists.txt"),
    ("Meson", _HASH, "meson", "meson.build meson_options.txt meson.options"),
    ("Apache", _HASH, "apacheconf", ".htaccess httpd.conf apache2.conf"),
    ("Puppet", _HASH, "puppet", ".pp"),
    ("Rego", _HASH, "rego", ".rego"),
    ("Batch", "REM %s", "batch", ".bat .cmd"),
    ("Fish", _HASH, "fish", ".fish"),
    ("Awk", _HASH, "awk", ".awk"),
    ("Tcl", _HASH, "tcl", ".tcl"),
    ("Vim script", '" %s', "vim", ".vim .vimrc"),
    ("GraphQL", _HASH, "graphql", ".graphql .gql .graphqls"),
    ("Protocol Buffers", _SLASHES, "protobuf", ".proto"),
    ("Thrift", _SLASHES, "thrift", ".thrift"),
    ("Gherkin", _HASH, "gherkin", ".feature"),
    ("Cython", _HASH, "cython", ".pyx .pxd"),
    ("systemd unit", _HASH, "systemd", ".service .timer .socket"),
    # Dart's strings and comments are written like Bicep's, and so are Protocol Buffers' like FlatBuffers'.
    ("Bicep", _SLASHES, "dart", ".bicep .bicepparam"),
    ("FlatBuffers", _SLASHES, "protobuf", ".fbs"),
    ("Cap'n Proto", _HASH, "capnp", ".capnp"),
    ("TeX", "%% %s", "tex", ".sty .cls .dtx .ltx"),
    ("GDScript", _HASH, "gdscript", ".gd"),
    ("QML", _SLASHES, "qml", ".qml"),
    ("Vala", _SLASHES, "vala", ".vala .vapi"),
    ("Gleam", _SLASHES, "gleam", ".gleam"),
    ("Haxe", _SLASHES, "haxe", ".hx"),
    ("Raku", _HASH, "raku", ".raku .rakumod"),
    ("HLSL", _SLASHES, "hlsl", ".hlsl"),
    ("WGSL", _SLASHES, "wgsl", ".wgsl"),
    ("Device tree", _SLASHES, "devicetree", ".dts .dtsi"),
    ("Kconfig", _HASH, "kconfig", "Kconfig"),
    ("NSIS", _SEMI, "nsis", ".nsi .nsh"),
    ("Vyper", _HASH, "vyper", ".vy"),
    ("Robot Framework", _HASH, "robotframework", ".robot"),
    ("Caddyfile", _HASH, "caddyfile", "Caddyfile"),
    ("VCL", _SLASHES, "vcl", ".vcl"),
)

#: template language | comment | suffixes, before which stands the suffix of what the template makes
_TEMPLATES = (
    ("Jinja", "{# %s #}", ".jinja .jinja2 .j2 .twig .njk .nunjucks .volt"),
    ("Liquid", "{%% comment %%}%s{%% endcomment %%}", ".liquid"),
    ("Handlebars", "{{!-- %s --}}", ".hbs .handlebars .mustache"),
    ("Go template", "{{/* %s */}}", ".tmpl .gotmpl .gohtml .gotpl"),
    ("ERB", "<%%# %s %%>", ".erb .rhtml"),
    ("EJS", "<%%# %s %%>", ".ejs"),
    ("Razor", "@* %s *@", ".cshtml .razor .vbhtml"),
    ("Blade", "{{-- %s --}}", ".blade.php"),
    ("JSP", "<%%-- %s --%%>", ".jsp .jspf .tag"),
    ("ASP.NET", "<%%-- %s --%%>", ".aspx .ascx .master .asax"),
    ("Astro", _MARKUP, ".astro"),
)
#: Templates that are made of HTML where their name says nothing else.
_OF_HTML = frozenset([".twig", ".njk", ".jinja", ".jinja2", ".liquid", ".hbs", ".handlebars", ".mustache", ".gohtml"])
_OF_HTML |= {".erb", ".rhtml", ".ejs", ".volt", ".nunjucks", ".cshtml", ".razor", ".vbhtml", ".astro"}
_OF_HTML |= {".jsp", ".jspf", ".tag", ".aspx", ".ascx", ".master", ".asax"}

#: language | reader | comment | file names and suffixes: too plain to need a lexer
_LINES = (
    ("requirements file", Reader.LINE, _HASH, "requirements.txt constraints.txt"),
    ("Dockerfile", Reader.CONTAINERFILE, _HASH, ".dockerfile .containerfile Dockerfile Containerfile"),
    ("Makefile", Reader.MAKEFILE, _HASH, ".mk .mak .make Makefile makefile GNUmakefile"),
    (
        "environment file",
        Reader.LINE,
        _HASH,
        (
            ".env .env.example .env.sample .env.dist .env.template .env.local .env.development .env.production "
            ".env.test .env.staging .flaskenv .tool-versions Procfile"
        ),
    ),
    ("Nginx", Reader.LINE, _HASH, "nginx.conf .nginx .vhost"),
    ("just", Reader.LINE, _HASH, "justfile Justfile .justfile .just"),
    ("BitBake", Reader.LINE_START, _HASH, ".bb .bbclass .bbappend"),
    ("opam", Reader.LINE, _HASH, ".opam opam"),
    ("ProGuard", Reader.LINE, _HASH, ".pro"),
    ("Go module file", Reader.LINE, _SLASHES, "go.mod go.work"),
    (
        "list of patterns",
        Reader.LINE_START,
        _HASH,
        ".gitignore .dockerignore .gitattributes .eslintignore .prettierignore .npmignore .helmignore CODEOWNERS",
    ),
)

#: how a comment is written there, "" where there is none | file names and suffixes
_PROSE = (
    ("TeX document", "%% %s", ".tex"),
    ("prose", "", ".txt .org .textile .rtf .pod .patch .diff README LICENSE LICENCE COPYING NOTICE AUTHORS"),
    ("prose", "", "CONTRIBUTORS CHANGELOG CHANGES HISTORY NEWS INSTALL TODO FAQ USAGE MANUAL THANKS CREDITS BUGS"),
    ("Markdown", _MARKUP, ".md .markdown .rmd .qmd"),
    ("MDX", "{/* %s */}", ".mdx"),
    ("reStructuredText", ".. %s", ".rst"),
    ("AsciiDoc", _SLASHES, ".adoc .asciidoc"),
    ("manual page", '.\\" %s', ".1 .2 .3 .4 .5 .6 .7 .8 .man .mdoc .roff"),
)

#: Formats whose comments nobody keeps: tools write them, or their readers drop them.
_WRITTEN = (("minified script", ".min.js .min.mjs .min.cjs"), ("minified style", ".min.css"), ("catalogue", ".po .pot"))

_NOTHING = """
.json .geojson .webmanifest .ipynb .har .map .csv .tsv .lock .sum .snap .golden .pem .crt .key .pub .b64
.sha256 .log .mo .png .jpg .jpeg .gif .webp .ico .bmp .tiff .pdf .zip .gz .tgz .xz .bz2 .7z .jar .war .class
.so .dll .exe .dylib .a .o .woff .woff2 .ttf .otf .eot .mp3 .mp4 .wav .ogg .webm .mov .bin .dat .db .sqlite .parquet
.avro .pyc .whl .wasm .pb .npy .npz .python-version .nvmrc .node-version .ruby-version .babelrc
.prettierrc .eslintrc VERSION go.sum package-lock.json npm-shrinkwrap.json pnpm-lock.yaml packages.lock.json .gitkeep
.gitmodules .mailmap .git-blame-ignore-revs
"""


#: Names to which people append what the file is for: `Dockerfile.prod`, `Jenkinsfile-release`.
_PREFIXES = re2.compile(r"(Dockerfile|Containerfile|Jenkinsfile|Makefile|Vagrantfile|Gemfile|Rakefile|\.env)[._-].+")
#: What people and tools append to the name of a file that isn't in use as it stands: `database.yml.example`.
_APPENDED = re2.compile(r"(.+\.\w+)\.(?:example|sample|dist|default|disabled|orig|bak|old)")
#: JSON files whose readers allow comments (TypeScript "tsconfig.json", Visual Studio Code "JSON with Comments").
_COMMENTED_JSON = re2.compile(r"(?:^|.*/)(?:[tj]sconfig[.-][^/]*|\.vscode/[^/]+|\.devcontainer/[^/]+)\.json")
#: Words that people give to documents, and to their variants: `README.OS400`, `COPYING_7z`.
_DOCUMENT = re2.compile(r"(?:README|COPYING|LICEN[CS]E|NOTICE|INSTALL|CHANGE[SLOG]+|NEWS)[._-][\w.-]+|[A-Z][A-Z_-]{3,}")
#: Programs in files whose suffix belongs to Perl too: the outputs that cram compares ("Cram: It's test time").
_CRAM = re2.compile(r"(?m)^  \$ ")
_HELM = re2.compile(r"(?:^|.*/)templates/.*\.(?:ya?ml|tpl)")


def file_type(path: str, text: str = "") -> FileType:
    """The type of a file by its name, by its suffix, or by the interpreter that its first line names.

    Args:
        path: repository path.
        text: the file: its first line may name an interpreter, its tags may make it a template; may be empty.
    """
    if _HELM.fullmatch(path) and "{{" in text:
        return replace(_table()[".tmpl"], inner=_table()[".yaml"])
    kind = _named(path) or _table().get(suffix_of(text), UNKNOWN)
    if kind is UNKNOWN and _DOCUMENT.fullmatch(PurePosixPath(path).name):
        return _table()["README"]
    if kind.name in ("HTML", "SQL") and "{%" in text:
        # Django, Jinja and Liquid pages mostly bear the suffix of what they make, and so do dbt's models. Without
        # the tags these have gaps that a grammar trips over; a lexer doesn't.
        inner = replace(kind, reader=Reader.LEXER) if kind.name == "SQL" else kind
        return replace(_table()[".jinja"], inner=inner)
    if kind.name == "Perl" and path.endswith(".t") and _CRAM.search(text):
        return _table()[".txt"]
    if kind.name == "Blade":
        return replace(kind, inner=_table()[".php"])
    return _template(path, kind, text) if kind.reader is Reader.TEMPLATE else kind


@functools.lru_cache(maxsize=4096)
def _named(path: str) -> FileType | None:
    """The type that a path's name or suffix tells."""
    if _COMMENTED_JSON.fullmatch(path):
        return _table()[".jsonc"]
    found = next((_table()[key] for key in _names(path) if key in _table()), None)
    shorter = _APPENDED.fullmatch(path) if found is None else None
    return _named(shorter.group(1)) if shorter else found


def of_language(name: str) -> FileType | None:
    """The type of file that holds a language, None where there is none."""
    return next((kind for kind in _table().values() if kind.name == name), None)


def _names(path: str) -> list[str]:
    """What to look up for a path, the most telling first."""
    name = PurePosixPath(path).name
    suffixes = name.lower().split(".")[1:]
    named = [name, *(f".{'.'.join(suffixes[start:])}" for start in range(len(suffixes)))]
    if name.lower().endswith((".txt", ".in")) and "requirements" in path.lower():
        named.insert(0, "requirements.txt")
    prefixed = _PREFIXES.fullmatch(name)
    return [*named, prefixed.group(1)] if prefixed else named


def _template(path: str, kind: FileType, text: str) -> FileType:
    stem, _, suffix = path.rpartition(".")
    inner = next((_table()[key] for key in [*_names(stem), suffix_of(text)] if key in _table()), None)
    if inner is None and f".{suffix.lower()}" in _OF_HTML:
        inner = _table()[".html"]
    return kind if inner is None or inner.reader is Reader.TEMPLATE else replace(kind, inner=inner)


@functools.cache
def _table() -> dict[str, FileType]:
    table = {key: FileType(name, Reader.PROSE, comment) for name, comment, keys in _PROSE for key in keys.split()}
    table |= {key: FileType("data", Reader.NOTHING) for key in _NOTHING.split()}
    table |= {key: FileType(name, Reader.NOTHING) for name, keys in _WRITTEN for key in keys.split()}
    for name, reader, comment, keys in _LINES:
        table |= dict.fromkeys(keys.split(), FileType(name, reader, comment))
    for name, comment, lexer, keys in _LEXERS:
        table |= dict.fromkeys(keys.split(), FileType(name, Reader.LEXER, comment, lexer))
    for name, comment, lexer, keys in _GRAMMARS:
        table |= dict.fromkeys(keys.split(), FileType(name, Reader.GRAMMAR, comment, lexer))
    for name, comment, keys in _TEMPLATES:
        table |= dict.fromkeys(keys.split(), FileType(name, Reader.TEMPLATE, comment))
    return table
