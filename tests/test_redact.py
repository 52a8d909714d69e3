"""`vetline redact`: every secret masked, all else byte for byte, and nothing printed that was not searched."""

from __future__ import annotations

import subprocess
import sys

import pytest

from vetline.doors import redact
from vetline_analyzers.secret.search import LONGEST

PASSWORD, OTHER = "v9#kQ2" + "m!Lx84z", "w3$hT7" + "c!Pz51q"
PEM = "\n".join(
    ("-----BEGIN " + "PRIVATE KEY-----", "MIIEvQ" * 10, "-----END " + "PRIVATE KEY-----")
)


def run(raw: bytes, *words: str) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "vetline", "redact", *words],
        input=raw,
        capture_output=True,
        timeout=60,
        check=False,
    )
    for secret in (PASSWORD, OTHER):
        assert secret.encode() not in done.stdout + done.stderr
    return done


def line(value: str, name: str = "password") -> str:
    return f'{name} = "{value}"'


def test_a_text_is_masked_and_useful():
    text = "\r\n".join(
        (line(PASSWORD), "é", line(OTHER), line(PASSWORD, "db_password"), PEM, "end")
    )
    done = run(text.encode())
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().split("\r\n") == [
        'password = "«hard-coded-password»"',
        "é",
        'password = "«hard-coded-password-2»"',
        'db_password = "«hard-coded-password»"',
        "«private-key»",
        "end",
    ]


def test_what_is_masked_stays_so():
    once = run(f"{line(PASSWORD)}\n{line(OTHER)}\n{PEM}\n".encode()).stdout
    assert run(once).stdout == once
    assert run(once, "--check").returncode == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\n", b"no end", b"a\r\nb\rc\n\x0c\x85", b"\xef\xbb\xbfmarked\n", "\ufeffx é\n".encode("utf-16-le"),
        b"\xff broken \xc3", b"half \xed\xa0\x80 pair", "\ufeff\r\n\U0001f600".encode("utf-32-be"), b'key = "your-key"',
    ],
)  # fmt: skip
def test_what_holds_no_secret_comes_back_byte_for_byte(raw):
    assert redact.redact(raw) == redact.Redacted(raw)


@pytest.mark.parametrize(
    ("before", "after"), [(b"\xe9\xff", b"\x80\n"), (b"\xef\xbb\xbf", b""), (b"", b"\r\n\xfe")]
)
def test_only_the_secret_changes_in_broken_text_too(before, after):
    found = redact.redact(b"%b %s %b" % (before, line(PASSWORD).encode(), after))
    assert found.raw == b'%b password = "\xc2\xabhard-coded-password\xc2\xbb" %b' % (before, after)
    assert found.masked == (redact.Masked("hard-coded-password", 1),)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_the_encoding_stays(encoding):
    raw = f"\ufeffé {line(PASSWORD)}".encode(encoding)
    assert redact.redact(raw).raw.decode(encoding) == '\ufeffé password = "«hard-coded-password»"'


def test_a_check_tells_kinds_and_lines_and_nothing_else():
    done = run(f"x\r\ny\r{line(PASSWORD)}\n{PEM}\n{line(OTHER)}\n".encode(), "--check")
    assert done.returncode == 1
    assert done.stdout.decode().splitlines() == [
        "line 3: hard-coded-password",
        "line 4: private-key",
        "line 7: hard-coded-password",
    ]
    assert run(b"x\n", "--check").returncode == 0


def test_a_secret_that_was_found_once_is_masked_wherever_it_stands():
    done = run(f"{line(PASSWORD)}\nI log in with {PASSWORD}; {PASSWORD[:-1]}\n".encode()[:-15])
    assert done.stdout.decode() == (
        'password = "«hard-coded-password»"\nI log in with «hard-coded-password»'
    )


def test_placeholders_are_masked_for_those_who_want_it():
    raw = line("changeme").encode()
    assert run(raw).stdout == raw
    assert "changeme" not in run(raw, "--persona", "pedantic").stdout.decode()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"x" * (redact.LIMIT + 1), "has more than 10 MB: redact it in pieces"),
        (b"a\0b", "is no text: it has NUL characters in it"),
        (b"\xff\xfea", "is broken: its byte order mark names an encoding that it is not in"),
        (line(PASSWORD).encode("utf-16-le"), "is no text: it has NUL characters in it"),
    ],
)
def test_of_what_cannot_be_searched_nothing_is_printed(raw, why):
    done = run(raw)
    assert (done.returncode, done.stdout) == (3, b"")
    told = done.stderr.decode().splitlines()
    assert told == [f"vetline redact: nothing is printed: standard input {why}"]


def test_a_line_that_is_too_long_is_left_out_and_the_rest_is_not():
    long = "x" * LONGEST + line(PASSWORD)
    done = run(f"{line(OTHER)}\n{long}\nend\n".encode())
    assert done.returncode == 3
    assert done.stdout.decode() == 'password = "«hard-coded-password»"\n«not-searched»\nend\n'
    assert b"line 2 is left out: it is too long to be searched" in done.stderr


def test_an_analyzer_that_fails_prints_nothing(monkeypatch):
    from vetline_analyzers import secrets

    def fails(*_):
        raise ValueError(PASSWORD)

    monkeypatch.setattr(secrets, "analyze", fails)
    with pytest.raises(redact._NotText, match=r"^could not be searched \(ValueError\)$"):
        redact.redact(b"x")


def test_more_secrets_than_are_ever_shown_are_masked():
    raw = "\n".join(line(f"{PASSWORD}{n}") for n in range(1_500))
    assert PASSWORD.encode() not in redact.redact(raw.encode()).raw


def test_wrong_words_are_wrong_usage():
    done = run(b"x", "--chek")
    assert (done.returncode, done.stdout) == (2, b"")
