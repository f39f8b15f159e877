"""Manifests and lockfiles: which files are some, and who reads them.

One table, first match wins. A format is added by writing a parser (text in, `Manifest` out) and a row here; a row
without a parser is a format that is known by name and can't be read yet: a change to it is never a pass.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import cast

import re2

from policies.manifests.model import Manifest, Parser, UnreadableManifestError


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of manifest.

    Attributes:
        title: what people call it.
        pattern: matches the whole path, or the whole name where it holds no slash.
        parser: a function of a module in this room, imported on first use; None where nobody can read it yet.
        lock: whether it records what a resolver chose, beside a manifest that people write.
    """

    title: str
    pattern: str
    parser: str | None
    lock: bool = False

    def parse(self, text: str) -> Manifest:
        """Read one side.

        Raises:
            UnreadableManifestError: it can't be read, or nobody can read the format yet.
        """
        if self.parser is None:
            raise UnreadableManifestError(f"{self.title} can't be read yet")
        try:
            return _parser(self.parser)(text)
        except RecursionError as error:
            raise UnreadableManifestError("it is nested too deeply") from error


@functools.cache
def _parser(name: str) -> Parser:
    module, _, function = name.partition(".")
    return cast("Parser", getattr(importlib.import_module(f"policies.manifests.{module}"), function))


_WORD = r"[\w.-]*"
_REQUIREMENTS = rf"(?:{_WORD}[_.-])?requirements?(?:[_.-]{_WORD})?\.(?:txt|in|pip)"

