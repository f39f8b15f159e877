"""Manifests and lockfiles: which files are some, and who reads them.

One table, first match wins. A format is added by writing a parser (text in, `Manifest` out) and a row here; a row
without a parser is a format that is known by name and can't be read yet: a change to it is never a pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

import re2

from policies.manifests import (
    cargo,
    composer,
    containers,
    dart,
    dotnet,
    go,
    gradle,
    maven,
    npm,
    npm_locks,
    others,
    pyproject,
    python_locks,
    python_requirements,
    ruby,
    setup_files,
    workflows,
)
from policies.manifests.model import Manifest, Parser, UnreadableManifestError


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of manifest.

    Attributes:
        title: what people call it.
        pattern: matches the whole path, or the whole name where it holds no slash.
        parser: None where nobody can read it yet.
        lock: whether it records what a resolver chose, beside a manifest that people write.
    """

    title: str
    pattern: str
    parser: Parser | None
    lock: bool = False

    def parse(self, text: str) -> Manifest:
        """Read one side.

        Raises:
            UnreadableManifestError: it can't be read, or nobody can read the format yet.
        """
        if self.parser is None:
            raise UnreadableManifestError(f"{self.title} can't be read yet")
        return self.parser(text)


_WORD = r"[\w.-]*"
_REQUIREMENTS = rf"(?:{_WORD}[_.-])?requirements?(?:[_.-]{_WORD})?\.(?:txt|in|pip)"

