"""What can be set: each setting's name, type, default and meaning."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import RULE_ID, Persona, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SCOPES = ("all", "ai", "changed")
ORIGINS = ("ai",)
FAILS = ("open", "closed")
PROMPT_SECRETS = ("deny", "mask")
PREFIX = "VETLINE_"

# As long as no choice is, with a digit in it: a token, a key, a password.
_KEYLIKE = re.compile(r"(?=[^\s\d'\"]{0,200}\d)[^\s'\"]{10,}")
_FAMILY = re.compile(r"[a-z][a-z0-9-]*/\*")
_PACKAGES = re.compile(r"(?:@[\w.~*?-]{1,100}/)?[\w.~*?-]{1,214}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?|\[[0-9a-f:.]{2,60}\]")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force; `SETTINGS` documents each."""

    scope: str = "all"
    assume_origin: str = ""
    persona: Persona = Persona.REGULAR
    fail_on: Severity = Severity.MEDIUM
    analyzers: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    own_modules: tuple[str, ...] = ()
    internal_packages: tuple[str, ...] = ()
    online: bool = False
    python: str = ""
    baseline: str = ""
    max_file_size: int = 2_000_000
    timeout: float = 20.0
    store_text: bool = True
    hook_block: Severity | None = None
    hook_fail: str = "open"
    hook_timeout: float = 5.0
    hook_prompt_secrets: str = "deny"
    dependencies_approval: bool = False
    dependencies_pinned: bool = False
    dependencies_hashed: bool = False
    dependencies_sources: tuple[str, ...] = ()
    advisories: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is to be known of one setting.

    Attributes:
        key: as in a config file, kebab-case; of one in a table "table.key".
        type: its type in words.
        summary: what it does, one sentence.
        read: gives the value meant by a raw one.
        tightens: what one layer turned on no other turns off.
        personal: only the person who runs it says it: not a config file, which may be anybody's.
    """

    key: str
    type: str
    summary: str
    read: Callable[[object], object]
    tightens: bool = False
    personal: bool = False

    @property
    def field(self) -> str:
        """The attribute of `Settings`."""
        return self.key.replace("-", "_").replace(".", "_")

    @property
    def default(self) -> object:
        """The value when nobody sets it."""
        return getattr(Settings(), self.field)

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return PREFIX + self.field.upper()


def quoted(value: object, limit: int = 40) -> str:
    """A raw value as a message may show it: what may be a secret that went into the wrong line is masked."""
    text = repr(value)
    if not isinstance(value, (int, float)):
        text = _KEYLIKE.sub("********", text)
    return text if len(text) <= limit else text[:limit] + "…"


def _words(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, (list, tuple)) or not all(isinstance(item, str) for item in raw):
        raise ValueError("expected a list of strings")
    return tuple(dict.fromkeys(raw))


def _word(raw: object) -> str:
    if not isinstance(raw, str):
        raise ValueError(f"expected a string, not {quoted(raw)}")  # noqa: TRY004 - one type for what people write
    if _CONTROL.search(raw):  # it would steer the screen of who reads a message with it
        raise ValueError("a path has no line ends and no control characters in it")
    return raw


def _choice(raw: object, choices: Iterable[str]) -> str:
    choices = tuple(choices)
    if raw not in choices:
        raise ValueError(f"{quoted(raw)} is not one of {', '.join(choices)}")
    return str(raw)


def _analyzers(raw: object) -> tuple[str, ...]:
    from vetline_analyzers import engine  # noqa: PLC0415 - only who names analyzers pays for it

    names = _words(raw)
    if not names:
        raise ValueError("name at least one, or leave it out for all")
    for name in names:
        _choice(name, engine.analyzers())
    return names


def _ignored(raw: object) -> tuple[str, ...]:
    for name in (names := _words(raw)):
        if not RULE_ID.fullmatch(name) and not _FAMILY.fullmatch(name):
            raise ValueError(f"{quoted(name)} is not a rule like 'bandit/B101' or 'bandit/*'")
    return names


def _globs(raw: object) -> tuple[str, ...]:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only who excludes pays for it

    for pattern in (patterns := _words(raw)):
        try:
            GitIgnoreSpec.from_lines([pattern])
        except ValueError:
            raise ValueError(f"{quoted(pattern)} is not a .gitignore pattern") from None
    return patterns


def _modules(raw: object) -> tuple[str, ...]:
    for name in (names := _words(raw)):
        if not all(part.isidentifier() for part in name.split(".")):
            raise ValueError(f"{quoted(name)} is not a module's name")
    return names


def _packages(raw: object) -> tuple[str, ...]:
    for name in (names := _words(raw)):
        if not _PACKAGES.fullmatch(name):
            raise ValueError(f"{quoted(name)} is not a package like 'acme-core' or '@acme/*'")
        if not name.strip("@*?/-_."):
            raise ValueError(f"{quoted(name)} fits every package")
    return names


def _hosts(raw: object) -> tuple[str, ...]:
    hosts = tuple(name.lower() for name in _words(raw))
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise ValueError(f"{quoted(host)} is not a host like 'packages.example.com'")
    return hosts


def _number(raw: object, least: float, most: float) -> float:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not math.isfinite(raw):
        raise ValueError(f"expected a number, not {quoted(raw)}")
    if not least <= raw <= most:
        raise ValueError(f"{quoted(raw)} is not between {least:,} and {most:,}")
    return raw


def _whole(raw: object, least: int, most: int) -> int:
    number = _number(raw, least, most)
    if number != int(number):
        raise ValueError(f"expected a whole number, not {quoted(raw)}")
    return int(number)


def _flag(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise ValueError(f"expected true or false, not {quoted(raw)}")  # noqa: TRY004 - one type for what people write
    return raw


_SEVERITIES = tuple(str(severity) for severity in Severity)
_PERSONAS = tuple(str(persona) for persona in Persona)

# One line a setting; `vetline config show` and the page about settings are rendered from it.
SETTINGS = (
    Setting(
        "scope", "one of " + ", ".join(SCOPES),
        "Whose lines count in full: everybody's, those an AI wrote, or what is new since a commit; an "
        "editor starts with `ai`, the command line with `all`; an editor takes `changed` for `all`.",
        lambda raw: _choice(raw, SCOPES),
    ),
    Setting(
        "assume-origin", "one of " + ", ".join(ORIGINS),
        "What lines are taken for whose author is unknown, as in a project that only agents write; when "
        "not set, for nobody's.",
        lambda raw: _choice(raw, ORIGINS),
    ),
    Setting(
        "persona", "one of " + ", ".join(_PERSONAS),
        "Who reads the findings: `regular` sees what matters now, `pedantic` also smells, `auditor` "
        "everything.",
        lambda raw: Persona.parse(_choice(raw, _PERSONAS)),
    ),
    Setting(
        "fail-on", "one of " + ", ".join(_SEVERITIES),
        "The least severity that blocks.",
        lambda raw: Severity.parse(_choice(raw, _SEVERITIES)),
    ),
    Setting("analyzers", "list of names", "The analyzers to ask; none named means all.", _analyzers),
    Setting(
        "ignore", "list of rules",
        "Rules, or families like `bandit/*`, whose findings are dropped.", _ignored,
    ),
    Setting(
        "exclude", "list of globs",
        "Files and folders left out when a folder is walked, as in `.gitignore`.", _globs,
    ),
    Setting(
        "own-modules", "list of modules",
        "Import names that are the project's own, where it cannot be seen from the tree.", _modules,
    ),
    Setting(
        "internal-packages", "list of globs",
        "Names of packages that come from a registry of one's own, with `*` and `?`: that no public list has them is no "
        "finding, that a public registry may answer for one is dependency confusion.",
        _packages,
    ),
    Setting(
        "online", "true or false",
        "Whether registries are asked about names of packages that look wrong; only the command line, the environment "
        "and an editor's own settings can say so.",
        _flag, personal=True,
    ),
    Setting(
        "python", "path",
        "The analysed project's environment or its interpreter; it is read, never run.", _word,
    ),
    Setting("baseline", "path", "A file of accepted findings.", _word),
    Setting(
        "max-file-size", "bytes", "A larger file is not checked, and that is said. Manifests may have 2 MB and lock files 20 MB "
        "all the same, since as much is read of them to see what a project needs.",
        lambda raw: _whole(raw, 1, 1_000_000_000),
    ),
    Setting(
        "timeout", "seconds", "A file that takes longer counts as not checked.",
        lambda raw: float(_number(raw, 0.1, 3600)),
    ),
    Setting(
        "store-text", "true or false",
        "Whether the texts of files, and of prompts with their secrets masked, are kept beside the record "
        "of who wrote what; without them only digests are, and fewer lines keep their author when a file "
        "changes unseen.",
        _flag,
    ),
    Setting(
        "hook.block", "one of " + ", ".join(_SEVERITIES),
        "An agent's edit that would bring in a finding of this severity or above is refused before it is "
        "made; when not set, edits are not looked at beforehand.",
        lambda raw: Severity.parse(_choice(raw, _SEVERITIES)),
    ),
    Setting(
        "hook.fail", "one of " + ", ".join(FAILS),
        "What becomes of an edit that could not be checked: `open` lets it pass and says so, `closed` "
        "refuses it.",
        lambda raw: _choice(raw, FAILS),
    ),
    Setting(
        "hook.timeout", "seconds", "An edit that takes longer to check counts as not checked.",
        lambda raw: float(_number(raw, 0.1, 60)),
    ),
    Setting(
        "hook.prompt-secrets", "one of " + ", ".join(PROMPT_SECRETS),
        "What becomes of a prompt with a secret in it: `deny` refuses it, `mask` lets it pass; the secret "
        "is masked in what is kept of it either way.",
        lambda raw: _choice(raw, PROMPT_SECRETS),
    ),
    Setting(
        "dependencies.approval", "true or false",
        "Whether a dependency that an AI wrote into a manifest needs a person's approval "
        "(`vetline review approve`); once turned on, nothing turns it off.",
        _flag, tightens=True,
    ),
    Setting(
        "dependencies.pinned", "true or false",
        "Whether each dependency is to have one version, in its manifest or in a lock file.", _flag,
    ),
    Setting(
        "dependencies.hashed", "true or false",
        "Whether each dependency with one version is to have a hash, there or in a lock file.", _flag,
    ),
    Setting(
        "dependencies.sources", "list of hosts",
        "Hosts, with those below them, that packages may come from beside the registries; none named means that none "
        "is asked for.",
        _hosts,
    ),
    Setting(
        "advisories", "path",
        "The file that `vetline advisories update` writes and audits read; when not set, one in the user's cache; only "
        "the environment and an editor's own settings can say so.",
        _word, personal=True,
    ),
)  # fmt: skip

BY_KEY = {setting.key: setting for setting in SETTINGS}
BY_VARIABLE = {setting.variable: setting for setting in SETTINGS}
TABLES = frozenset(key.partition(".")[0] for key in BY_KEY if "." in key)
assert {setting.field for setting in SETTINGS} == {f.name for f in fields(Settings)}  # noqa: S101 - the table and the type are one thing
