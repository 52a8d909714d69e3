"""Key exchanges and signatures of SSH that were given up."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_WEAK = re.compile(
    r"diffie-hellman-group(?:1|14|-exchange)-sha1|ssh-dss|(?:3des|des|blowfish|cast128|arcfour|aes\d+)-cbc"
    r"|arcfour(?:\d+)?|hmac-(?:md5|sha1)(?:-96)|hmac-md5"
)
_KEYS = (
    "kex_algs",
    "encryption_algs",
    "mac_algs",
    "signature_algs",
    "server_host_key_algs",
    "_preferred_kex",
)
_MORE = (
    "_preferred_ciphers",
    "_preferred_macs",
    "_preferred_keys",
    "kex",
    "ciphers",
    "digests",
    "key_types",
)


def _check(hit: Hit) -> Report | None:
    found = around.setting(hit)
    if found is None or hit.node.type == "pair":
        return None  # disabled_algorithms={"kex": [...]} refuses what it names
    strings = [node for node in found[1].named_children if node.type == "string"]
    for node in strings if found[1].type in {"list", "tuple"} else [found[1]]:
        name = hit.string(node) or ""
        if _WEAK.fullmatch(name):
            return Report(
                f"{name} was given up because it can be broken: leave the list to the library.",
                node=node,
            )
    return None


RULE = PatternRule(
    id="python/weak-key-exchange",
    title="Weak SSH algorithm",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(327, 326),
    page="""
SSH agrees on the first algorithm both sides offer. Groups of 1024 bits with SHA-1, DSA keys and CBC ciphers are
within reach of those who record traffic, and servers offer them only because some client still asks.
""",
    attack="Records sessions and computes the key of the small group once for all of them.",
    advice="Leave the defaults; `curve25519-sha256`, `ssh-ed25519` and `aes256-gcm@openssh.com` are among them.",
    bad=(
        """\
import asyncssh

async def start(host):
    return await asyncssh.connect(host, kex_algs=["diffie-hellman-group1-sha1"])
""",
        """\
import paramiko

transport = paramiko.Transport(("example.com", 22))
transport.get_security_options().kex = ("diffie-hellman-group14-sha1",)
""",
        """\
import paramiko

paramiko.Transport._preferred_ciphers = ("aes256-ctr", "3des-cbc")
""",
    ),
    good=(
        """\
import asyncssh

async def start(host):
    return await asyncssh.connect(host, kex_algs=["curve25519-sha256"])
""",
        """\
import paramiko

refused = {"kex": ["diffie-hellman-group1-sha1"]}
transport = paramiko.Transport(("example.com", 22), disabled_algorithms=refused)
""",
    ),
    url="https://www.openssh.com/legacy.html",
    query=around.settings_query(*_KEYS, *_MORE),
    check=_check,
)
