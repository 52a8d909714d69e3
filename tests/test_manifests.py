"""Manifests: what each format says, and where in the text it says so."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetline_analyzers import manifests
from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.manifests import places


def read(path, text):
    """What a text of a format says; each name stands where it is said to stand."""
    reading = manifests.of_path(path).read(text)
    assert_in_place(text, reading)
    return reading


def assert_in_place(text, reading):
    for one in reading.requirements:
        assert text[one.span.start : one.span.end] == one.written
        if one.version_span is not None:
            written = text[one.version_span.start : one.version_span.end]
            assert one.specifier.strip() in {written, written.strip()} or one.source


def told(reading):
    """Each requirement in one line: name, specifier, version, source and its flags."""
    lines = []
    for one in reading.requirements:
        flags = "".join(f" +{flag}" for flag in ("hashed", "optional", "dev") if getattr(one, flag))
        version = f" ={one.version}" if one.version else ""
        source = f" <{one.source}>" if one.source else ""
        lines.append(f"{one.package.name} {one.specifier}{version}{source}{flags}".strip())
    return lines


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("requirements.txt", "requirements.txt"),
        ("a/requirements-dev.txt", "requirements.txt"),
        ("dev_requirements.in", "requirements.txt"),
        ("requirements/base.txt", "requirements.txt"),
        ("constraints.txt", "requirements.txt"),
        ("x/pyproject.toml", "pyproject.toml"),
        ("setup.cfg", "setup.cfg"),
        ("setup.py", "setup.py"),
        ("Pipfile", "Pipfile"),
        ("environment.yml", "environment.yml"),
        ("environment-dev.yaml", "environment.yml"),
        ("web/package.json", "package.json"),
        ("poetry.lock", "poetry.lock"),
        ("uv.lock", "uv.lock"),
        ("pdm.lock", "pdm.lock"),
        ("Pipfile.lock", "Pipfile.lock"),
        ("pylock.toml", "pylock.toml"),
        ("pylock.dev.toml", "pylock.toml"),
        ("package-lock.json", "package-lock.json"),
        ("npm-shrinkwrap.json", "package-lock.json"),
        ("yarn.lock", "yarn.lock"),
        ("pnpm-lock.yaml", "pnpm-lock.yaml"),
        ("bun.lock", "bun.lock"),
    ],
)
def test_a_path_tells_the_format(path, name):
    assert manifests.of_path(path).name == name


@pytest.mark.parametrize(
    "path",
    ["requirements.md", "myrequirements.txt", "mysetup.py", "package.json5", "x.lock", "notes.txt", "a/b.yml", ""],
)  # fmt: skip
def test_other_paths_tell_none(path):
    assert manifests.of_path(path) is None


class TestRequirements:
    def test_lines(self):
        text = (
            "# no\nA==1 # why\nb[x,y] ~= 1.2, <2\nc \\\n  >= 1 \\\n  --hash=sha256:0\\\n  --hash=sha256:1\n"
            "d; os_name == 'nt'\ne @ https://user:secret@x.example/e.whl?token=secret ; python_version < '3.9'\nf===1.0.post1\n"
        )
        assert told(read("requirements.txt", text)) == [
            "a ==1 =1",
            "b ~= 1.2, <2",
            "c >= 1 +hashed",
            "d  +optional",
            "e  <https://x.example/e.whl> +optional",
            "f ===1.0.post1 =1.0.post1",
        ]

    def test_options(self):
        text = (
            "-r base.txt\n--requirement=more/other.txt\n-c limits.txt\n-r https://x.example/r.txt\n"
            "-i https://u:secret@i.example/simple\n--extra-index-url https://e.example/simple\n--pre\n--no-binary :all:\nx\n"
        )
        found = read("requirements.txt", text)
        assert found.includes == ("base.txt", "more/other.txt", "limits.txt")
        assert found.indexes == ("https://i.example/simple", "https://e.example/simple")
        assert found.extra_index
        assert not found.missing
        assert not read("requirements.txt", "-i https://i.example/simple\nx").extra_index

    def test_what_comes_from_elsewhere_is_named_where_it_tells(self):
        text = (
            "-e git+https://x.example/r.git@v1#egg=edit_me\n./local\nhttps://x.example/b-1.0-py3-none-any.whl\n"
            "git+https://x.example/thing.git\n-e .[dev]\nhttps://x.example/main.zip\n../up/c-2.0.tar.gz\n"
        )
        assert told(read("requirements.txt", text)) == [
            "edit-me  <git+https://x.example/r.git@v1#egg=edit_me>",
            "b  <https://x.example/b-1.0-py3-none-any.whl>",
            "thing  <git+https://x.example/thing.git>",
            "c  <../up/c-2.0.tar.gz>",
        ]
        assert not read("requirements.txt", text).missing

    def test_line_ends_and_a_mark_at_the_start(self):
        assert told(read("requirements.txt", "\ufeffa==1\r\nb \\\r\n ==2\r\n")) == [
            "a ==1 =1",
            "b ==2 =2",
        ]

    def test_a_line_that_is_none_is_told(self):
        found = read("requirements.txt", "a\nb c d\n")
        assert told(found) == ["a"]
        assert found.missing == "1 of its lines cannot be read"

    def test_prose_of_that_name_is_no_manifest(self):
        prose = "Our requirements\n\nThe system is to be fast.\nIt is also to be small.\nspeed\n"
        assert read("docs/requirements.txt", prose) == manifests.Reading()


def test_pyproject():
    text = """
