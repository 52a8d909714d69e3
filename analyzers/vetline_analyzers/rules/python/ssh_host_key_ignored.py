"""SSH to whoever answers."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    policy = hit.argument(0)
    if policy is None or not hit.text(policy).rstrip("()").endswith(
        ("AutoAddPolicy", "WarningPolicy")
    ):
        return None
    return Report(
        "SSH trusts any host key: somebody in the way gets the password. "
        "Load known_hosts and keep RejectPolicy."
    )


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
    advice="Call `load_system_host_keys()` and leave the policy at `RejectPolicy`.",
    bad=(
        """\
import paramiko

client = paramiko.SSHClient()
client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
""",
    ),
    good=(
        """\
import paramiko

client = paramiko.SSHClient()
client.set_missing_host_key_policy(paramiko.RejectPolicy())
""",
    ),
    same_as=("bandit/B507",),
    methods=("set_missing_host_key_policy",),
    check=_check,
)
