"""Renders the pages about rules and settings from the code, and what VS Code knows of the settings: `make docs`.

What a rule or a setting says of itself is told once, in the code; tests compare these pages and that manifest with
what would be rendered now.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import figures
from vetline.settings import SETTINGS
from vetline_analyzers import engine, tokens
from vetline_analyzers.core.finding import Persona, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline.settings import Setting
    from vetline_analyzers.core.finding import Rule

DOCS = Path(__file__).parent
MANIFEST = DOCS.parent / "vscode-client" / "package.json"
BANDIT, DETECT_SECRETS, TOKENS = "bandit", "detect-secrets", "tokens"
_LISTED = 3  # rules that mean the same; only secrets have more
_MADE = "<!-- Rendered from the code by `make docs`; do not edit. -->\n\n"

_TYPES = {"true or false": "boolean", "seconds": "number", "bytes": "integer", "days": "integer"}
# Tables that an editor has no say in: other doors read them, or only from a config file and the environment.
_ELSEWHERE = ("hook", "ledger", "metrics")
_EDITORS_SCOPE = "ai"  # an editor's own default of `scope`

_INDEX = """# Rules

Severity says how bad it would be, the persona who wants to hear of it: `regular` a busy engineer,
`pedantic` one who wants smells too, `auditor` one who wants everything. `vetline rule RULE` shows a page
on a terminal; in an editor it is the code action *Open rule page*.

