"""Files: which are checked, how they are decoded, what git says."""

from __future__ import annotations

import codecs
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from repositories import sh, tree

from vetline import files
from vetline.files import Found, found_at
from vetline_analyzers.engine import Failure


def places(*paths: Path, root: Path, exclude: tuple[str, ...] = ()) -> list[str]:
    found = files.discover(paths, root, exclude)
    return [
        f"{item.path}: {item.reason}" if isinstance(item, Failure) else item.place for item in found
    ]


@pytest.fixture
def repository(tmp_path):
    root = tmp_path / "repository"
    root.mkdir()
    sh(root, "init", "-q", "-b", "main")
    return root


class TestDiscover:
    def test_sorted_and_once(self, tmp_path):
        tree(tmp_path, "b.py", "a/z.py", "a/b/c.py", "a.py", "c/x")
        everything = ["a/b/c.py", "a/z.py", "a.py", "b.py", "c/x"]
        assert places(tmp_path, root=tmp_path) == everything
        twice = places(tmp_path / "b.py", tmp_path, tmp_path / "a", root=tmp_path)
        assert twice == ["b.py", *(name for name in everything if name != "b.py")]

    def test_what_is_nobodys_source_is_left_out(self, tmp_path):
        names = [
            "x/pyvenv.cfg",
            "x/lib/a.py",
            "x/bin/python",
            "node_modules/a.js",
            "__pycache__/a.pyc",
        ]
        tree(tmp_path, ".git/HEAD", ".venv/a.py", "p.egg-info/x", ".mypy_cache/1", *names, "ok.py")
        assert places(tmp_path, root=tmp_path) == ["ok.py"]

    def test_an_environments_mark_alone_hides_nothing(self, tmp_path):
        tree(tmp_path, "src/pyvenv.cfg", "src/a.py")
        assert places(tmp_path, root=tmp_path) == ["src/a.py", "src/pyvenv.cfg"]

    def test_links_are_not_followed_and_pipes_not_found(self, tmp_path):
        tree(tmp_path, "a/x.py")
        (tmp_path / "a/loop").symlink_to(tmp_path)
        (tmp_path / "link.py").symlink_to(tmp_path / "a/x.py")
        os.mkfifo(tmp_path / "pipe.py")
        assert places(tmp_path, root=tmp_path) == ["a/x.py"]
        assert places(tmp_path / "link.py", tmp_path / "a/loop/a", root=tmp_path) == [
            "link.py",
            "a/loop/a/x.py",
        ]

    def test_what_is_not_there_is_said(self, tmp_path):
        assert places(tmp_path / "nope", tmp_path / "a\0b", root=tmp_path) == [
            "nope: no such file or folder",
            "a\0b: no such file or folder",
        ]

    @pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
    def test_a_forbidden_folder_is_said(self, tmp_path):
        tree(tmp_path, "a/x.py", "b.py")
        (tmp_path / "a").chmod(0)
        try:
            assert places(tmp_path, root=tmp_path) == [
                "a: cannot be read: permission denied",
                "b.py",
            ]
        finally:
            (tmp_path / "a").chmod(0o700)

    def test_a_folder_that_vanishes_is_said(self, tmp_path):
        tree(tmp_path, "a/x.py", "b/x.py")
        walk = files.discover([tmp_path], tmp_path)
        assert next(walk) == Found(tmp_path / "a/x.py", "a/x.py")
        (tmp_path / "b/x.py").unlink()
        (tmp_path / "b").rmdir()
        (failure,) = walk
        assert failure == Failure("b", "cannot be read: no such file or directory")

    def test_exclude(self, tmp_path):
        tree(tmp_path, "a/x.py", "a/gen/y.py", "b/z_pb2.py", "c.py", "sub/a/k.py")
        assert places(tmp_path, root=tmp_path, exclude=("gen/", "*_pb2.py", "/a/x.py")) == [
            "c.py",
            "sub/a/k.py",
        ]
        named = (tmp_path / "b/z_pb2.py", tmp_path / "a/gen")
        assert places(*named, root=tmp_path, exclude=("gen/", "*_pb2.py")) == [
            "b/z_pb2.py",
            "a/gen/y.py",
        ]

    IGNORES = (
        {".gitignore": "build/\n*.log\n!keep.log\n/top.py\n# a comment\n"},
        {".gitignore": "*.py\n", "a/.gitignore": "!x.py\n"},
        {".gitignore": "a/\n!a/x.py\n", "b/.gitignore": "/y.py\nsub/"},
        {"a/.gitignore": "*\n!*.py\n!*/\n", ".git/info/exclude": "b/\n*.log"},
        {".gitignore": "**/sub\na/**/x.py\n\\#odd\ntrailing   \n"},
        {".gitignore": "/*\n!/a\n!/.gitignore\n"},
    )

    @pytest.mark.parametrize("ignores", IGNORES)
    @pytest.mark.parametrize("start", [".", "a", "b/sub"])
    def test_ignored_is_what_git_ignores(self, repository, ignores, start):
        names = ("a/x.py", "a/sub/x.py", "b/y.py", "b/sub/y.py", "b/sub/x.py", "top.py", "x.log")
        tree(repository, *names, "build/a.py", "a/build/a.py", "keep.log", "#odd", "trailing")
        for name, text in ignores.items():
            (repository / name).write_text(text)
        # A folder that is named is walked although it is ignored; git gives nothing for it then.
        inside = sh(repository, "ls-files", "--cached", "--others", "--exclude-standard", start)
        ours = places(repository / start, root=repository)
        ignored = subprocess.run(["git", "check-ignore", "-q", start], cwd=repository, check=False)
        if ignored.returncode:
            assert sorted(ours) == sorted(inside.splitlines())
        else:
            assert ours

    def test_a_repository_in_a_repository_has_rules_of_its_own(self, repository):
        tree(repository, "inner/.git/HEAD", "inner/x.py", "y.py")
        (repository / ".gitignore").write_text("*.py")
        assert places(repository, root=repository) == [".gitignore", "inner/x.py"]

    def test_nonsense_in_gitignore_costs_only_its_line(self, tmp_path):
        tree(tmp_path, "x.log", "x.py")
        (tmp_path / ".gitignore").write_bytes(b"!\n/\n\xff\xfe\n***\n*.log\r\n")
        assert "x.log" not in places(tmp_path, root=tmp_path)

    def test_a_very_deep_tree(self, tmp_path):
        deep = tmp_path.joinpath(*["d"] * 600)
        deep.mkdir(parents=True)
        (deep / "x.py").touch()
        assert len(places(tmp_path, root=tmp_path)) == 1


