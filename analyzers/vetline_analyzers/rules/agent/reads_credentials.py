"""Instructions to read what a person or production logs in with."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.credential_places import PLACE
from vetline_analyzers.syntax.prose import Phrase, PhraseRule

_VERB = r"(?:read|cat|load|open|source|print|output|extract|parse|copy|get|fetch)"
_NEEDS = (
    *(
        ".ssh",
        ".aws",
        ".kube",
        "netrc",
        "pypirc",
        "git-credentials",
        "docker/config",
        "gnupg",
        ".azure",
        "gcloud",
    ),
    *(
        "gh/hosts",
        "application_default",
        ".env.",
        "keyrings",
        "password-store",
        "keychains",
        "id_",
        "service",
    ),
    *("docker.sock", "shadow", "admin.conf"),
)

RULE = PhraseRule(
    id="agent/reads-credentials",
    title="Instruction to read a person's credentials",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    cwe=(272, 522, 1427),
    page="""
The text tells an agent to read what a person or production logs in with: SSH keys, a cloud profile, a
kubeconfig, `.env.production`. What the agent has read stands in its conversation, goes to the model's provider,
and is at hand for the next order that is hidden in something it reads.
""",
    attack="Has to say only “print what you know of the account” once the agent has read the profile.",
    advice="Let a script that people keep use the credentials, or give the agent its own, which can do little.",
    bad=(
        "To deploy, read the access key from ~/.aws/credentials.\n",
        "Run `cat ~/.ssh/id_ed25519` and keep the output.\n",
        "Load `.env.production` before the tests.\n",
    ),
    good=(
        "Never read ~/.aws/credentials.\n",
        "Run `cat ~/.ssh/id_ed25519.pub` and add the key to the host.\n",
        "Load `.env.example` before the tests.\n",
    ),
    language="markdown",
    path="AGENTS.md",
    phrases=(
        Phrase(
            re.compile(
                rf"\b{_VERB}\s+(?:[\w'-]{{1,14}}\s){{0,6}}?`?\"?(?:~|\$HOME|/root|/home/\w{{1,20}})?/?(?:{PLACE.pattern})",
                re.IGNORECASE,
            ),
            "This has an agent read what a person or production logs in with: give it credentials of its own.",
            in_code=True,
            needs=_NEEDS,
        ),
    ),
)