[build-system]
requires = ["hatchling>=1"]
[project]
name = "My.Thing"
dependencies = ["Flask>=2", "old ; python_version < '3.9'", "inner", 3]
[project.optional-dependencies]
fast = ["orjson[x]==1"]
[dependency-groups]
dev = ["pytest", {include-group = "x"}]
[tool.pdm.dev-dependencies]
lint = ["black"]
[tool.hatch.envs.x]
dependencies = ["coverage"]
[tool.uv]
dev-dependencies = ["tox"]
constraint-dependencies = ["lxml<5"]
[tool.uv.sources]
inner = { index = "ours" }
pytest = { git = "https://x.example/pytest" }
[[tool.uv.index]]
name = "theirs"
url = "https://theirs.example/simple"
[[tool.uv.index]]
name = "ours"
url = "https://u:secret@ours.example/simple"
explicit = true
"""
    found = read("pyproject.toml", text)
    assert told(found) == [
        "hatchling >=1",
        "flask >=2",
        "old  +optional",
        "inner  <registry+https://ours.example/simple>",
        "orjson ==1 =1 +optional",
        "pytest  <git+https://x.example/pytest> +optional +dev",
        "black  +optional +dev",
        "coverage  +optional +dev",
        "tox  +optional +dev",
        "lxml <5 +optional",
    ]
    assert found.own == (package(Ecosystem.PYPI, "my-thing"),)
    assert found.indexes == ("https://theirs.example/simple", "https://ours.example/simple")
    assert not found.extra_index  # uv takes what the first index that knows the name has


def test_pyproject_of_poetry():
    text = """
