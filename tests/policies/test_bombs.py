"""Small texts that cost a naive reader minutes or gigabytes: each is read or refused in less than a second."""

import contextlib
import time
from collections.abc import Callable

import pytest

from domain import diff
from domain.errors import PolicyFileError, UnreadableInputError
from domain.pull_request import PolicyFile
from policies import configure
from policies.attributes import Attributes, globs
from policies.manifests import format_of
from policies.manifests.model import UnreadableManifestError
from policies.manifests.purl_globs import compiled as purl_glob
from policies.patterns import matches, matches_branch, occurrences

#: Patterns over which a backtracking engine takes time exponential in the text, or memory in their own size.
PATTERNS = ["(a+)+$", "(a|aa)+$", "(a|a)*b", "(.*a){12}b", "([a-z]+)*[0-9]", "^(a?){50}a{50}$", "(x+x+)+y", "(.*)*!"]
HUGE = ["((a{100}){100}){100}", "(a{1000}){1000}", "a{1001}", "(?:x{500}){500}"]
GLOBS = ["*a" * 40 + "b", "**/" * 40 + "b", "a*" * 60 + "b", "[a-z]*" * 30 + "b", "*?" * 60 + "b", "**a**" * 40 + "b"]
TEXT = "a" * 5_000 + "!"


def seconds(act: Callable[[], object]) -> float:
    began = time.process_time()
    with contextlib.suppress(UnreadableManifestError, UnreadableInputError, PolicyFileError, ValueError):
        act()
    return time.process_time() - began


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_pattern_of_a_policy_file_takes_more_than_linear_time(pattern: str) -> None:
    assert seconds(lambda: matches(pattern, TEXT)) < 1
    assert seconds(lambda: occurrences(pattern, TEXT)) < 1


@pytest.mark.parametrize("pattern", HUGE)
def test_a_pattern_that_would_need_much_memory_is_no_pattern(pattern: str) -> None:
    with pytest.raises(PolicyFileError) as caught:
        configure(PolicyFile(f"version: 1\npolicies: {{title: {{patterns: ['{pattern}']}}}}\n", oid="f" * 40))
    assert caught.value.problems


@pytest.mark.parametrize("glob", GLOBS)
def test_no_glob_takes_more_than_linear_time(glob: str) -> None:
    for path in ("a" * 4_000, "a/" * 2_000, "a" * 4_000 + "/b!"):
        assert seconds(lambda path=path: globs((glob,)).match_file(path)) < 1
        assert seconds(lambda path=path: matches_branch(glob, path)) < 1
        assert seconds(lambda path=path: purl_glob(f"pkg:npm/{glob}").fullmatch(f"pkg:npm/{path}")) < 1


@pytest.mark.parametrize(
    "text",
    [
        *(f"{glob} linguist-generated\n" for glob in GLOBS),
        "*.py linguist-generated\n" * 40_000,
        "x" * 900_000 + " linguist-generated\n",
        "* " + "linguist-generated " * 40_000,
        "\n" * 900_000,
        "[" * 100_000 + " linguist-vendored\n",
        "\\" * 100_000 + " linguist-vendored\n",
        "[attr]a linguist-generated\n" * 20_000,
        '"' * 100_000 + " linguist-generated\n",
        "".join(f"/d{n}/** linguist-generated\n" for n in range(2_000)),
    ],
    ids=range(15),
)
def test_no_gitattributes_take_a_second(text: str) -> None:
    assert seconds(lambda: Attributes.read(text).marks("src/" + "a" * 2_000)) < 1


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
XML = [
    f'<!DOCTYPE l [<!ENTITY l0 "lol">{LAUGHS}]><project>&l11;</project>',
    f'<!DOCTYPE l [<!ENTITY a "{"x" * 50_000}">]><project>{"&a;" * 50_000}</project>',
    '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><project>&a;</project>',
    '<!DOCTYPE l [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd"> %a;]><project/>',
    '<!DOCTYPE project SYSTEM "http://127.0.0.1:9/x.dtd"><project/>',
    '<!DOCTYPE project PUBLIC "-//x//y" "http://127.0.0.1:9/x.dtd"><project/>',
    "<!DOCTYPE project><project/>",
    '<!DOCTYPE l [<!ENTITY a "&b;"><!ENTITY b "&a;">]><project>&a;</project>',
    '<!DOCTYPE l [<!ATTLIST project a CDATA "x">]><project/>',
]


