"""What is known of the plugins of detect-secrets: what to ask them of, and who wants to hear of what they find."""

from __future__ import annotations

from dataclasses import dataclass

from vetline_analyzers.core.finding import Confidence, Persona, Rule, Severity
from vetline_analyzers.secret.format import fill, hexadecimal, lower, upper

# A public address is no secret; the patterns of the others cost more than all the rest and want names that
# hardly anybody has used since these services were renamed.
LEFT_OUT = frozenset(
    {
        *("IPPublicDetector", "SoftlayerDetector", "CloudantDetector"),
        *("IbmCloudIamDetector", "IbmCosHmacDetector"),
    }
)

# What stands around a value that a plugin gives for a secret, and what a pattern of fixed length leaves behind.
TAIL = r"[A-Za-z0-9_-]{0,1000}"
TAIL_JWT = r"[A-Za-z0-9_.=+/-]{0,1000}"
TAIL_LINE = r"[^\"'`]{0,1000}"


@dataclass(frozen=True)
class Plugin:
    """A plugin of detect-secrets.

    Attributes:
        name: its class.
        title: what it finds, a noun phrase without article.
        why: a sentence or two for the rule's page.
        bad: a line in which it finds something.
        good: one that differs in what matters.
        anchors: lower-case strings of which a line holds one, in whatever case, when the plugin may find something.
        hint: a pattern that such a line matches; "" where the anchors tell.
        steep: lower-case strings from each of which its patterns may walk through the rest of the line.
        reach: so long a line may be at most, with no more than eight of the strings of `steep`; 0 for any line. For
            a plugin of hints, whose patterns take the cube of the length.
        shape: a pattern of the secret in what the plugin gives, where that holds more.
        tail: a pattern of what belongs to the secret behind what the plugin gives.
        partial: what the plugin gives is a part of the secret that does not tell it from others, "ghp".
        named: the value is one that stands where a secret belongs, rather than of a shape of its own.
        persona, severity, confidence, cwe: as of Rule.
    """

    name: str
    title: str
    why: str
    bad: str
    good: str = 'import os\n\nclient = Client(os.environ["SHOP_TOKEN"])\n'
    anchors: tuple[str, ...] = ()
    hint: str = ""
    steep: tuple[str, ...] = ()
    reach: int = 0
    shape: str = ""
    tail: str = ""
    partial: bool = False
    named: bool = False
    persona: Persona = Persona.REGULAR
    severity: Severity = Severity.HIGH
    confidence: Confidence = Confidence.MEDIUM
    cwe: tuple[int, ...] = (798,)

    @property
    def rule(self) -> Rule:
        """The rule of what it finds."""
        return Rule(
            id=f"detect-secrets/{self.name}",
            title=self.title[0].upper() + self.title[1:],
            severity=self.severity,
            confidence=self.confidence,
            persona=self.persona,
            cwe=self.cwe,
            page=f"{self.why}\n\nThe plugin `{self.name}` of detect-secrets sees one. Where our own rules on secrets see "
            "it too, theirs is the finding and this one is named beside it.",
            advice=_ADVICE,
            attack="Reads the file, a fork of it or an old commit, and uses the secret until it is revoked.",
            bad=(self.bad,),
            good=(self.good,),
            url="https://github.com/Yelp/detect-secrets",
        )


_ADVICE = (
    "Revoke it at its issuer and read the new one from the environment. Where it is no secret, write "
    "`pragma: allowlist secret` into a comment on its line, or leave it in the project's `.secrets.baseline`."
)
_HEAD, _CLAIMS = "eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiI3MzkxNjQ4MjAifQ"
_CALL = 'client = Client("{}")\n'


def _token(name: str, title: str, sample: str, **more: object) -> Plugin:
    """A plugin that knows a provider's tokens by their shape."""
    why = f"A token of the shape that {title.partition(' ')[0]} gives out stands in the file. Everybody who can read it can use it."
    return Plugin(name, title, why, _CALL.format(sample), **{"tail": TAIL, **more})  # type: ignore[arg-type] # of Plugin


