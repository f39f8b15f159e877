"""GitHub's own descriptions and recordings, fetched by package name at test time and kept under `.cache/`.

None of them is committed: they are other people's work. Each is pinned by version and by the registry's digest, so a
run next year judges the sandbox by the same words as today's.
"""

import base64
import fcntl
import functools
import hashlib
import inspect
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "fidelity"
FETCH_SECONDS = 300


class MaterialUnavailableError(Exception):
    """A package can't be had here (no npm, no network): the checks that need it are skipped, loudly."""


class MaterialTamperedError(Exception):
    """A package arrived with another digest than the pinned one: a failure, never a skip."""


@dataclass(frozen=True)
class Material:
    """One pinned package.

    Attributes:
        integrity: `<algorithm>-<base64 digest>` of the archive, as npm's lock files write it.
        members: Paths inside the archive's top folder that are kept; a folder stands for all below it.
        serves: What is checked with it, for the summary of a run that had to do without.
    """

    name: str
    version: str
    integrity: str
    members: tuple[str, ...]
    serves: str
    registry: str = "npm"

    @property
    def folder(self) -> Path:
        """Where it lies once fetched; the digest is part of the name, so a new pin never meets an old copy."""
        digest = hashlib.sha256(f"{self.integrity} {self.members}".encode()).hexdigest()[:12]
        return CACHE / f"{self.name.replace('@', '').replace('/', '-')}-{self.version}-{digest}"


OPENAPI = Material(
    "@octokit/openapi",
    "23.0.2",
    "sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==",
    ("generated/api.github.com.json",),
    "every REST exchange against GitHub's OpenAPI description",
)
WEBHOOKS = Material(
    "@octokit/openapi-webhooks",
    "12.1.0",
    "sha512-Z5eDsLCUNbx1zHpZb1LNQirADqdMTvWJQ/deahi0ws+tWWnwHXB+Pr4jfmM9OrETS9Y5iW8ZRu1fdbudObhLrg==",
    ("generated/api.github.com.json",),
    "every webhook of the sandbox against GitHub's webhook description",
)
GRAPHQL = Material(
    "@octokit/graphql-schema",
    "15.26.1",
    "sha512-RFDC2MpRBd4AxSRvUeBIVeBU7ojN/SxDfALUd7iVYOSeEK3gZaqR2MGOysj4Zh2xj2RY5fQAUT+Oqq7hWTraMA==",
    ("schema.graphql",),
    "every GraphQL document and answer against GitHub's schema",
)
EXAMPLES = Material(
    "@octokit/webhooks-examples",
    "7.6.1",
    "sha512-De6U3XB6O3DtCa7bKgCMzTHdeopqqZ6SNivMYJnK65ierKL1AnNIA0tkRYCRS7lwGT792d+Ps1WbfHlso6MynQ==",
    ("api.github.com/index.json",),
    "329 real webhook payloads through POST /webhook",
)
RECORDINGS = Material(
    "PyGithub",
    "2.10.0",
    "sha256-kP8k7xzRvVcSTCo4acr+6dewZpCRKezauiwtGQO8EY0=",
    ("tests/ReplayData",),
    "the sandbox's error bodies against recorded answers of GitHub",
    registry="PyPI",
)
MATERIALS = (OPENAPI, WEBHOOKS, GRAPHQL, EXAMPLES, RECORDINGS)


@functools.cache
def fetched(material: Material) -> Path:
    """The folder with the material's members, fetched first where it isn't there yet.

    Raises:
        MaterialUnavailableError: The package's client is missing, or can't reach its registry.
        MaterialTamperedError: What arrived isn't what was pinned.
    """
    if not material.folder.is_dir():
        with _alone(material):
            if not material.folder.is_dir():
                _fetch(material)
    return material.folder


def derived(material: Material, name: str, make: Callable[[Path], bytes]) -> bytes:
    """A file made once from a material and kept beside it, such as a description cut to what is needed.

    The makers' own text is part of the file's name, so that what a changed maker makes is never mixed with the old.
    """
    makers = [Path(inspect.getfile(make)), Path(__file__).with_name("schemas.py")]
    mark = hashlib.sha256(b"".join(each.read_bytes() for each in makers)).hexdigest()[:12]
    target = fetched(material) / f"{mark}-{name}"
    if not target.exists():
        with _alone(material), tempfile.NamedTemporaryFile(dir=CACHE, delete=False) as part:
            part.write(make(fetched(material)))
            part.flush()
            Path(part.name).replace(target)
    return target.read_bytes()


@contextmanager
def _alone(material: Material) -> Iterator[None]:
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{material.folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(material: Material) -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        archive = _download(material, Path(scratch))
        verify(material, archive)
        unpacked = Path(scratch) / "unpacked"
        unpack(archive, unpacked, material.members)
        unpacked.replace(material.folder)


def _download(material: Material, folder: Path) -> Path:
    command = _npm(material, folder) if material.registry == "npm" else _pip(material, folder)
    try:
        # pip prepares a source archive's metadata in a scratch build; npm only packs.
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise MaterialUnavailableError(f"{material.name}: no answer within {FETCH_SECONDS} seconds") from error
    archives = [*folder.glob("*.tgz"), *folder.glob("*.tar.gz")]
    if done.returncode != 0 or len(archives) != 1:
        complaint = (done.stderr.strip() or "no archive arrived").splitlines()[-1]
        raise MaterialUnavailableError(f"{material.name} {material.version} can't be fetched: {complaint}")
    return archives[0]


def _npm(material: Material, folder: Path) -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        raise MaterialUnavailableError(f"{material.name}: npm is not installed")
    pinned = f"{material.name}@{material.version}"
    return [npm, "pack", pinned, "--silent", "--fetch-retries=1", "--pack-destination", str(folder)]


def _pip(material: Material, folder: Path) -> list[str]:
    algorithm, _, digest = material.integrity.partition("-")
    pin = folder / "pinned.txt"
    # pip checks the digest itself before it runs a line of the package's build.
    pin.write_text(f"{material.name}=={material.version} --hash={algorithm}:{base64.b64decode(digest).hex()}\n")
    options = ["--quiet", "--no-deps", "--require-hashes", "--no-binary", material.name]
    return [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), "--requirement", str(pin)]


def verify(material: Material, archive: Path) -> None:
    """Hold an archive against its pin.

    Raises:
        MaterialTamperedError: It is another one.
    """
    algorithm, _, expected = material.integrity.partition("-")
    found = base64.b64encode(hashlib.new(algorithm, archive.read_bytes()).digest()).decode()
    if found != expected:
        raise MaterialTamperedError(
            f"{material.name} {material.version} has the digest {algorithm}-{found}; "
            f"tests/fidelity/materials.py pins {material.integrity}"
        )


def unpack(archive: Path, folder: Path, wanted: tuple[str, ...]) -> None:
    """Unpack the wanted members of an archive's top folder into a new folder; nothing is written outside it."""
    with tarfile.open(archive) as tar:
        members = [member for member in tar if _is_wanted(member.name, wanted)]
        tar.extractall(folder.with_name("raw"), members=members, filter="data")
    top = next(folder.with_name("raw").iterdir())
    top.replace(folder)


def _is_wanted(name: str, wanted: tuple[str, ...]) -> bool:
    inside = name.partition("/")[2]
    return any(inside == each or inside.startswith(f"{each}/") for each in wanted)
