"""What gives a container power over its host, the same words in compose files and manifests."""

from __future__ import annotations

import re

# Any one of these is as good as root on the machine.
DANGEROUS = frozenset(
    {"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "DAC_READ_SEARCH", "BPF"}
)
STRONG = DANGEROUS | {"NET_ADMIN", "SYS_BOOT", "SYS_TIME", "MAC_ADMIN", "SYSLOG", "DAC_OVERRIDE"}
_SOCKET = re.compile(
    r"(?:/var)?/run/(?:docker|containerd/containerd|crio/crio|podman/podman)\.sock|//\./pipe/docker_engine"
)
_CONTROL = re.compile(
    r"/(?:etc|root|boot|dev|proc|sys|var/lib/(?:docker|kubelet)|var/run|run|usr|lib|bin|home)?/?"
)


def capability(name: str) -> str:
    """A capability's name without its prefix, in upper case."""
    return name.upper().removeprefix("CAP_")


def is_socket(path: str) -> bool:
    """Whether a path of the host is the socket of its container runtime."""
    return bool(_SOCKET.fullmatch(path))


def is_control(path: str) -> bool:
    """Whether who can write to a path of the host has the host."""
    return bool(_CONTROL.fullmatch(path))
