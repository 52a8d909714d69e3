"""Puts a server into the extension: what requirements/run.txt pins, for one target of VS Code, under `bundled/`.

`python vscode-client/scripts/bundle.py [linux-x64]`, else for this machine; needs what builds the wheel of Vetline (requirements/run.txt) and
packaging. Packages that fit every Python go to `bundled/libs`, the others to `bundled/cp311` and its like; the extension
runs the server by a Python of the machine, with both on its path. Every archive's hash is checked before it is opened.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from platform import machine
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

CLIENT = Path(__file__).parents[1]
ROOT = CLIENT.parent
BUNDLED = CLIENT / "bundled"
PINS = ROOT / "requirements" / "run.txt"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
# What builds the wheel and does not run; a type checker of 17 MB, which is looked for in the project's environment.
ASIDE = frozenset({"editables", "hatchling", "pluggy", "trove-classifiers", "ty"})
_SECONDS = 900


class Target(NamedTuple):
    """A target of VS Code as wheels' tags and markers name it.

    Attributes:
        tags: platforms of wheels that run there, as `pip --platform` takes them.
        markers: what `sys_platform`, `platform_machine` and `os_name` are there.
    """

    tags: tuple[str, ...]
    markers: dict[str, str]


def _linux(kind: str) -> Target:
    glibc = [f"manylinux_2_{minor}_{kind}" for minor in range(28, 4, -1)]
    old = [f"manylinux2014_{kind}", f"manylinux2010_{kind}", f"manylinux1_{kind}"]
    return Target((*glibc, *old), _markers("linux", kind, "Linux"))


def _darwin(family: str, least: int) -> Target:
    kinds = (family, "universal2")
    newer = [f"macosx_{major}_0_{kind}" for major in range(14, 10, -1) for kind in kinds]
    older = [f"macosx_10_{minor}_{kind}" for minor in range(15, least, -1) for kind in kinds]
    return Target((*newer, *older), _markers("darwin", family, "Darwin"))


def _markers(platform: str, kind: str, system: str) -> dict[str, str]:
    name = "nt" if platform == "win32" else "posix"
    return {
        "sys_platform": platform, "platform_machine": kind, "platform_system": system, "os_name": name,
        "implementation_name": "cpython", "platform_python_implementation": "CPython", "extra": "",
    }  # fmt: skip


# https://code.visualstudio.com/api/working-with-extensions/publishing-extension#platformspecific-extensions
TARGETS = {
    "linux-x64": _linux("x86_64"),
    "linux-arm64": _linux("aarch64"),
    "darwin-x64": _darwin("x86_64", 8),
    "darwin-arm64": _darwin("arm64", 15),
    "win32-x64": Target(("win_amd64",), _markers("win32", "AMD64", "Windows")),
}


def pins(text: str, target: Target, python: str) -> list[str]:
    """The lines of a hashed requirements file that hold for a target, without their markers.

    `pip` decides markers for the Python that it runs on, whatever `--platform` says.

    Args:
        text: the file, as `uv pip compile --generate-hashes` writes it.
        target: where it is to run.
        python: "3.12".
    """
    around = {**target.markers, "python_version": python, "python_full_version": f"{python}.0"}
    wanted = []
    for block in re.split(r"\n(?=\S)", text.strip()):
        words, _, hashes = block.partition("\\\n")
        pin = Requirement(words.strip())
        if canonicalize_name(pin.name) in ASIDE or (pin.marker and not pin.marker.evaluate(around)):
            continue
        wanted.append(f"{pin.name}{pin.specifier} \\\n{hashes}")
    return wanted


def fill(name: str, into: Path = BUNDLED) -> None:
    """Put the server for a target of VS Code under a folder, instead of what is there.

    Raises:
        subprocess.CalledProcessError: pip could not, and has said why.
        KeyError: there is no such target.
    """
    target = TARGETS[name]
    shutil.rmtree(into, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="vetline-bundle-") as folder:
        own = Path(folder, "own")
        _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(own), str(ROOT))
        for python in PYTHONS:
            wheels = Path(folder, python)
            asked = Path(folder, f"{python}.txt")
            asked.write_text("\n".join(pins(PINS.read_text("utf-8"), target, python)), "utf-8")
            flags = [flag for tag in target.tags for flag in ("--platform", tag)]
            short = "cp" + python.replace(".", "")
            flags += [flag for abi in (short, "abi3", "none") for flag in ("--abi", abi)]
            _pip(
                *(
                    "download",
                    "--no-deps",
                    "--require-hashes",
                    "--only-binary",
                    ":all:",
                    "--dest",
                    str(wheels),
                ),
                *(
                    "--implementation",
                    "cp",
                    "--python-version",
                    python,
                    *flags,
                    "--requirement",
                    str(asked),
                ),
            )
            for wheel in sorted([*wheels.iterdir(), *own.iterdir()]):
                unpack(wheel, into / ("libs" if _fits_all(wheel.name) else short))
    (into / "target").write_text(name, "utf-8")
    for path in into.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _fits_all(wheel: str) -> bool:
    *_, tags = parse_wheel_filename(wheel)
    return all(tag.abi in {"none", "abi3"} for tag in tags)


def unpack(wheel: Path, into: Path) -> None:
    """Unpack a wheel so that `into` may stand on a path; its scripts, headers and data stay behind.

    Raises:
        ValueError: a name in it leads out of `into`.
    """
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            name = _place(member.filename)
            if name is None or member.is_dir():
                continue
            path = into / name
            if not path.resolve().is_relative_to(into.resolve()):
                raise ValueError(f"{wheel.name}: {member.filename} leads out of it")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(member))


def _place(name: str) -> str | None:
    """Where a file of a wheel belongs beside the others; None when it does not."""
    top, _, rest = name.partition("/")
    if not top.endswith(".data"):
        return name
    scheme, _, rest = rest.partition("/")
    return rest if scheme in {"purelib", "platlib"} else None


def _pip(*words: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words]
    subprocess.run(
        command, check=True, timeout=_SECONDS, env={**os.environ, "SOURCE_DATE_EPOCH": "315532800"}
    )


def this_machine() -> str:
    """The target that this machine is; "" when it is none of `TARGETS`."""
    system = {"linux": "linux", "darwin": "darwin", "win32": "win32"}.get(sys.platform, "")
    kind = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}.get(
        machine().lower(), ""
    )
    name = f"{system}-{kind}"
    return name if name in TARGETS else ""


if __name__ == "__main__":
    wanted = (sys.argv[1:] or [this_machine()])[0]
    if wanted not in TARGETS:
        sys.exit(f"bundle.py: {wanted!r} is no target: name one of {', '.join(TARGETS)}")
    fill(wanted)
