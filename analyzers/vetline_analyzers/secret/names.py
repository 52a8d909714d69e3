"""What a name says of the value it is given: a password, a token, some key, or nothing secret."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from vetline_analyzers.core.regex import late


class Sense(IntEnum):
    """How much a name by itself says that its value is a secret.

    NONE nothing, KEY perhaps ("key", "auth"): the value has to be random, OWN_KEY the same with a word that says
    whose it is ("stripe_key"): a UUID is random enough, TOKEN it is made by a machine ("token", "api_key"),
    PASSWORD it may be anything that somebody types ("password", "secret").
    """

    NONE = 0
    KEY = 1
    OWN_KEY = 2
    TOKEN = 3
    PASSWORD = 4


class Name(NamedTuple):
    """A name in a line: its place, its text, and what it says."""

    start: int
    end: int
    text: str
    sense: Sense


# The words for what is typed to get in, in the languages in which they stand in code.
_TYPED = (
    r"passw(?:or)?d|passwrd|passphrase|passcode|passe?|paswd|pswd|psw|pwd|pw|contrase(?:n|ñ|ni)a|senha|parola|passwort|kennwort"
    r"|mot[_-]?de[_-]?passe|motdepasse|wachtwoord|haslo|l[oö]senord|adgangskode|salasana|heslo|[sş]ifre|jelsz[oó]"
    r"|secrete?|pepper"
)
_MACHINE = (
    r"token|jwt|authtoken|accesstoken|apikey|secretkey|accesskey|privatekey|authkey|clientkey"
)
# Of small letters only: to look for either case takes five times as long.
_CORE = late(rf"{_TYPED}|token|cred|auth|key|bearer|jwt|(?<=_)api(?![a-z])")
_CORE_ANY = late(_CORE.pattern, re.IGNORECASE)
# What a line holds (lower-case) when it holds one of these names.
ANCHORS = (
    *(
        "pass",
        "paswd",
        "pswd",
        "psw",
        "pwd",
        "pw",
        "contrase",
        "senha",
        "parola",
        "kennwort",
        "wachtwoord",
        "haslo",
    ),
    *(
        "senord",
        "adgangskode",
        "salasana",
        "heslo",
        "ifre",
        "jelsz",
        "secret",
        "token",
        "cred",
        "auth",
        "key",
    ),
    *("bearer", "jwt", "_api", "pepper"),
)
_WORD = late(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")
_IS_PASSWORD = late(
    rf"(?:.{{0,20}}(?:passw(?:or)?d|passphrase|passwort|pwd|secret)|{_TYPED}|pws?)s?"
)
_IS_MACHINE = late(rf"(?:.{{0,20}}(?:token|apikey|secretkey|accesskey|privatekey)|{_MACHINE})s?")
_IS_KEY = late(
    r"key|.{0,9}auth|authorization|authentication|creds?|credentials?|bearer|api|.{2,12}key"
)
_PASS = late(
    r"(?:db|database|user|root|admin|my|smtp|mail|email|ftp|ssh|login|pg|sql|mysql|web|sys)pa?s?s?w?d?"
    r"|(?:remote|imap|pop|proxy|ldap|bind|nexus|repo|repository|key|store|keystore|truststore|cert|wifi|vpn|sudo|become|backup"
    r"|redis|mongo|oracle|rabbit|elastic|jenkins|git|svn|account|client|server|service|api|auth)pass"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A key or a code that is made for one: `api_key`, `secret_access_key`.
_MACHINES_KEY = _words(
    "api access secret private priv client service account encryption encrypt signing sign signature master"
    " storage shared consumer app application deploy license webhook jwt auth oauth session ssh admin"
    " subscription developer dev integration hmac aes cipher crypto preshared psk ingest write read token"
    " security server instrumentation account personal app user rest sdk"
)
# A key of something else than a lock.
_OTHER_KEY = _words(
    "primary foreign public pub cache sort partition hot short map dict index row column col group object bucket"
    " registry unique hash lookup translation i18n locale message msg sequence schema item prop property json"
    " xml field param parameter header query data config setting settings option arrow up down left right enter"
    " escape esc tab ctrl shift alt meta press event first last next prev previous min max host issue project"
    " partial composite range attribute attr state context event route page sound music piano major minor"
    " legend compose idempotency dedup deduplication routing correlation shard node kv hkey any no num"
    " surrogate business natural candidate super sub parent child reference ref file path resource node tag"
    " label type class method function func metric counter gauge redis store s3 session_cache gpg pgp"
)
_KEYLESS = late(r"(?:mon|don|tur|jo|hoc|whis|ca|jer|doc|hi|mar|mi|lac|pa|ho|tro|bai|bar)key")
# What turns a secret's name into the name of something about it, behind or before.
_ABOUT = _words(
    "field url uri hash hashed digest name path file filename dir directory folder type kind id ids sid length len"
    " size min max label error err errors message msg regex regexp pattern re env var variable column header headers"
    " param params parameter prefix suffix placeholder hint prompt help title text expiry expires expiration expire"
    " ttl age count limit policy reset endpoint class format template input selector event action version algorithm"
    " alg algo method mode scheme strategy provider backend validator validation required enabled disabled scope"
    " scopes ref reference store manager arn location region rotation salt info status state code form"
    " view page route link button changed change confirm confirmation encoder expression config configuration"
    " generator helper helpers service services handler callback factory middleware fn func function"
    " spec usage description desc doc docs comment note strength score rule rules index position start end"
    " timestamp time date created updated last fingerprint thumbprint checksum sha md5 domain host hostname server"
    " port issuer audience realm user username login email account owner group role permission chars charset alphabet"
    " separator delimiter vault ring pair pairs board press pressed down up code codes word words map stroke"
    " values list items set table row cell model schema entity object interface protocol"
    " property properties option options attribute attributes extractor parser reader writer filter source"
    " sources stream cache caches tree image icon color colour style css html js py json xml yaml md txt"
    " client grant flow request response result review expr exists missing invalid valid bytes size bits"
    " accessor transform type uses use used manage management section panel dialog modal screen component entry"
    " is has pk fk derivation derive deriver cost rounds iterations hasher keeper agent startswith istartswith endswith contains icontains exact iexact isnull in mechanism"
)
_BEFORE = _words(
    "csrf xsrf csrfmiddleware requestverification antiforgery public pub publishable anti forgery label msg err error"
    " hint placeholder title text txt lbl btn button help desc description page continuation pagination nextpage"
    " sync cancellation cancel max min num number count total invalid wrong missing show hide"
    " toggle enter encrypted hashed hash is has no not without regex pattern re validate generate"
    " require required prompt unknown bad expired stop pad eos bos sep unk mask cls special end start begin"
    " next prev previous skip comma semi syntax lexer parse parser design color theme site sitekey measurement icon type"
    " sha sha1 sha256 md5 digest checksum commit integrity etag git_sha integritytoken cursor lookahead"
)
# Before a password they name a step, before a token what it is for.
_STEPS = _words("reset forgot forgotten recover change")
_ORDERS = _words(
    "request change idempotency lock starting revision etag sequence transaction ack fencing query scan"
)
# Behind a name they change nothing: `password2`, `api_key_prod`, `TOKEN_VALUE`.
_NEUTRAL = _words(
    "prod production dev development test testing staging stage live new old value val string str raw plain plaintext"
    " decoded b64 base64 local default secure primary secondary main backup a b c v s one two first second"
    " env env1 us eu qa uat sandbox real this here x y key secret token demo example sample final current base"
)
_WHOSE = _words("for of on at")
_MADE = late(r"\b(?:api|access|secret|private|auth)\s$", re.IGNORECASE)
_LONGEST = 60
_WHOSE_NAME = 4  # letters at least of a word that says whose key it is


@lru_cache(maxsize=4096)
def sense(name: str) -> Sense:
    """What a name by itself says of its value: `db_password`, `next_page_token`, `monkey`."""
    # Capitals of other alphabets than ASCII's begin no word in a name that has nothing else.
    words = [word.lower() for word in _WORD.findall(name.lower() if name.isupper() else name)]
    for at in range(len(words) - 1, -1, -1):
        if found := _of_word(words, at):
            # `password_for_email`: what follows says whose it is.
            own = takewhile(lambda word: word not in _WHOSE, words[at + 1 :])
            before, after = words[:at], [word for word in own if not word.isdigit()]
            if not _BEFORE.isdisjoint(before) or any(
                word in _ABOUT or word.removesuffix("s") in _ABOUT for word in after
            ):
                return Sense.NONE
            if found is Sense.TOKEN and at and words[at - 1] in _ORDERS:
                return Sense.NONE
            if found is Sense.PASSWORD and not _STEPS.isdisjoint(before):
                return Sense.NONE
            if found is not Sense.PASSWORD and not _NEUTRAL.issuperset(after):
                return Sense.KEY if found is Sense.TOKEN else Sense.NONE
            return found
    return Sense.NONE


def _of_word(words: list[str], at: int) -> Sense:
    word, before = words[at], words[at - 1] if at else ""
    many = word.endswith("s") and not word.endswith("ss")  # a list of them, or of their names
    if _IS_MACHINE.fullmatch(word):
        return Sense.KEY if many else Sense.TOKEN
    if _IS_PASSWORD.fullmatch(word) or _PASS.fullmatch(word):
        return Sense.KEY if many else Sense.PASSWORD
    if word in {"key", "keys"}:
        if before in _OTHER_KEY:
            return Sense.NONE
        if before in _MACHINES_KEY:
            return Sense.TOKEN
        return Sense.OWN_KEY if word == "key" and len(before) >= _WHOSE_NAME else Sense.KEY
    if _IS_KEY.fullmatch(word) and not _KEYLESS.fullmatch(word) and word[:-3] not in _OTHER_KEY:
        return Sense.KEY
    return Sense.NONE


@lru_cache(maxsize=8)
def names_in(line: str) -> tuple[Name, ...]:
    """The names in a line that say something secret of their values, from left to right.

    Args:
        line: a line, or a piece of one of bounded length.
    """
    found: list[Name] = []
    end = 0
    small = line.lower()
    same = len(small) == len(line)  # "İ" becomes two
    for match in _CORE.finditer(small) if same else _CORE_ANY.finditer(line):
        if match.start() < end:
            continue
        start, end = _around(line, *match.span())
        text = line[start:end]
        kind = sense(text)
        if kind in {Sense.KEY, Sense.OWN_KEY} and _MADE.search(line, max(0, start - 9), start):
            kind = Sense.TOKEN  # "the API key: …"
        if kind:
            found.append(Name(start, end, text, kind))
    return tuple(found)


def _around(line: str, start: int, end: int) -> tuple[int, int]:
    """The whole identifier in which a word stands, with the dashes in it."""
    lowest, highest = max(0, start - _LONGEST), min(len(line), end + _LONGEST)
    while start > lowest and (line[start - 1].isalnum() or line[start - 1] in "_-"):
        start -= 1
    while end < highest and (line[end].isalnum() or line[end] in "_-"):
        end += 1
    while line[start] == "-":
        start += 1
    while line[end - 1] == "-":
        end -= 1
    return start, end
