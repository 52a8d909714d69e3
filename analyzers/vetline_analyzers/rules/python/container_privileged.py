"""A container with the rights of its host."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around import setting, settings_query
from vetline_analyzers.syntax.python_web import TRUE, call_around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_SWITCHES = ("privileged", "allow_privilege_escalation", "host_pid", "host_network", "host_ipc")
_MODES = ("pid_mode", "network_mode", "ipc_mode", "network", "userns_mode")
_OWNERS = re.compile(
    r"(?:(?:.*\.)?(?:V1\w*SecurityContext|V1PodSpec|HostConfig|DockerOperator|ContainerDefinition)|.*containers?\.(?:run|create)"
    r"|.*create_host_config|.*create_container"
    r"|.*KubernetesPodOperator|.*add_container|.*exec_run|.*exec_create)"
)
_MOUNT = re.compile(
    r"^(?:/var/run/docker\.sock|/run/docker\.sock|/|/etc|/root|/proc|/sys|/boot)(?::|$)"
)


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "string":
        return _mount(hit)
    found = setting(hit)
    call = call_around(hit)
    if found is None or call is None:
        return None
    name, value = found
    if not _OWNERS.fullmatch(_name(hit, call)):
        return None
    if name in _SWITCHES and hit.text(value) in TRUE:
        return Report(f"{name} gives what runs in the container the host's rights: leave it off.")
    if name in _MODES and hit.string(value) == "host":
        return Report(
            f"{name} 'host' takes the wall between container and host away: leave it out.",
            severity=Severity.MEDIUM,
        )
    if name == "cap_add" and re.search(r"SYS_ADMIN|ALL\b|SYS_PTRACE|SYS_MODULE", hit.text(value)):
        return Report("This capability is as good as root on the host: add only what is needed.")
    return None


def _name(hit: Hit, call: Node) -> str:
    """The last two parts of what is called."""
    function = callee(call)
    return ".".join(hit.text(function).split(".")[-2:]) if function is not None else ""


def _mount(hit: Hit) -> Report | None:
    text = (hit.string(hit.node) or "").strip()
    if "--privileged" in text:
        call = call_around(hit)
        runs = call is not None and re.match(
            r"(?:subprocess\.\w+|os\.(?:system|popen))$", _name(hit, call)
        )
        return (
            Report("--privileged gives what runs in the container the host's rights.")
            if runs
            else None
        )
    call = call_around(hit)
    if not _MOUNT.match(text) or call is None:
        return None
    if not _OWNERS.fullmatch(_name(hit, call)):
        return None
    around = next((n for n in hit.scope.up(hit.node) if n.type == "keyword_argument"), None)
    if around is None or not hit.text(around).startswith(("volumes", "binds", "mounts")):
        return None
    if (
        re.search(r"['\"]mode['\"]\s*:\s*['\"]ro['\"]|:ro['\"]", hit.text(around))
        and "sock" not in text
    ):
        return None
    if (pair := hit.node.parent) is not None and pair.type == "pair":
        value = pair.child_by_field_name("value")
        if value is not None and value == hit.node:
            return None
    return Report(
        f"With {text.partition(':')[0]} mounted, what runs in the container owns the host: mount a folder of "
        "its own."
    )


RULE = PatternRule(
    id="python/container-privileged",
    title="Container with the rights of its host",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(250, 269, 732),
    page="""
`privileged=True` gives a container all devices and capabilities; the host's name spaces, its root folder
or Docker's socket do the same by another way. Whoever breaks into the program inside is then root on the
machine, and the container protects nothing.
""",
    attack="From code that runs in the container, mounts the host's disk and adds a key for root.",
    advice="Leave it out; add single capabilities (`cap_add`) and mount single folders, read-only if possible.",
    bad=(
        """\
import docker

docker.from_env().containers.run("alpine", "sh", privileged=True)
""",
        """\
client.containers.run(image, volumes={"/var/run/docker.sock": {"bind": "/var/run/docker.sock"}})
""",
        """\
from kubernetes import client

context = client.V1SecurityContext(privileged=True)
""",
        """\
client.containers.create(image, pid_mode="host", cap_add=["SYS_ADMIN"])
""",
        """\
import subprocess

subprocess.run(["docker", "run", "--privileged", image])
""",
    ),
    good=(
        """\
import docker

docker.from_env().containers.run("alpine", "sh", privileged=False)
""",
        """\
client.containers.run(image, volumes={"/srv/data": {"bind": "/data", "mode": "ro"}})
""",
        """\
from kubernetes import client

context = client.V1SecurityContext(run_as_non_root=True, allow_privilege_escalation=False)
""",
    ),
    url="https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities",
    query=settings_query(*_SWITCHES, *_MODES, "cap_add")
    + """
        ((string (string_content) @_path) @hit
          (#match? @_path "--privileged|^(/(var/)?run/docker.sock|/|/etc|/root|/proc|/sys|/boot)(:|$)"))
    """,
    check=_check,
)