[tool.poetry]
name = "shop"
[tool.poetry.dependencies]
python = "^3.11"
httpx = "*"
"zope.interface" = "^5"
maybe = {version = "1.2.3", optional = true}
near = {path = "../near"}
ours = {version = "^1", source = "ours"}
several = [{version = "1", python = "<3"}, {version = "2", python = ">3"}]
[tool.poetry.group.docs.dependencies]
sphinx = ">=7"
[[tool.poetry.source]]
name = "ours"
url = "https://ours.example/simple"
priority = "supplemental"
"""
    found = read("pyproject.toml", text)
    assert told(found) == [
        "httpx",
        "zope-interface ^5",
        "maybe 1.2.3 =1.2.3 +optional",
        "near  <../near>",
        "ours ^1 <registry+https://ours.example/simple>",
        "several 1 =1",
        "sphinx >=7 +optional +dev",
    ]
    assert found.own == (package(Ecosystem.PYPI, "shop"),)
    assert found.extra_index


def test_setup_cfg():
    text = (
        "[metadata]\nname = Shop\n[options]\ninstall_requires =\n  one>=1\n  # no\n  two; os_name == 'nt'\n"
        "tests_require = three\npackages = find:\n[options.extras_require]\nx =\n  four\n\n[tool:pytest]\naddopts = no\n"
    )
    found = read("setup.cfg", text)
    assert told(found) == ["one >=1", "two  +optional", "three  +optional +dev", "four  +optional"]
    assert found.own == (package(Ecosystem.PYPI, "shop"),)


def test_setup_py():
    text = (
        "REQUIRES: list = [\n 'one>=1',  # 'no'\n \"two[x]\"]\nurl = 'no'\npython_requires=['3']\n"
        "setup(install_requires=REQUIRES + ['no'], extras_require={'extra': ['three']}, name='shop')"
    )
    found = read("setup.py", text)
    assert told(found) == ["one >=1", "two", "three  +optional"]
    assert found.own == (package(Ecosystem.PYPI, "shop"),)


def test_pipfile():
    text = (
        '[[source]]\nname = "pypi"\nurl = "https://a.example/simple"\n[[source]]\nname = "ours"\nurl = "https://b.example/simple"\n'
        '[packages]\none = "*"\ntwo = {version = "==1.2", index = "ours"}\nthree = {git = "https://x.example/t.git"}\n'
        '[dev-packages]\nfour = ">=1"\n[requires]\npython_version = "3.11"\n'
    )
    found = read("Pipfile", text)
    assert told(found) == [
        "one",
        "two ==1.2 =1.2 <registry+https://b.example/simple>",
        "three  <git+https://x.example/t.git>",
        "four >=1 +dev",
    ]
    assert found.indexes == ("https://a.example/simple", "https://b.example/simple")


def test_environment_of_conda():
    text = (
        "name: x\nchannels: [defaults]\ndependencies:\n  - python=3.11\n  - conda-forge::one>=1\n  - pip:\n"
        "    - two==1\n    - -r more.txt\n"
    )
    found = read("environment.yml", text)
    assert told(found) == [
        "python =3.11 =3.11 <conda:>",
        "one >=1 <conda:conda-forge>",
        "two ==1 =1",
    ]
    assert found.includes == ("more.txt",)
    assert told(read("app-environment.yaml", "kind: ConfigMap\ndata: {a: b}\n")) == []


def test_package_json():
    text = """{
  "name": "@acme/web", "version": "1.0.0",
  "dependencies": {
    "left-pad": "^1.3.0", "@scope/Thing": "1.0.0", "old": "npm:lodash@4.17.21",
    "near": "file:../near", "member": "workspace:*", "fork": "user/repo#main", "zip": "https://x.example/z.tgz"
  },
  "devDependencies": {"vite": "latest"},
  "peerDependencies": {"react": ">=18"},
  "overrides": {"foo": {"bar": "1.2.3"}, "left-pad": "$left-pad"},
  "resolutions": {"**/deep@^1": "2.0.0"}
}"""
    found = read("package.json", text)
    assert told(found) == [
        "left-pad ^1.3.0",
        "@scope/thing 1.0.0 =1.0.0",
        "lodash 4.17.21 =4.17.21",
        "near  <file:../near>",
        "member  <workspace:*>",
        "fork  <user/repo#main>",
        "zip  <https://x.example/z.tgz>",
        "vite latest +dev",
        "react >=18 +optional",
        "bar 1.2.3 =1.2.3 +optional",
        "deep 2.0.0 =2.0.0 +optional",
    ]
    assert found.own == (package(Ecosystem.NPM, "@acme/web"),)
    assert not found.missing


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"dependencies": {"a": "1", "b": ', ["a"]),
        ('{"dependencies": {"a": \n "b": "2", "c": "3"}}', ["b", "c"]),
        ('{"dependencies": {"a": "1",, "b": "2"}} trailing', ["a", "b"]),
        ('{"dependencies": {"a": "1"', ["a"]),
        ('{"dependencies": ["a"], "devDependencies": {"b": "2"}]', ["b"]),
        ('{"dependencies": {"a": {"x": "1"}, "b": "2"}, 3', ["b"]),
    ],
)
def test_half_typed_json_is_read_as_far_as_it_goes(text, names):
    found = read("package.json", text)
    assert [one.written for one in found.requirements] == names
    assert found.missing


def test_comments_and_trailing_commas_are_no_fault():
    found = read("package.json", '{\n// "no": {\n"dependencies": {"a": "1", /* "b": "2" */},\n}')
    assert told(found) == ["a 1"]
    assert not found.missing


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@x.example/s", "https://x.example/s"),
        ("https://u:p@ss:w@x.example/s?token=t", "https://x.example/s"),
        ("https://${TOKEN}@x.example/s", "https://x.example/s"),
        ("git+ssh://git@x.example/r.git@v1", "git+ssh://git@x.example/r.git@v1"),
        ("git+https://t@x.example/r.git@v1", "git+https://x.example/r.git@v1"),
    ],
)
def test_credentials_stay_out_of_what_is_shown(url, shown):
    assert places.masked(url) == shown


@pytest.mark.parametrize("path", ["pyproject.toml", "Pipfile"])
def test_broken_toml_is_told(path):
    text = "[packages]\nx y z\none = '1'\n[project\ndependencies = ['two']\n"
    assert "is not valid TOML" in read(path, text).missing
    assert (
        read(path, "x = " + "[" * 9_999).missing
        == "it has too many values, or they nest too deeply"
    )


EVERY = (
    *("requirements.txt", "pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "environment.yml", "package.json"),
    *("poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"),
    *("package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"),
)  # fmt: skip
PIECES = st.sampled_from(
    [
        *"{}[]\"':,=@#-/\\<>;()|&!*\n\r\t \x00\ufeff\u2028",
        *("name", "version", "dependencies", "packages", "default", "node_modules/", "[[package]]", "source", "  "),
        *("requests", "==1.0", "^1", "npm:", "git+https://", "-r ", "--hash=sha256:0", "'''", '"""', "\u00e9", "pip:"),
        *("install_requires", "[options]", "extras_require", "lockfileVersion", "\n    ", "resolution:", "<<<<<<< "),
    ]
)  # fmt: skip


