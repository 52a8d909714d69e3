"""Kinds of weaknesses: what a CWE number is called, and where the OWASP Top 10 puts it.

The names are MITRE's (cwe.mitre.org), shortened. The categories are the lists "List of Mapped CWEs" on OWASP's pages
of each category, editions 2021 and 2025 (owasp.org/Top10), as far as our rules name the numbers. A number that is
on none of these lists has no category; nothing is derived from its parents.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Category(NamedTuple):
    """A category of the OWASP Top 10.

    Attributes:
        code: as in "A03".
        year: of the edition.
        name: what it is called.
    """

    code: str
    year: int
    name: str

    def __str__(self) -> str:
        return f"{self.code}:{self.year} {self.name}"

    @property
    def tag(self) -> str:
        """The same as a tag: "owasp-a03-2021"."""
        return f"owasp-{self.code.lower()}-{self.year}"


def name(number: int) -> str:
    """What a CWE number is called, in a few words; "" for one that no rule names."""
    return _names().get(number, "")


def categories(numbers: Iterable[int]) -> list[Category]:
    """The categories of CWE numbers, by edition, then in the order of the numbers, each once."""
    numbers = list(numbers)
    found = (_mapped(year).get(number, ()) for year in _EDITIONS for number in numbers)
    return list(dict.fromkeys(category for of_number in found for category in of_number))


@cache
def _mapped(year: int) -> dict[int, tuple[Category, ...]]:
    titles, lists = _EDITIONS[year]
    mapped: dict[int, tuple[Category, ...]] = {}
    for code, numbers in lists.items():
        for number in map(int, numbers.split()):
            mapped[number] = (*mapped.get(number, ()), Category(code, year, titles[code]))
    return mapped


@cache
def _names() -> dict[int, str]:
    entries = (entry.split(maxsplit=1) for entry in _NAMES.split(";"))
    return {int(number): words.strip() for number, words in entries}


_TITLES_2021 = {
    "A01": "Broken Access Control",
    "A02": "Cryptographic Failures",
    "A03": "Injection",
    "A04": "Insecure Design",
    "A05": "Security Misconfiguration",
    "A06": "Vulnerable and Outdated Components",
    "A07": "Identification and Authentication Failures",
    "A08": "Software and Data Integrity Failures",
    "A09": "Security Logging and Monitoring Failures",
    "A10": "Server-Side Request Forgery",
}
_TITLES_2025 = {
    "A01": "Broken Access Control",
    "A02": "Security Misconfiguration",
    "A03": "Software Supply Chain Failures",
    "A04": "Cryptographic Failures",
    "A05": "Injection",
    "A06": "Insecure Design",
    "A07": "Authentication Failures",
    "A08": "Software or Data Integrity Failures",
    "A09": "Security Logging and Alerting Failures",
    "A10": "Mishandling of Exceptional Conditions",
}
_MAPPED_2021 = {
    "A01": (
        "22 23 35 59 200 201 219 264 275 276 284 285 352 359 377 402 425 441 497 538 540 548 "
        "552 566 601 639 651 668 706 862 863 913 922 1275"
    ),
    "A02": (
        "259 261 296 310 319 321 322 323 324 325 326 327 328 329 330 331 335 336 337 338 340 "
        "347 523 720 757 759 760 780 818 916"
    ),
    "A03": (
        "20 74 75 77 78 79 80 83 87 88 89 90 91 93 94 95 96 97 98 99 100 113 116 138 184 470 "
        "471 564 610 643 644 652 917"
    ),
    "A04": (
        "73 183 209 213 235 256 257 266 269 280 311 312 313 316 419 430 434 444 451 472 501 "
        "522 525 539 579 598 602 642 646 650 653 656 657 799 807 840 841 927 1021 1173"
    ),
    "A05": "2 11 13 15 16 260 315 520 526 537 541 547 611 614 756 776 942 1004 1032 1174",
    "A06": "937 1035 1104",
    "A07": (
        "255 259 287 288 290 294 295 297 300 302 304 306 307 346 384 521 613 620 640 798 940 1216"
    ),
    "A08": "345 353 426 494 502 565 784 829 830 915",
    "A09": "117 223 532 778",
    "A10": "918",
}
_MAPPED_2025 = {
    "A01": (
        "22 23 36 59 61 65 200 201 219 276 281 282 283 284 285 352 359 377 379 402 424 425 "
        "441 497 538 540 548 552 566 601 615 639 668 732 749 862 863 918 922 1275"
    ),
    "A02": "5 11 13 15 16 260 315 489 526 547 611 614 776 942 1004 1174",
    "A03": "447 1035 1104 1329 1357 1395",
    "A04": (
        "261 296 319 320 321 322 323 324 325 326 327 328 329 330 331 332 334 335 336 337 338 "
        "340 342 347 523 757 759 760 780 916 1240 1241"
    ),
    "A05": (
        "20 74 76 77 78 79 80 83 86 88 89 90 91 93 94 95 96 97 98 99 103 104 112 113 114 115 "
        "116 129 159 470 493 500 564 610 643 644 917"
    ),
    "A06": (
        "73 183 256 266 269 286 311 312 313 316 362 382 419 434 436 444 451 454 472 501 522 "
        "525 539 598 602 628 642 646 653 656 657 676 693 799 807 841 1021 1022 1125"
    ),
    "A07": (
        "258 259 287 288 289 290 291 293 294 295 297 298 299 300 302 303 304 305 306 307 308 "
        "309 346 350 384 521 613 620 640 798 940 941 1390 1391 1392 1393"
    ),
    "A08": "345 353 426 427 494 502 506 509 565 784 829 830 915 926",
    "A09": "117 221 223 532 778",
    "A10": (
        "209 215 234 235 248 252 274 280 369 390 391 394 396 397 460 476 478 484 550 636 703 "
        "754 755 756"
    ),
}
_EDITIONS = {2021: (_TITLES_2021, _MAPPED_2021), 2025: (_TITLES_2025, _MAPPED_2025)}

_NAMES = """
15 External control of a setting; 20 Improper input validation;
22 Path traversal; 23 Relative path traversal; 36 Absolute path traversal; 59 Link following;
61 Symbolic link following; 73 External control of a file name or path; 74 Injection;
77 Command injection; 78 OS command injection; 79 Cross-site scripting;
80 Basic cross-site scripting; 83 Script in attributes of a web page; 88 Argument injection;
89 SQL injection; 90 LDAP injection; 91 XML injection; 93 CRLF injection; 94 Code injection;
95 Eval injection; 96 Static code injection; 98 Remote file inclusion; 99 Resource injection;
113 HTTP response splitting; 114 Process control; 116 Improper encoding or escaping of output;
117 Log injection; 119 Access outside the bounds of a buffer; 125 Out-of-bounds read;
134 Externally controlled format string; 150 Control sequences that a terminal obeys; 155 Improper neutralization of wildcards;
178 Improper handling of case sensitivity; 179 Validation before canonicalization;
180 Validation before canonicalization; 183 Permissive list of allowed inputs;
184 Incomplete list of disallowed inputs; 185 Incorrect regular expression; 190 Integer overflow;
193 Off-by-one error; 200 Exposure of sensitive information;
201 Sensitive information in sent data; 203 Observable discrepancy;
208 Observable timing discrepancy; 209 Error message with sensitive information;
215 Sensitive information in debugging code; 219 Sensitive data under the web root;
223 Omission of security-relevant information; 248 Uncaught exception;
250 Execution with unnecessary privileges; 252 Unchecked return value;
256 Plaintext storage of a password; 257 Passwords in a recoverable format;
258 Empty password in a configuration file; 259 Hard-coded password;
260 Password in a configuration file; 261 Weak encoding for a password; 265 Privilege issues;
266 Incorrect privilege assignment; 269 Improper privilege management;
272 Least privilege violation; 273 Improper check for dropped privileges;
276 Incorrect default permissions; 277 Insecure inherited permissions;
279 Incorrect permissions assigned by execution; 284 Improper access control;
285 Improper authorization; 287 Improper authentication;
288 Authentication bypass by another path; 289 Authentication bypass by another name;
290 Authentication bypass by spoofing; 291 Reliance on an IP address for authentication;
293 Referer used for authentication; 294 Authentication bypass by replay;
295 Improper certificate validation; 296 Improper following of a chain of trust;
297 Certificate with a host mismatch; 298 Certificate's expiration not validated;
299 Certificate's revocation not checked; 300 Channel accessible by others;
302 Authentication bypass by assumed-immutable data; 304 Missing step in authentication;
306 Missing authentication; 307 Unlimited authentication attempts;
311 Missing encryption of sensitive data; 312 Cleartext storage of sensitive information;
313 Cleartext storage in a file; 315 Cleartext storage in a cookie;
316 Cleartext storage in memory; 319 Cleartext transmission of sensitive information;
321 Hard-coded cryptographic key;
322 Key exchange without authentication; 323 Reused nonce; 324 Key used past its expiration;
325 Missing cryptographic step; 326 Inadequate encryption strength;
327 Broken or risky cryptographic algorithm; 328 Weak hash; 329 Predictable IV with CBC;
330 Insufficiently random values; 331 Insufficient entropy;
332 Insufficient entropy in a generator; 334 Small space of random values;
335 Incorrect use of a generator's seed; 336 Same seed in a generator;
337 Predictable seed in a generator; 338 Cryptographically weak generator;
339 Small space of seeds; 340 Predictable numbers or identifiers;
341 Predictable from observable state; 345 Insufficient verification of authenticity;
346 Origin validation error; 347 Improper verification of a signature;
348 Use of a less trusted source; 350 Reliance on reverse DNS; 352 Cross-site request forgery;
353 Missing integrity check; 354 Improper validation of an integrity check;
358 Improperly implemented security check; 359 Exposure of private information;
362 Race condition; 367 Time-of-check time-of-use race; 369 Divide by zero;
377 Insecure temporary file; 378 Temporary file with insecure permissions;
379 Temporary file in an insecure folder; 384 Session fixation; 385 Covert timing channel;
390 Error detected and not acted on;
400 Uncontrolled resource consumption; 404 Improper resource release; 405 Amplification;
407 Inefficient algorithmic complexity; 409 Highly compressed data;
410 Insufficient resource pool; 412 Unrestricted externally accessible lock; 415 Double free;
416 Use after free; 425 Forced browsing; 426 Untrusted search path;
427 Uncontrolled search path element; 428 Unquoted search path;
434 Unrestricted upload of a dangerous file; 440 Expected behaviour violation;
441 Confused deputy; 444 HTTP request smuggling; 451 Misrepresentation by a user interface;
459 Incomplete cleanup; 470 Unsafe reflection; 471 Modification of assumed-immutable data;
472 External control of a web parameter; 476 NULL pointer dereference; 477 Obsolete function;
478 Missing default case; 489 Active debug code; 493 Critical public variable;
494 Download of code without an integrity check; 497 Exposure of system information;
501 Trust boundary violation; 502 Deserialization of untrusted data; 506 Embedded malicious code;
521 Weak password requirements; 522 Insufficiently protected credentials;
523 Unprotected transport of credentials; 524 Cache with sensitive information;
525 Browser cache with sensitive information;
526 Sensitive information in an environment variable; 532 Sensitive information in a log;
538 Sensitive information in a reachable file; 539 Persistent cookie with sensitive information;
540 Sensitive information in source code; 546 Suspicious comment;
547 Hard-coded security-relevant constants; 548 Exposure by a directory listing;
552 Files accessible to external parties; 561 Dead code; 563 Assignment without use;
565 Reliance on unverified cookies; 566 Authorization bypass by a SQL key;
570 Expression that is always false; 571 Expression that is always true;
598 Sensitive query strings in GET requests; 601 Open redirect;
602 Client-side enforcement of security; 605 Multiple binds to one port;
606 Unchecked loop condition; 610 Externally controlled reference; 611 XML external entity;
613 Insufficient session expiration; 614 Cookie without Secure;
615 Sensitive information in comments; 617 Reachable assertion; 620 Unverified password change;
625 Permissive regular expression; 636 Failing open;
639 Authorization bypass by a user-controlled key; 640 Weak password recovery;
642 External control of state data; 643 XPath injection; 644 HTTP headers with scripting syntax;
645 Overly restrictive account lockout; 646 Reliance on a file's name; 650 Trusting HTTP methods;
652 XQuery injection; 653 Insufficient compartmentalization; 662 Improper synchronization;
665 Improper initialization; 667 Improper locking; 668 Resource in the wrong sphere;
669 Resource transferred between spheres; 670 Always-incorrect control flow;
672 Operation on an expired resource; 674 Uncontrolled recursion;
676 Potentially dangerous function; 682 Incorrect calculation;
691 Insufficient control flow management; 693 Protection mechanism failure;
697 Incorrect comparison; 703 Improper handling of exceptional conditions;
704 Incorrect type conversion; 706 Incorrectly resolved name; 707 Improper neutralization;
710 Coding standards not followed;
732 Incorrect permissions for a critical resource; 749 Exposed dangerous method;
754 Improper check for exceptional conditions; 755 Improper handling of exceptional conditions;
756 Missing custom error page; 757 Algorithm downgrade; 759 One-way hash without a salt;
760 One-way hash with a predictable salt; 770 Resources without limits;
772 Missing release of a resource; 775 Missing release of a file; 776 XML entity expansion;
778 Insufficient logging; 779 Logging of excessive data; 780 RSA without OAEP;
787 Out-of-bounds write; 798 Hard-coded credentials; 799 Improper control of frequency;
807 Untrusted inputs in a security decision; 820 Missing synchronization;
827 Improper control of a document type; 829 Functionality from an untrusted source;
830 Web functionality from an untrusted source; 834 Excessive iteration; 835 Infinite loop;
838 Inappropriate encoding for the output's context; 841 Workflow not enforced;
843 Type confusion; 862 Missing authorization; 863 Incorrect authorization;
908 Uninitialized resource; 909 Missing initialization of a resource; 912 Hidden functionality;
913 Dynamically managed code resources; 915 Mass assignment;
916 Password hash with too little effort; 917 Expression language injection;
918 Server-side request forgery; 922 Insecure storage of sensitive information;
926 Improper export of components; 939 Improper authorization in a URL handler;
940 Source of a channel not verified; 942 Permissive cross-domain policy;
943 Injection in data query logic; 1004 Cookie without HttpOnly; 1007 Homoglyphs;
1021 Clickjacking; 1022 Link that gives window.opener away; 1023 Incomplete comparison;
1059 Insufficient technical documentation; 1088 Remote access without a timeout;
1104 Unmaintained third-party component; 1173 Improper use of a validation framework;
1188 Insecure default; 1204 Weak initialization vector; 1230 Exposure through metadata;
1236 Formula in a CSV file; 1240 Risky implementation of a cryptographic primitive;
1241 Predictable algorithm in a generator; 1275 Cookie with improper SameSite;
1284 Improper validation of a quantity; 1285 Improper validation of an index;
1286 Improper validation of syntax; 1287 Improper validation of a type;
1288 Improper validation of consistency; 1321 Prototype pollution;
1325 Improperly controlled memory allocation; 1327 Binding to an unrestricted address;
1329 Component that cannot be updated; 1333 Inefficient regular expression;
1336 Template engine injection; 1357 Insufficiently trustworthy component;
1385 Missing origin validation in WebSockets; 1390 Weak authentication; 1391 Weak credentials;
1392 Default credentials; 1393 Default password; 1395 Vulnerable third-party component;
1426 Output of generative AI not validated; 1427 Prompt injection
"""
