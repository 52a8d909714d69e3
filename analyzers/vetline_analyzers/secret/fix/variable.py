"""What the environment variable is called that takes a secret's place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late

if TYPE_CHECKING:
    from collections.abc import Collection

# The variables that providers' own SDKs and tools read, by rule, as their documentation names them; of the rest
# "acme-key" is ACME_API_KEY, and "acme-token" ACME_TOKEN.
_OF_PROVIDER = {
    "aws-access-key": "AWS_ACCESS_KEY_ID",
    "aws-bedrock-key": "AWS_BEARER_TOKEN_BEDROCK",
    "aws-secret-key": "AWS_SECRET_ACCESS_KEY",
    "aws-session-token": "AWS_SESSION_TOKEN",
    "azure-client-secret": "AZURE_CLIENT_SECRET",
    "azure-devops-token": "AZURE_DEVOPS_EXT_PAT",
    "azure-storage-key": "AZURE_STORAGE_KEY",
    "cloudflare-token": "CLOUDFLARE_API_TOKEN",
    "datadog-application-key": "DD_APP_KEY",
    "datadog-key": "DD_API_KEY",
    "fly-token": "FLY_API_TOKEN",
    "huggingface-token": "HF_TOKEN",
    "netlify-token": "NETLIFY_AUTH_TOKEN",
    "okta-token": "OKTA_API_TOKEN",
    "pulumi-token": "PULUMI_ACCESS_TOKEN",
    "pypi-token": "TWINE_PASSWORD",
    "replicate-token": "REPLICATE_API_TOKEN",
    "sentry-token": "SENTRY_AUTH_TOKEN",
    "slack-webhook": "SLACK_WEBHOOK_URL",
    "stripe-key": "STRIPE_API_KEY",
    "supabase-token": "SUPABASE_ACCESS_TOKEN",
    "telegram-token": "TELEGRAM_BOT_TOKEN",
    "terraform-token": "TF_TOKEN",
    "twilio-token": "TWILIO_AUTH_TOKEN",
    "url-password": "DATABASE_PASSWORD",
    "wandb-key": "WANDB_API_KEY",
}
# What no format and no name says more of than that it is secret.
_NAMELESS = {"hard-coded-password": "APP_SECRET"}
# Variables that mean something to shells, systems and runtimes.
_RESERVED = late(
    r"BASH|CI|COLUMNS|DEBUG|DISPLAY|EDITOR|ENV|GID|GROUPS|HOME|HOST|HOSTNAME|IFS|LANG|LANGUAGE"
    r"|LINES|LOGNAME|MAIL|MODE|NODE|NODE_ENV|NODE_OPTIONS|NODE_PATH|OLDPWD|OS|PAGER|PATH"
    r"|PATHEXT|PORT|PPID|PS1|PWD|PYTHONHOME|PYTHONPATH|RANDOM|SECONDS|SHELL|SHLVL"
    r"|SSH_AUTH_SOCK|TEMP|TERM|TMP|TMPDIR|TZ|UID|USER|USERNAME|VIRTUAL_ENV|XDG_RUNTIME_DIR"
)
# Words that say what a secret is for, and not whose it is.
_GENERIC = late(
    r"access|api|apikey|app|auth|authentication|authorization|bearer|client|config|cred|creds"
    r"|credential|credentials|data|default|headers|key|my|options|pass|passphrase|passwd"
    r"|password|private|pw|pwd|secret|secretkey|self|settings|str|string|the|token|val|value|x"
)
_SECRETIVE = late(
    r"apikey|auth|cred|creds|credential|credentials|key|pass|passphrase|passwd|password|pw|pwd"
    r"|secret|secretkey|token"
)
_PART = late(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ADDRESS = late(r"_(?:URL|URI|DSN|CONNECTION|CONN|CONNECTION_STRING|STRING)$")
_LONGEST = 48


def name_of(rule: str, called: str, *, part: bool, taken: Collection[str] = ()) -> str:
    """A name for the variable, in capitals.

    Args:
        rule: what was found, "openai-api-key".
        called: what the code calls it, "" where that is not known: "db_password", "X-Api-Key".
        part: the secret is a part of what is called so.
        taken: names that mean something else.
    """
    words = [word.lower() for word in _PART.findall(called[-200:])]
    if words[:1] == ["x"]:  # a header
        words = words[1:]
    typed = rule not in _NAMELESS and rule != "private-key"
    in_url = rule in _NAMELESS or rule == "url-password"
    name = "_".join(words).upper()
    if part and in_url and _ADDRESS.search(f"_{name}"):
        name = _ADDRESS.sub("", f"_{name}").strip("_")
        name = f"{name or 'DATABASE'}_PASSWORD"
    elif (typed and part) or (rule not in _NAMELESS and not _is_telling(words)):
        name = _provided(rule)
    elif not any(map(_SECRETIVE.fullmatch, words)) or words == ["authorization"]:
        name = name if _is_telling(words) and not part else _provided(rule)
    name = name[:_LONGEST].strip("_")
    if _RESERVED.fullmatch(name) or not name or name[0].isdigit():
        name = f"APP_{name}".rstrip("_")
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _is_telling(words: list[str]) -> bool:
    """Whether a name says more than that something is secret."""
    return any(len(word) > 2 and not _GENERIC.fullmatch(word) for word in words)  # noqa: PLR2004 - "k", "db", "s3"


def _provided(rule: str) -> str:
    if known := _OF_PROVIDER.get(rule) or _NAMELESS.get(rule):
        return known
    name = rule.replace("-", "_").upper()
    is_plain = name.endswith("_KEY") and not name.endswith(
        ("_API_KEY", "_ACCESS_KEY", "PRIVATE_KEY")
    )
    return f"{name.removesuffix('KEY')}API_KEY" if is_plain else name
