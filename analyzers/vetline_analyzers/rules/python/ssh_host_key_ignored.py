"""SSH to whoever answers."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax import known
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_LAX = ("AutoAddPolicy", "WarningPolicy")
_MESSAGE = (
    "SSH trusts any host key: somebody in the way gets the password. "
    "Load known_hosts and keep RejectPolicy."
)


def _check(hit: Hit) -> Report | None:
    if hit.name:  # asyncssh.connect(known_hosts=None), pysftp's CnOpts.hostkeys = None
        hosts = hit.keyword("known_hosts")
        return (
            Report(_MESSAGE, node=hosts)
            if hosts is not None and hit.text(hosts) == "None"
            else None
        )
    if hit.node.type == "assignment":
        value = hit.node.child_by_field_name("right")
        return Report(_MESSAGE) if value is not None and hit.text(value) == "None" else None
    policy = hit.either(0, "policy")
    name = known.maker(hit, policy) or hit.resolve(policy)
    last = name.rpartition(".")[2]
    if last not in _LAX:
        return None
    function = policy.child_by_field_name("function") if policy is not None else None
    at = function if function is not None else policy
    named = (
        at.child_by_field_name("attribute") if at is not None and at.type == "attribute" else None
    )
    fix = (
        Fix("Reject unknown hosts", (hit.edit(named, "RejectPolicy"),), safe=False)
        if named
        else None
    )
    return Report(_MESSAGE, fix=fix)


RULE = PatternRule(
    id="python/ssh-host-key-ignored",
    title="SSH host key not checked",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(295, 322),
    page="""
With `AutoAddPolicy` the client believes whatever machine answers. Somebody who can bend the name or the
route reads the session and, where a password is used, keeps it.
""",
    attack="Answers in the server's place, takes the password and logs in with it.",
    advice="Call `load_system_host_keys()` and leave the policy at `RejectPolicy`.",
    bad=(
        """\
import paramiko

client = paramiko.SSHClient()
client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
""",
        """\
from paramiko import SSHClient, WarningPolicy as Policy

def start(host):
    client = SSHClient()
    policy = Policy()
    client.set_missing_host_key_policy(policy)
""",
        """\
import asyncssh

async def start(host):
    return await asyncssh.connect(host, known_hosts=None)
""",
        """\
import pysftp

options = pysftp.CnOpts()
options.hostkeys = None
""",
    ),
    good=(
        """\
import paramiko

client = paramiko.SSHClient()
client.set_missing_host_key_policy(paramiko.RejectPolicy())
""",
        """\
import asyncssh

async def start(host):
    return await asyncssh.connect(host, known_hosts="known_hosts")
""",
    ),
    same_as=("bandit/B507",),
    url="https://docs.paramiko.org/en/stable/api/client.html",
    names=("asyncssh.connect", "asyncssh.create_connection"),
    methods=("set_missing_host_key_policy",),
    query="""
        ((assignment left: (attribute attribute: (identifier) @_key)) @hit (#eq? @_key "hostkeys"))
    """,
    check=_check,
)