@pytest.mark.parametrize("path", EVERY)
@given(text=st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=200))
def test_no_text_is_too_broken_to_be_read(path, text):
    reading = manifests.of_path(path).read(text)
    for one in reading.requirements:
        assert text[one.span.start : one.span.end] == one.written
        assert one.package.name
    assert "\n" not in reading.missing


N = 200_000
HOSTILE = {
    "blanks": " " * N,
    "lines": "\n" * N,
    "quotes": '"' * N,
    "open": "[{" * (N // 2),
    "pairs": '{"a":' * (N // 5),
    "name": "a-" * (N // 2) + "!",
    "at": "a@" * (N // 2),
    "blocks": "[[package]]\n" * (N // 12),
    "gap": "x" + " " * N + "y",
    "equal": "=" * N,
    "backslash": "\\\n" * (N // 2),
    "keys": "a:\n" * (N // 3),
    "comment": "/*" * (N // 2),
    "dashes": "- " * (N // 2),
    "require": "requires=[" * (N // 10),
    "modules": '"node_modules/' * (N // 14),
}


@pytest.mark.parametrize("path", EVERY)
@pytest.mark.parametrize("kind", HOSTILE)
def test_no_text_takes_long(path, kind):
    start = time.process_time()
    manifests.of_path(path).read(HOSTILE[kind])
    assert (
        time.process_time() - start < 3
    )  # measured: 0.3 at most (libyaml on nested flow); squares are minutes


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.txt", "requests\nflask # web\nrich>=1 \\\n  --hash=sha256:00\n-r base.txt\nlast\n"),
        ("setup.cfg", "[options]\ninstall_requires =\n  requests\n  flask>=1\n"),
        ("environment.yml", "dependencies:\n  - numpy\n  - pip:\n    - requests\n    - flask==1\n"),
        ("pyproject.toml", '[project]\ndependencies = [\n  "requests",\n  "flask>=1",\n]\n'),
        ("Pipfile", '[packages]\nrequests = "*"\nflask = "==1"\n'),
        ("poetry.lock", '[[package]]\nname = "requests"\nversion = "1"\n\n[[package]]\nname = "flask"\nversion = "2"\n'),
        ("yarn.lock", 'left-pad@^1:\n  version "1.0.0"\n\nexpress@4:\n  version "4.0.0"\n'),
        ("tox.ini", "[testenv]\ndeps =\n  requests\n  flask\n"),
    ],
)  # fmt: skip
def test_lines_end_as_windows_writes_them_too(path, text):
    def told(text):
        reading = manifests.of_path(path).read(text)
        return [(one.written, one.version) for one in reading.requirements], reading.missing

    names, missing = told(text)
    assert len(names) >= 2
    assert not missing
    assert told(text.replace("\n", "\r\n")) == (names, missing)
