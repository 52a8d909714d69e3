"""The index of members: how it is made of packages and sources, and how it is read."""

from __future__ import annotations

import pickle
import runpy
import sys
import time
import zipfile
from pathlib import Path

import pytest

from vetline.index import members, members_build
from vetline.index.members_build import Library, Linker, flat, package, standard, united, write

STDLIB = {
    "builtins.pyi": "class object:\n    def __getattribute__(self, name): ...\nclass str:\n    def upper(self) -> str: ...\n",
    "typing.pyi": "class Generic: ...\nclass Mapping:\n    def get(self): ...\n",
    "abc.pyi": "class ABCMeta(type): ...\n",
}


def made(tmp_path, *versions, top="lib"):
    """The index of one library, of which each version is a mapping from paths to texts."""
    folders = [lay_out(tmp_path / f"v{n}", version) for n, version in enumerate(versions)]
    below = standard([lay_out(tmp_path / "stubs", STDLIB)], [])
    records = united(package(folder) for folder in folders)
    libraries = {
        name: Library("", (), Linker(own, flat(below)).link()) for name, own in below.items()
    }
    numbers = tuple(f"{n + 1}.0" for n in range(len(versions)))
    libraries[top] = Library("lib-dist", numbers, Linker(records[top], flat(below)).link())
    write(tmp_path / "members.bin", libraries, as_of="2026-01-02")
    return members.Index(tmp_path / "members.bin")


def lay_out(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text) if isinstance(text, bytes) else path.write_text(text)
    return folder


PLAIN = {
    "lib/__init__.py": "from lib.core import Thing, make as build\nfrom . import sub\nimport os as system\nX = 1\n"
    "if X:\n    Y = 2\nelse:\n    Z = 3\ntry:\n    from ._fast import quick\nexcept ImportError:\n    quick = None\n"
    "for each in []:\n    with X as inner:\n        pass\ndef f():\n    global made_later\n    made_later = 1\n_private = 1\n",
    "lib/core.py": "class Base:\n    def __init__(self):\n        self.late = 1\n    def set(self):\n        self.later: int = 2\n"
    "class Thing(Base):\n    size = 1\n    class Inner: ...\n    @property\n    def inner(self) -> 'Inner': ...\n"
    "    def again(self) -> 'Thing': ...\n    def me(self: T) -> T: ...\n    async def wait(self) -> 'Thing': ...\n"
    "    def __enter__(self) -> 'Thing': ...\ndef make() -> Thing: ...\ndef either() -> 'Thing | None': ...\n"
    "thing = Thing()\nalias = Thing\n",
    "lib/sub/__init__.py": "from lib.core import *\n",
    "lib/sub/deep.py": "",
    "lib/tests/test_x.py": "def test(): ...\n",
}


def test_members_of_modules_and_classes(tmp_path):
    index = made(tmp_path, PLAIN)
    assert index.as_of == "2026-01-02"
    assert index.names("lib") == {
        *(
            "Thing",
            "build",
            "sub",
            "system",
            "X",
            "Y",
            "Z",
            "quick",
            "each",
            "inner",
            "f",
            "made_later",
        ),
        *("core", "tests"),
    }
    thing = index.find("lib.Thing")
    assert thing == "lib.core.Thing" == index.find("lib.sub.alias")
    assert index.is_class(thing)
    assert not index.is_class("lib.core")
    assert index.names(thing) == {
        *("late", "later", "set", "size", "Inner", "inner", "again", "me", "wait", "__enter__"),
    }
    assert {"Thing", "make", "deep"} <= index.names("lib.sub")
    assert index.find("lib.nothing") == index.find("other") == ""
    assert index.find("lib.tests") == "", "nothing is said of a library's tests"
    assert index.names("other") is None


def test_what_a_member_is(tmp_path):
    index = made(tmp_path, PLAIN)
    thing = "lib.core.Thing"
    assert index.member("lib", "build") == f">{thing}()"
    assert index.member("lib", "sub") == "lib.sub"
    assert index.member("lib.core", "thing") == f"{thing}()"
    assert index.member("lib.core", "either") == f">{thing}()", "None has nothing more"
    assert index.member("lib", "X") == ""
    assert index.member(thing, "again") == index.member(thing, "me") == f">{thing}()"
    assert index.member(thing, "__enter__") == f">{thing}()"
    assert index.member(thing, "wait") == "", "it gives something to wait for"


@pytest.mark.parametrize(
    "text",
    [
        "def __getattr__(name): return load(name)",
        "def __getattr__(name):\n    if name in table: return getattr(x, name)\n    raise AttributeError",
        "globals()['a'] = 1",
        "globals().update(x)",
        "x = globals()",
        "import sys\nsys.modules[__name__] = Lazy()",
        "import sys\ndel sys.modules['lib']",
        "import lazy_loader as lazy\n__getattr__, a, b = lazy.attach(__name__)",
        "from elsewhere import *",
        "def (:",
        "x = '\0'",
    ],
)
def test_a_module_that_may_have_more_is_open(tmp_path, text):
    assert made(tmp_path, {"lib/__init__.py": text}).names("lib") is None


