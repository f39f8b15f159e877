"""The proof as a person asks for it: the real program, real repositories, real test runners."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.adapters.git_repositories import Content, Repository, environment
from tests.adapters.waiting import wait_until
from tests.cli.program import HOTFIX, Done, hotfix, is_refused

#: The tests' own Python has pytest; nothing else of the machine's is wanted.
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

SOURCE = "def total(x):\n    return x\n"
FIXED = "def total(x):\n    return x * 2\n"
PYTEST = "from cart import total\nimport pytest\n\n\ndef test_total():\n    assert total(2) == {}\n"
UNITTEST = (
    "import unittest\n\nfrom cart import total\n\n\nclass CartTest(unittest.TestCase):\n"
    "    def test_total(self):\n        self.assertEqual(total(2), {})\n"
)
NODE = (
    "import test from 'node:test';\nimport assert from 'node:assert';\nimport {{ total }} from '../cart.mjs';\n\n"
    "test('total', () => {{ assert.equal(total(2), {}); }});\n"
)


def a_fix(path: Path, base: Mapping[str, Content], head: Mapping[str, Content]) -> Repository:
    """A repository whose `main` is base and whose `fix` is head, which keeps what it doesn't change."""
    made = Repository.create(path / "shop")
    first = made.commit(base)
    made.branch("main", first)
    made.branch("fix", made.commit({**base, **head}, first))
    return made


def prove(shop: Repository, *options: str, variables: Mapping[str, str] | None = None) -> Done:
    temporary = shop.path.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    given = {"PATH": PATH, "TMPDIR": str(temporary), **(variables or {})}
    done = hotfix("prove", "--base", "main", "--head", "fix", *options, cwd=shop.path, variables=given)
    assert [*temporary.iterdir()] == []
    assert not (shop.path / ".git" / "worktrees").exists()
    return done


def verdict(shop: Repository, *options: str) -> tuple[str, int]:
    done = prove(shop, "--format", "json", "--runs", "1", *options)
    assert done.code == done.data["exit_code"]
    return done.data["verdict"], done.code


def test_a_test_that_catches_the_fault_is_proven_by_pytest(tmp_path: Path) -> None:
    shop = a_fix(
        tmp_path,
        {"cart.py": SOURCE, "tests/test_cart.py": PYTEST.format(2)},
        {"cart.py": FIXED, "tests/test_cart.py": PYTEST.format(4)},
    )
    done = prove(shop, "--format", "json")
    assert (done.code, done.data["verdict"]) == (0, "proven")
    assert done.data["red_to_green"] == ["tests.test_cart test_total"]
    assert [run["ran"] for run in done.data["without_fix"]] == ["failed", "failed"]
    assert [run["ran"] for run in done.data["with_fix"]] == ["passed", "passed"]
    assert done.data["tests"] == ["tests/test_cart.py"]


def test_the_base_is_found_as_check_finds_it_and_what_isnt_committed_is_said_to_be_left_out(tmp_path: Path) -> None:
    shop = a_fix(
        tmp_path,
        {"cart.py": SOURCE, "tests/test_cart.py": PYTEST.format(2)},
        {"cart.py": FIXED, "tests/test_cart.py": PYTEST.format(4)},
    )
    shop.git("switch", "-q", "fix")
    (shop.path / "cart.py").write_text(SOURCE)
    done = hotfix("prove", "--runs", "1", cwd=shop.path, variables={"PATH": PATH})
    assert done.code == 0
    assert done.out.startswith("fix at ")
    assert "against main (the usual name of a production branch;" in done.out.splitlines()[0]
    assert done.err.startswith("! what isn't committed is left out of the proof")


def test_a_test_that_catches_the_fault_is_proven_by_unittest(tmp_path: Path) -> None:
    files: dict[str, Content] = {"cart.py": SOURCE, "tests/__init__.py": "", "tests/test_cart.py": UNITTEST.format(2)}
    shop = a_fix(tmp_path, files, {"cart.py": FIXED, "tests/test_cart.py": UNITTEST.format(4)})
    done = prove(shop, "--runs", "1")
    assert done.code == 0
    assert done.out.startswith("hotfix prove: proven\nWhy: tests.test_cart.CartTest.test_total fails without the fix")
    assert "-m unittest -v tests/test_cart.py" in done.out


@pytest.mark.skipif(not shutil.which("node"), reason="no node on this machine")
def test_a_test_that_catches_the_fault_is_proven_by_nodes_own_runner(tmp_path: Path) -> None:
    source = "export const total = (x) => x;\n"
    shop = a_fix(
        tmp_path,
        {"cart.mjs": source, "test/cart.test.mjs": NODE.format(2)},
        {"cart.mjs": source.replace("=> x", "=> x * 2"), "test/cart.test.mjs": NODE.format(4)},
    )
    assert verdict(shop) == ("proven", 0)


