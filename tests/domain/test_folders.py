"""Which files are read because of where others lie."""

from domain.folders import beside


def test_the_attributes_of_every_folder_above_a_changed_file_are_read_beside_the_roots() -> None:
    found = beside([".gitattributes"], ["api/deep/x.py", "api/y.py", "z.py"])
    assert found == ("api/.gitattributes", "api/deep/.gitattributes")


def test_nothing_is_read_besides_where_nobody_asks_for_attributes() -> None:
    assert beside(["gradle/libs.versions.toml"], ["api/x.py"]) == ()


def test_a_tree_of_very_many_folders_is_read_from_the_root_downwards() -> None:
    found = beside([".gitattributes"], [f"{'a/' * depth}x.py" for depth in range(1_000)])
    assert (len(found), found[0]) == (200, "a/.gitattributes")
