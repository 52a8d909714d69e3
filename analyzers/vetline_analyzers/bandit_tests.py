"""What bandit's tests look for, in our words; bandit keeps such facts in prose only."""

from __future__ import annotations

from typing import NamedTuple


class Test(NamedTuple):
    """A test of bandit's.

    Attributes:
        title: a noun phrase.
        severity, confidence: bandit's, of the commonest of its findings.
        cwe: the CWE's number.
        why: one sentence on what can go wrong.
    """

    title: str
    severity: str
    confidence: str
    cwe: int
    why: str


_LOW, _MEDIUM, _HIGH = "LOW", "MEDIUM", "HIGH"
_KNOWN = (
    "Everybody who can read the code can use the password, and it cannot be changed in one place."
)
_SHELL = (
    "Whatever reaches the command line is interpreted by a shell: `;`, `$(…)` and `|` included."
)
_TLS = "An attacker in between can make both sides speak a protocol that is broken."

TESTS: dict[str, Test] = {
    "B101": Test("Assert as a guard", _LOW, _HIGH, 703, "`python -O` removes asserts, and what they guarded is open."),
    "B102": Test("Use of exec", _MEDIUM, _HIGH, 78, "Text becomes code; text from outside becomes an attacker's code."),
    "B103": Test("Permissive file permissions", _MEDIUM, _HIGH, 732, "Other users of the machine can read or change the file."),
    "B104": Test("Binding to all interfaces", _MEDIUM, _MEDIUM, 605, "The service answers on every network that the machine is in."),
    "B105": Test("Hard-coded password in a string", _LOW, _MEDIUM, 259, _KNOWN),
    "B106": Test("Hard-coded password in an argument", _LOW, _MEDIUM, 259, _KNOWN),
    "B107": Test("Hard-coded password as a default", _LOW, _MEDIUM, 259, _KNOWN),
    "B108": Test("Hard-coded temporary path", _MEDIUM, _MEDIUM, 377, "Another user can put a file or a link there first."),
    "B110": Test("Exception passed over in silence", _LOW, _HIGH, 703, "A failure, or an attack under way, leaves no trace."),
    "B112": Test("Exception passed over in a loop", _LOW, _HIGH, 703, "A failure, or an attack under way, leaves no trace."),
    "B113": Test("Request without a timeout", _MEDIUM, _LOW, 400, "A server that never answers holds the caller for ever."),
    "B201": Test("Flask in debug mode", _HIGH, _MEDIUM, 94, "The debugger runs any code that a visitor sends."),
    "B202": Test("Archive unpacked without a filter", _HIGH, _HIGH, 22, "A member named `../../x` is written outside the target folder."),
    "B324": Test("Weak hash", _HIGH, _HIGH, 327, "Collisions of MD4, MD5 and SHA-1 can be made at will."),
    "B501": Test("Certificate not verified", _HIGH, _HIGH, 295, "Anybody in between can read and change the traffic."),
    "B502": Test("Old TLS version", _HIGH, _HIGH, 327, _TLS),
    "B503": Test("Old TLS version as a default", _MEDIUM, _MEDIUM, 327, _TLS),
    "B504": Test("TLS version left open", _LOW, _MEDIUM, 327, _TLS),
    "B505": Test("Short cryptographic key", _HIGH, _HIGH, 326, "A key of that length can be broken by those who care."),
    "B506": Test("Unsafe YAML loader", _MEDIUM, _HIGH, 20, "A document can make the loader create any object, which runs code."),
    "B507": Test("SSH host key not verified", _HIGH, _MEDIUM, 295, "Anybody in between can pose as the host and read the session."),
    "B508": Test("Old SNMP version", _MEDIUM, _HIGH, 319, "Versions 1 and 2c send their community string in clear."),
    "B509": Test("SNMP without encryption", _MEDIUM, _HIGH, 319, "The traffic can be read and changed on its way."),
    "B601": Test("Shell command over SSH", _MEDIUM, _MEDIUM, 78, _SHELL),
    "B602": Test("Subprocess with a shell", _HIGH, _HIGH, 78, _SHELL),
    "B603": Test("Subprocess without a shell", _LOW, _HIGH, 78, "Input can still choose the program or its options."),
    "B604": Test("Function called with shell=True", _MEDIUM, _LOW, 78, _SHELL),
    "B605": Test("Command run in a shell", _HIGH, _HIGH, 78, _SHELL),
    "B606": Test("Process started without a shell", _LOW, _MEDIUM, 78, "Input can still choose the program or its options."),
    "B607": Test("Program without a full path", _LOW, _HIGH, 78, "Which program runs depends on PATH."),
    "B608": Test("SQL built from strings", _MEDIUM, _MEDIUM, 89, "Input becomes part of the statement and can change what it does."),
    "B609": Test("Wildcard in a shell command", _HIGH, _MEDIUM, 155, "A file named like an option becomes an option."),
    "B610": Test("Strings in Django's extra()", _MEDIUM, _MEDIUM, 89, "Its arguments become part of the SQL statement as they are."),
    "B611": Test("Strings in Django's RawSQL", _MEDIUM, _MEDIUM, 89, "Its argument becomes part of the SQL statement as it is."),
    "B612": Test("Logging configuration from a socket", _MEDIUM, _HIGH, 94, "Whoever reaches the port can have code evaluated."),
    "B613": Test("Bidirectional control character", _HIGH, _MEDIUM, 838, "The code that runs is not the code that is shown."),
    "B614": Test("Unsafe load of a PyTorch model", _MEDIUM, _HIGH, 502, "A model file is a pickle, and a pickle runs code."),
    "B615": Test("Model without a pinned revision", _MEDIUM, _HIGH, 494, "What is downloaded tomorrow may not be what was looked at today."),
    "B701": Test("Jinja2 without autoescape", _HIGH, _HIGH, 94, "Input becomes markup, and scripts in it run in the visitor's browser."),
    "B702": Test("Mako template", _MEDIUM, _HIGH, 80, "Mako escapes nothing by itself, so input becomes markup."),
    "B703": Test("String marked as safe in Django", _MEDIUM, _HIGH, 80, "Input in it becomes markup, and scripts in it run."),
    "B704": Test("String marked as safe markup", _MEDIUM, _HIGH, 79, "Input in it becomes markup, and scripts in it run."),
}  # fmt: skip