@pytest.mark.parametrize("path", ["pom.xml", "a.csproj", "packages.config", "a.nuspec", "ivy.xml"])
@pytest.mark.parametrize("text", XML, ids=range(len(XML)))
def test_xml_that_declares_anything_is_refused(path: str, text: str) -> None:
    found = format_of(path)
    assert found is not None
    began = time.process_time()
    with pytest.raises(UnreadableManifestError, match="it declares entities or a document type"):
        found.parse(text)
    assert time.process_time() - began < 1


LONG = [
    "<project>" + "<a>" * 150_000,
    "<project>" + "<a>" * 60_000 + "</a>" * 60_000 + "</project>",
    "<project " + " ".join(f'a{n}="x"' for n in range(60_000)) + "/>",
    f'<project a="{"x" * 900_000}"/>',
    "<project>" + "<!-- x -->" * 80_000 + "</project>",
    "<project>" + "<a/>" * 200_000 + "</project>",
    "<project><![CDATA[" + "]" * 800_000 + "]]></project>",
    "<project xmlns:" + 'a="x" xmlns:'.join(f"n{n}" for n in range(30_000)) + '="y"/>',
    "<project>" + "&#65;" * 150_000 + "</project>",
    "<project><properties>" + "".join(f"<p{n}>${{p{n + 1}}}${{p{n + 1}}}</p{n}>" for n in range(3_000))
    + "</properties><version>${p0}</version></project>",
]  # fmt: skip


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_no_xml_takes_a_second(text: str) -> None:
    for path in ("pom.xml", "a.csproj"):
        found = format_of(path)
        assert found is not None
        assert seconds(lambda found=found: found.parse(text)) < 1


STRUCTURES = [
    ("package.json", '{"a":' * 200_000),
    ("package.json", "[" * 400_000),
    ("package.json", '{"a": 1' + "0" * 100_000 + "}"),
    ("package.json", '{"a": ' + "1e400" + "}"),
    ("package.json", '{"a": NaN}'),
    ("package.json", '{"' + "\\u0041" * 150_000 + '": 1}'),
    ("package.json", "{" + ",".join(f'"k{n}": {n}' for n in range(60_000)) + "}"),
    ("package.json", "{" + ",".join('"k": 1' for _ in range(60_000)) + "}"),
    ("package.json", '{"dependencies": {' + ",".join(f'"a{n}": "1"' for n in range(20_000)) + "}}"),
    ("bun.lock", "{" + "//\n" * 250_000 + "}"),
    ("bun.lock", "{" + "/*" * 250_000 + "}"),
    ("bun.lock", "{" + ", " * 250_000 + "}"),
    ("deno.json", '"' + "\\" * 500_000),
    ("Cargo.toml", "a = " + "[" * 400_000),
    ("Cargo.toml", "a = " + "{a = " * 100_000),
    ("Cargo.toml", "a." * 200_000 + "a = 1"),
    ("Cargo.toml", "[" + "a." * 200_000 + "a]"),
    ("Cargo.toml", "a = '''" + "'" * 500_000),
    ("Cargo.toml", 'a = """' + "\\" * 500_000),
    ("Cargo.toml", "a = 1" + "0" * 100_000),
    ("Cargo.toml", "a = 1" + "_0" * 100_000),
    ("Cargo.toml", "".join(f"[a{n}]\n" for n in range(30_000))),
    ("Cargo.toml", "[[a]]\n" * 60_000),
    ("Cargo.toml", "#" * 900_000),
    ("Cargo.toml", "a" * 900_000 + " = 1"),
    ("Cargo.toml", "a" + " " * 900_000 + "= 1"),
    ("requirements.txt", "a" + "[" * 300_000),
    ("requirements.txt", "a; " + "(" * 100_000),
    ("requirements.txt", "a; " + "python_version<'3' or " * 20_000 + "python_version<'3'"),
    ("requirements.txt", "a" + "==1," * 100_000),
    ("requirements.txt", "a\\\n" * 100_000),
    ("setup.py", "x = " + "(" * 100_000),
    ("setup.py", "setup(install_requires=" + "[" * 150 + "]" * 150 + ")"),
    ("setup.py", "setup(install_requires=" + "a + " * 20_000 + "a)"),
    ("setup.py", "a = [b, b]\nb = [c, c]\nc = [a, a]\nsetup(install_requires=a)"),
    (
        "setup.py",
        "\n".join(f"a{n} = a{n + 1} + a{n + 1}" for n in range(60)) + "\na60 = ['x']\nsetup(install_requires=a0)",
    ),
]


