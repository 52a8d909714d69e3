"""Builds the index of members: downloads wheels by name, one at a time, unpacks and reads them; nothing is imported.

Usage: build_members.py WORK [--only NAME ...] [--out FILE] [--date DAY]. WORK is a folder for wheels; what lies in it is not
downloaded again. Without --only the libraries are those of `member-libraries.txt`: the most used ones, each in its newest
release and where its members changed ("flask<3") in an older one, all united, so that what one of them has is there.

Sources of other Pythons' standard libraries are taken from the folders that STDLIBS names (separated as PATH is), stubs from
TYPESHED (a folder that holds `stdlib`), else from the mypy that this Python can import. What is in the program was made of
3.8 to 3.13. Run it with the newest Python there is: what it cannot parse is said nothing of.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "server"))

from vetline.index import members_build as build  # noqa: E402 - it need not be installed

_CODE = (".py", ".pyi", ".so", ".pyd")
_NEVER = {"site-packages", "test", "config", "pip", "setuptools", "pkg_resources", "ensurepip"}
_NEVER |= {"distutils"}  # setuptools puts its own in its place


def main() -> None:
    """Build what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--only", nargs="+", metavar="NAME")
    parser.add_argument(
        "--out", type=Path, default=HERE.parent / "server/vetline/index/data/members.bin"
    )
    parser.add_argument("--date", default=dt.datetime.now(tz=dt.UTC).date().isoformat())
    options = parser.parse_args()
    download(options.work, options.only or (HERE / "member-libraries.txt").read_text().split())
    known = standard()
    build.write(options.out, known | third_party(options.work, known), as_of=options.date)


def download(work: Path, specs: list[str]) -> None:
    """Download what is not there yet; says what is not to be had."""
    work.mkdir(parents=True, exist_ok=True)
    done = work / "done.txt"
    known = set(done.read_text().splitlines()) if done.exists() else set()
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "-d", str(work)]
    for spec in specs:
        if spec in known:
            continue
        try:
            subprocess.run([*command, spec], check=True, timeout=300)
        except subprocess.SubprocessError as error:
            print(f"not to be had: {spec} ({type(error).__name__})", file=sys.stderr)
            continue
        with done.open("a") as file:
            file.write(f"{spec}\n")


def standard() -> dict[str, build.Library]:
    """The standard library of all Pythons at hand."""
    named = os.environ.get("STDLIBS", sysconfig.get_path("stdlib")).split(os.pathsep)
    mypy = importlib.util.find_spec("mypy")
    stubs = Path(os.environ.get("TYPESHED") or Path(str(mypy and mypy.origin)).parent / "typeshed")
    found = build.standard([stubs / "stdlib"], map(Path, named))
    found = {top: records for top, records in found.items() if top not in _NEVER}
    below = build.flat(found)
    return {
        top: build.Library("", (), build.Linker(records, below).link())
        for top, records in found.items()
    }


def third_party(work: Path, below: dict[str, build.Library]) -> dict[str, build.Library]:
    """All wheels in a folder, several versions of one library united."""
    wheels: dict[str, dict[str, Path]] = defaultdict(dict)
    for wheel in sorted(work.glob("*.whl")):
        name, version = wheel.name.split("-")[:2]
        name = re.sub(r"[-_.]+", "-", name).lower()
        folder = work / "unpacked" / f"{name}-{version}"
        if not folder.exists():
            with zipfile.ZipFile(wheel) as file:
                wanted = [each for each in file.namelist() if each.endswith(_CODE)]
                file.extractall(folder, wanted)
        wheels[name][version] = folder
    found: dict[str, tuple[str, dict[str, build.Records]]] = {}
    for name, versions in wheels.items():
        for top, records in build.united(map(build.package, versions.values())).items():
            if top in below:
                continue
            owner, known = found.get(top, (name, {}))
            found[top] = owner, build.united([known, {top: records}])  # a namespace that many share
    flat = build.flat({top: library.records for top, library in below.items()})
    return {
        top: build.Library(name, tuple(wheels[name]), build.Linker(known[top], flat).link())
        for top, (name, known) in found.items()
    }


if __name__ == "__main__":
    main()