def test_a_test_that_would_not_have_caught_the_fault_is_told(tmp_path: Path) -> None:
    fake = PYTEST.replace("total(2) == {}", "total(0) == 0")
    shop = a_fix(tmp_path, {"cart.py": SOURCE}, {"cart.py": FIXED, "tests/test_cart.py": fake})
    assert verdict(shop) == ("test passes without the fix", 1)


def test_a_fix_that_does_not_mend_is_told(tmp_path: Path) -> None:
    shop = a_fix(tmp_path, {"cart.py": SOURCE}, {"cart.py": SOURCE + "\n", "tests/test_cart.py": PYTEST.format(4)})
    assert verdict(shop) == ("test fails with the fix", 1)


def test_an_import_of_what_the_fix_adds_fails_outside_of_the_test(tmp_path: Path) -> None:
    test = "import pytest\nfrom cart import grand_total\n\n\ndef test_total():\n    assert grand_total(2) == 4\n"
    head = FIXED + "\n\ndef grand_total(x):\n    return total(x)\n"
    shop = a_fix(tmp_path, {"cart.py": SOURCE}, {"cart.py": head, "tests/test_cart.py": test})
    done = prove(shop)
    assert done.code == 2
    assert "Why: without the fix, the run breaks before or outside of the test: ImportError: cannot import" in done.out
    assert "Next: a test proves the fault where it can be run without the fix" in done.out


def test_a_test_of_chance_is_flaky(tmp_path: Path) -> None:
    test = (
        "import pathlib\n\nimport pytest\n\n\ndef test_total():\n    mark = pathlib.Path('mark')\n"
        "    seen = mark.exists()\n    mark.touch()\n    assert seen\n"
    )
    shop = a_fix(tmp_path, {"cart.py": SOURCE}, {"cart.py": FIXED, "tests/test_cart.py": test})
    done = prove(shop, "--format", "json")
    assert (done.code, done.data["verdict"]) == (1, "flaky")


def test_a_test_that_hangs_is_ended_and_told(tmp_path: Path) -> None:
    test = "import time\n\nimport pytest\n\n\ndef test_total():\n    time.sleep(600)\n"
    shop = a_fix(tmp_path, {"cart.py": SOURCE}, {"cart.py": FIXED, "tests/test_cart.py": test})
    done = prove(shop, "--timeout", "1", "--format", "json")
    assert (done.code, done.data["with_fix"][0]["ran"]) == (2, "timed out")
    assert "the tests didn't end in time" in done.data["why"]


def test_support_files_come_along_and_the_source_stays_bases(tmp_path: Path) -> None:
    conftest = "import pytest\n\n\n@pytest.fixture\ndef price():\n    return 2\n"
    test = "from cart import total\n\n\ndef test_total(price):\n    assert total(price) == 4\n"
    head = {"cart.py": FIXED, "tests/conftest.py": conftest, "tests/test_cart.py": test}
    shop = a_fix(tmp_path, {"cart.py": SOURCE}, head)
    done = prove(shop, "--format", "json", "--runs", "1")
    assert (done.data["verdict"], done.data["support"]) == ("proven", ["tests/conftest.py"])


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ({"cart.py": FIXED}, "the change adds or changes no test"),
        ({"cart.py": FIXED, "tests/data.json": "{}"}, "no file that holds test cases"),
        (
            {"cart.py": FIXED.replace("    return", '    """Add.\n\n    >>> total(1)\n    2\n    """\n    return')},
            "the changed test lives inside the changed source file cart.py",
        ),
        ({"cart.py": FIXED, "cart_test.zig": 'test "total" {}\n'}, "no ready-made command is known"),
    ],
)
def test_what_can_not_be_run_is_told_with_the_next_step(tmp_path: Path, head: dict[str, Content], words: str) -> None:
    done = prove(a_fix(tmp_path, {"cart.py": SOURCE}, head))
    assert done.code == 2
    assert done.out.startswith("hotfix prove: can't run\n")
    assert words in done.out
    assert "\nNext: " in done.out


def test_a_persons_command_is_run_with_quoted_names(tmp_path: Path) -> None:
    name = "tests/test_cart $(touch evil).py"
    shop = a_fix(tmp_path, {"cart.py": SOURCE}, {"cart.py": FIXED, name: PYTEST.format(4)})
    done = prove(shop, "--format", "json", "--runs", "1", "--test-command", "pytest -q {tests} && test ! -e evil")
    assert done.data["verdict"] == "proven"


