"""SNMP that anybody can read or forge."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_MODULES = (
    "pysnmp.hlapi",
    "pysnmp.hlapi.asyncio",
    "pysnmp.hlapi.v3arch.asyncio",
    "pysnmp.hlapi.v3arch",
    "pysnmp.hlapi.v1arch",
)


def _check(hit: Hit) -> Report | None:
    if hit.name.endswith("CommunityData"):
        model = hit.either(2, "mpModel")
        if model is None or hit.text(model) in {"0", "1"}:
            return Report(
                "SNMP 1 and 2c send the community string in clear: use version 3 with UsmUserData.",
                # Version 2c is what the class gives when nothing is said.
                tentative=model is None,
            )
        return None
    if around.splatted(hit):
        return None
    key, privacy = hit.either(1, "authKey"), hit.either(2, "privKey")
    protocols = [
        hit.keyword("authProtocol") or hit.argument(3),
        hit.keyword("privProtocol") or hit.argument(4),
    ]
    if any(
        node is not None and hit.text(node).endswith(("NoAuthProtocol", "NoPrivProtocol"))
        for node in protocols
    ):
        key = None
    if key is not None and privacy is not None:
        return None
    return Report(
        "This SNMP user neither proves who sent a message nor hides it: give authKey and privKey."
    )


RULE = PatternRule(
    id="python/snmp-without-security",
    title="SNMP without security",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(319, 311),
    page="""
SNMP versions 1 and 2c know a single word that goes over the network in clear with each question; version 3 without keys
is no better. Who has read it learns the network's layout, and where writing is allowed changes it.
""",
    attack="Reads the community string from one packet and asks, or sets, what he likes.",
    advice="`UsmUserData(user, authKey, privKey, authProtocol=usmHMAC192SHA256AuthProtocol, "
    "privProtocol=usmAesCfb256Protocol)`.",
    bad=(
        """\
from pysnmp.hlapi import CommunityData

who = CommunityData("public", mpModel=0)
""",
        """\
from pysnmp.hlapi import UsmUserData as User

who = User("operator")
""",
        """\
from pysnmp.hlapi.asyncio import UsmUserData

def who(key):
    return UsmUserData("operator", key)
""",
    ),
    good=(
        """\
from pysnmp.hlapi import UsmUserData as User

def who(key, other):
    return User("operator", key, other)
""",
        """\
def who(options):
    return UsmUserData("operator", **options)
""",
    ),
    same_as=("bandit/B508", "bandit/B509"),
    url="https://docs.lextudio.com/pysnmp/",
    names=(
        *(f"{module}.{name}" for module in _MODULES for name in ("CommunityData", "UsmUserData")),
        *("CommunityData", "UsmUserData", "hlapi.CommunityData", "hlapi.UsmUserData"),
    ),
    check=_check,
)
