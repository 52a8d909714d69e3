"""What can be set: each setting's name, type, default and meaning."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from vetline import values
from vetline_analyzers.core.finding import Persona, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

SCOPES = ("all", "ai", "changed")
ORIGINS = ("ai",)
FAILS = ("open", "closed")
PROMPT_SECRETS = ("deny", "mask")
PREFIX = "VETLINE_"


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
    ledger_retention_days: int = 0
    gate_fail_on_ai: Severity | None = None
    gate_fail_on_mixed: Severity | None = None
    gate_fail_on_suspect: Severity | None = None
    gate_fail_on_unknown: Severity | None = None
    gate_fail_on_human: Severity | None = None
    gate_block: tuple[str, ...] = ()
    gate_review: tuple[str, ...] = ()
    gate_agents: tuple[str, ...] = ()
    gate_models: tuple[str, ...] = ()
    gate_suppression_days: int = 0
    gate_unchecked: tuple[str, ...] = ()
    gate_review_days: int = 0
    gate_unsigned: bool = False
    gate_allowed_signers: str = ".vetline/allowed_signers"
    gate_organisation: str = ""
    gate_organisation_digest: str = ""
    gate_signing_key: str = ""
    gate_unprotected_keys: bool = False
    ledger_url: str = ""
    ledger_repository: str = ""
    ledger_hosts: tuple[str, ...] = ()
    metrics_targets: tuple[str, ...] = ()
    metrics_alerts: tuple[str, ...] = ()
    metrics_floors: tuple[str, ...] = ()


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


def _address(raw: object) -> object:
    from vetline import address  # noqa: PLC0415 - only who names a server pays for it

    return address.checked(raw)


_SEVERITIES = tuple(str(severity) for severity in Severity)
_PERSONAS = tuple(str(persona) for persona in Persona)

# Whose lines, as the settings `gate.fail-on-…` name them.
_LINES = {
    "ai": "that an AI wrote",
    "mixed": "that an AI wrote in part",
    "suspect": "that an AI may have written",
    "unknown": "whose author is unknown",
    "human": "that a person wrote",
}
_LONGEST = 3650  # days

# One line a setting; `vetline config show` and the page about settings are rendered from it.
SETTINGS = (
    Setting(
        "scope", "one of " + ", ".join(SCOPES),
        "Whose lines count in full: everybody's, those an AI wrote, or what is new since a commit; an "
        "editor starts with `ai`, the command line with `all`; an editor takes `changed` for `all`.",
        lambda raw: values.choice(raw, SCOPES),
    ),
    Setting(
        "assume-origin", "one of " + ", ".join(ORIGINS),
        "What lines are taken for whose author is unknown, as in a project that only agents write; when "
        "not set, for nobody's.",
        lambda raw: values.choice(raw, ORIGINS),
    ),
    Setting(
        "persona", "one of " + ", ".join(_PERSONAS),
        "Who reads the findings: `regular` sees what matters now, `pedantic` also smells, `auditor` "
        "everything.",
        lambda raw: Persona.parse(values.choice(raw, _PERSONAS)),
    ),
    Setting(
        "fail-on", "one of " + ", ".join(_SEVERITIES),
        "The least severity that blocks.",
        lambda raw: Severity.parse(values.choice(raw, _SEVERITIES)),
    ),
    Setting("analyzers", "list of names", "The analyzers to ask; none named means all.", values.analyzers),
    Setting(
        "ignore", "list of rules",
        "Rules, or families like `bandit/*`, whose findings are dropped.", values.rules,
    ),
    Setting(
        "exclude", "list of globs",
        "Files and folders left out when a folder is walked, as in `.gitignore`.", values.globs,
    ),
    Setting(
        "own-modules", "list of modules",
        "Import names that are the project's own, where it cannot be seen from the tree.", values.modules,
    ),
    Setting(
        "internal-packages", "list of globs",
        "Names of packages that come from a registry of one's own, with `*` and `?`: that no public list has them is no "
        "finding, that a public registry may answer for one is dependency confusion.",
        values.packages,
    ),
    Setting(
        "online", "true or false",
        "Whether registries are asked about names of packages that look wrong; only the command line, the environment "
        "and an editor's own settings can say so.",
        values.flag, personal=True,
    ),
    Setting(
        "python", "path",
        "The analysed project's environment or its interpreter; it is read, never run.", values.word,
    ),
    Setting("baseline", "path", "A file of accepted findings.", values.word),
    Setting(
        "max-file-size", "bytes", "A larger file is not checked, and that is said. Manifests may have 2 MB and lock files 20 MB "
        "all the same, since as much is read of them to see what a project needs.",
        lambda raw: values.whole(raw, 1, 1_000_000_000),
    ),
    Setting(
        "timeout", "seconds", "A file that takes longer counts as not checked.",
        lambda raw: float(values.number(raw, 0.1, 3600)),
    ),
    Setting(
        "store-text", "true or false",
        "Whether the texts of files, and of prompts with their secrets masked, are kept beside the record "
        "of who wrote what; without them only digests are, and fewer lines keep their author when a file "
        "changes unseen.",
        values.flag,
    ),
    Setting(
        "hook.block", "one of " + ", ".join(_SEVERITIES),
        "An agent's edit that would bring in a finding of this severity or above is refused before it is "
        "made; when not set, edits are not looked at beforehand.",
        lambda raw: Severity.parse(values.choice(raw, _SEVERITIES)),
    ),
    Setting(
        "hook.fail", "one of " + ", ".join(FAILS),
        "What becomes of an edit that could not be checked: `open` lets it pass and says so, `closed` "
        "refuses it.",
        lambda raw: values.choice(raw, FAILS),
    ),
    Setting(
        "hook.timeout", "seconds", "An edit that takes longer to check counts as not checked.",
        lambda raw: float(values.number(raw, 0.1, 60)),
    ),
    Setting(
        "hook.prompt-secrets", "one of " + ", ".join(PROMPT_SECRETS),
        "What becomes of a prompt with a secret in it: `deny` refuses it, `mask` lets it pass; the secret "
        "is masked in what is kept of it either way.",
        lambda raw: values.choice(raw, PROMPT_SECRETS),
    ),
    Setting(
        "dependencies.approval", "true or false",
        "Whether a dependency that an AI wrote into a manifest needs a person's approval "
        "(`vetline review approve`); once turned on, nothing turns it off.",
        values.flag, tightens=True,
    ),
    Setting(
        "dependencies.pinned", "true or false",
        "Whether each dependency is to have one version, in its manifest or in a lock file.", values.flag,
    ),
    Setting(
        "dependencies.hashed", "true or false",
        "Whether each dependency with one version is to have a hash, there or in a lock file.", values.flag,
    ),
    Setting(
        "dependencies.sources", "list of hosts",
        "Hosts, with those below them, that packages may come from beside the registries; none named means that none "
        "is asked for.",
        values.hosts,
    ),
    Setting(
        "advisories", "path",
        "The file that `vetline advisories update` writes and audits read; when not set, one in the user's cache; only "
        "the environment and an editor's own settings can say so.",
        values.word, personal=True,
    ),
    *(
        Setting(
            f"gate.fail-on-{whose}", "one of " + ", ".join(_SEVERITIES),
            f"The least severity that blocks in lines {lines}; when not set, `fail-on`.",
            lambda raw: Severity.parse(values.choice(raw, _SEVERITIES)),
        )
        for whose, lines in _LINES.items()
    ),
    Setting(
        "gate.block", "list of rules",
        "Rules, or families like `secret/*`, whose findings block whatever their severity.", values.rules,
    ),
    Setting(
        "gate.review", "list of rules",
        "Rules, or families like `trigger/*`, whose findings block until a person has reviewed and approved the code.",
        values.rules,
    ),
    Setting(
        "gate.agents", "list of globs",
        "The agents whose code may pass, as `vetline blame` names them; none named means any.", values.names,
    ),
    Setting(
        "gate.models", "list of globs", "The models whose code may pass; none named means any.", values.names,
    ),
    Setting(
        "gate.suppression-days", "days",
        "How long a comment may silence a finding: it counts only with an `expires` that is no further off; 0 asks for none.",
        lambda raw: values.whole(raw, 0, _LONGEST),
    ),
    Setting(
        "gate.unchecked", "list of globs",
        "Files that may pass although they could not be checked, as in `.gitignore`.", values.globs,
    ),
    Setting(
        "gate.review-days", "days", "How long an approval holds; 0 means as long as the text stays.",
        lambda raw: values.whole(raw, 0, _LONGEST),
    ),
    Setting(
        "gate.unsigned", "true or false", "Whether an approval counts that bears no signature.", values.flag,
    ),
    Setting(
        "gate.allowed-signers", "path",
        "The file that says whose signature counts, as `ssh-keygen` and git read it; read as it is in the commit that a "
        "change is compared with.",
        values.word,
    ),
    Setting(
        "gate.organisation", "path",
        "A settings file that all projects of an organisation have; this project's settings can be stricter than it, not "
        "looser.",
        values.word,
    ),
    Setting(
        "gate.organisation-digest", "SHA-256", "What that file's content is to be; when it is not, nothing passes.",
        values.digest,
    ),
    Setting(
        "gate.signing-key", "path",
        "The SSH key that your reviews are signed with, its private file or its `.pub`; when not set, git's own "
        "`user.signingkey`; only the environment and an editor's own settings can say so.",
        values.word, personal=True,
    ),
    Setting(
        "gate.unprotected-keys", "true or false",
        "Whether you sign with a key that has no passphrase, which any program that runs as you could use; only the "
        "environment and an editor's own settings can say so.",
        values.flag, personal=True,
    ),
    Setting(
        "ledger.url", "address",
        "The PostgreSQL database that a team's ledger lies in, without a password; the environment says it, or a config "
        "file for a host that `ledger.hosts` or your own password file names.",
        _address,
    ),
    Setting(
        "ledger.repository", "name",
        "What this repository's chain is called in that database; when not set, by its first commit.", values.word,
    ),
    Setting(
        "ledger.hosts", "list of hosts",
        "Hosts that a config file's `ledger.url` may name; only the environment can say so.",
        values.hosts, personal=True,
    ),
    Setting(
        "ledger.retention-days", "days",
        "How long the texts of prompts, of agents' edits and of files as they were seen are kept; 0 means as long as nobody "
        "erases them. What is older goes at the next commit (`vetline install-hooks --git`) or with "
        "`vetline audit erase --expired`; the ledger stays.",
        lambda raw: values.whole(raw, 0, _LONGEST),
    ),
    Setting(
        "metrics.targets", "list of METRIC=NUMBER",
        "What figures of `vetline metrics` should be at least or at most, in place of their own targets: "
        "`gate-pass-rate=90%`, `time-to-remediate=2d`.",
        values.bounds,
    ),
    Setting(
        "metrics.alerts", "list of METRIC=NUMBER",
        "From where on `vetline metrics --alert` ends with 1, in place of the figures' own alerts.", values.bounds,
    ),
    Setting(
        "metrics.floors", "list of METRIC=NUMBER",
        "Below what a figure is an alert, too, in place of the figures' own: `escalation-rate=5%`.", values.bounds,
    ),
)  # fmt: skip

BY_KEY = {setting.key: setting for setting in SETTINGS}
BY_VARIABLE = {setting.variable: setting for setting in SETTINGS}
TABLES = frozenset(key.partition(".")[0] for key in BY_KEY if "." in key)
assert {setting.field for setting in SETTINGS} == {f.name for f in fields(Settings)}  # noqa: S101 - the table and the type are one thing