FORMATS: tuple[Format, ...] = (
    # JavaScript and TypeScript
    Format("package.json", r"package\.json", npm.parse_package_json),
    Format("pnpm workspace", r"pnpm-workspace\.yaml", npm.parse_pnpm_workspace),
    Format("npm lockfile", r"package-lock\.json|npm-shrinkwrap\.json", npm_locks.parse_package_lock, lock=True),
    Format("Yarn lockfile", r"yarn\.lock", npm_locks.parse_yarn_lock, lock=True),
    Format("pnpm lockfile", r"pnpm-lock\.yaml", npm_locks.parse_pnpm_lock, lock=True),
    Format("Bun lockfile", r"bun\.lock", npm_locks.parse_bun_lock, lock=True),
    Format("binary Bun lockfile", r"bun\.lockb", None, lock=True),
    Format("Deno configuration", r"deno\.jsonc?|deno\.lock", None),
    Format("Bower manifest", r"bower\.json", npm.parse_package_json),
    # Python
    Format(
        "constraints file", r"(?:.*[_.-])?constraints?(?:[_.-].*)?\.(?:txt|in)", python_requirements.parse_constraints
    ),
    Format("requirements file", _REQUIREMENTS, python_requirements.parse),
    Format("requirements file", r"(?:.*/)?requirements?/[^/]+\.(?:txt|in|pip)", python_requirements.parse),
    Format("setup.py", r"setup\.py", setup_files.parse_setup_py),
    Format("setup.cfg", r"setup\.cfg", setup_files.parse_setup_cfg),
    Format("pyproject.toml", r"pyproject\.toml", pyproject.parse_pyproject),
    Format("Pipfile", r"Pipfile", pyproject.parse_pipfile),
    Format("Pipenv lockfile", r"Pipfile\.lock", python_locks.parse_pipfile_lock, lock=True),
    Format("Python lockfile", r"(?:poetry|pdm|uv)\.lock|pylock(?:\..+)?\.toml", python_locks.parse_packages, lock=True),
    Format("conda environment", r"environment(?:[._-].+)?\.ya?ml", others.parse_conda),
    Format("conda recipe", r"(?:.*/)?(?:conda\.)?recipes?/(?:.+/)?meta\.yaml|pixi\.(?:toml|lock)", None),
    # Go
    Format("go.mod", r"go\.mod|go\.work", go.parse_go_mod),
    Format("vendored Go modules", r"(?:.*/)?vendor/modules\.txt", go.parse_vendor_modules, lock=True),
    # Java, Kotlin, Scala
    Format("POM", r"pom\.xml|.*\.pom|pom-.*\.xml", maven.parse_pom),
    Format("Maven extensions", r"(?:.*/)?\.mvn/extensions\.xml", maven.parse_extensions),
    Format("Gradle build file", r".*\.gradle(?:\.kts)?", gradle.parse_build),
    Format("version catalog", r".*\.versions\.toml", gradle.parse_catalog),
    Format("Gradle lockfile", r"(?:gradle|buildscript-gradle)\.lockfile", gradle.parse_lock, lock=True),
    Format("sbt build file", r"build\.sbt|(?:.*/)?project/[^/]+\.(?:sbt|scala)", None),
    # Rust, Ruby, PHP, .NET, Dart
    Format("Cargo.toml", r"Cargo\.toml", cargo.parse_manifest),
    Format("Cargo.lock", r"Cargo\.lock", cargo.parse_lock, lock=True),
    Format("Gemfile lockfile", r"Gemfile\.lock|gems\.locked|.*\.gemfile\.lock", ruby.parse_lock, lock=True),
    Format("Gemfile", r"Gemfile|gems\.rb|.*\.gemfile|Gemfile\.[a-z]+", ruby.parse_gemfile),
    Format("gemspec", r".*\.gemspec", ruby.parse_gemspec),
    Format("composer.json", r"composer\.json", composer.parse_manifest),
    Format("composer.lock", r"composer\.lock", composer.parse_lock, lock=True),
    Format(
        "NuGet project",
        r".*\.(?:cs|fs|vb|sql|vcx)proj|Directory\.(?:Packages|Build)\.(?:props|targets)|.*\.(?:props|targets)",
        dotnet.parse_project,
    ),
    Format("packages.config", r"packages\.config", dotnet.parse_packages_config),
    Format("nuspec", r".*\.nuspec", dotnet.parse_nuspec),
    Format("NuGet lockfile", r"packages\.lock\.json", dotnet.parse_lock, lock=True),
    Format(".NET tools", r"dotnet-tools\.json", dotnet.parse_tools),
    Format("global.json", r"global\.json", dotnet.parse_global),
    Format("Paket file", r"paket\.(?:dependencies|lock|references)", None),
    Format("pubspec", r"pubspec\.yaml", dart.parse_manifest),
    Format("pubspec lockfile", r"pubspec\.lock", dart.parse_lock, lock=True),
    # Swift, Elixir, Erlang, C and C++, others
    Format("Swift lockfile", r"Package\.resolved", others.parse_package_resolved, lock=True),
    Format("Swift package", r"Package(?:@swift-.+)?\.swift", None),
    Format("CocoaPods lockfile", r"Podfile\.lock", others.parse_podfile_lock, lock=True),
    Format("CocoaPods manifest", r"Podfile|.*\.podspec(?:\.json)?", None),
    Format("Mix project", r"mix\.exs|mix\.lock|rebar\.config|rebar\.lock", None),
    Format("Helm chart", r"Chart\.(?:yaml|lock)", others.parse_helm),
    Format("elm.json", r"elm\.json", others.parse_elm),
    Format("vcpkg.json", r"vcpkg\.json", others.parse_vcpkg),
    Format("Conan file", r"conanfile\.(?:txt|py)|conan\.lock", None),
    Format("Nix flake lockfile", r"flake\.lock", others.parse_flake_lock, lock=True),
    Format("Julia project", r"Project\.toml", others.parse_julia),
    Format("Bazel module", r"MODULE\.bazel|WORKSPACE(?:\.bazel|\.bzlmod)?|maven_install\.json", None),
    Format("Haskell manifest", r".*\.cabal|stack\.yaml|cabal\.project", None),
    Format("Clojure manifest", r"project\.clj|deps\.edn", None),
    Format("OCaml manifest", r".*\.opam", None),
    Format("Perl manifest", r"cpanfile", None),
    Format("Gleam manifest", r"gleam\.toml", None),
    Format("Terraform lockfile", r"\.terraform\.lock\.hcl", None, lock=True),
    # Submodules, CI, containers, hooks
    Format("submodules", r"\.gitmodules", others.parse_gitmodules),
    Format("workflow", r"\.github/workflows/[^/]+\.ya?ml", workflows.parse_workflow),
    Format("action", r"action\.ya?ml", workflows.parse_action),
    Format("pre-commit hooks", r"\.pre-commit-config\.ya?ml", workflows.parse_pre_commit),
    Format("Dockerfile", r"(?:.*\.)?(?:Dockerfile|Containerfile)(?:\..+)?", containers.parse_dockerfile),
    Format("Compose file", r"(?:docker-)?compose(?:[.-].+)?\.ya?ml", containers.parse_compose),
)

_PATTERNS: tuple[Callable[[str], object], ...] = tuple(re2.compile(one.pattern).fullmatch for one in FORMATS)


def format_of(path: str) -> Format | None:
    """The format that a path stands for, None for a file that declares no dependencies."""
    name = PurePosixPath(path).name
    for found, matches in zip(FORMATS, _PATTERNS, strict=True):
        if matches(path if "/" in found.pattern else name):
            return found
    return None