_TOKENS = (
    _token(
        "AWSKeyDetector",
        "AWS access key",
        "AKIA" + upper(16),
        anchors=("akia", "asia", "abia", "acca", "a3t", "aws"),
        steep=("aws",),
        severity=Severity.CRITICAL,
    ),
    _token(
        "AzureStorageKeyDetector",
        "Azure storage account key",
        f"AccountName=shop;AccountKey={fill(86)}==",
        anchors=("accountkey=",),
        shape=r"(?<==)[A-Za-z0-9+/=]{88}",
        tail="",
    ),
    _token(
        "DiscordBotTokenDetector",
        "Discord bot token",
        "M" + fill(23) + "." + fill(6) + "." + fill(27),
        hint=r"\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27}",
    ),
    _token(
        "GitHubTokenDetector",
        "GitHub token",
        "ghp_" + fill(36),
        anchors=("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        partial=True,
        severity=Severity.CRITICAL,
    ),
    _token(
        "GitLabTokenDetector",
        "GitLab token",
        "glpat-" + fill(20),
        anchors=(
            *("glpat-", "gldt-", "glft-", "glsoat-", "glrt-", "glcbt-", "glimt-", "glptt-"),
            *("glagent-", "gloas-", "gr1348941"),
        ),
        steep=("glagent-",),
        partial=True,
    ),
    _token("MailchimpDetector", "Mailchimp key", hexadecimal(32) + "-us12", anchors=("-us",)),
    _token(
        "NpmDetector",
        "npm token",
        "//npm.internal/:_authToken=npm_" + fill(36),
        anchors=(":_authtoken",),
        steep=("//",),
        shape=r"[A-Za-z0-9_-]{1,1000}",
    ),
    _token(
        "OpenAIDetector",
        "OpenAI key",
        f"sk-{fill(20)}T3BlbkFJ{fill(20)}",
        anchors=("t3blbkfj",),
        steep=("sk-",),
    ),
    _token(
        "PypiTokenDetector",
        "PyPI token",
        "pypi-AgEIcHlwaS5vcmc" + fill(80),
        anchors=("pypi-ag",),
        steep=("pypi-ag",),
    ),
    _token(
        "SendGridDetector",
        "SendGrid key",
        "SG." + fill(22) + "." + fill(43),
        hint=r"SG\.[a-zA-Z0-9_-]{22}\.",
    ),
    _token(
        "SlackDetector",
        "Slack token or webhook",
        "xoxb-" + "739" * 4 + "-" + fill(24),
        anchors=("xox", "hooks.slack.com/services/"),
    ),
    _token("SquareOAuthDetector", "Square secret", "sq0csp-" + fill(43), anchors=("sq0csp-",)),
    _token(
        "StripeDetector",
        "Stripe key",
        "sk_live_" + fill(24),
        anchors=("k_live_",),
        severity=Severity.CRITICAL,
    ),
    _token(
        "TelegramBotTokenDetector",
        "Telegram bot token",
        "739164820:" + fill(35),
        hint=r":[0-9A-Za-z_-]{35}",
    ),
    _token(
        "TwilioKeyDetector",
        "Twilio key or account",
        "SK" + lower(32),
        hint=r"(?:AC|SK)[a-z0-9]{32}",
    ),
)

_OTHERS = (
    Plugin(
        "JwtTokenDetector",
        "JSON Web Token",
        "A signed token stands in the file. Until it expires, everybody who can read it is its bearer.",
        _CALL.format(f"{_HEAD}.{_CLAIMS}.{fill(43)}"),
        anchors=("eyj",),
        steep=("eyj",),
        tail=TAIL_JWT,
    ),
    Plugin(
        "BasicAuthDetector",
        "password in a URL",
        "A URL carries a user's name and password. URLs end up in logs, histories and error messages.",
        f'engine = create_engine("postgres://shop:{"s9Kq" + "2vLx7"}@db.internal/shop")\n',
        'engine = create_engine("postgres://shop@db.internal/shop")\n',
        anchors=("://",),
        named=True,
        persona=Persona.PEDANTIC,
    ),
    Plugin(
        "ArtifactoryDetector",
        "Artifactory credential",
        "A string looks like a key or an encrypted password of Artifactory: it begins with AKC or AP.",
        f'client = Client("AKC{fill(20)}")\n',
        hint=r"(?:AKC|AP[\dA-F])[A-Za-z0-9]{8}",
        persona=Persona.PEDANTIC,
        severity=Severity.LOW,
        confidence=Confidence.LOW,
    ),
    Plugin(
        "PrivateKeyDetector",
        "header of a private key",
        "The words that begin a private key stand in the file. Whether a key follows them our own rule tells; programs "
        "that read keys hold the words alone.",
        f'KEY = """-----BEGIN {"PRIVATE"} KEY-----\n',
        'KEY = """-----BEGIN CERTIFICATE-----\n',
        anchors=("private key", "putty-user-key-file"),
        tail=TAIL_LINE,
        persona=Persona.PEDANTIC,
        severity=Severity.LOW,
        confidence=Confidence.LOW,
        cwe=(321, 798),
    ),
    Plugin(
        "KeywordDetector",
        "value with a secret's name",
        "Something called a password, a secret or a key is written down. Our own rule on such values reads the code "
        "more closely; this one also sees reversed comparisons and odd grammars, and takes some labels for secrets. It is "
        "not asked of lines over 500 characters or with more than eight such words.",
        f'if "{"v9#kQ2" + "m!Lx84z"}" == service_password:\n',
        "if given == service_password:\n",
        anchors=(
            *("apikey", "api_key", "authkey", "auth_key", "servicekey", "service_key"),
            *("accountkey", "account_key", "dbkey", "db_key", "databasekey", "database_key"),
            *("privkey", "priv_key", "privatekey", "private_key", "clientkey", "client_key"),
            *("dbpass", "db_pass", "databasepass", "database_pass", "keypass", "key_pass"),
            *("password", "passwd", "pwd", "secret", "contrase"),
        ),
        steep=("key", "pass", "pwd", "secret", "`"),
        reach=500,
        named=True,
        persona=Persona.PEDANTIC,
        severity=Severity.LOW,
        confidence=Confidence.LOW,
        cwe=(798, 259),
    ),
)


def _random(name: str, title: str, hint: str, sample: str) -> Plugin:
    """A plugin that weighs how random a quoted string is."""
    return Plugin(
        name,
        title,
        "A quoted string has as much entropy as a key. Most such strings are digests and identifiers, so only an "
        "audit shows them.",
        f'seal = "{sample}"\n',
        'seal = "a string of words"\n',
        hint=hint,
        persona=Persona.AUDITOR,
        severity=Severity.LOW,
        confidence=Confidence.LOW,
    )


# So many different characters it takes to be above the plugins' limits of 4.5 and 3.0 bits.
_RANDOM = (
    _random(
        "Base64HighEntropyString",
        "random-looking string",
        r"[\"'][A-Za-z0-9+/_=\\-]{23}",
        "k7Rz2mQx9TbW4vLp8Nf" + "3HsY6cJd5Gg1Xw0Ue",
    ),
    _random(
        "HexHighEntropyString",
        "random-looking hexadecimal string",
        r"[\"'][0-9a-fA-F]{9}",
        hexadecimal(32),
    ),
)

# In the order in which one is preferred to another that finds something in the same characters.
PLUGINS = (*_TOKENS, *_OTHERS, *_RANDOM)