@pytest.mark.parametrize(
    "text",
    [
        "class A(Unknown): ...",
        "class A(make()): ...",
        "class A(metaclass=Meta): ...",
        "@decorated\nclass A: ...",
        "class A:\n    def __getattr__(self, name): ...",
        "class A:\n    def f(self, name):\n        setattr(self, name, 1)",
        "class A:\n    def f(self, more):\n        self.__dict__.update(more)",
        "from elsewhere import B\nclass A(B): ...",
    ],
)
def test_a_class_that_may_have_more_is_open(tmp_path, text):
    index = made(tmp_path, {"lib/__init__.py": text})
    assert index.is_class("lib.A")
    assert index.names("lib.A") is None
    assert index.names("lib") is not None


@pytest.mark.parametrize(
    "text",
    [
        "import abc, dataclasses, typing\n@dataclasses.dataclass\nclass A(typing.Generic[T], metaclass=abc.ABCMeta):\n    x: int",
        "class A:\n    x = 1\n    def __setstate__(self, state):\n        for k, v in state.items():\n            setattr(self, k, v)",
        "def __getattr__(name):\n    if name == 'old': return 1\n    raise AttributeError(name)\nclass A:\n    x = globals()['y']",
    ],
)
def test_what_only_looks_like_it_is_not(tmp_path, text):
    index = made(tmp_path, {"lib/__init__.py": text})
    assert "x" in index.names("lib.A")
    assert "A" in index.names("lib")


def test_an_extension_without_a_stub_is_open_and_a_stub_speaks_for_it(tmp_path):
    index = made(
        tmp_path,
        {
            "lib/__init__.py": "",
            "lib/fast.cpython-312-x86_64-linux-gnu.so": b"",
            "lib/told.cpython-312-x86_64-linux-gnu.so": b"",
            "lib/told.pyi": "from typing import Mapping\nfrom x import y as y\n__all__ = ['a']\nfrom ._b import a\ndef f() -> Mapping: ...\n",
            "lib/both.py": "import os\ndef __getattr__(name): return 1\n",
            "lib/both.pyi": "z: int\n",
        },
    )
    assert index.names("lib.fast") is None
    assert index.names("lib.told") == {"y", "a", "f"}
    assert index.names("lib.both") == {"os", "z"}


def test_what_a_stub_lists_and_takes_by_a_star_leads_on(tmp_path):
    index = made(
        tmp_path,
        {
            "lib/__init__.pyi": "from .a import *\n__all__ = ('Thing', 'make')\n",
            "lib/a.pyi": "class Thing:\n    x: int\ndef make() -> Thing: ...\n",
        },
    )
    assert index.find("lib.Thing") == "lib.a.Thing"
    assert index.names("lib") >= {"Thing", "make"}


def test_a_table_may_have_columns_but_no_other_methods(tmp_path, monkeypatch):
    monkeypatch.setattr(members_build, "_TABLES", {"lib.Table"})
    text = "class Table:\n    def head(self): ...\n    def __getattr__(self, name): ...\nclass Own(Table): ...\n"
    index = made(tmp_path, {"lib/__init__.py": text})
    for owner in ("lib.Table", "lib.Own"):
        assert index.names(owner) is None
        assert index.names(owner, called=True) == {"head"}


def test_what_a_class_derives_from_is_kept_before_what_lies_farther(tmp_path, monkeypatch):
    many = "".join(f"class C{n}:\n    x = 1\n" for n in range(50))
    index_of = {
        "lib/__init__.py": f"from .b import A\n{many}",
        "lib/b.py": "from .z import Base\nclass A(Base): ...\n",
    }
    index_of["lib/z.py"] = "class Base:\n    y = 1\n"
    monkeypatch.setattr(members_build, "_BUDGET", 4_000)
    index = made(tmp_path, index_of)
    assert index.names("lib.A") == {"y"}


def test_versions_are_united(tmp_path):
    old = {"lib/__init__.py": "class A:\n    gone = 1\ndef old(): ...\nB = A\n"}
    new = {"lib/__init__.py": "class A:\n    new = 1\nclass B: ...\n"}
    index = made(tmp_path, old, new)
    assert index.names("lib") == {"A", "B", "old"}
    assert index.names("lib.A") == {"gone", "new"}
    assert index.versions("lib") == ("1.0", "2.0")
    assert index.versions("builtins") == ()
    assert index.versions("other") is None


def test_a_namespace_is_open_and_what_lies_in_it_is_not(tmp_path):
    index = made(tmp_path, {"lib/inner/__init__.py": "a = 1\n"})
    assert index.names("lib") is None
    assert index.names("lib.inner") == {"a"}


