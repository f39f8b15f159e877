"""Which tree-sitter grammar reads which language, and what its comments and strings are called.

Node types were read from the grammars themselves and tried in `tests/policies/comments/`. A new language is a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Grammar:
    """How to read one language.

    Attributes:
        module: the wheel's module, imported on first use.
        function: the function in it that gives the grammar.
        comments: the node types that are comments.
        strings: the node types that are strings, or text that is shown to people.
        prose: the node types whose text is meant for people.
        shields: the node types below which nothing is a comment, whatever the grammar calls it.
    """

    module: str
    function: str = "language"
    comments: frozenset[str] = frozenset({"comment"})
    strings: frozenset[str] = frozenset()
    prose: frozenset[str] = frozenset()
    shields: frozenset[str] = frozenset()


#: language | module and function | comments, where they aren't called `comment` alone | strings
_ROWS = (
    ("Python", "python", "", "string"),
    ("Starlark", "python", "", "string"),
    ("JavaScript", "javascript", "comment html_comment", "string template_string regex jsx_text"),
    (
        "TypeScript",
        "typescript.language_typescript",
        "comment html_comment",
        "string template_string template_literal_type regex jsx_text",
    ),
    (
        "TSX",
        "typescript.language_tsx",
        "comment html_comment",
        "string template_string template_literal_type regex jsx_text",
    ),
    ("Go", "go", "", "interpreted_string_literal raw_string_literal rune_literal"),
    ("Java", "java", "line_comment block_comment", "string_literal character_literal"),
    ("Kotlin", "kotlin", "line_comment block_comment", "string_literal multiline_string_literal character_literal"),
    ("Groovy", "groovy", "line_comment block_comment", "string_literal character_literal"),
    (
        "Scala",
        "scala",
        "comment block_comment xml_comment",
        "string interpolated_string character_literal xml_string xml_text xml_cdata",
    ),
    ("C", "c", "", "string_literal char_literal system_lib_string"),
    ("C++", "cpp", "", "string_literal char_literal system_lib_string raw_string_literal"),
    (
        "C#",
        "c_sharp",
        "",
        (
            "string_literal verbatim_string_literal raw_string_literal interpolated_string_expression "
            "character_literal preproc_arg"
        ),
    ),
    (
        "Swift",
        "swift",
        "comment multiline_comment",
        "line_string_literal multi_line_string_literal raw_string_literal regex_literal",
    ),
    ("Rust", "rust", "line_comment block_comment", "string_literal raw_string_literal char_literal"),
    ("Zig", "zig", "", "string multiline_string character"),
    ("Dart", "dart", "comment documentation_comment", "string_literal"),
    (
        "Ruby",
        "ruby",
        "",
        ("string heredoc_body regex string_array symbol_array delimited_symbol character subshell uninterpreted"),
    ),
    (
        "Perl",
        "perl",
        "comment pod",
        (
            "string_literal interpolated_string_literal heredoc_content data_section match_regexp quoted_regexp "
            "substitution_regexp transliteration_expression quoted_word_list command_string format_content"
        ),
    ),
    (
        "PHP",
        "php.language_php",
        "",
        "string encapsed_string heredoc_body nowdoc_body shell_command_expression",
    ),
    # What stands between tags already.
    ("PHP code", "php.language_php_only", "", "string encapsed_string heredoc_body nowdoc_body"),
    ("Lua", "lua", "", "string"),
    ("Elixir", "elixir", "", "string charlist sigil char quoted_atom quoted_keyword"),
    ("Haskell", "haskell", "comment haddock", "string char quasiquote"),
    ("Nix", "nix", "", "string_expression indented_string_expression"),
    ("Shell", "bash", "", "string raw_string ansi_c_string translated_string heredoc_body regex"),
    (
        "PowerShell",
        "powershell",
        "",
        (
            "string_literal expandable_string_literal expandable_here_string_literal verbatim_string_characters "
            "verbatim_here_string_characters"
        ),
    ),
    ("SQL", "sql", "comment marginalia", "literal"),
    ("CSS", "css", "", "string_value"),
    ("SCSS", "scss", "comment js_comment", "string_value"),
    ("Terraform", "hcl", "", "template_literal quoted_template heredoc_template string_lit"),
    ("YAML", "yaml", "", ""),
    ("TOML", "toml", "", ""),
    ("JSON with comments", "json", "", ""),
)

_MARKUP_SHIELDS = frozenset({"quoted_attribute_value", "attribute_value"})
_TEXT = frozenset({"text"})
_HTML = Grammar("tree_sitter_html", strings=frozenset({"raw_text"}), prose=_TEXT, shields=_MARKUP_SHIELDS)

_MARKUP = {
    "HTML": _HTML,
    "Vue": _HTML,
    "Svelte": Grammar("tree_sitter_svelte", strings=frozenset({"raw_text"}), prose=_TEXT, shields=_MARKUP_SHIELDS),
    "XML": Grammar(
        "tree_sitter_xml",
        "language_xml",
        comments=frozenset({"Comment"}),
        strings=frozenset({"CDSect", "AttValue", "EntityValue", "PI"}),
        prose=frozenset({"CharData"}),
    ),
}


def _plain() -> Iterator[tuple[str, Grammar]]:
    for language, where, comments, strings in _ROWS:
        module, _, function = where.partition(".")
        names = frozenset(comments.split() or ["comment"])
        yield language, Grammar(f"tree_sitter_{module}", function or "language", names, frozenset(strings.split()))


#: Every grammar by the name that `file_types` gives its language.
GRAMMARS: dict[str, Grammar] = {**dict(_plain()), **_MARKUP}
