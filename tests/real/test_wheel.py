"""The wheel, installed as users do, answers at once; the source archive has all that the project has.

Both are built without network: what builds them is among what is installed for developing.
"""

import resource
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from aibwatch import __version__

ROOT = Path(__file__).parents[2]
FOLDERS = ("aibwatch", "deploy", "docs", "manual", "tests")
AT_ONCE = 0.3
"""Seconds in which --help and --version answer: what is promised to those who call us from scripts."""
TRIES = 10
"""The quickest of so many counts, and only what it works and not what it waits for: a busy machine makes any program
slow, and none quicker than it is."""
pytestmark = pytest.mark.slow


def ran(*command: str | Path) -> str:
    """Run a command without our environment, and return what it prints; it must go well."""
    clean = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    done = subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source archive."""
    folder = tmp_path_factory.mktemp("built")
    ran(sys.executable, "-m", "hatchling", "build", "--directory", folder)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it, that finds what it depends on where it is installed for these tests."""
    place = tmp_path_factory.mktemp("installed")
    (wheel,) = built.glob("*.whl")
    ran(sys.executable, "-m", "venv", "--without-pip", place)
    (site,) = place.glob("lib/python*/site-packages")
    pip = ("-m", "pip", "--python", place / "bin" / "python", "install", "--quiet", "--no-index", "--no-deps")
    ran(sys.executable, *pip, wheel)
    here = [path for path in sys.path if path.endswith("site-packages")]
    (site / "dependencies.pth").write_text("\n".join(here) + "\n")
    return place


def test_the_wheel_fits_every_machine_without_a_compiler(built: Path) -> None:
    assert [file.name for file in built.glob("*.whl")] == [f"aibwatch-{__version__}-py3-none-any.whl"]


def test_the_wheel_has_the_package_its_pages_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    beside = {name.partition("/")[2] for name in names if not name.startswith("aibwatch/") and ".data/" in name}

    assert beside == {
        "data/share/bash-completion/completions/aibwatch",
        "data/share/fish/vendor_completions.d/aibwatch.fish",
        "data/share/man/man1/aibwatch.1",
        "data/share/man/man5/aibwatch-config.5",
        "data/share/zsh/site-functions/_aibwatch",
    }
    assert {name.partition("/")[0] for name in names} == {
        "aibwatch",
        f"aibwatch-{__version__}.data",
        f"aibwatch-{__version__}.dist-info",
    }
    assert {"aibwatch/py.typed", "aibwatch/simulator/default.toml"} <= set(names)


def test_the_source_archive_has_what_the_project_has(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as inside:
        names = {name.partition("/")[2] for name in inside.getnames()}
    ours = {path.relative_to(ROOT).as_posix() for folder in FOLDERS for path in (ROOT / folder).rglob("*.*")}

    assert {name for name in ours if "__pycache__" not in name and (ROOT / name).is_file()} <= names
    assert {"pyproject.toml", "constraints.txt", "Makefile", "README.md", "CHANGELOG.md", "LICENSE"} <= names
    assert "deploy/debian/build" in names
    assert {name.partition("/")[0] for name in names if "/" in name} == set(FOLDERS)


def test_installed_it_is_run_from_there(installed: Path) -> None:
    where = "import aibwatch, aibwatch.cli.main; print(aibwatch.__file__)"

    assert Path(ran(installed / "bin" / "python", "-P", "-c", where).strip()).is_relative_to(installed)
    assert (installed / "share" / "man" / "man1" / "aibwatch.1").is_file()


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_it_answers_at_once(installed: Path, option: str) -> None:
    taken = []
    for _ in range(TRIES):
        begun = worked()
        ran(installed / "bin" / "aibwatch", option)
        taken.append(worked() - begun)

    assert min(taken) < AT_ONCE


def worked() -> float:
    """Return for how many seconds our programs have worked so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