def reading(tmp_path: Path, name: str, raw: bytes, *, named=False, **options):
    path = tmp_path / name
    path.write_bytes(raw)
    return files.read(Found(path, name, named), **options)


class TestRead:
    def test_a_plain_file(self, tmp_path):
        found = reading(tmp_path, "a.py", "é = 1\r\n".encode())
        snapshot = found.snapshot
        assert found.failures == ()
        assert (snapshot.text, snapshot.language, snapshot.path) == ("é = 1\r\n", "python", "a.py")
        assert files.path_of(snapshot.uri) == tmp_path / "a.py"

    def test_an_empty_file(self, tmp_path):
        assert reading(tmp_path, "a.py", b"").snapshot.text == ""

    @pytest.mark.parametrize(
        ("mark", "encoding"),
        [
            (codecs.BOM_UTF8, "utf-8"),
            (codecs.BOM_UTF16_LE, "utf-16-le"),
            (codecs.BOM_UTF16_BE, "utf-16-be"),
            (codecs.BOM_UTF32_LE, "utf-32-le"),
            (codecs.BOM_UTF32_BE, "utf-32-be"),
        ],
    )
    def test_a_byte_order_mark_is_not_text(self, tmp_path, mark, encoding):
        found = reading(tmp_path, "a.js", mark + "let ü = 1".encode(encoding))
        assert (found.snapshot.text, found.failures) == ("let ü = 1", ())

    def test_half_a_character_at_the_end(self, tmp_path):
        found = reading(tmp_path, "a.py", codecs.BOM_UTF16_LE + "a\nb".encode("utf-16-le") + b"x")
        assert found.snapshot.text == "a\nb\ufffd"
        assert found.failures[0].reason == "not valid UTF-16-LE at line 2; the rest was checked"

    @pytest.mark.parametrize("head", [b"", b"#!/usr/bin/env python\r\n", b"\n", b" \t# x\r"])
    def test_a_declared_encoding_is_honoured(self, tmp_path, head):
        raw = head + b"# -*- coding: latin-1 -*-\nx = '\xe9'"
        assert reading(tmp_path, "a.py", raw).snapshot.text.endswith("x = 'é'")

    @pytest.mark.parametrize("head", [b"x = 1\n", b"# a\n# b\n"])
    def test_a_cookie_elsewhere_is_none(self, tmp_path, head):
        found = reading(tmp_path, "a.py", head + b"# coding: latin-1\nx = '\xe9'")
        (failure,) = found.failures
        assert (
            failure.reason == f"not valid UTF-8 at line {head.count(10) + 2}; the rest was checked"
        )
        assert found.snapshot.text.endswith("x = '\ufffd'")

    @pytest.mark.parametrize(
        "name", ["nope", "rot13", "hex", "idna", "utf-16", "punycode", "undefined"]
    )
    def test_an_encoding_python_would_not_take_is_said(self, tmp_path, name):
        found = reading(tmp_path, "a.py", f"# coding: {name}\nx = 1".encode())
        assert found.snapshot.text.endswith("x = 1")
        assert found.failures[0].reason == f"declares an encoding we do not know: {name}"

    def test_invalid_utf8_keeps_every_line(self, tmp_path):
        found = reading(tmp_path, "a.py", b"a = 1\nb = '\xff'\rc = 3\n")
        assert found.snapshot.text == "a = 1\nb = '\ufffd'\rc = 3\n"
        assert found.failures == (
            Failure("a.py", "not valid UTF-8 at line 2; the rest was checked"),
        )

    def test_text_of_no_language_may_be_of_any_encoding(self, tmp_path):
        assert reading(tmp_path, "notes.txt", b"caf\xe9").failures == ()
        assert reading(tmp_path, "notes.txt", b"caf\xe9", named=True).failures

    def test_nul_in_source_is_checked_and_said(self, tmp_path):
        found = reading(tmp_path, "a.py", b"a = 1\0\nb = 2")
        assert found.snapshot.text == "a = 1\0\nb = 2"
        assert "NUL" in found.failures[0].reason

    def test_a_binary_file_is_said_only_when_named(self, tmp_path):
        raw = b"\x89PNG\r\n\x1a\n\0\0"
        assert reading(tmp_path, "a.png", raw) == files.Reading()
        named = reading(tmp_path, "a.png", raw, named=True)
        assert named == files.Reading(None, (Failure("a.png", "is a binary file"),))

    def test_over_the_limit(self, tmp_path):
        found = reading(tmp_path, "a.js", b"x" * 5_000_001)
        assert found.failures[0].reason == (
            "is 5.0 MB, over the limit of 2.0 MB: raise max-file-size or exclude it"
        )
        assert reading(tmp_path, "a.js", b"x" * 100, limit=100).snapshot
        assert reading(tmp_path, "a.iso", b"\0" * 200, limit=100) == files.Reading()
        assert reading(tmp_path, "a.csv", b"1,2\n" * 200, limit=100).failures

    def test_a_script_without_suffix(self, tmp_path):
        assert reading(tmp_path, "run", b"#!/usr/bin/env python3\n").snapshot.language == "python"
        assert reading(tmp_path, "run", b"#!/usr/bin/node\n").snapshot.language == "javascript"
        assert reading(tmp_path, "run", b"#!/bin/sh\n").snapshot.language == "text"

    def test_pipes_devices_and_folders_are_never_opened(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.py")
        for path, words in [
            (tmp_path / "pipe.py", "is not a regular file"),
            (Path("/dev/zero"), "is not a regular file"),
            (tmp_path, "is a folder"),
            (tmp_path / "gone.py", "cannot be read: no such file or directory"),
        ]:
            (failure,) = files.read(found_at(path, tmp_path)).failures
            assert failure.reason == words

    def test_a_link_to_itself(self, tmp_path):
        (tmp_path / "a.py").symlink_to("a.py")
        assert places(tmp_path / "a.py", root=tmp_path) == ["a.py"]
        (failure,) = files.read(found_at(tmp_path / "a.py", tmp_path)).failures
        assert failure.reason == "cannot be read: too many levels of symbolic links"

    @given(st.binary(max_size=60), st.sampled_from(["python", "javascript", "text"]))
    def test_any_bytes_decode(self, raw, language):
        text, reason = files.decode(raw, language)
        text.encode("utf-8")  # no lone surrogates
        assert (
            reason
            or "\ufffd" not in text
            or "\ufffd".encode() in raw
            or raw[:1] >= b"\xef"
            or raw[:1] in b"\0"
        )


class TestNames:
    def test_relative(self, tmp_path):
        assert files.relative(tmp_path / "a" / ".." / "b.py", tmp_path) == "b.py"
        assert files.relative(tmp_path / "b.py", tmp_path / "a") == "../b.py"

    @given(st.text(st.characters(exclude_characters="\0/", exclude_categories=("Cs",)), min_size=1))
    def test_uris_there_and_back(self, name):
        path = Path("/some folder") / name
        assert files.path_of(files.uri_of(path)) == path

    def test_a_name_that_is_not_utf8_survives(self):
        path = Path(os.fsdecode(b"/a/\xff.py"))
        assert files.uri_of(path) == "file:///a/%FF.py"
        assert files.path_of("file:///a/%FF.py") == path

    @pytest.mark.parametrize(
        "uri",
        [
            "untitled:Untitled-1",
            "http://x/y",
            "file://host/x",
            "",
            "file:x",
            "file:///a%00b",
            "file://[/x",
        ],
    )
    def test_what_means_no_path(self, uri):
        assert files.path_of(uri) is None

    def test_windows(self):
        assert str(files.path_of("file:///c%3A/a%20b/x.py", windows=True)) == "c:/a b/x.py"
        assert str(files.path_of("file:///C:/x.py", windows=True)) == "C:/x.py"
        assert str(files.path_of("file://server/share/x.py", windows=True)) == "//server/share/x.py"


def test_a_notebook_is_not_called_clean(tmp_path):
    path = tmp_path / "n.ipynb"
    path.write_text("{}")
    reading = files.read(files.found_at(path, tmp_path))
    assert reading.snapshot is not None, "its text is looked at"
    reason = reading.failures[0].reason
    for looked_at in ("secrets", "hidden characters", "imports", "install commands"):
        assert looked_at in reason.partition(";")[0]
    for not_yet in ("patterns", "flow of data", "members"):
        assert not_yet in reason.partition(";")[2]
