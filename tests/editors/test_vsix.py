"""The extension's package: made of the repository alone, the same bytes each time, with a server that runs."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from typing import TYPE_CHECKING, Any

import node
import pytest
import vscode_client
from vscode_client import CLIENT

import vetline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

ROOT = CLIENT.parent
MADE_BY = {"SOURCE_DATE_EPOCH": "1700000000"}
_WHERE = {"docs/render.py": "render", "vscode-client/scripts/bundle.py": "bundle"}


def loaded(place: str) -> ModuleType:
    """A script of the repository as a module."""
    spec = importlib.util.spec_from_file_location(_WHERE[place], ROOT / place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def client() -> Iterator[Path]:
    """The extension's sources, aside; what is packed lands beside them."""
    if not vscode_client.installed():
        pytest.skip(vscode_client.MISSING)
    with vscode_client.copied() as copy:
        yield copy


@pytest.fixture
def packed(client: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Packs the extension and gives the package: `packed(umask)`."""
    for name, value in MADE_BY.items():
        monkeypatch.setenv(name, value)

    def pack(umask: int = 0o022, zone: str = "UTC") -> Path:
        monkeypatch.setenv("TZ", zone)
        for old in (client.parent / "dist").glob("*.vsix"):
            old.unlink()
        before = os.umask(umask)
        try:
            node.run("scripts/package.mjs", folder=client)
        finally:
            os.umask(before)
        (made,) = (client.parent / "dist").glob("*.vsix")
        return made

    return pack


def test_the_manifest_has_the_settings_as_the_code_has_them():
    text = (CLIENT / "package.json").read_text("utf-8")
    assert loaded("docs/render.py").manifest(text) == text, "`make docs` writes it"


def test_the_manifest_says_the_version_and_the_license_of_the_whole():
    says = json.loads((CLIENT / "package.json").read_text("utf-8"))
    assert says["version"] == vetline.__version__
    assert (CLIENT / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_what_builds_it_is_pinned_and_names_no_registry():
    locked = json.loads((CLIENT / "package-lock.json").read_text("utf-8"))["packages"]
    others = {place: one for place, one in locked.items() if place}
    assert others
    assert not [place for place, one in others.items() if "resolved" in one]
    assert not [place for place, one in others.items() if "integrity" not in one]


@pytest.mark.editor
def test_the_same_bytes_whoever_packs_it_and_nothing_that_does_not_belong(packed):
    first = packed().read_bytes()
    made = packed(umask=0o077, zone="Asia/Tokyo")
    assert made.read_bytes() == first
    with zipfile.ZipFile(made) as archive:
        names = set(archive.namelist())
    for wanted in (
        "package.json",
        "dist/extension.js",
        "dist/askpass.js",
        "readme.md",
        "LICENSE.txt",
    ):
        assert f"extension/{wanted}" in names
    assert not [name for name in names if "node_modules" in name or name.endswith((".ts", ".map"))]


@pytest.mark.editor
def test_a_server_inside_makes_it_one_targets(packed, client):
    libs = client / "bundled" / "libs" / "vetline"
    libs.mkdir(parents=True)
    (libs / "__main__.py").write_text("")
    (client / "bundled" / "target").write_text("linux-x64")
    made = packed()
    assert made.name == f"vetline-{vetline.__version__}-linux-x64.vsix"
    with zipfile.ZipFile(made) as archive:
        assert "extension/bundled/libs/vetline/__main__.py" in archive.namelist()
        assert b'TargetPlatform="linux-x64"' in archive.read("extension.vsixmanifest")


PINS = """\
anyio==4.16.0 \\
    --hash=sha256:aa
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
hatchling==1.33.0 \\
    --hash=sha256:dd
hyperscan==0.9.1 ; platform_machine == 'arm64' and sys_platform == 'darwin' or (platform_machine == 'x86_64' and sys_platform == 'linux') \\
    --hash=sha256:ee
typing-extensions==4.16.0 ; python_full_version < '3.13' \\
    --hash=sha256:ff
"""


@pytest.mark.parametrize(
    ("target", "python", "names"),
    [
        ("linux-x64", "3.11", ["anyio", "hyperscan", "typing-extensions"]),
        ("linux-arm64", "3.13", ["anyio"]),
        ("darwin-arm64", "3.12", ["anyio", "hyperscan", "typing-extensions"]),
        ("win32-x64", "3.14", ["anyio", "colorama"]),
    ],
)
def test_a_target_gets_what_its_markers_say_and_only_what_runs(target, python, names):
    bundle = loaded("vscode-client/scripts/bundle.py")
    lines = bundle.pins(PINS, bundle.TARGETS[target], python)
    assert [line.partition("==")[0] for line in lines] == names
    assert all("--hash=sha256:" in line and ";" not in line for line in lines)


def test_the_pins_there_are_can_be_read_for_every_target():
    bundle = loaded("vscode-client/scripts/bundle.py")
    text = bundle.PINS.read_text("utf-8")
    for target in bundle.TARGETS.values():
        for python in bundle.PYTHONS:
            lines = bundle.pins(text, target, python)
            assert {"pygls", "tree-sitter"} <= {line.partition("==")[0] for line in lines}


def test_a_wheel_is_unpacked_and_nothing_leads_out_of_it(tmp_path):
    bundle = loaded("vscode-client/scripts/bundle.py")
    wheel = tmp_path / "a-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in (
            "a/__init__.py",
            "a-1.data/purelib/b.py",
            "a-1.data/scripts/run",
            "a-1.dist-info/METADATA",
        ):
            archive.writestr(name, "")
    bundle.unpack(wheel, tmp_path / "libs")
    found = {
        str(path.relative_to(tmp_path / "libs"))
        for path in (tmp_path / "libs").rglob("*")
        if path.is_file()
    }
    assert found == {"a/__init__.py", "b.py", "a-1.dist-info/METADATA"}
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("../evil.py", "")
    with pytest.raises(ValueError, match=r"\.\./evil\.py leads out"):
        bundle.unpack(wheel, tmp_path / "libs")
    assert not (tmp_path / "evil.py").exists()


def test_a_python_without_packages_of_its_own_runs_what_is_bundled(tmp_path):
    # As discovery.ts starts it: nothing but PYTHONPATH says where the server is, also to its workers.
    (tmp_path / "libs").symlink_to(sysconfig.get_path("platlib"))
    bare = os.path.realpath(sys.executable)
    libs = os.pathsep.join([str(tmp_path / "libs"), str(ROOT / "server"), str(ROOT / "analyzers")])
    (tmp_path / "shop.py").write_text(
        "import yaml\n\n\ndef load(text):\n    return yaml.load(text)\n"
    )
    (tmp_path / "typing.py").write_text("raise SystemExit('the workspace was run')\n")
    done = subprocess.run(
        [bare, "-P", "-s", "-m", "vetline", "check", "--output-format", "json", "shop.py"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": libs}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "python/unsafe-yaml-load" in {one["rule"] for one in json.loads(done.stdout)["findings"]}
