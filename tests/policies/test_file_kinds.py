"""Which files carry the product."""

import pytest

from policies.file_kinds import FileKind, is_example, is_fixture, kind_of

KINDS = {
    FileKind.TEST: ["tests/a.py", "pkg/a_test.go", "src/a.test.ts", "src/test/java/ATest.java"],
    FileKind.DOCS: ["README.md", "docs/conf.yml", "src/guide.rst", "LICENSE", "packages/a/docs/x.png", "NOTICE.txt",
                    "docs/_static/search.js", "docs/.vitepress/config.ts", "docs/site.css"],
    FileKind.CHANGELOG: [
        "CHANGELOG.md", "CHANGES", "packages/a/HISTORY.rst", ".changeset/odd-cats.md", "newsfragments/12.bugfix",
        "debian/changelog", "changelog.d/1.md", "changelogs/unreleased/1.yml", "RELEASE_NOTES.txt",
    ],
    FileKind.LOCKFILE: ["package-lock.json", "a/yarn.lock", "go.sum", "uv.lock", "Cargo.lock", "Gemfile.lock"],
    FileKind.GENERATED: ["a.min.js", "api/x.pb.go", "x_pb2.py", "lib/a.g.dart", "__generated__/q.ts", "F.Designer.cs"],
    FileKind.VENDORED: [
        "vendor/a/b.go", "node_modules/a/i.js", "third_party/x.c", "gradlew", "gradle/wrapper/x.jar",
        "app/assets/vendor/chart.js", "server/vendor/github.com/x/y.go", "src/vendor/golang.org/x/net/a.go",
        "php/vendor/composer/ClassLoader.php",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, paths in KINDS.items() for path in paths])
def test_a_path_tells_what_a_file_is(kind: FileKind, path: str) -> None:
    assert kind_of(path) is kind


@pytest.mark.parametrize(
    "path",
    [
        "src/app.py", "app/vendor/models.py", "src/vendor/pay.py", "changes.py", "src/history.ts", "news/views.py",
        "requirements.txt", "CMakeLists.txt", "docs/conf.py", "docs/package.json", "src/docs/handler.go", "notice.js",
        "package.json", "go.mod", "src/release/deploy.sh", ".github/workflows/ci.yml", "Dockerfile", "app.css",
        "kind_string.go", "mock_gateway.go", "payment_mock.go", "app.config.dart", "manifest.toml",
        "templates/news.html", "shop/vendor/list.py", "app/views/history.html", "pages/support.html",
        "web/security.html", "changelog/index.html", "docs/app.js", "docs/src/cart.ts", "bin/release", "script/support",
        "tools/history", "starter/web/build.gradle",
    ],
)  # fmt: skip
def test_product_code_is_never_something_else(path: str) -> None:
    assert kind_of(path) is None


def test_fixtures_and_examples_are_told_by_their_folder() -> None:
    assert is_fixture("tests/fixtures/app/package.json")
    assert is_fixture("packages/create/template-vue/package.json")
    assert is_example("examples/web/package.json")
    assert not is_fixture("src/package.json")
    assert is_example("playground/css/package.json")
    assert not is_example("src/sampler/package.json")
    for product in ("services/sandbox/package.json", "starter/web/build.gradle", "packages/demo/package.json"):
        assert not is_example(product)