def test_what_is_installed_in_another_version_is_not_spoken_of(tmp_path):
    index = made(tmp_path, {"lib/__init__.py": "a = 1\n"})
    installed = {"lib": ("lib-dist",)}
    assert index.beside(installed, {"lib-dist": "1.0.7"}).names("lib") == {"a"}
    assert index.beside({}, {}).names("lib") == {"a"}
    other = index.beside(installed, {"lib-dist": "1.5"})
    assert other.names("lib") is None
    assert other.versions("lib") is None
    assert other.names("builtins.str") == {"upper"}
    assert pickle.loads(pickle.dumps(other)) == other


def test_too_large_a_library_is_told_as_far_as_it_goes(tmp_path, monkeypatch):
    monkeypatch.setattr(members_build, "_BUDGET", 60)
    index = made(tmp_path, PLAIN)
    assert "Thing" in index.names("lib")
    assert index.find("lib.sub.deep") == ""


def test_a_file_that_is_none_is_said(tmp_path):
    path = tmp_path / "members.bin"
    path.write_bytes(b"something else")
    with pytest.raises(ValueError, match="no index of members"):
        members.Index(path)


class TestOurs:
    """The one that comes with the program."""

    def test_is_there_and_small(self):
        assert members.load() is not None
        assert members._DATA.stat().st_size < 3_200_000

    def test_is_opened_in_milliseconds(self):
        best = min(self.seconds() for _ in range(5))
        assert best < 0.05

    @staticmethod
    def seconds():
        start = time.perf_counter()
        index = members.Index(members._DATA)
        assert "loads" in index.names("json")
        return time.perf_counter() - start

    def test_knows_what_it_should(self):
        index = members.load()
        for owner, name in [
            ("os", "startfile"),
            ("os.path", "join"),
            ("asyncio", "coroutine"),
            ("datetime.datetime", "fromisoformat"),
            ("builtins.str", "removeprefix"),
            ("builtins.dict", "setdefault"),
            ("pandas", "read_csv"),
            ("numpy.linalg", "norm"),
            ("requests.Session", "mount"),
        ]:
            assert name in (index.names(index.find(owner)) or ()), (owner, name)
        for owner in ("os", "json", "collections", "numpy", "pandas", "flask", "requests"):
            assert index.names(owner) is not None, owner
            assert "get_env" not in index.names(owner)


def test_names_that_are_none_do_not_fill_the_memory(tmp_path, monkeypatch):
    index = made(tmp_path, PLAIN)
    monkeypatch.setattr(members, "_RECORDS", 50)
    for number in range(500):
        assert index.find(f"lib.none{number}") == ""
        assert len(index._records) <= 50
    assert index.find("lib.thing") == index.find("lib.thing")


def test_only_a_few_projects_indexes_are_kept(tmp_path):
    path = made(tmp_path, PLAIN)._path
    kept = [members.opened(path, frozenset({f"top{number}"})) for number in range(50)]
    assert members.opened(path, frozenset({"top49"})) is kept[-1]
    assert members.opened(path, frozenset({"top0"})) is not kept[0]


class TestScript:
    """`benchmarks/build_members.py`, which makes ours."""

    @pytest.fixture
    def script(self, monkeypatch):
        path = Path(__file__).parents[1] / "benchmarks" / "build_members.py"
        monkeypatch.setattr(sys, "path", [*sys.path])
        return runpy.run_path(str(path))

    def test_makes_an_index_of_wheels_and_stubs(self, script, tmp_path, monkeypatch):
        lay_out(tmp_path / "typeshed" / "stdlib", STDLIB)
        lay_out(tmp_path / "python3.12", {"builtins.py": "", "old.py": "x = 1\n"})
        work = tmp_path / "work"
        work.mkdir()
        for version in ("1.0", "2.0"):
            with zipfile.ZipFile(work / f"My_Lib-{version}-py3-none-any.whl", "w") as wheel:
                wheel.writestr("lib/__init__.py", f"v{version[0]} = 1\n")
                wheel.writestr("lib/data.txt", "no code")
        (work / "done.txt").write_text("my-lib\n")  # so that nothing is downloaded
        out = tmp_path / "members.bin"
        monkeypatch.setenv("TYPESHED", str(tmp_path / "typeshed"))
        monkeypatch.setenv("STDLIBS", str(tmp_path / "python3.12"))
        words = ["", str(work), "--only", "my-lib", "--out", str(out), "--date", "2026-01-02"]
        monkeypatch.setattr(sys, "argv", words)
        script["main"]()
        index = members.Index(out)
        assert (index.as_of, index.libraries) == ("2026-01-02", 1)
        assert index.names("lib") == {"v1", "v2"}
        assert index.versions("lib") == ("1.0", "2.0")
        assert index.names("old") == {"x"}
        assert not list(work.rglob("data.txt"))

    def test_says_what_is_not_to_be_had(self, script, tmp_path, monkeypatch, capsys):
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
        script["download"](tmp_path / "work", ["nothing-of-the-kind"])
        assert "not to be had: nothing-of-the-kind" in capsys.readouterr().err
        assert not (tmp_path / "work" / "done.txt").exists()
