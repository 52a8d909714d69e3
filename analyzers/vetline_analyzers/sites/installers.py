"""Programs that install packages: which of their words say so, and which options take a value. Data only."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.universe import Ecosystem

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALL = 1_000


class Verb(NamedTuple):
    """What a program does with the words behind one of its verbs.

    Attributes:
        valued: options with a value in a word of its own.
        naming: those of them whose value is a package.
        instead: those of them with which no other word is one.
        most: how many words are packages at most.
        skip: how many words stand before the first package.
        runs: it runs a program of the package, which may have come with another one.
    """

    valued: frozenset[str] = frozenset()
    naming: frozenset[str] = frozenset()
    instead: frozenset[str] = frozenset()
    most: int = _ALL
    skip: int = 0
    runs: bool = False


class Installer(NamedTuple):
    """A program that installs packages.

    Attributes:
        ecosystem: of which registry.
        verbs: its verbs; "" when it needs none; "tool run" for one that means something else behind such a word.
        between: words that may stand before a verb, each with how many words belong to it.
        valued: options with a value that may stand before a verb.
    """

    ecosystem: Ecosystem
    verbs: Mapping[str, Verb]
    between: Mapping[str, int] = {}
    valued: frozenset[str] = frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PIP = Verb(
    _words(
        "-r --requirement -c --constraint -e --editable -i --index-url --extra-index-url -f --find-links -t --target -d --dest "
        "-w --wheel-dir -b --build --prefix --root --src --platform --python-version --implementation --abi --upgrade-strategy "
        "--progress-bar -C --config-settings --config-setting --global-option --build-option --install-option --trusted-host "
        "--cert --client-cert --proxy --retries --timeout --exists-action --log --cache-dir --no-binary --only-binary --python "
        "--report --use-feature --use-deprecated --root-user-action --keyring-provider --group --build-constraint "
        "--index-strategy --default-index --index --exclude-newer --link-mode --resolution --prerelease -p --torch-backend "
        "--override --overrides --refresh-package --reinstall-package -P --upgrade-package --no-build-package --extra"
    )
)
_UV_ADD = Verb(
    _PIP.valued
    | _words("--optional --rev --tag --branch -m --marker --script --package --bounds --directory")
)
_UV_RUN = Verb(_UV_ADD.valued | {"--with"}, _words("--with"), most=0, runs=True)
_UVX = Verb(
    _UV_ADD.valued
    | _words("--from --with --with-editable --with-requirements --generate-shell-completion"),
    _words("--from --with"),
    _words("--from"),
    most=1,
    runs=True,
)
_UV_TOOL = Verb(_UVX.valued, _words("--with"))
_PIPX = Verb(_PIP.valued | _words("--spec --pip-args --suffix"))
_PIPX_RUN = Verb(_PIPX.valued, _words("--spec"), _words("--spec"), most=1, runs=True)
_POETRY = Verb(
    _words(
        "-G --group -E --extras --python --platform --source --markers -C --directory -P --project"
    )
)
_PDM = Verb(_words("-G --group -dG -p --project -e --editable --venv -k -L --lockfile"))
_PIPENV = Verb(_words("-i --index --categories --python --pypi-mirror --extra-pip-args -r -e"))
_NPM = Verb(
    _words(
        "--registry --prefix -w --workspace --tag --loglevel --omit --include -C --cwd --filter -F --dir --cache --userconfig "
        "--save-prefix --before --install-strategy --allow-build --backend --scope"
    )
)
_EXEC = Verb(
    _NPM.valued | _words("-p --package -c --call"),
    _words("-p --package"),
    _words("-p --package -c --call"),
    most=1,
    runs=True,
)
_NPM_INSTALLS = dict.fromkeys(
    ("install", "i", "add", "in", "ins", "inst", "isntall", "install-test", "it"), _NPM
)
_PIP_VERBS = {"install": _PIP, "download": _PIP, "wheel": _PIP}

BY_NAME: dict[str, Installer] = {
    "pip": Installer(Ecosystem.PYPI, _PIP_VERBS, {}, _PIP.valued),
    "pip3": Installer(Ecosystem.PYPI, _PIP_VERBS, {}, _PIP.valued),
    "easy_install": Installer(Ecosystem.PYPI, {"": _PIP}),
    "rye": Installer(Ecosystem.PYPI, {"add": _UV_ADD, "install": _UV_TOOL}),
    "pipx": Installer(
        Ecosystem.PYPI, {"install": _PIPX, "run": _PIPX_RUN, "inject": _PIPX._replace(skip=1)}
    ),
    "pipenv": Installer(Ecosystem.PYPI, {"install": _PIPENV}, {}, _words("--python")),
    "uv": Installer(
        Ecosystem.PYPI,
        {"add": _UV_ADD, "install": _UV_TOOL, "run": _UV_RUN, "tool run": _UVX},
        {"pip": 0, "tool": 0},
        _words("--directory --project --python -p --color --cache-dir --config-file"),
    ),
    "uvx": Installer(Ecosystem.PYPI, {"": _UVX}),
    "poetry": Installer(
        Ecosystem.PYPI, {"add": _POETRY}, {"self": 0}, _words("-C --directory -P --project")
    ),
    "pdm": Installer(Ecosystem.PYPI, {"add": _PDM}, {"self": 0}, _words("-p --project")),
    "npm": Installer(Ecosystem.NPM, {**_NPM_INSTALLS, "exec": _EXEC, "x": _EXEC}, {}, _NPM.valued),
    "npx": Installer(Ecosystem.NPM, {"": _EXEC}),
    "yarn": Installer(
        Ecosystem.NPM, {"add": _NPM, "dlx": _EXEC}, {"global": 0, "workspace": 1}, _NPM.valued
    ),
    "pnpm": Installer(
        Ecosystem.NPM,
        {"add": _NPM, "install": _NPM, "i": _NPM, "dlx": _EXEC, "exec": _EXEC},
        {},
        _NPM.valued,
    ),
    "pnpx": Installer(Ecosystem.NPM, {"": _EXEC}),
    "bun": Installer(
        Ecosystem.NPM, {"add": _NPM, "install": _NPM, "i": _NPM, "x": _EXEC}, {}, _NPM.valued
    ),
    "bunx": Installer(Ecosystem.NPM, {"": _EXEC}),
    "deno": Installer(Ecosystem.NPM, {"add": _NPM, "install": _NPM}),
}
