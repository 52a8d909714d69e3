"""Hashes of passwords: crypt's in shadow and htpasswd files, those of frameworks, LDAP, databases and Windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Rule, Severity
from vetline_analyzers.core.regex import late
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNS = "[./A-Za-z0-9]"
# crypt(5), and PHC strings; then the forms of LDAP (RFC 2307), Django, Werkzeug, phpass, Drupal,
# PostgreSQL, MySQL, and the line that dumps of Windows' SAM have.
_HASH = late(
    rf"(?<![\w$])(?:\$1\${_SIGNS}{{1,8}}\${_SIGNS}{{22}}|\$apr1\${_SIGNS}{{1,8}}\${_SIGNS}{{22}}"
    rf"|\$5\$(?:rounds=\d{{1,9}}\$)?{_SIGNS}{{1,16}}\${_SIGNS}{{43}}|\$6\$(?:rounds=\d{{1,9}}\$)?{_SIGNS}{{1,16}}\${_SIGNS}{{86}}"
    rf"|\$2[abxy]?\$\d\d\${_SIGNS}{{53}}|\$(?:y|gy|7)\${_SIGNS}{{1,20}}\${_SIGNS}{{1,86}}\${_SIGNS}{{43}}"
    rf"|\$argon2(?:id|i|d)\$v=\d{{1,3}}\$[mtp=,\d]{{5,40}}\$[A-Za-z0-9+/]{{8,88}}\$[A-Za-z0-9+/]{{16,128}}"
    rf"|\$[89]\${_SIGNS}{{14}}\${_SIGNS}{{43}}|\$krb5(?:asrep|tgs|pa)\$\d{{1,2}}\$[^\s\"'$]{{1,120}}\$?[\w./@*$-]{{32,4000}}"
    rf"|\$[PH]\${_SIGNS}{{31}}|\$S\${_SIGNS}{{52}}|\$(?:pbkdf2|scrypt)(?:-\w{{1,9}})?\$[\w=,$]{{1,40}}\$[./A-Za-z0-9+=]{{8,90}}\$[./A-Za-z0-9+=]{{16,130}}"
    r"|\{(?:SSHA|SHA|SMD5|MD5|SSHA(?:256|384|512)|PBKDF2[\w-]{0,9})\}[A-Za-z0-9+/$.]{20,120}={0,2}|\{CRYPT\}[$./A-Za-z0-9]{13,120}"
    r"|pbkdf2_sha(?:1|256|512)\$\d{1,8}\$[A-Za-z0-9+/=]{1,40}\$[A-Za-z0-9+/]{20,90}={0,2}"
    r"|(?:pbkdf2:sha\d{1,3}(?::\d{1,8})?|scrypt:\d{1,8}:\d{1,3}:\d{1,3})\$[A-Za-z0-9]{1,40}\$[0-9a-f]{40,128}"
    r"|(?:sha1|md5|bcrypt_sha256)\$[A-Za-z0-9]{1,22}\$[0-9a-f]{32,64}|SCRAM-SHA-(?:1|256)\$\d{1,8}:[A-Za-z0-9+/=]{8,90}\$[A-Za-z0-9+/=]{20,90}:[A-Za-z0-9+/=]{20,90})"
    r"(?![A-Za-z0-9./$])"
)
_MYSQL = late(r"(?<=[\"'])\*[0-9A-F]{40}(?=[\"'])")
_WINDOWS = late(r"(?<=:)[0-9a-fA-F]{32}:(?P<nt>[0-9a-fA-F]{32})(?=:::)")
_EMPTY = "31d6cfe0d16ae931b73c59d7e0c089c0"  # what Windows makes of no password
# The old crypt has no mark of its own: two signs of salt and eleven more, in a file that holds nothing else.
_OLD = late(rf"^[\w.@-]{{1,64}}:(?P<value>{_SIGNS}{{13}})(?=:|\s*$)")
_OLD_FILES = late(r"(?:^|/)[\w.-]{0,60}(?:htpasswd|passwd|shadow)[\w.-]{0,20}$")
_RULE = "password-hash"
_VARIETY = 12  # different signs at least in a hash


def _find(passage: Passage) -> Iterator[Hit]:
    for pattern in (_HASH, _MYSQL, _WINDOWS):
        for match in pattern.finditer(passage.text, passage.start, passage.end):
            if pattern is not _WINDOWS or match["nt"].lower() != _EMPTY:
                yield _hit(passage, *match.span())


def _old(passage: Passage) -> Iterator[Hit]:
    if old := _OLD.match(passage.line):
        start, end = old.span("value")
        yield _hit(passage, passage.start + start, passage.start + end)


def _hit(passage: Passage, start: int, end: int) -> Hit:
    made_up = len(set(passage.text[start:end])) < _VARIETY
    weak = made_up and end - start > _VARIETY * 2
    return Hit(_RULE, start, end, Strength.WEAK if weak else Strength.REAL, name="password_hash")


DETECTORS = (
    Detector(
        (
            *(
                "$1$",
                "$5$",
                "$6$",
                "$2$",
                "$2a$",
                "$2b$",
                "$2x$",
                "$2y$",
                "$apr1$",
                "$y$",
                "$gy$",
                "$7$",
                "$8$",
                "$9$",
                "$krb5",
                "$p$",
                "$h$",
                "$s$",
            ),
            *(
                "$argon2",
                "$pbkdf2",
                "$scrypt",
                "sha}",
                "md5}",
                "sha256}",
                "sha384}",
                "sha512}",
                "{crypt}",
                "{pbkdf2",
            ),
            *(
                "pbkdf2_sha",
                "pbkdf2:sha",
                "scrypt:",
                "sha1$",
                "md5$",
                "bcrypt_sha256$",
                "scram-sha-",
                "'*",
                '"*',
                ":::",
            ),
        ),
        _find,
    ),
    Detector((), _old, files=_OLD_FILES),
)
_SAMPLE = "$2b$12$" + "k7Rz2mQx9TbW4vLp8Nf3HsY6cJd5Gg" + "k7Rz2mQx9TbW4vLp8Nf3HsY"
RULES = (
    Rule(
        id=f"secret/{_RULE}",
        title="Hash of a password",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        cwe=(798, 916),
        page="The hash of a password stands in the file, as `/etc/shadow`, `.htpasswd` and tables of users have it. "
        "Whoever has it can try passwords against it offline, as fast as their machines go and unseen; a weak one "
        "is found in hours, and then it is tried wherever its owner has an account.\n\nIn tests hashes are shown to "
        "the pedantic persona only.",
        attack="Runs a dictionary of passwords against the hash at home, and logs in with the one that fits.",
        advice="Have the password changed, and keep the file with the hashes out of the repository. In an example, say "
        "how a hash is made rather than showing one.",
        bad=(
            f'USERS = {{"admin": "{_SAMPLE}"}}\n',
            f"shop:$apr1${'q7Rz2mQx'}${'9TbW4vLp8Nf3HsY6cJd5Gg'}\n",
        ),
        good=(
            'import os\n\nUSERS = {"admin": os.environ["ADMIN_HASH"]}\n',
            'FORMAT = "$2b$12$..."\n',
        ),
    ),
)
