"""Secrets that a well-known call takes at a certain place: to connect, to encrypt, to make a client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import worth
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.names import Sense
from vetline_analyzers.secret.values import Strength, judge

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

# An argument: a string, a symbol, or a plain expression.
_ARGUMENT = r"(?:@?[\"'][^\"'\n]{0,300}[\"']|:?[\w.$>\[\]-]{1,80})"
_STRING = r"@?(?P<quote>[\"'`])(?P<value>[^\"'`\n\\]{3,400})(?P=quote)"
_NEXT = r"\s{0,9},\s{0,9}"
# `mysqli_connect(host, user, "…")`, `new PDO(dsn, user, "…")`, `DriverManager.getConnection(url, user, "…")`.
_THIRD = late(
    r"(?:\bmysqli?_p?connect|\bnew\s{1,3}(?:mysqli|PDO|MysqliDb)|\b(?:DriverManager|dataSource)\.getConnection|\bftp_login|\bldap_bind"
    rf"|\bDBI->connect)\(\s{{0,9}}{_ARGUMENT}{_NEXT}{_ARGUMENT}{_NEXT}{_STRING}"
)
# The user, or a key's id, and the secret: `new UsernamePasswordCredentials("…", "…")`, `Credentials.basic(…)`.
_SECOND = late(
    r"(?:Credentials?(?:\.(?:basic|create|of))?|\b(?:OAuthHandler|OAuth1Session|OAuth1|AppAuthHandler|set_access_token|setOAuthConsumer"
    r"|BasicAuth|basicAuth|authBasic|set_?[bB]asic_?[aA]uth|setOAuthAccessToken|AccessToken))\(\s{0,9}"
    rf"{_ARGUMENT}{_NEXT}{_STRING}\s{{0,9}}[,)]"
)
# `http.basic_auth "…", "…"`, and `CURLOPT_USERPWD, "user:…"`.
_RUBY = late(rf"\bbasic_auth\s{{1,3}}{_ARGUMENT}{_NEXT}{_STRING}")
_CURL = late(
    r"\bCURLOPT_(?:PROXY)?USERPWD\s{0,9}(?:,|=>?)\s{0,9}[\"'][^\"':\n]{1,80}:(?P<value>[^\"'\n\\]{3,200})[\"']"
)
# Ruby's `provider :github, "…", "…"` and `config.omniauth :github, "…", "…"`.
_OMNIAUTH = late(
    rf"\b(?:omniauth|provider)[\s(]{{1,3}}:\w{{2,40}}{_NEXT}{_ARGUMENT}{_NEXT}{_STRING}"
)
# A key that something is encrypted or signed with: `SecretKeySpec("…".getBytes()`, `AES.new(b"…"`, `Fernet("…")`.
_CIPHER = late(
    r"(?:\bnew\s{1,3}SecretKeySpec\(|\b(?:AES|DES3?|Blowfish|ARC4|ChaCha20(?:_Poly1305)?)\.new\(|\bFernet\(|\bhmac\.new\("
    rf"|\bcreate(?:Decipher|Cipher)(?:iv)?\({_ARGUMENT}{_NEXT}|\bcreateHmac\({_ARGUMENT}{_NEXT}|\bCryptoJS\.(?:\w{{2,12}})\.(?:en|de)crypt\({_ARGUMENT}{_NEXT}"
    rf"|\bHmac\w{{3,9}}\({_ARGUMENT}{_NEXT}|\bAlgorithm\.HMAC\d{{3}}\(|\bhmacShaKeyFor\(|\bSymmetricSecurityKey\((?:[\w.]{{1,40}}\.GetBytes\()?)\s{{0,9}}(?:key\s?=\s?)?[bu]?{_STRING}"
)
# Nothing but its key is given to a client: `new StripeClient("…")`, `const client = new Shop("…")`, `Shop::new("…")`.
_CLIENT = late(
    r"(?:(?:Client|Api|API|Sdk|SDK)(?:::new|\.new)?"
    r"|\b(?:client|api|sdk|service)\s{0,3}:?=\s{0,3}(?:new\s{1,3})?[A-Z]\w{1,40}(?:\.new)?|[A-Za-z0-9]::new)\(\s{0,9}"
    rf"{_STRING}(?:\.to_(?:string|owned)\(\)|\.into\(\)|\.freeze)?\s{{0,9}}(?:,\s{{0,3}}\{{|\))"
)


def _find(passage: Passage) -> Iterator[Hit]:
    line, at = passage.line, passage.start
    for pattern in (_THIRD, _SECOND, _OMNIAUTH, _RUBY, _CURL):
        for match in pattern.finditer(line):
            yield from _hit(match, at, worth.worth(match["value"]), "password")
    for match in _CIPHER.finditer(line):
        # A word there is a demo's; and what is encrypted stands there, too, in other libraries.
        yield from _hit(match, at, judge(match["value"], Sense.TOKEN), "secret_key")
    for match in _CLIENT.finditer(line):
        yield from _hit(match, at, judge(match["value"], Sense.OWN_KEY), "api_key")


def _hit(match: re.Match[str], at: int, strength: Strength, name: str) -> Iterator[Hit]:
    if strength is not Strength.NONE:
        start, end = match.span("value")
        yield Hit("hard-coded-password", at + start, at + end, strength, name=name)


DETECTORS = (
    Detector(
        (
            *(
                "connect(",
                "mysqli(",
                "pdo(",
                "getconnection(",
                "mysqlidb(",
                "ftp_login(",
                "ldap_bind(",
            ),
            *(
                "credential(",
                "credentials(",
                "credentials.",
                "oauthhandler(",
                "oauth1",
                "authhandler(",
                "access_token(",
            ),
            *(
                "setoauth",
                "accesstoken(",
                "basicauth(",
                "basic_auth(",
                "authbasic(",
                "omniauth",
                "provider :",
                "basic_auth ",
                "userpwd",
            ),
            *(
                "secretkeyspec(",
                ".new(",
                "fernet(",
                "createcipher",
                "createdecipher",
                "createhmac(",
                "cryptojs.",
            ),
            *(
                "hmacsha",
                "algorithm.hmac",
                "securitykey(",
                "client(",
                "api(",
                "sdk(",
                "client = new",
                "api = new",
                "sdk = new",
                "service = new",
            ),
            *("client = ", "client := ", "::new("),
        ),
        _find,
    ),
)
