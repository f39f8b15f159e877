"""Comments of templates: their own (`{# … #}`), those of the language around the tags, and those inside the tags."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import re2

from policies.source.contexts import Context, Place, Reading, ended, only, same_everywhere, spaces
from policies.source.file_types import FileType, Reader, of_language


@dataclass(frozen=True)
class _Flavour:
    """How a template language writes its tags.

    Attributes:
        tags: matches every tag; the group `comment` is there for a comment, `code` for what runs.
        language: what stands in `code`, "" where it is the template language's own.
    """

    tags: re2._Regexp[str]
    language: str = ""


#: PHP without its tags; no file is written so.
_PHP_CODE = FileType("PHP code", Reader.GRAMMAR, "// %s")

_COMMENT_TAG = r"\{%-?\s*comment\b[^%]*%\}.*?\{%-?\s*endcomment\s*-?%\}"
_FLAVOURS = {
    # Jinja "Comments", Twig "Comments", Django "Comments" (which has the comment tag besides).
    "Jinja": _Flavour(
        re2.compile(rf"(?s)(?P<comment>\{{#.*?#\}}|{_COMMENT_TAG})|(?P<code>\{{%.*?%\}}|\{{\{{.*?\}}\}})")
    ),
    # Liquid "comment": the tag, and the inline `{% # … %}`.
    "Liquid": _Flavour(
        re2.compile(rf"(?s)(?P<comment>{_COMMENT_TAG}|\{{%-?\s*#.*?%\}})|(?P<code>\{{%.*?%\}}|\{{\{{.*?\}}\}})")
    ),
    # Handlebars "Template comments".
    "Handlebars": _Flavour(re2.compile(r"(?s)(?P<comment>\{\{~?!--.*?--~?\}\}|\{\{~?!.*?\}\})|(?P<code>\{\{.*?\}\})")),
    # Go's text/template: "{{/* a comment */}}", with a dash and a space on either side if blanks are trimmed.
    "Go template": _Flavour(re2.compile(r"(?s)(?P<comment>\{\{(?:- )?/\*.*?\*/(?: -)?\}\})|(?P<code>\{\{.*?\}\})")),
    # ERB: "<%# comment %>"; a doubled percent sign is no tag.
    "ERB": _Flavour(re2.compile(r"(?s)<%%|(?P<comment><%-?#.*?%>)|<%(?P<code>.*?)%>"), "Ruby"),
    # ASP.NET Core "Razor syntax reference": comments; what runs is left to the language around it.
    "Razor": _Flavour(re2.compile(r"(?s)(?P<comment>@\*.*?\*@)|(?P<code>@@)")),
    # Laravel "Blade Templates: Comments"; what runs is left to PHP, and so to HTML.
    "Blade": _Flavour(re2.compile(r"(?s)(?P<comment>\{\{--.*?--\}\})|@php\b(?P<code>[^(].*?)@endphp"), "PHP code"),
    # Jakarta Pages "Comments", ASP.NET "Server-side comments".
    "JSP": _Flavour(re2.compile(r"(?s)(?P<comment><%--.*?--%>)|<%[!=@]?(?P<code>.*?)%>"), "Java"),
    "ASP.NET": _Flavour(re2.compile(r"(?s)(?P<comment><%--.*?--%>)|<%[#:=@$]?(?P<code>.*?)%>"), "C#"),
    # Astro "Components": a component script above, HTML with JSX's expressions below.
    "Astro": _Flavour(
        re2.compile(r"(?s)\A\x{FEFF}?\s*---(?P<code>\n.*?\n)---|(?P<comment>\{\s*/\*.*?\*/\s*\})"), "TypeScript"
    ),
    "EJS": _Flavour(re2.compile(r"(?s)<%%|(?P<comment><%#.*?%>)|<%(?P<code>.*?)%>"), "JavaScript"),
}


def places(kind: FileType, text: str, offsets: Sequence[int], read: Reading) -> tuple[Place, ...]:
    """Where each of some offsets into a template stands; what is no tag is left to `read`."""
    flavour = _FLAVOURS[kind.name]
    template = _Template(kind, flavour, text, tuple(flavour.tags.finditer(text)), read)
    return tuple(template.place(offset) for offset in offsets)


@dataclass(frozen=True)
class _Template:
    """A template with its tags found."""

    kind: FileType
    flavour: _Flavour
    text: str
    tags: tuple[re2._Match[str], ...]
    read: Reading

    def place(self, offset: int) -> Place:
        """Where an offset stands."""
        around = next((tag for tag in self.tags if tag.start() <= offset < tag.end()), None)
        if around is None:
            return self._outside(offset)
        if around.group("comment") is not None:
            return Place(Context.COMMENT, around.end())
        language = _PHP_CODE if self.flavour.language == _PHP_CODE.name else of_language(self.flavour.language)
        # re2 tells a group's place by its number alone.
        group = self.flavour.tags.groupindex["code"]
        if language is None or not around.start(group) <= offset < around.end(group):
            return Place(Context.STRING, around.end())
        found = self.read(language, self._code, (offset,))[0]
        return Place(found.context, min(found.end, around.end(group)))

    def _outside(self, offset: int) -> Place:
        if self.kind.inner is None:
            return same_everywhere(Context.UNSURE, self.text, (offset,))[0]
        return self.read(self.kind.inner, self._around, (offset,))[0]

    @functools.cached_property
    def _code(self) -> str:
        """What runs in the tags, in its place."""
        group = self.flavour.tags.groupindex["code"]
        return only(self.text, [tag.span(group) for tag in self.tags if tag.group(group) is not None], ended)

    @functools.cached_property
    def _around(self) -> str:
        """What the template makes, in its place, with the tags blank."""
        ends = [0, *(tag.end() for tag in self.tags)]
        starts = [*(tag.start() for tag in self.tags), len(self.text)]
        return only(self.text, list(zip(ends, starts, strict=True)), spaces)