def test_a_command_that_is_not_there_can_not_run(tmp_path: Path) -> None:
    shop = a_fix(tmp_path, {"cart.py": SOURCE}, {"cart.py": FIXED, "tests/test_cart.py": PYTEST.format(4)})
    assert verdict(shop, "--test-command", "no-such-runner {tests}") == ("can't run", 2)


def test_a_set_up_command_runs_in_each_worktree_and_its_failure_is_told(tmp_path: Path) -> None:
    shop = a_fix(tmp_path, {"cart.py": SOURCE}, {"cart.py": FIXED, "tests/test_cart.py": PYTEST.format(4)})
    assert verdict(shop, "--setup-command", "grep -q return cart.py") == ("proven", 0)
    done = prove(shop, "--setup-command", "echo no luck; exit 3")
    assert done.code == 2
    assert "without the fix, the set-up command ended with 3: no luck" in done.out


def test_tests_see_no_token_but_what_was_asked_for(tmp_path: Path) -> None:
    test = (
        "import os\n\nimport pytest\n\nfrom cart import total\n\n\ndef test_total():\n"
        "    assert 'GITHUB_TOKEN' not in os.environ\n    assert os.environ['WANTED'] == 'yes'\n"
        "    assert total(2) == 4\n"
    )
    shop = a_fix(tmp_path, {"cart.py": SOURCE}, {"cart.py": FIXED, "tests/test_cart.py": test})
    secrets = {"GITHUB_TOKEN": "ghs_secret", "WANTED": "yes"}
    done = prove(shop, "--env", "WANTED", "--format", "json", "--runs", "1", variables=secrets)
    assert done.data["verdict"] == "proven"
    assert prove(shop, "--runs", "1", variables=secrets).code == 1


def test_a_package_from_elsewhere_is_no_proof(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "cart.py").write_text(FIXED)
    shop = a_fix(tmp_path, {"cart.py": SOURCE}, {"cart.py": FIXED, "tests/test_cart.py": PYTEST.format(4)})
    command = ("--test-command", "pytest -q {tests}", "--env", f"PYTHONPATH={elsewhere}")
    done = prove(shop, "--runs", "1", *command)
    assert done.code == 2
    assert f"cart was imported from {elsewhere}/cart.py, and not from the worktree" in done.out


def test_a_folder_that_is_lent_is_found_in_both_worktrees(tmp_path: Path) -> None:
    test = PYTEST.format(4) + "    assert open('deps/a').read() == 'a'\n"
    shop = a_fix(tmp_path, {"cart.py": SOURCE}, {"cart.py": FIXED, "tests/test_cart.py": test})
    (shop.path / "deps").mkdir()
    (shop.path / "deps" / "a").write_text("a")
    assert verdict(shop, "--link", "deps") == ("proven", 0)
    assert is_refused(prove(shop, "--link", "../deps"), "--link", "inside of the repository")


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run"])
def test_it_refuses_to_run_a_strangers_code_beside_secrets(tmp_path: Path, event: str) -> None:
    shop = a_fix(tmp_path, {"cart.py": SOURCE}, {"cart.py": FIXED})
    assert is_refused(prove(shop, variables={"GITHUB_EVENT_NAME": event}), event, "pull_request")


def test_a_revision_that_is_not_there_is_told_in_one_sentence(tmp_path: Path) -> None:
    shop = a_fix(tmp_path, {"cart.py": SOURCE}, {"cart.py": FIXED})
    assert is_refused(prove(shop, "--head", "nowhere"), "no revision nowhere")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_behind_when_it_is_ended_half_way(tmp_path: Path, number: signal.Signals) -> None:
    begun = f"    pathlib.Path('{tmp_path}/begun').touch()\n    time.sleep(600)\n"
    test = f"import pathlib\nimport time\n\nimport pytest\n\n\ndef test_total():\n{begun}"
    shop = a_fix(tmp_path, {"cart.py": SOURCE}, {"cart.py": FIXED, "tests/test_cart.py": test})
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    env = {**environment(), "PATH": PATH, "TMPDIR": str(temporary)}
    command = [HOTFIX, "prove", "--base", "main", "--head", "fix"]
    with subprocess.Popen(command, cwd=shop.path, env=env, stdout=subprocess.DEVNULL) as running:
        wait_until((tmp_path / "begun").exists, "the test has begun")
        running.send_signal(number)
        assert running.wait(60) == 128 + number
    assert [*temporary.iterdir()] == []
