from domain.prerequisites import prerequisites
from tests.adapters.github.shop import Shop


def test_what_a_conflicting_target_lacks_is_read_by_one_query(shop: Shop) -> None:
    lacking = shop.commit("main", {"app.py": b"print('moved')\n"}, "Move the words (#7)")
    shop.commit("main", {"beside.py": b"1\n"}, "Elsewhere (#8)")
    shop.github.branches(frozenset({"main"}))
    before = shop.sent
    tips = str(shop.git.branch("main")), str(shop.git.branch("develop"))
    histories = shop.github.file_histories(*tips, ["app.py", "none.py", "a\nb"])
    assert shop.sent - before == 1
    assert {path: len(each.grown_from) for path, each in histories.items()} == {"app.py": 2, "none.py": 0}
    assert [(each.oid, each.number, each.paths) for each in prerequisites(histories)] == [(lacking, 7, ("app.py",))]


def test_a_commit_that_github_lacks_has_no_history(shop: Shop) -> None:
    histories = shop.github.file_histories("e" * 40, str(shop.git.branch("develop")), ["app.py"])
    assert (histories["app.py"].grown_from, len(histories["app.py"].target)) == ((), 1)