The rules of [bandit](bandit.md), of [detect-secrets](detect-secrets.md) and on [providers' tokens](tokens.md)
have tables of their own.
"""

_BANDIT = """# Rules of bandit

Vetline asks the bandit library as one of its analyzers, and says what the `bandit` command says of the
same file. Where a rule of our own means the same, one finding is shown, under our id. Many of these are
for stricter personas than bandit shows them to: a bare `import subprocess` is no fault.
"""

_DETECT_SECRETS = """# Rules of detect-secrets

Vetline asks the library detect-secrets on save and in `check`, without its filter for indirect references and
without asking any provider. Where a rule of our own sees the same secret, one finding is shown, under our id.
`.secrets.baseline` and `pragma: allowlist secret` hold for the findings of both.
"""

_TOKENS = """# Providers' tokens

What these rules find is told by the token's own shape, or by the provider's name before a value of the right
shape, on one line. A checksum in the token, where its format has one, is computed and never asked for: it decides
how sure the finding is. What documentation shows as an example is a hint for `--persona pedantic`.
"""

_SETTINGS = """# Settings

Settings stand in `vetline.toml`, or in `pyproject.toml` under `[tool.vetline]`: the nearest one that is
found upwards from where the check starts to the repository's root. In one folder `vetline.toml` wins.

```toml
[tool.vetline]
fail-on = "high"
exclude = ["examples/", "*.min.js"]
ignore = ["bandit/B101"]
```

One precedence, lowest first; a higher layer replaces a value whole:

1. the defaults below;
2. the config file;
3. the environment: the variables below, the items of a list separated by commas;
4. the editor's `initializationOptions`;
5. the editor's section `vetline` (`workspace/configuration`);
6. flags of the command line.

A setting with a dot in its name stands in a table of its own: `hook.block` is `block` under
`[tool.vetline.hook]`, or under `[hook]` in `vetline.toml`.

Editors may write keys as `failOn` or `fail_on`. A bad value is said, and the next lower one holds; the
command line then exits with 2. `vetline config show` prints the values in force and where each comes from.
"""


def pages() -> dict[str, str]:
    """Every page, by its path relative to `docs/`."""
    rules = list(engine.rules().values())
    tabled = {f"secret/{format_.name}" for format_ in tokens.formats()}
    own = [
        rule
        for rule in rules
        if rule.id not in tabled and _family(rule) not in {BANDIT, DETECT_SECRETS}
    ]
    made = {f"rules/{rule.id}.md": _MADE + engine.page(rule) for rule in own}
    made["rules/README.md"] = _MADE + _INDEX + _families(own)
    made[f"rules/{BANDIT}.md"] = _MADE + _BANDIT + _bandit(rules)
    made[f"rules/{DETECT_SECRETS}.md"] = _MADE + _DETECT_SECRETS + _detect_secrets(rules)
    made[f"rules/{TOKENS}.md"] = _MADE + _TOKENS + _tokens(rules)
    made["settings.md"] = _MADE + _SETTINGS + "".join(map(_setting, SETTINGS))
    made["metrics.md"] = _metrics((DOCS / "metrics.md").read_text("utf-8"))
    return made


def write(folder: Path = DOCS) -> None:
    """Write the pages under `folder`, and remove those of rules that are gone."""
    made = pages()
    for old in folder.glob("rules/**/*.md"):
        if old.relative_to(folder).as_posix() not in made:
            old.unlink()
    for place, text in made.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    MANIFEST.write_text(manifest(MANIFEST.read_text("utf-8")), encoding="utf-8", newline="\n")


def manifest(text: str) -> str:
    """A package.json of VS Code with the server's settings in it as they are now.

    Args:
        text: the one there is; in its `contributes.configuration` a part has the id "server".
    """
    whole = json.loads(text)
    (part,) = (one for one in whole["contributes"]["configuration"] if one.get("id") == "server")
    part["properties"] = {
        "vetline." + re.sub(r"-(\w)", lambda match: match[1].upper(), setting.key): _property(
            setting
        )
        for setting in SETTINGS
        if setting.key.partition(".")[0] not in _ELSEWHERE
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _property(setting: Setting) -> dict[str, object]:
    """A setting as VS Code's `contributes.configuration` describes it.

    What is personal no workspace may set: a path of one's machine has the scope "machine", else it is "application".
    """
    default: object = _EDITORS_SCOPE if setting.key == "scope" else setting.default
    if isinstance(default, (Persona, Severity)):
        default = str(default)
    shape: dict[str, object] = {"type": _TYPES.get(setting.type, "string")}
    if setting.type.startswith("one of "):
        choices: list[object] = [*setting.type.removeprefix("one of ").split(", ")]
        shape["enum"] = choices
        if not default:
            default = None
            shape = {"type": ["string", "null"], "enum": [*choices, None]}
    elif isinstance(default, tuple):
        default = list(default)
        shape = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
    personal = "machine" if setting.type == "path" else "application"
    scope = personal if setting.personal else "resource"
    return {**shape, "default": default, "scope": scope, "markdownDescription": setting.summary}


def _family(rule: Rule) -> str:
    return rule.id.partition("/")[0]


def _families(rules: Iterable[Rule]) -> str:
    by_family: dict[str, list[Rule]] = {}
    for rule in rules:
        by_family.setdefault(_family(rule), []).append(rule)
    parts = []
    for family, members in by_family.items():
        rows = [_row(f"[`{rule.id}`]({rule.id}.md)", rule) for rule in members]
        parts.append(f"\n## {family}\n\n" + _table(rows))
    return "".join(parts)


def _bandit(rules: Iterable[Rule]) -> str:
    ours: dict[str, list[str]] = {}
    for rule in rules:
        for twin in rule.same_as:
            ours.setdefault(twin, []).append(rule.id)
    rows = []
    for rule in rules:
        if _family(rule) == BANDIT:
            twins = ours.get(rule.id, [])
            links = [f"[`{twin}`]({twin}.md)" for twin in twins if len(twins) <= _LISTED]
            same = " Shown as " + (" or ".join(links) or "one of `secret/*`") + "." if twins else ""
            title = rule.title.replace("|", "\\|") + "." + same
            rows.append(_row(f"[`{rule.id}`]({rule.url})", rule, title))
    return "\n" + _table(rows)


def _detect_secrets(rules: Iterable[Rule]) -> str:
    found = (rule for rule in rules if _family(rule) == DETECT_SECRETS)
    return "\n" + _table(_row(f"[`{rule.id}`]({rule.url})", rule) for rule in found)


def _tokens(rules: Iterable[Rule]) -> str:
    revoked: dict[str, str] = {}
    for format_ in tokens.formats():
        revoked.setdefault(f"secret/{format_.name}", "")
        revoked[f"secret/{format_.name}"] = revoked[f"secret/{format_.name}"] or format_.revoke
    rows = (
        f"| `{rule.id}` | {rule.title} | {rule.severity} | {revoked[rule.id]} |\n"
        for rule in rules
        if rule.id in revoked
    )
    return "\n| rule | finds | severity | revoke it at |\n|---|---|---|---|\n" + "".join(rows)


def _row(link: str, rule: Rule, title: str = "") -> str:
    persona = "" if rule.persona is Persona.REGULAR else str(rule.persona)
    cwe = ", ".join(f"CWE-{number}" for number in rule.cwe)
    return f"| {link} | {title or rule.title} | {rule.severity} | {persona} | {cwe} |\n"


def _table(rows: Iterable[str]) -> str:
    head = "| rule | finds | severity | persona | CWE |\n|---|---|---|---|---|\n"
    return head + "".join(rows)


def _setting(setting: Setting) -> str:
    default = setting.default
    if isinstance(default, tuple):
        value = "`[]`"
    elif default in ("", None):
        value = "not set"
    elif isinstance(default, bool):
        value = f"`{str(default).lower()}`"
    elif isinstance(default, (int, float)) and type(default) in {int, float}:
        value = f"`{default:g}`" if isinstance(default, float) else f"`{default}`"
    else:
        value = f'`"{default}"`'
    return (
        f"\n## `{setting.key}`\n\n{setting.summary}\n\n"
        f"Type: {setting.type} · default: {value} · environment: `{setting.variable}`\n"
    )


def _metrics(page: str) -> str:
    """The page about metrics with what each figure says of itself behind the mark."""
    before, mark, _ = page.partition("<!-- figures: rendered from the code by `make docs` -->\n")
    return before + mark + "\n## The figures\n" + "".join(map(_figure, figures.names()))


def _figure(name: str) -> str:
    figure = figures.named(name)
    said = figure.unit.said
    bounds = [
        f"{word} {said(bound)}"
        for word, bound in (
            ("target", figure.target),
            ("alert from", figure.alert),
            ("alert below", figure.floor),
        )
        if bound is not None
    ]
    told = " · ".join([f"Unit: {figure.unit}", f"better: {figure.better}", *bounds])
    kinds = ", ".join(f"`{kind}`" for kind in figure.kinds)
    waits = f" Without a value: {figure.waits}." if figure.waits else ""
    return f"\n### `{name}`\n\n{figure.about} {figure.how}\n\n{told}. Events: {kinds}.{waits}\n"


if __name__ == "__main__":
    write()