FORMATS: tuple[Format, ...] = (
    # JavaScript and TypeScript
    Format("package.json", r"package\.json", "npm.parse_package_json"),
    Format("pnpm workspace", r"pnpm-workspace\.yaml", "npm.parse_pnpm_workspace"),
    Format("npm lockfile", r"package-lock\.json|npm-shrinkwrap\.json", "npm_locks.parse_package_lock", lock=True),
    Format("Yarn lockfile", r"yarn\.lock", "npm_locks.parse_yarn_lock", lock=True),
    Format("pnpm lockfile", r"pnpm-lock\.yaml", "npm_locks.parse_pnpm_lock", lock=True),
    Format("Bun lockfile", r"bun\.lock", "npm_locks.parse_bun_lock", lock=True),
    Format("binary Bun lockfile", r"bun\.lockb", None, lock=True),
    Format("Deno configuration", r"deno\.jsonc?|jsr\.jsonc?", "deno.parse_manifest"),
    Format("Deno lockfile", r"deno\.lock", "deno.parse_lock", lock=True),
    Format("Bower manifest", r"bower\.json", "npm.parse_package_json"),
    # Python
    Format(
        "constraints file", r"(?:.*[_.-])?constraints?(?:[_.-].*)?\.(?:txt|in)", "python_requirements.parse_constraints"
    ),
    Format("requirements file", _REQUIREMENTS, "python_requirements.parse"),
    Format("requirements file", r"(?:.*/)?requirements?/[^/]+\.(?:txt|in|pip)", "python_requirements.parse"),
    Format("setup.py", r"setup\.py", "setup_files.parse_setup_py"),
    Format("setup.cfg", r"setup\.cfg", "setup_files.parse_setup_cfg"),
    Format("pyproject.toml", r"pyproject\.toml", "pyproject.parse_pyproject"),
    Format("Pipfile", r"Pipfile", "pyproject.parse_pipfile"),
    Format("Pipenv lockfile", r"Pipfile\.lock", "python_locks.parse_pipfile_lock", lock=True),
    Format(
        "Python lockfile", r"(?:poetry|pdm|uv)\.lock|pylock(?:\..+)?\.toml", "python_locks.parse_packages", lock=True
    ),
    Format("conda environment", r"environment(?:[._-].+)?\.ya?ml", "others.parse_conda"),
    Format(
        "conda recipe", r"(?:.*/)?(?:conda[\w.-]*|\.?recipes?)/(?:.+/)?(?:meta|recipe)\.ya?ml", "conda.parse_recipe"
    ),
    Format("Pixi manifest", r"pixi\.toml", "conda.parse_pixi"),
    Format("Pixi lockfile", r"pixi\.lock", "conda.parse_pixi_lock", lock=True),
    # Go
    Format("go.mod", r"go\.mod|go\.work", "go.parse_go_mod"),
    Format("vendored Go modules", r"(?:.*/)?vendor/modules\.txt", "go.parse_vendor_modules", lock=True),
    # Java, Kotlin, Scala
    Format("POM", r"pom\.xml|.*\.pom|pom-.*\.xml", "maven.parse_pom"),
    Format("Maven extensions", r"(?:.*/)?\.mvn/extensions\.xml", "maven.parse_extensions"),
    Format("Gradle build file", r".*\.gradle(?:\.kts)?", "gradle.parse_build"),
    Format("version catalog", r".*\.versions\.toml", "gradle.parse_catalog"),
    Format("Gradle lockfile", r"(?:gradle|buildscript-gradle)\.lockfile", "gradle.parse_lock", lock=True),
    Format("sbt build file", r"(?:.*/)?build\.sbt|(?:.*/)?project/(?:project/)*[^/]+\.(?:sbt|scala)", "sbt.parse_sbt"),
    Format("sbt's properties", r"(?:.*/)?project/build\.properties", "sbt.parse_properties"),
    Format("Mill build file", r"build\.(?:sc|mill)", "sbt.parse_mill"),
    # Rust, Ruby, PHP, .NET, Dart
    Format("Cargo.toml", r"Cargo\.toml", "cargo.parse_manifest"),
    Format("Cargo.lock", r"Cargo\.lock", "cargo.parse_lock", lock=True),
    Format("Gemfile lockfile", r"Gemfile\.lock|gems\.locked|.*\.gemfile\.lock", "ruby.parse_lock", lock=True),
    Format("Gemfile", r"Gemfile|gems\.rb|.*\.gemfile|Gemfile\.[a-z]+", "ruby.parse_gemfile"),
    Format("gemspec", r".*\.gemspec", "ruby.parse_gemspec"),
    Format("composer.json", r"composer\.json", "composer.parse_manifest"),
    Format("composer.lock", r"composer\.lock", "composer.parse_lock", lock=True),
    Format(
        "NuGet project",
        r".*\.(?:cs|fs|vb|sql|vcx|wix|py|es)proj|Directory\.(?:Packages|Build)\.(?:props|targets)",
        "dotnet.parse_project",
    ),
    Format("MSBuild properties", r".*\.(?:props|targets)", "dotnet.parse_properties"),
    Format("packages.config", r"packages\.config", "dotnet.parse_packages_config"),
    Format("nuspec", r".*\.nuspec", "dotnet.parse_nuspec"),
    Format("NuGet lockfile", r"packages\.lock\.json", "dotnet.parse_lock", lock=True),
    Format(".NET tools", r"dotnet-tools\.json", "dotnet.parse_tools"),
    Format("global.json", r"global\.json", "dotnet.parse_global"),
    Format("Paket file", r"paket\.dependencies", "small.parse_paket"),
    Format("Paket lockfile", r"paket\.lock", "small.parse_paket_lock", lock=True),
    Format("Paket references", r"paket\.references", "small.parse_paket_references", lock=True),
    Format("pubspec", r"pubspec\.yaml", "dart.parse_manifest"),
    Format("pubspec lockfile", r"pubspec\.lock", "dart.parse_lock", lock=True),
    # Swift, Elixir, Erlang, C and C++, others
    Format("Swift lockfile", r"Package\.resolved", "others.parse_package_resolved", lock=True),
    Format("Swift package", r"Package(?:@swift-.+)?\.swift", "swift.parse_package"),
    Format("CocoaPods lockfile", r"Podfile\.lock", "others.parse_podfile_lock", lock=True),
    Format("Podfile", r"Podfile", "cocoapods.parse_podfile"),
    Format("podspec", r".*\.podspec", "cocoapods.parse_podspec"),
    Format("podspec", r".*\.podspec\.json", "cocoapods.parse_podspec_json"),
    Format("Cartfile", r"Cartfile(?:\.private)?", "swift.parse_cartfile"),
    Format("Carthage lockfile", r"Cartfile\.resolved", "swift.parse_cartfile_lock", lock=True),
    Format("Mix project", r"mix\.exs", "beam.parse_mix"),
    Format("Mix lockfile", r"mix\.lock", "beam.parse_mix_lock", lock=True),
    Format("Rebar configuration", r"rebar\.config", "beam.parse_rebar"),
    Format("Rebar lockfile", r"rebar\.lock", "beam.parse_rebar_lock", lock=True),
    Format("Helm chart", r"Chart\.(?:yaml|lock)", "others.parse_helm"),
    Format("elm.json", r"elm\.json", "others.parse_elm"),
    Format("vcpkg.json", r"vcpkg\.json", "others.parse_vcpkg"),
    Format("Conan file", r"conanfile\.txt", "conan.parse_text"),
    Format("Conan recipe", r"conanfile\.py", "conan.parse_python"),
    Format("Conan lockfile", r"conan\.lock", "conan.parse_lock", lock=True),
    Format("Nix flake", r"flake\.nix", "nix.parse_flake"),
    Format("Nix flake lockfile", r"flake\.lock", "others.parse_flake_lock", lock=True),
    Format("Julia project", r"(?:Julia)?Project\.toml", "others.parse_julia"),
    Format("Julia lockfile", r"(?:Julia)?Manifest(?:-v[0-9.]+)?\.toml", "small.parse_julia_lock", lock=True),
    Format("Bazel module", r"MODULE\.bazel|WORKSPACE(?:\.bazel|\.bzlmod)?", "starlark.parse_bazel"),
    Format("Bazel dependencies", r".*\.bzl", "starlark.parse_bazel"),
    Format("Bazel's Maven lockfile", r"maven_install\.json", "starlark.parse_maven_install", lock=True),
    Format("Cabal package", r".*\.cabal", "functional.parse_cabal"),
    Format("Cabal project", r"cabal\.project(?:\.local)?", "functional.parse_cabal_project"),
    Format("Stack configuration", r"stack(?:-.*)?\.yaml", "functional.parse_stack"),
    Format("hpack manifest", r"package\.yaml", "functional.parse_hpack"),
    Format("Leiningen project", r"project\.clj|build\.boot", "functional.parse_lein"),
    Format("deps.edn", r"(?:deps|bb)\.edn", "functional.parse_deps_edn"),
    Format("opam file", r".*\.opam", "functional.parse_opam"),
    Format("dune project", r"dune-project", "functional.parse_dune"),
    Format("cpanfile", r"cpanfile", "functional.parse_cpanfile"),
    Format("R package", r"DESCRIPTION", "functional.parse_r_description"),
    Format("renv lockfile", r"renv\.lock", "functional.parse_renv_lock", lock=True),
    Format("Zig package", r"build\.zig\.zon", "small.parse_zig"),
    Format("Nimble package", r".*\.nimble", "small.parse_nimble"),
    Format("rockspec", r".*\.rockspec", "small.parse_rockspec"),
    Format("shard.yml", r"shard\.yml", "small.parse_shard"),
    Format("shards lockfile", r"shard\.lock", "small.parse_shard_lock", lock=True),
    Format("dub.json", r"dub\.json", "small.parse_dub"),
    Format("requirements.yaml", r"requirements\.ya?ml", "small.parse_requirements_yaml"),
    Format("Gleam manifest", r"gleam\.toml", "beam.parse_gleam"),
    Format("Gleam lockfile", r"manifest\.toml", "beam.parse_gleam_lock", lock=True),
    Format("Terraform configuration", r".*\.(?:tf|tofu)|terragrunt\.hcl", "terraform.parse_configuration"),
    Format("Terraform lockfile", r"\.terraform\.lock\.hcl", "terraform.parse_lock", lock=True),
    # Rarer ones
    Format("Gradle's own build code", r"(?:.*/)?buildSrc/.+\.(?:kt|kts|java|groovy)", "gradle.parse_build_code"),
    Format("dep's manifest", r"Gopkg\.toml", "listed.parse_gopkg"),
    Format("dep's lockfile", r"Gopkg\.lock", "listed.parse_gopkg", lock=True),
    Format("Glide's manifest", r"glide\.ya?ml", "listed.parse_glide"),
    Format("Glide's lockfile", r"glide\.lock", "listed.parse_glide", lock=True),
    Format("Godeps", r"Godeps\.json", "listed.parse_godeps"),
    Format("conda lockfile", r"(?:.*[.-])?conda-lock\.ya?ml", "listed.parse_conda_lock", lock=True),
    Format("Cabal lockfile", r"cabal\.project\.freeze", "listed.parse_cabal_freeze", lock=True),
    Format("Stack lockfile", r"stack.*\.yaml\.lock", "listed.parse_stack_lock", lock=True),
    Format("Bazel lockfile", r"MODULE\.bazel\.lock", "listed.parse_bazel_lock", lock=True),
    Format("vcpkg configuration", r"vcpkg-configuration\.json", "listed.parse_vcpkg_configuration"),
    Format("Jsonnet bundle", r"jsonnetfile\.json", "listed.parse_jsonnet"),
    Format("Jsonnet lockfile", r"jsonnetfile\.lock\.json", "listed.parse_jsonnet", lock=True),
    Format("Unity packages", r"(?:.*/)?Packages/manifest\.json", "listed.parse_json_dependencies"),
    Format("Haxe library", r"haxelib\.json", "listed.parse_json_dependencies"),
    Format("dub lockfile", r"dub\.selections\.json", "listed.parse_dub_lock", lock=True),
    Format("Spago package", r"spago\.yaml", "listed.parse_spago"),
    Format("Lake lockfile", r"lake-manifest\.json", "listed.parse_lake_manifest", lock=True),
    Format("Ivy file", r"ivy\.xml", "listed.parse_ivy"),
    Format("Puppetfile", r"Puppetfile", "listed.parse_puppet"),
    Format("Berksfile", r"Berksfile", "listed.parse_puppet"),
    Format("Perl build file", r"(?:Makefile|Build)\.PL", "listed.parse_perl_build"),
    Format("Brewfile", r"Brewfile", "listed.parse_brewfile"),
    Format("ClojureScript project", r"shadow-cljs\.edn", "functional.parse_lein"),
    # What developers run
    Format("tool versions", r"\.tool-versions", "listed.parse_tool_versions"),
    Format("mise configuration", r"\.?mise\.toml", "listed.parse_mise"),
    Format("Rust toolchain", r"rust-toolchain(?:\.toml)?", "listed.parse_rust_toolchain"),
    Format("interpreter's version", r"\.(?:nvmrc|(?:node|python|ruby|java|go)-version)", "listed.parse_one_version"),
    Format("development container", r"\.?devcontainer\.json", "listed.parse_devcontainer"),
    Format("chart's values", r"(?:.*/)?charts?/(?:.+/)?values(?:[.-][\w.-]+)?\.ya?ml", "listed.parse_helm_values"),
    # Known by name: nobody here can read them, so that a change to one is an error and no pass
    Format("Dhall packages of PureScript", r"(?:spago|packages)\.dhall", None),
    Format("Lake package", r"lakefile\.(?:lean|toml)", None),
    Format("dub package", r"dub\.sdl", None),
    Format("Terraform configuration in JSON", r".*\.(?:tf|tofu)\.json", None),
    Format("cpanfile's lockfile", r"cpanfile\.snapshot", None, lock=True),
    Format("Nimble lockfile", r"nimble\.lock", None, lock=True),
    Format("packrat lockfile", r"packrat\.lock", None, lock=True),
    Format("opam lockfile", r".*\.opam\.locked", None, lock=True),
    Format("Policyfile", r"Policyfile(?:\.rb|\.lock\.json)", None),
    Format("vendir file", r"vendir(?:\.lock)?\.yml", None),
    Format("Mintfile", r"Mintfile", None),
    Format("Alire crate", r"alire\.toml", None),
    Format("Ballerina package", r"Ballerina\.toml", None),
    # Submodules, CI, containers, hooks
    Format("submodules", r"\.gitmodules", "others.parse_gitmodules"),
    Format("workflow", r"\.github/workflows/[^/]+\.ya?ml", "workflows.parse_workflow"),
    Format("action", r"action\.ya?ml", "workflows.parse_action"),
    Format("pre-commit hooks", r"\.pre-commit-config\.ya?ml", "workflows.parse_pre_commit"),
    Format("Dockerfile", r"(?:.*\.)?(?:Dockerfile|Containerfile)(?:\..+)?", "containers.parse_dockerfile"),
    Format("Compose file", r"(?:docker-)?compose(?:[.-].+)?\.ya?ml", "containers.parse_compose"),
)

_PATTERNS: tuple[Callable[[str], object], ...] = tuple(re2.compile(one.pattern).fullmatch for one in FORMATS)


@functools.lru_cache(maxsize=4096)
def format_of(path: str) -> Format | None:
    """The format that a path stands for, None for a file that declares no dependencies."""
    name = PurePosixPath(path).name
    for found, matches in zip(FORMATS, _PATTERNS, strict=True):
        if matches(path if "/" in found.pattern else name):
            return found
    return None