@pytest.mark.parametrize(("path", "text"), STRUCTURES, ids=range(len(STRUCTURES)))
def test_no_nesting_and_no_repetition_takes_a_second(path: str, text: str) -> None:
    found = format_of(path)
    assert found is not None
    assert seconds(lambda: found.parse(text)) < 1


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\n" + "a: &a [x]\n" * 6_000,
        "version: 1\n" + "? " * 30_000,
        "version: 1\nroles: {" + "a: {users: [b]}, " * 3_500 + "}",
        "version: 1\nroles: {" + "".join(f"r{n}: {{users: [b]}}, " for n in range(2_500)) + "}",
        "version: 1\npolicies: {hotfix-comment: {marker: " + "x" * 60_000 + "}}",
        "version: 1\ntriggers: {labels: [" + "x, " * 9_000 + "]}",
        "version: 1\nseverities: {" + "".join(f"P{n}: , " for n in range(4_000)) + "}",
        "version: 1\n" + "!!x " * 15_000,
        "version: 1\n" + "'" * 60_000,
        "version: 1\nx: |\n" + "  y\n" * 15_000,
        "".join(f"policy{n}: 1\n" for n in range(4_500)),
        "version: 1\npolicies: {" + "".join(f"p{n}: {{}}, " for n in range(4_000)) + "}",
        "%TAG ! tag:x,2000:\n" * 3_000 + "--- a",
        "version: 1\nextends: " + "x/" * 30_000 + "y:z@w",
    ],
    ids=range(14),
)
def test_no_policy_file_takes_a_second(text: str) -> None:
    assert seconds(lambda: configure(PolicyFile(text, oid="f" * 40))) < 1


HEADER = "diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n"


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "@@ -1,100000 +1,100000 @@\n" + "-a\n" * 10,
        HEADER + "@@ -1 +1 @@\n" * 50_000,
        HEADER + "@@ -0,0 +1,30000 @@\n" + "+a\n" * 30_000,
        "diff --git a/x b/x\n" * 30_000,
        "diff --git " + "a/x " * 100_000 + "\n",
        'diff --git "a/' + "\\303" * 100_000 + '" "b/x"\n',
        HEADER + "@@ -" + "9" * 50_000 + " +1 @@\n",
        "diff --cc x\n" + "@@@ -1 -1 +1 @@@\n" * 10_000,
        HEADER + "@@ -1 +1 @@" + " " * 500_000 + "\n-a\n+b\n",
        "\n" * 900_000,
        f"diff --git a/{'d/' * 30_000}x b/{'d/' * 30_000}x\nold mode 100644\nnew mode 100755\n",
    ],
    ids=range(11),
)
def test_no_diff_takes_a_second(text: str) -> None:
    assert seconds(lambda: diff.parse(text)) < 1
