"""The inputs of a Nix flake, beside whatever builds its outputs."""

import pytest

from domain.finding import Inspection, Outcome
from policies.dependencies import Dependencies
from policies.manifests import format_of
from policies.manifests.model import UnreadableManifestError
from tests.builders import a_change

FLAKE = """\
{
  description = "A shop; with inputs = { evil.url = 1; } in its text";
  # inputs.no.url = "github:a/no";
  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-24.05";
    utils = { url = "github:numtide/flake-utils"; inputs.nixpkgs.follows = "nixpkgs"; };
  };
  inputs.tarball.url = "https://example.org/a.tar.gz?v=1";
  outputs = { self, nixpkgs, ... }@inputs:
    let
      system = "x86_64-linux";
      note = ''
        don't; ''${x} }
      '';
    in with nixpkgs.lib; assert true; {
      packages.${system}.default = import ./. { version = "1.0.0"; };
    };
}
"""


def inspect(base: str | None, head: str) -> Inspection:
    return Dependencies().inspect(a_change({"flake.nix": (base, head)}))


def test_the_inputs_are_named_with_their_places() -> None:
    found = format_of("flake.nix")
    assert found is not None
    told = [(one.name, one.source, one.version) for one in found.parse(FLAKE).dependencies]
    assert told == [
        ("nixpkgs", "github:NixOS/nixpkgs", "nixos-24.05"),
        ("utils", "github:numtide/flake-utils", ""),
        ("tarball", "https://example.org/a.tar.gz", "v=1"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        ('version = "1.0.0"', 'version = "1.0.1"', Outcome.PASS),
        ("nixos-24.05", "nixos-24.11", Outcome.PASS),
        ("inputs.tarball", 'inputs.evil.url = "github:e/vil";\n  inputs.tarball', Outcome.FAIL),
        ("inputs.tarball", 'inputs.evil = { url = "github:e/vil"; };\n  inputs.tarball', Outcome.FAIL),
        ("numtide/flake-utils", "evil/flake-utils", Outcome.FAIL),
        ("inputs.tarball", 'inputs.evil = { type = "git"; };\n  inputs.tarball', Outcome.ERROR),
        ("inputs.tarball", "inputs.evil.url = place;\n  inputs.tarball", Outcome.ERROR),
        ("inputs.tarball", 'inputs.evil.url = "${place}";\n  inputs.tarball', Outcome.ERROR),
        ("inputs.tarball", "inputs.flake = import ./evil.nix;\n  inputs.tarball", Outcome.ERROR),
        ("inputs.tarball", "inherit (import ./evil.nix) inputs;\n  inputs.tarball", Outcome.ERROR),
        ("inputs.tarball", "inputs.tarball.flake = false;\n  inputs.tarball", Outcome.PASS),
        ("};\n  inputs.tarball", "} // import ./more.nix;\n  inputs.tarball", Outcome.ERROR),
        ("  };\n  inputs.tarball", "  inputs.tarball", Outcome.ERROR),
    ],
)
def test_a_change_of_a_flake_is_judged_by_its_inputs(old: str, new: str, outcome: Outcome) -> None:
    assert old in FLAKE
    assert inspect(FLAKE, FLAKE.replace(old, new)).outcome is outcome


def test_a_new_input_is_told_once_where_the_lockfile_repeats_it() -> None:
    lock = '{"nodes": {"root": {"inputs": {%s}}%s}, "root": "root"}'
    files: dict[str, tuple[str | bytes | None, str | bytes | None]] = {
        "flake.nix": ("{ inputs = { }; outputs = x: x; }", '{ inputs.a.url = "github:o/a"; outputs = x: x; }'),
        "flake.lock": (lock % ("", ""), lock % ('"a": "a"', ', "a": {"locked": {"rev": "1"}}')),
    }
    found = Dependencies().inspect(a_change(files))
    assert (found.outcome, found.summary) == (Outcome.FAIL, "adds a (generic)")


@pytest.mark.parametrize(
    "text", ["", "{", "import ./x", "{ inputs = {", "}" * 50_000, "{ inputs.a =" * 20_000, "{ = 1; }"]
)
def test_what_is_no_flake_is_unreadable(text: str) -> None:
    found = format_of("flake.nix")
    assert found is not None
    with pytest.raises(UnreadableManifestError):
        found.parse(text)
