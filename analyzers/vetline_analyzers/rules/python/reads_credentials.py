"""Code that reads what a person or production logs in with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.credential_places import ADVICE, ATTACK, PAGE, PLACE, PRODUCTION
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_JOINS = ("os.path.join", "posixpath.join")
_PATHS = ("pathlib.Path", "pathlib.PosixPath", "os.path.expanduser", "os.path.expandvars", *_JOINS)
_OPENS = ("open", "io.open", "codecs.open", "aiofiles.open", "os.open", "pathlib.Path.home")
_PROFILES = (
    "boto3.Session",
    "boto3.session.Session",
    "boto3.setup_default_session",
    "aioboto3.Session",
)
_CLUSTERS = ("kubernetes.config.load_kube_config", "kubernetes_asyncio.config.load_kube_config")
_FILES = (
    "google.oauth2.service_account.Credentials.from_service_account_file",
    "google.oauth2.service_account.IDTokenCredentials.from_service_account_file",
)
_KEYRING = ("keyring.get_password", "keyring.get_credential")
_DOTENV = ("dotenv.load_dotenv", "dotenv.dotenv_values")
_WRITES = re.compile(r"^[rbft]*[\"'][rbt+]*[wax]")
_LONGEST = 500
_ADVICE = "let the caller hand in credentials made for this task, which can do little."


def _check(hit: Hit) -> Report | None:
    if hit.name in _KEYRING:
        return Report(f"This takes a person's password from the keyring: {_ADVICE}")
    if hit.name in _CLUSTERS:
        return Report(
            f"This uses whatever cluster the person at the machine is logged in to: {_ADVICE}"
        )
    if hit.name in _FILES:
        return Report(f"This reads the key of a service account from a file: {_ADVICE}")
    if hit.name in _PROFILES:
        profile = hit.string(hit.keyword("profile_name"))
        return (
            Report(f"This acts with the profile of production: {_ADVICE}")
            if _is_production(profile)
            else None
        )
    if hit.name in _DOTENV:
        path = hit.either(0, "dotenv_path")
        found = path is not None and PLACE.search(_said(hit, path))
        return Report(f"This loads the secrets of production: {_ADVICE}") if found else None
    return _path(hit)


def _is_production(name: str | None) -> bool:
    return bool(name and PRODUCTION.search(name))


def _path(hit: Hit) -> Report | None:
    """Paths: what is opened, or put together to be opened. Of calls within each other the outermost counts."""
    if hit.node.type == "binary_operator":
        text = _divided(hit)
    elif hit.name in _JOINS:
        arguments = [hit.argument(number) for number in range(6)]
        text = "/".join(_said(hit, one).strip("\"'") for one in arguments if one is not None)
    else:
        first = hit.argument(0)
        text = _said(hit, first) if first is not None else ""
    if not PLACE.search(text[:_LONGEST]) or _is_inside(hit.node):
        return None
    mode = hit.either(1, "mode") if hit.name in _OPENS else None
    if mode is not None and _WRITES.match(hit.text(mode)):
        return None
    return Report(f"This leads to what a person or production logs in with: {_ADVICE}")


def _said(hit: Hit, node: Node) -> str:
    """What an expression says: its value where it is known, else its source."""
    return hit.string(node) or hit.text(node)[:_LONGEST]


def _divided(hit: Hit) -> str:
    """The path that `/` puts together: `Path.home() / ".aws" / "credentials"`."""
    return re.sub(r"[\"']\s{0,20}/\s{0,20}[rf]?[\"']", "/", hit.text(hit.node)[:_LONGEST])


def _is_inside(node: Node) -> bool:
    """Whether an expression around it is looked at, too, and says the same."""
    parent = node.parent
    if parent is not None and parent.type == "binary_operator":
        return True
    for _ in range(4):
        if parent is None or parent.type not in {
            "argument_list",
            "call",
            "attribute",
            "parenthesized_expression",
        }:
            return False
        if parent.type == "call":
            callee = parent.child_by_field_name("function")
            name = (callee.text or b"").decode("utf-8", "replace") if callee is not None else ""
            if name.rpartition(".")[2] in {
                "open",
                "Path",
                "expanduser",
                "join",
                "expandvars",
                "load_dotenv",
            }:
                return True
        parent = parent.parent
    return False


RULE = PatternRule(
    id="python/reads-credentials",
    title="Code that reads a person's or production's credentials",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    tentative=True,
    cwe=(272, 522, 668),
    page=PAGE,
    attack=ATTACK,
    advice=ADVICE,
    bad=(
        """\
from pathlib import Path

text = (Path.home() / ".aws" / "credentials").read_text()
""",
        """\
import os

with open(os.path.expanduser("~/.ssh/id_rsa")) as file:
    key = file.read()
""",
        """\
import boto3

session = boto3.Session(profile_name="acme-prod")
""",
        """\
from dotenv import load_dotenv

load_dotenv(".env.production")
""",
        """\
import keyring

password = keyring.get_password("vpn", user)
""",
    ),
    good=(
        """\
from pathlib import Path

text = (Path.home() / ".config" / "tool.toml").read_text()
""",
        """\
import boto3

session = boto3.Session(profile_name="sandbox")
""",
        """\
from dotenv import load_dotenv

load_dotenv(".env")
""",
        """\
import os

with open(os.path.expanduser("~/.ssh/known_hosts")) as file:
    hosts = file.read()
""",
    ),
    names=(*_PATHS, *_OPENS, *_PROFILES, *_CLUSTERS, *_FILES, *_KEYRING, *_DOTENV),
    query='(binary_operator operator: "/" right: (string)) @hit',
    check=_check,
)
