# ruff: noqa: E501
"""One manifest of every format, with the place of one dependency that head adds.

What stands between ⟦ and ⟧ is the dependency `zzplant`: base lacks it, head has it.
"""

from __future__ import annotations

from dataclasses import dataclass

#: The name that is planted, in every ecosystem's spelling.
PLANT = "zzplant"


@dataclass(frozen=True, slots=True)
class Seed:
    """A manifest before, with, and after the planted dependency."""

    path: str
    before: str
    plant: str
    after: str

    @property
    def base(self) -> str:
        """Without the plant."""
        return self.before + self.after

    @property
    def head(self) -> str:
        """With it."""
        return self.before + self.plant + self.after


def _seed(path: str, text: str) -> Seed:
    before, _, rest = text.partition("⟦")
    plant, _, after = rest.partition("⟧")
    return Seed(path, before, plant, after)


_HASH = "a" * 64
_TEXTS: tuple[tuple[str, str], ...] = (
    ("package.json", '{\n  "name": "shop",\n  "version": "1.2.3",\n  "dependencies": {\n    "left": "^1.0.0",\n    "@acme/right": "2.0.0"⟦,\n    "zzplant": "^3.0.0"⟧\n  },\n  "devDependencies": {\n    "jest": "29"\n  },\n  "overrides": {"a": {"b": "1"}}\n}\n'),
    ("pnpm-workspace.yaml", 'packages:\n  - "packages/*"\ncatalog:\n  react: ^18.0.0\n⟦  zzplant: ^1.0.0\n⟧catalogs:\n  old:\n    react: ^17.0.0\n'),
    ("package-lock.json", '{\n  "lockfileVersion": 3,\n  "packages": {\n    "": {"name": "shop"},\n    "node_modules/left": {"version": "1.0.0", "resolved": "https://registry.example.org/left/-/left-1.0.0.tgz"}⟦,\n    "node_modules/zzplant": {"version": "3.0.0"}⟧\n  }\n}\n'),
    ("npm-shrinkwrap.json", '{\n  "lockfileVersion": 1,\n  "dependencies": {\n    "left": {"version": "1.0.0", "dependencies": {"deep": {"version": "2.0.0"}⟦, "zzplant": {"version": "1.0.0"}⟧}}\n  }\n}\n'),
    ("yarn.lock", '# yarn lockfile v1\n\n\nleft@^1.0.0:\n  version "1.0.0"\n  resolved "https://registry.example.org/left/-/left-1.0.0.tgz#abc"\n  integrity sha512-abc\n\n⟦zzplant@^3.0.0:\n  version "3.0.0"\n\n⟧"right@^2.0.0", right@^2.1.0:\n  version "2.1.0"\n  dependencies:\n    left "^1.0.0"\n'),
    ("web/yarn.lock", '__metadata:\n  version: 8\n\n"left@npm:^1.0.0":\n  version: 1.0.0\n  resolution: "left@npm:1.0.0"\n  languageName: node\n\n⟦"zzplant@npm:^1.0.0":\n  version: 1.0.0\n  resolution: "zzplant@npm:1.0.0"\n\n⟧"shop@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "shop@workspace:."\n'),
    ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      left:\n        specifier: ^1.0.0\n        version: 1.0.0\n\npackages:\n\n  left@1.0.0:\n    resolution: {integrity: sha512-abc}\n\n⟦  zzplant@1.0.0:\n    resolution: {integrity: sha512-abc}\n\n⟧  '@acme/right@2.0.0':\n    resolution: {integrity: sha512-abc}\n\nsnapshots:\n\n  left@1.0.0: {}\n"),
    ("bun.lock", '{\n  "lockfileVersion": 1,\n  "packages": {\n    "left": ["left@1.0.0", "", {}, "sha512-abc"],\n⟦    "zzplant": ["zzplant@1.0.0", "", {}, "sha512-abc"],\n⟧    "right": ["right@2.0.0", "", {}, "sha512-abc"],\n  }\n}\n'),
    ("deno.json", '{\n  "imports": {\n    "@std/path": "jsr:@std/path@^1"⟦,\n    "zzplant": "npm:zzplant@1"⟧\n  }\n}\n'),
    ("deno.lock", '{\n  "version": "4",\n  "jsr": {"@std/path@1.0.0": {}},\n  "npm": {"chalk@5.3.0": {}⟦, "zzplant@1.0.0": {}⟧}\n}\n'),
    ("bower.json", '{"name": "shop", "dependencies": {"jquery": "^3"⟦, "zzplant": "^1"⟧}}\n'),
    ("constraints.txt", "left==1.0\n⟦zzplant==1.0\n⟧right==2.0\n"),
    ("requirements.txt", "# what we need\n-i https://example.org/simple\nleft==1.0 --hash=sha256:abc\n⟦zzplant>=1.0\n⟧right[extra]~=2.0 ; python_version < '3.12'\n-e git+https://example.org/x.git@v1#egg=thing\n"),
    ("requirements/dev.in", "left\n⟦zzplant\n⟧right\n"),
    ("setup.py", 'from setuptools import setup\n\nEXTRA = {"x": ["y"]}\n\nsetup(\n    name="shop",\n    extras_require=EXTRA,\n    install_requires=[\n        "left>=1",\n⟦        "zzplant",\n⟧        "right",\n    ],\n)\n'),
    ("setup.cfg", "[metadata]\nname = shop\n\n[options]\ninstall_requires =\n    left>=1\n⟦    zzplant\n⟧    right\n\n[options.extras_require]\ntest = pytest\n"),
    ("pyproject.toml", '[project]\nname = "shop"\ndependencies = [\n  "left>=1",\n⟦  "zzplant",\n⟧  "right",\n]\n\n[project.optional-dependencies]\nx = ["y"]\n\n[tool.poetry.dependencies]\npython = "^3.11"\nz = {version = "1", extras = ["a"]}\n'),
    ("Pipfile", '[packages]\nleft = "*"\n⟦zzplant = "*"\n⟧right = {version = "2", index = "pypi"}\n\n[dev-packages]\npytest = "*"\n'),
    ("Pipfile.lock", '{"_meta": {}, "default": {"left": {"version": "==1.0"}⟦, "zzplant": {"version": "==1.0"}⟧}, "develop": {}}\n'),
    ("poetry.lock", f'[[package]]\nname = "left"\nversion = "1.0"\nfiles = [\n    {{file = "left.whl", hash = "sha256:{_HASH}"}},\n]\n\n⟦[[package]]\nname = "zzplant"\nversion = "1.0"\n\n⟧[[package]]\nname = "right"\nversion = "2.0"\n\n[metadata]\nlock-version = "2.0"\n'),
    ("uv.lock", 'version = 1\n\n[[package]]\nname = "left"\nversion = "1.0"\nsource = { registry = "https://index.example.org/simple" }\n\n⟦[[package]]\nname = "zzplant"\nversion = "1.0"\nsource = { registry = "https://index.example.org/simple" }\n\n⟧[[package]]\nname = "shop"\nversion = "0"\nsource = { editable = "." }\n'),
    ("pylock.toml", 'lock-version = "1.0"\n\n[[packages]]\nname = "left"\nversion = "1.0"\n⟦\n[[packages]]\nname = "zzplant"\nversion = "1.0"\n⟧'),
    ("environment.yml", "name: shop\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.11\n  - numpy>=1\n⟦  - zzplant\n⟧  - pip:\n      - left==1\n"),
    ("recipes/shop/meta.yaml", "package:\n  name: shop\nrequirements:\n  host:\n    - python\n  run:\n    - numpy\n⟦    - zzplant\n⟧    - scipy >=1\ntest:\n  requires:\n    - pytest\n"),
    ("pixi.toml", '[project]\nname = "shop"\n\n[dependencies]\nnumpy = "*"\n⟦zzplant = "*"\n⟧\n[pypi-dependencies]\nleft = "*"\n'),
    ("pixi.lock", "version: 6\npackages:\n- conda: https://conda.anaconda.org/conda-forge/linux-64/left-1.0-h1.conda\n  sha256: abc\n⟦- conda: https://conda.anaconda.org/conda-forge/linux-64/zzplant-1.0-h1.conda\n  sha256: abc\n⟧- pypi: https://example.org/right.whl\n  name: right\n  version: '2.0'\n"),
    ("go.mod", "module example.org/shop\n\ngo 1.22\n\nrequire (\n\tgithub.com/acme/left v1.0.0\n⟦\tgithub.com/acme/zzplant v1.0.0\n⟧\tgithub.com/acme/right/v2 v2.0.0 // indirect\n)\n\nreplace github.com/acme/left => ../left\n"),
    ("go.work", "go 1.22\n\nuse (\n\t./a\n\t./b\n)\n\nreplace github.com/acme/left v1.0.0 => github.com/acme/left v1.0.1\n⟦replace github.com/acme/zzplant => github.com/evil/zzplant v1.0.0\n⟧"),
    ("vendor/modules.txt", "# github.com/acme/left v1.0.0\n## explicit; go 1.20\ngithub.com/acme/left\n⟦# github.com/acme/zzplant v1.0.0\n## explicit\ngithub.com/acme/zzplant\n⟧# github.com/acme/right v1.0.0\ngithub.com/acme/right/sub\n"),
    ("pom.xml", '<?xml version="1.0" encoding="UTF-8"?>\n<project xmlns="http://maven.apache.org/POM/4.0.0">\n  <groupId>org.acme</groupId>\n  <artifactId>shop</artifactId>\n  <properties><v>1.0</v></properties>\n  <dependencies>\n    <dependency><groupId>org.acme</groupId><artifactId>left</artifactId><version>${v}</version></dependency>\n⟦    <dependency><groupId>org.acme</groupId><artifactId>zzplant</artifactId><version>1</version></dependency>\n⟧    <dependency><groupId>junit</groupId><artifactId>junit</artifactId><scope>test</scope></dependency>\n  </dependencies>\n</project>\n'),
    (".mvn/extensions.xml", "<extensions>\n  <extension><groupId>g</groupId><artifactId>a</artifactId><version>1</version></extension>\n⟦  <extension><groupId>g</groupId><artifactId>zzplant</artifactId><version>1</version></extension>\n⟧</extensions>\n"),
    ("build.gradle", "plugins {\n    id 'java'\n}\n\ndependencies {\n    implementation 'org.acme:left:1.0'\n⟦    implementation 'org.acme:zzplant:1.0'\n⟧    testImplementation group: 'junit', name: 'junit', version: '4.13'\n}\n"),
    ("app/build.gradle.kts", 'plugins {\n    kotlin("jvm") version "2.0.0"\n}\n\ndependencies {\n    implementation("org.acme:left:1.0")\n⟦    implementation("org.acme:zzplant:1.0")\n⟧    testImplementation(libs.junit)\n}\n'),
    ("gradle/libs.versions.toml", '[versions]\nleft = "1.0"\n\n[libraries]\nleft = { module = "org.acme:left", version.ref = "left" }\n⟦zz = "org.acme:zzplant:1.0"\n⟧right = { group = "org.acme", name = "right", version = "2" }\n\n[plugins]\nx = "org.x:1"\n'),
    ("gradle.lockfile", "# generated\norg.acme:left:1.0=compileClasspath\n⟦org.acme:zzplant:1.0=compileClasspath\n⟧org.acme:right:1.0=runtimeClasspath\nempty=annotationProcessor\n"),
    ("build.sbt", 'name := "shop"\n\nlibraryDependencies ++= Seq(\n  "org.acme" %% "left" % "1.0",\n⟦  "org.acme" %% "zzplant" % "1.0",\n⟧  "org.acme" % "right" % "2.0" % Test\n)\n'),
    ("project/build.properties", "# zzplant\nsbt.version=1.9.0\n⟦sbt.version=zzplant\n⟧"),
    ("build.sc", 'import mill._\ndef ivyDeps = Agg(\n  ivy"com.acme::left:0.9",\n⟦  ivy"com.acme::zzplant:0.9",\n⟧  ivy"com.acme:right:1"\n)\n'),
    ("Cargo.toml", '[package]\nname = "shop"\nversion = "0.1.0"\n\n[dependencies]\nleft = "1"\n⟦zzplant = "1"\n⟧right = { version = "2", features = ["a"] }\n\n[target.\'cfg(unix)\'.dependencies]\nlibc = "0.2"\n\n[workspace]\nmembers = ["a"]\n'),
    ("Cargo.lock", f'version = 3\n\n[[package]]\nname = "left"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "{_HASH}"\n\n⟦[[package]]\nname = "zzplant"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n\n⟧[[package]]\nname = "shop"\nversion = "0.1.0"\ndependencies = [\n "left",\n]\n'),
    ("Gemfile.lock", "GEM\n  remote: https://rubygems.org/\n  specs:\n    left (1.0.0)\n      deep (>= 1)\n⟦    zzplant (1.0.0)\n⟧    right (2.0.0)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  left (~> 1.0)\n  right\n\nBUNDLED WITH\n   2.4.0\n"),
    ("Gemfile", "source 'https://rubygems.org'\n\ngem 'rails', '~> 7.0'\n⟦gem 'zzplant'\n⟧gem 'left', git: 'https://example.org/left.git'\n\ngroup :test do\n  gem 'rspec'\nend\n"),
    ("shop.gemspec", "Gem::Specification.new do |s|\n  s.name = 'shop'\n  s.add_dependency 'left', '~> 1'\n⟦  s.add_dependency 'zzplant'\n⟧  s.add_development_dependency 'rspec'\nend\n"),
    ("composer.json", '{"name": "acme/shop", "require": {"php": ">=8", "acme/left": "^1"⟦, "acme/zzplant": "^1"⟧}, "require-dev": {"phpunit/phpunit": "^10"}}\n'),
    ("composer.lock", '{"packages": [{"name": "acme/left", "version": "1.0.0", "dist": {"type": "zip", "url": "https://example.org"}}⟦, {"name": "acme/zzplant", "version": "1.0.0"}⟧], "packages-dev": []}\n'),
    ("src/Shop.csproj", '<Project Sdk="Microsoft.NET.Sdk">\n  <PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>\n  <ItemGroup>\n    <PackageReference Include="Left" Version="1.0" />\n⟦    <PackageReference Include="ZzPlant" Version="1.0" />\n⟧    <PackageReference Include="Right"><Version>2</Version></PackageReference>\n  </ItemGroup>\n</Project>\n'),
    ("build/Shop.props", '<Project>\n  <ItemGroup>\n    <PackageReference Include="Left" Version="1.0" />\n⟦    <PackageReference Include="ZzPlant" Version="1.0" />\n⟧  </ItemGroup>\n</Project>\n'),
    ("packages.config", '<?xml version="1.0"?>\n<packages>\n  <package id="Left" version="1.0" />\n⟦  <package id="ZzPlant" version="1.0" />\n⟧</packages>\n'),
    ("shop.nuspec", '<package><metadata><id>Shop</id><dependencies><group><dependency id="Left" version="1.0" />⟦<dependency id="ZzPlant" version="1.0" />⟧</group></dependencies></metadata></package>\n'),
    ("packages.lock.json", '{"version": 1, "dependencies": {"net8.0": {"Left": {"type": "Direct", "resolved": "1.0.0"}⟦, "ZzPlant": {"type": "Direct", "resolved": "1.0.0"}⟧}}}\n'),
    (".config/dotnet-tools.json", '{"version": 1, "tools": {"left": {"version": "1.0.0", "commands": ["left"]}⟦, "zzplant": {"version": "1.0.0", "commands": ["z"]}⟧}}\n'),
    ("global.json", '{"sdk": {"version": "8.0.100"}, "msbuild-sdks": {"Left.Sdk": "1.0"⟦, "ZzPlant.Sdk": "1.0"⟧}}\n'),
    ("paket.dependencies", "source https://api.nuget.org/v3/index.json\nnuget Left ~> 1\n⟦nuget ZzPlant ~> 1\n⟧github acme/right\n\ngroup Test\n  nuget xunit\n"),
    ("paket.lock", "NUGET\n  remote: https://api.nuget.org/v3/index.json\n    Left (1.0)\n⟦    ZzPlant (1.0)\n⟧      FSharp.Core (>= 4)\n    Right (2.0)\n"),
    ("paket.references", "Left\n⟦ZzPlant\n⟧Right\n"),
    ("pubspec.yaml", "name: shop\nenvironment:\n  sdk: ^3.0.0\ndependencies:\n  left: ^1.0.0\n⟦  zzplant: ^1.0.0\n⟧  flutter:\n    sdk: flutter\ndev_dependencies:\n  test: any\n"),
    ("pubspec.lock", 'packages:\n  left:\n    dependency: "direct main"\n    description:\n      name: left\n      url: "https://pub.dev"\n    source: hosted\n    version: "1.0.0"\n⟦  zzplant:\n    dependency: "direct main"\n    source: hosted\n    version: "1.0.0"\n⟧sdks:\n  dart: ">=3.0.0"\n'),
    ("Package.resolved", '{"pins": [{"identity": "left", "kind": "remoteSourceControl", "location": "https://github.com/acme/left.git", "state": {"version": "1.0.0"}}⟦, {"identity": "zzplant", "location": "https://github.com/acme/zzplant.git", "state": {"version": "1.0.0"}}⟧], "version": 2}\n'),
    ("Package.swift", '// swift-tools-version: 5.9\nimport PackageDescription\n\nlet package = Package(\n    name: "Shop",\n    dependencies: [\n        .package(url: "https://github.com/acme/left.git", from: "1.0.0"),\n⟦        .package(url: "https://github.com/acme/zzplant.git", from: "1.0.0"),\n⟧        .package(path: "../right")\n    ]\n)\n'),
    ("Podfile.lock", "PODS:\n  - Left (1.0)\n⟦  - ZzPlant (1.0)\n⟧  - Right/Core (2.0):\n    - Left\n\nDEPENDENCIES:\n  - Left (~> 1)\n\nCOCOAPODS: 1.12.0\n"),
    ("Podfile", "platform :ios, '15.0'\n\ntarget 'Shop' do\n  pod 'Left', '~> 1.0'\n⟦  pod 'ZzPlant', '~> 1.0'\n⟧  pod 'Right', :git => 'https://example.org/right.git'\nend\n"),
    ("Shop.podspec", "Pod::Spec.new do |s|\n  s.name = 'Shop'\n  s.dependency 'Left', '~> 1'\n⟦  s.dependency 'ZzPlant'\n⟧end\n"),
    ("Shop.podspec.json", '{"name": "Shop", "dependencies": {"Left": ["~> 1"]⟦, "ZzPlant": []⟧}}\n'),
    ("Cartfile", 'github "Acme/Left" ~> 5.0\n⟦github "Acme/ZzPlant" ~> 5.0\n⟧git "https://example.org/right.git"\n'),
    ("Cartfile.resolved", 'github "Acme/Left" "5.0"\n⟦github "Acme/ZzPlant" "5.0"\n⟧git "https://example.org/right.git" "1"\n'),
    ("mix.exs", 'defmodule Shop.MixProject do\n  use Mix.Project\n\n  def project do\n    [app: :shop, deps: deps()]\n  end\n\n  defp deps do\n    [\n      {:left, "~> 1.0"},\n⟦      {:zzplant, "~> 1.0"},\n⟧      {:right, git: "https://example.org/right.git"}\n    ]\n  end\nend\n'),
    ("mix.lock", '%{\n  "left": {:hex, :left, "1.0.0", "abc", [:mix], [], "hexpm", "def"},\n⟦  "zzplant": {:hex, :zzplant, "1.0.0", "abc", [:mix], [], "hexpm", "def"},\n⟧  "right": {:git, "https://example.org/right.git", "abc", []},\n}\n'),
    ("rebar.config", '{erl_opts, [debug_info]}.\n{deps, [\n  {left, "1.0.0"},\n⟦  {zzplant, "1.0.0"},\n⟧  right\n]}.\n'),
    ("rebar.lock", '{"1.2.0",\n[{<<"left">>,{pkg,<<"left">>,<<"1.0.0">>},0},\n⟦ {<<"zzplant">>,{pkg,<<"zzplant">>,<<"1.0.0">>},0},\n⟧ {<<"right">>,{pkg,<<"right">>,<<"2.0.0">>},1}]}.\n'),
    ("Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n  - name: left\n    version: 1.0.0\n    repository: https://example.org/charts\n⟦  - name: zzplant\n    version: 1.0.0\n    repository: https://example.org/charts\n⟧"),
    ("elm.json", '{"type": "application", "dependencies": {"direct": {"elm/core": "1.0.5"⟦, "elm/zzplant": "1.0.0"⟧}, "indirect": {}}, "test-dependencies": {"direct": {}, "indirect": {}}}\n'),
    ("vcpkg.json", '{"name": "shop", "dependencies": ["left"⟦, "zzplant"⟧, {"name": "right", "version>=": "2"}]}\n'),
    ("conanfile.txt", "[requires]\nleft/1.0\n⟦zzplant/1.0\n⟧right/2.0@user/channel\n\n[generators]\nCMakeDeps\n"),
    ("conanfile.py", 'from conan import ConanFile\n\nclass Shop(ConanFile):\n    name = "shop"\n\n    def requirements(self):\n        self.requires("left/1.0")\n⟦        self.requires("zzplant/1.0")\n⟧        self.requires("right/2.0")\n'),
    ("conan.lock", '{"version": "0.5", "requires": ["left/1.0#abc%1"⟦, "zzplant/1.0#abc%1"⟧], "build_requires": []}\n'),
    ("flake.nix", '{ inputs = { nixpkgs.url = "github:o/nixpkgs/a"; ⟦zzplant.url = "github:o/zzplant"; ⟧}; outputs = { self, nixpkgs }: let a = 1; in { b = a; }; }\n'),
    ("flake.lock", '{"nodes": {"nixpkgs": {"locked": {"rev": "abc"}}, ⟦"zzplant": {"locked": {"rev": "abc"}}, ⟧"root": {"inputs": {"nixpkgs": "nixpkgs"}}}, "root": "root", "version": 7}\n'),
    ("Project.toml", 'name = "Shop"\n\n[deps]\nLeft = "7876af07-990d-54b4-ab0e-23690620f79a"\n⟦Zzplant = "7876af07-990d-54b4-ab0e-23690620f79b"\n⟧\n[compat]\nLeft = "1"\n'),
    ("Manifest.toml", 'manifest_format = "2.0"\n\n[[deps.Left]]\nuuid = "a"\nversion = "1.0.0"\n⟦\n[[deps.Zzplant]]\nuuid = "b"\nversion = "1.0.0"\n⟧'),
    ("MODULE.bazel", 'module(name = "shop")\n\nbazel_dep(name = "left", version = "1.0")\n⟦bazel_dep(name = "zzplant", version = "1.0")\n⟧bazel_dep(name = "right", version = "2.0")\n'),
    ("WORKSPACE", 'workspace(name = "shop")\n\nhttp_archive(\n    name = "left",\n    urls = ["https://example.org/left.tar.gz"],\n)\n⟦\nhttp_archive(\n    name = "zzplant",\n    urls = ["https://example.org/z.tar.gz"],\n)\n⟧'),
    ("deps.bzl", 'def deps():\n    http_archive(\n        name = "left",\n        urls = ["https://example.org/left.tar.gz"],\n    )\n⟦    http_archive(\n        name = "zzplant",\n        urls = ["https://example.org/z.tar.gz"],\n    )\n⟧'),
    ("maven_install.json", '{"artifacts": {"org.acme:left": {"version": "1.0"}⟦, "org.acme:zzplant": {"version": "1.0"}⟧}, "dependencies": {}, "version": "2"}\n'),
    ("shop.cabal", "cabal-version: 2.4\nname: shop\n\nlibrary\n  build-depends:\n      base >=4\n    , left\n⟦    , zzplant\n⟧    , right >=2 && <3\n  default-language: Haskell2010\n"),
    ("cabal.project", "packages: .\n\nsource-repository-package\n  type: git\n  location: https://example.org/left.git\n  tag: abc\n⟦\nsource-repository-package\n  type: git\n  location: https://example.org/zzplant.git\n  tag: abc\n⟧"),
    ("stack.yaml", "resolver: lts-20\nextra-deps:\n- left-1.0\n⟦- zzplant-1.0\n⟧- git: https://example.org/right.git\n  commit: abc\n"),
    ("package.yaml", "name: shop\ndependencies:\n- base\n- left\n⟦- zzplant\n⟧library:\n  source-dirs: src\n"),
    ("project.clj", '(defproject shop "1.0"\n  :dependencies [[org.clojure/clojure "1.11"]\n⟦                 [org.acme/zzplant "1.0"]\n⟧                 [ring "1.9"]])\n'),
    ("deps.edn", '{:deps {org.clojure/clojure {:mvn/version "1.11"}\n⟦        org.acme/zzplant {:mvn/version "1.0"}\n⟧        my/lib {:git/url "https://example.org/x" :sha "a"}}}\n'),
    ("shop.opam", 'opam-version: "2.0"\ndepends: [\n  "dune" {>= "3"}\n⟦  "zzplant"\n⟧  "alcotest" {with-test}\n]\n'),
    ("dune-project", "(lang dune 3.0)\n(package\n (name shop)\n (depends\n  left\n⟦  zzplant\n⟧  (right (>= 2.0))))\n"),
    ("cpanfile", "requires 'Left', '2';\n⟦requires 'ZzPlant';\n⟧on 'test' => sub {\n  requires 'Test::More';\n};\n"),
    ("DESCRIPTION", "Package: shop\nVersion: 1.0\nImports: \n    left (>= 1.0),\n⟦    zzplant,\n⟧    right\nSuggests: testthat\n"),
    ("renv.lock", '{"R": {"Version": "4.3.0"}, "Packages": {"left": {"Package": "left", "Version": "1.0"}⟦, "zzplant": {"Package": "zzplant", "Version": "1.0"}⟧}}\n'),
    ("build.zig.zon", '.{\n    .name = "shop",\n    .dependencies = .{\n        .left = .{\n            .url = "https://example.org/left.tar.gz",\n            .hash = "1220",\n        },\n⟦        .zzplant = .{\n            .url = "https://example.org/z.tar.gz",\n            .hash = "1220",\n        },\n⟧    },\n}\n'),
    ("shop.nimble", 'version = "1.0"\n\nrequires "nim >= 1.6"\nrequires "left >= 1.0"\n⟦requires "zzplant >= 1.0"\n⟧'),
    ("shop-1.0-1.rockspec", 'package = "shop"\ndependencies = {\n   "lua >= 5.1",\n   "left >= 1",\n⟦   "zzplant >= 1",\n⟧}\n'),
    ("shard.yml", "name: shop\ndependencies:\n  left:\n    github: acme/left\n⟦  zzplant:\n    github: acme/zzplant\n⟧development_dependencies:\n  ameba:\n    github: crystal-ameba/ameba\n"),
    ("shard.lock", "version: 2.0\nshards:\n  left:\n    git: https://github.com/acme/left.git\n    version: 1.0.0\n⟦  zzplant:\n    git: https://github.com/acme/zzplant.git\n    version: 1.0.0\n⟧"),
    ("dub.json", '{"name": "shop", "dependencies": {"left": "~>1.0"⟦, "zzplant": "~>1.0"⟧}}\n'),
    ("requirements.yml", "roles:\n  - name: acme.left\n    version: 1.0.0\n⟦  - name: acme.zzplant\n⟧collections:\n  - name: community.general\n"),
    ("charts/requirements.yaml", "dependencies:\n  - name: left\n    version: 1.0.0\n⟦  - name: zzplant\n    version: 1.0.0\n⟧"),
    ("gleam.toml", 'name = "shop"\n\n[dependencies]\ngleam_stdlib = "~> 0.30"\n⟦zzplant = "~> 1.0"\n⟧'),
    ("manifest.toml", 'packages = [\n  { name = "left", version = "1.0.0", build_tools = ["gleam"], requirements = [], source = "hex" },\n⟦  { name = "zzplant", version = "1.0.0", build_tools = ["gleam"], requirements = [], source = "hex" },\n⟧]\n\n[requirements]\nleft = { version = "~> 1.0" }\n'),
    ("main.tf", 'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n      version = "~> 5"\n    }\n  }\n}\n\nmodule "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n  version = "5"\n}\n⟦\nmodule "z" {\n  source = "acme/zzplant/aws"\n  version = "1"\n}\n⟧'),
    (".terraform.lock.hcl", 'provider "registry.terraform.io/hashicorp/aws" {\n  version = "5.0"\n}\n⟦provider "registry.terraform.io/acme/zzplant" {\n  version = "1.0"\n}\n⟧'),
    ("buildSrc/src/main/kotlin/Deps.kt", 'object Deps {\n    const val left = "org.acme:left:1.0"\n⟦    const val zz = "org.acme:zzplant:1.0"\n⟧    const val right = "org.acme:right:2.0"\n}\n'),
    ("Gopkg.toml", '[[constraint]]\n  name = "github.com/acme/left"\n  version = "1.0.0"\n⟦\n[[constraint]]\n  name = "github.com/acme/zzplant"\n  version = "1.0.0"\n⟧'),
    ("Gopkg.lock", '[[projects]]\n  name = "github.com/acme/left"\n  revision = "abc"\n⟦\n[[projects]]\n  name = "github.com/acme/zzplant"\n  revision = "abc"\n⟧'),
    ("glide.yaml", "package: example.org/shop\nimport:\n- package: github.com/acme/left\n  version: 1.0.0\n⟦- package: github.com/acme/zzplant\n⟧testImport:\n- package: github.com/acme/right\n"),
    ("glide.lock", "hash: abc\nimports:\n- name: github.com/acme/left\n  version: abc\n⟦- name: github.com/acme/zzplant\n  version: abc\n⟧testImports: []\n"),
    ("Godeps/Godeps.json", '{"ImportPath": "example.org/shop", "Deps": [{"ImportPath": "github.com/acme/left", "Rev": "abc"}⟦, {"ImportPath": "github.com/acme/zzplant", "Rev": "abc"}⟧]}\n'),
    ("conda-lock.yml", "version: 1\nmetadata: {}\npackage:\n- name: left\n  version: '1.0'\n  manager: conda\n⟦- name: zzplant\n  version: '1.0'\n  manager: pip\n⟧"),
    ("cabal.project.freeze", "active-repositories: hackage.haskell.org:merge\nconstraints: any.left ==1.0,\n⟦             any.zzplant ==1.0,\n⟧             any.right ==2.0\n"),
    ("stack.yaml.lock", "packages:\n- completed:\n    hackage: left-1.0@sha256:abc,123\n  original:\n    hackage: left-1.0\n⟦- completed:\n    hackage: zzplant-1.0@sha256:abc,123\n⟧snapshots: []\n"),
    ("MODULE.bazel.lock", '{"lockFileVersion": 11, "registryFileHashes": {"https://bcr.example.org/modules/left/1.0/MODULE.bazel": "abc"⟦, "https://bcr.example.org/modules/zzplant/1.0/source.json": "abc"⟧}}\n'),
    ("vcpkg-configuration.json", '{"default-registry": {"kind": "git", "repository": "https://example.org/left"}, "registries": [⟦{"kind": "git", "repository": "https://example.org/zzplant"}⟧]}\n'),
    ("jsonnetfile.json", '{"version": 1, "dependencies": [{"source": {"git": {"remote": "https://example.org/left.git", "subdir": ""}}, "version": "main"}⟦, {"source": {"git": {"remote": "https://example.org/zzplant.git", "subdir": "x"}}, "version": "main"}⟧]}\n'),
    ("jsonnetfile.lock.json", '{"version": 1, "dependencies": [{"source": {"git": {"remote": "https://example.org/left.git"}}, "version": "abc"}⟦, {"source": {"git": {"remote": "https://example.org/zzplant.git"}}, "version": "abc"}⟧]}\n'),
    ("Packages/manifest.json", '{"dependencies": {"com.unity.left": "1.0.0"⟦, "com.acme.zzplant": "1.0.0"⟧}}\n'),
    ("haxelib.json", '{"name": "shop", "dependencies": {"left": "1.0.0"⟦, "zzplant": ""⟧}}\n'),
    ("dub.selections.json", '{"fileVersion": 1, "versions": {"left": "1.0.0"⟦, "zzplant": "1.0.0"⟧}}\n'),
    ("spago.yaml", "package:\n  name: shop\n  dependencies:\n    - left\n⟦    - zzplant\n⟧    - right: '>=1.0.0 <2.0.0'\n"),
    ("lake-manifest.json", '{"version": "1.1.0", "packages": [{"name": "left", "rev": "abc"}⟦, {"name": "zzplant", "rev": "abc"}⟧]}\n'),
    ("ivy.xml", '<ivy-module version="2.0">\n  <dependencies>\n    <dependency org="acme" name="left" rev="1.0"/>\n⟦    <dependency org="acme" name="zzplant" rev="1.0"/>\n⟧  </dependencies>\n</ivy-module>\n'),
    ("Puppetfile", "forge 'https://forge.example.org'\n\nmod 'puppetlabs-stdlib', '9.0.0'\n⟦mod 'acme/zzplant', '1.0.0'\n⟧mod 'apache',\n  :git => 'https://example.org/apache.git'\n"),
    ("Berksfile", "source 'https://supermarket.example.org'\n\nmetadata\ncookbook 'left', '~> 1.0'\n⟦cookbook 'zzplant'\n⟧cookbook 'right', path: './right'\n"),
    ("Makefile.PL", "use ExtUtils::MakeMaker;\nWriteMakefile(\n    NAME => 'Shop',\n    PREREQ_PM => {\n        'Left' => '1.0',\n⟦        'Acme::ZzPlant' => 0,\n⟧        'Right' => 0,\n    },\n);\n"),
    ("Brewfile", 'tap "homebrew/core"\nbrew "left"\n⟦brew "zzplant"\n⟧cask "right"\n'),
    ("shadow-cljs.edn", '{:source-paths ["src"]\n :dependencies [[reagent "1.2.0"]\n⟦                [acme/zzplant "1.0"]\n⟧                [re-frame "1.4.0"]]}\n'),
    (".tool-versions", "nodejs 20.0.0\n⟦zzplant 1.0.0\n⟧ruby 3.3.0\n"),
    ("mise.toml", '[tools]\nnode = "20"\n⟦zzplant = "1"\n⟧python = {version = "3.12"}\n'),
    ("rust-toolchain.toml", '[toolchain]\nchannel = "1.80"\n⟦# zzplant\n⟧components = ["clippy"]\n'),
    (".python-version", "3.12\n⟦⟧"),
    (".devcontainer/devcontainer.json", '{\n  // comment\n  "image": "mcr.example.org/devcontainers/base:1",\n  "features": {\n    "ghcr.io/devcontainers/features/go:1": {}⟦,\n    "ghcr.io/acme/zzplant:1": {}⟧\n  },\n}\n'),
    ("charts/shop/values.yaml", "replicas: 1\nimage:\n  repository: acme/left\n  tag: '1.0'\n⟦sidecar:\n  image:\n    repository: acme/zzplant\n    tag: '1.0'\n⟧resources: {}\n"),
    (".gitmodules", '[submodule "left"]\n\tpath = left\n\turl = https://example.org/left.git\n⟦[submodule "zzplant"]\n\tpath = zzplant\n\turl = https://example.org/z.git\n⟧'),
    (".github/workflows/ci.yml", "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n⟦      - uses: acme/zzplant@v1\n⟧      - run: make test\n"),
    ("action.yml", "name: Shop\nruns:\n  using: composite\n  steps:\n    - uses: actions/setup-node@v4\n⟦    - uses: acme/zzplant@v1\n⟧    - run: echo\n      shell: bash\n"),
    (".pre-commit-config.yaml", "repos:\n  - repo: https://github.com/acme/left\n    rev: v1\n    hooks: [{id: left}]\n⟦  - repo: https://github.com/acme/zzplant\n    rev: v1\n    hooks: [{id: z}]\n⟧"),
    ("Dockerfile", "ARG V=1\nFROM python:3.12 AS build\nRUN pip install x\n\n⟦FROM acme/zzplant:1.0 AS z\n⟧FROM alpine:3.20\nCOPY --from=build /app /app\n"),
    ("docker-compose.yml", "services:\n  web:\n    image: nginx:1.25\n⟦  z:\n    image: acme/zzplant:1.0\n⟧  db:\n    image: postgres:16\n    environment:\n      A: b\n"),
)  # fmt: skip

SEEDS: tuple[Seed, ...] = tuple(_seed(path, text) for path, text in _TEXTS)
