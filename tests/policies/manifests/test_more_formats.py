# ruff: noqa: E501
"""Small manifests of many ecosystems: each names the packages that are written in it, and no other."""

import pytest

from policies.manifests import format_of

MANIFESTS = [
    ('main.tf', 'terraform {\n required_providers {\n aws = {\n source = "hashicorp/aws"\n version = "~> 5"\n }\n google = "4.0"\n }\n}\nmodule "vpc" {\n source = "terraform-aws-modules/vpc/aws"\n version = "5"\n x = <<EOT\nmodule "no" {\nEOT\n}\nmodule "l" {\n source = "./l"\n}\n', 'hashicorp/aws hashicorp/google terraform-aws-modules/vpc/aws'),
    ('MODULE.bazel', 'module(name = "x")\nbazel_dep(name = "rules_go", version = "0.1")\nmaven.install(artifacts = ["g:a:1"])\n', 'rules_go g:a'),
    ('Podfile', "target 'A' do\n  pod 'AFNetworking', '~> 4.0'\n  pod 'B/Core', :git => 'https://e.org/b.git' # c\nend\n", 'AFNetworking B/Core'),
    ('A.podspec', "Pod::Spec.new do |s|\n  s.dependency 'C', '~> 1'\nend\n", 'C'),
    ('conanfile.py', 'class A(ConanFile):\n    requires = "zlib/1.3"\n    def requirements(self):\n        self.requires("fmt/10.0")\n', 'zlib fmt'),
    ('conanfile.txt', '[requires]\nzlib/1.3\n', 'zlib'),
    ('conan.lock', '{"version":"0.5","requires":["zlib/1.3#abc%1"]}', 'zlib'),
    ('deno.json', '{"imports": {"@std/path": "jsr:@std/path@^1", "chalk": "npm:chalk@5", "x": "./x.ts"}}', '@std/path chalk'),
    ('deno.lock', '{"version":"4","jsr":{"@std/path@1.0.0":{}},"npm":{"chalk@5.3.0":{}}}', 'chalk @std/path'),
    ('pixi.toml', '[dependencies]\nnumpy="*"\n[pypi-dependencies]\nrequests="*"\n', 'numpy requests'),
    ('recipes/a/meta.yaml', 'requirements:\n  host:\n    - python\n    - numpy >=1\n  run:\n    - {{ pin }}\n    - scipy\ntest:\n  requires:\n    - pytest\n', 'numpy scipy pytest'),
    ('a.cabal', 'library\n  build-depends: base >=4\n               , text >=1 && <2\n    , aeson\ntest-suite t\n  build-depends: hspec\n', 'text aeson hspec'),
    ('stack.yaml', 'resolver: lts-20\nextra-deps:\n- acme-1.0\n', 'acme resolver'),
    ('project.clj', '(defproject x "1"\n :dependencies [[org.clojure/clojure "1.11"] [ring "1.9"]])\n', 'org.clojure/clojure ring'),
    ('deps.edn', '{:deps {org.clojure/clojure {:mvn/version "1.11"} my/lib {:git/url "https://e.org/x" :sha "a"}}}', 'org.clojure/clojure my/lib'),
    ('a.opam', 'depends: [\n "dune" {>= "3"}\n "alcotest" {with-test}\n]\n', 'dune alcotest'),
    ('cpanfile', "requires 'Moose', '2';\non 'test' => sub {\n  requires 'Test::More';\n};\n", 'Moose Test::More'),
    ('gleam.toml', '[dependencies]\ngleam_stdlib="~> 0.30"\n', 'gleam_stdlib'),
    ('Cartfile', 'github "Alamofire/Alamofire" ~> 5.0\n', 'github.com/Alamofire/Alamofire'),
    ('rebar.config', '{deps, [{cowboy, "2.9.0"}, lager, {x, {git, "https://e.org/x.git", {tag, "1"}}}]}.\n', 'cowboy lager x'),
    ('rebar.lock', '{"1.2.0",[{<<"cowboy">>,{pkg,<<"cowboy">>,<<"2.9.0">>},0}]}.', 'cowboy'),
    ('DESCRIPTION', 'Package: x\nImports: dplyr (>= 1.0),\n    rlang\nSuggests: testthat\n', 'dplyr rlang testthat'),
    ('build.zig.zon', '.{ .dependencies = .{ .zap = .{ .url = "https://e.org/z.tar.gz", .hash = "1" } } }', 'zap'),
    ('shard.yml', 'name: x\ndependencies:\n  kemal:\n    github: kemalcr/kemal\n', 'kemal'),
    ('paket.dependencies', 'source https://x\nnuget FSharp.Core ~> 6\ngithub fsharp/FAKE\n', 'FSharp.Core fsharp/FAKE'),
    ('WORKSPACE', 'http_archive(name = "rules_x", urls = ["https://e.org"], sha256 = "a")\n', 'rules_x'),
    ('build.sc', 'def ivyDeps = Agg(ivy"com.lihaoyi::os-lib:0.9")\n', 'com.lihaoyi:os-lib'),
    ('.terraform.lock.hcl', 'provider "registry.terraform.io/hashicorp/aws" {\n  version = "5.0"\n}\n', 'hashicorp/aws'),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "names"), MANIFESTS, ids=[path for path, _, _ in MANIFESTS])
def test_a_manifest_names_the_packages_written_in_it(path: str, text: str, names: str) -> None:
    found = format_of(path)
    assert found is not None
    assert " ".join(one.name for one in found.parse(text).dependencies) == names
