"""Code that reads what a person or production logs in with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, of, option, options
from vetline_analyzers.syntax.credential_places import ADVICE, ATTACK, PAGE, PLACE, PRODUCTION
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_READS = (
    *of("fs", "readFile", "readFileSync", "createReadStream", "openSync", "open"),
    *of("fs/promises", "readFile", "open"),
    *(
        "fs.promises.readFile",
        "fs.promises.open",
        "Bun.file",
        "Deno.readTextFile",
        "Deno.readTextFileSync",
        "Deno.readFile",
    ),
)
_JOINS = of("path", "join", "resolve")
_DOTENV = of("dotenv", "config")
_KEYRING = of("keytar", "getPassword", "findCredentials", "findPassword")
_PROFILES = (
    *of("@aws-sdk/credential-providers", "fromIni", "fromSSO"),
    *of("@aws-sdk/credential-provider-ini", "fromIni"),
)
_LOOKED_AT = frozenset(
    {"readFile", "readFileSync", "createReadStream", "join", "resolve", "open", "openSync", "file"}
)
_LONGEST = 500
_ADVICE = "let the caller hand in credentials made for this task, which can do little."


def _check(hit: Hit) -> Report | None:
    if hit.name in _KEYRING:
        return Report(f"This takes a person's password from the keyring: {_ADVICE}")
    if hit.name in _PROFILES:
        profile = hit.string(option(hit, options(hit), "profile"))
        found = bool(profile and PRODUCTION.search(profile))
        return Report(f"This acts with the profile of production: {_ADVICE}") if found else None
    if hit.name in _DOTENV:
        path = option(hit, options(hit), "path")
        found = path is not None and bool(PLACE.search(_said(hit, path)))
        return Report(f"This loads the secrets of production: {_ADVICE}") if found else None
    if hit.text(hit.node).endswith(".loadFromDefault()"):
        return Report(
            f"This uses whatever cluster the person at the machine is logged in to: {_ADVICE}"
        )
    return _path(hit)


def _path(hit: Hit) -> Report | None:
    arguments = (
        [hit.argument(number) for number in range(6)] if hit.name in _JOINS else [hit.argument(0)]
    )
    text = "/".join(_said(hit, one).strip("\"'`") for one in arguments if one is not None)
    if not PLACE.search(text) or _is_inside(hit.node):
        return None
    return Report(f"This leads to what a person or production logs in with: {_ADVICE}")


def _said(hit: Hit, node: Node) -> str:
    """What an expression says: its value where it is known, else its source, sums put together."""
    return hit.string(node) or re.sub(
        r"[\"'`]\s{0,9}\+\s{0,9}[\"'`]", "", hit.text(node)[:_LONGEST]
    )


def _is_inside(node: Node) -> bool:
    """Whether a call around it is looked at, too."""
    arguments = node.parent
    call = arguments.parent if arguments is not None and arguments.type == "arguments" else None
    callee = call.child_by_field_name("function") if call is not None else None
    name = (callee.text or b"").decode("utf-8", "replace") if callee is not None else ""
    return name.rpartition(".")[2] in _LOOKED_AT


RULE = PatternRule(
    id="javascript/reads-credentials",
    title="Code that reads a person's or production's credentials",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    tentative=True,
    cwe=(272, 522, 668),
    page=PAGE,
    attack=ATTACK,
    advice=ADVICE,
    bad=(
        'const fs = require("fs");\n\nconst text = fs.readFileSync(os.homedir() + "/.aws/credentials", "utf8");\n',
        'import path from "node:path";\n\nconst key = path.join(os.homedir(), ".ssh", "id_ed25519");\n',
        'import { readFile } from "node:fs/promises";\n\nconst text = await readFile(`${home}/.kube/config`, "utf8");\n',
        'require("dotenv").config({ path: ".env.production" });\n',
    ),
    good=(
        'const fs = require("fs");\n\nconst text = fs.readFileSync(os.homedir() + "/.config/tool.json", "utf8");\n',
        'import path from "node:path";\n\nconst hosts = path.join(os.homedir(), ".ssh", "known_hosts");\n',
        'require("dotenv").config({ path: ".env" });\n',
    ),
    language="javascript",
    languages=LANGUAGES,
    names=(*_READS, *_JOINS, *_DOTENV, *_KEYRING, *_PROFILES),
    methods=("loadFromDefault",),
    check=_check,
)
