"""SSH keys and signatures: real ones, made by ssh-keygen; a hardware key is one made of numbers."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import signers
from repositories import sh

from vetline import signatures, signing, ssh
from vetline.signing import Guard, SigningError

NOW = "20260601120000"
TEXT = b'{"decision":"approved"}'


@pytest.fixture
def ada(tmp_path):
    return signers.person(tmp_path / "keys", "ada@example.org")


@pytest.fixture
def locked(tmp_path):
    return signers.person(tmp_path / "keys", "bo@example.org", signers.PASSPHRASE)


def verify(armor, allowed, *, text=TEXT, who="ada@example.org", when=NOW, namespace="vetline"):
    return signatures.verify(
        text,
        armor,
        allowed=allowed.encode(),
        principal=who,
        namespace=namespace,
        when=when,
        root=Path("/nowhere"),
    )


# -- a person's key


def test_a_key_in_a_file_says_what_guards_it(ada, locked):
    assert signing.read_key(ada.key).guard is Guard.NONE
    key = signing.read_key(locked.key)
    assert (key.guard, key.type, key.line) == (Guard.PASSPHRASE, "ssh-ed25519", locked.public)
    listed = subprocess.run(
        ["ssh-keygen", "-lf", locked.key], capture_output=True, text=True, check=True, timeout=60
    )
    assert ssh.fingerprint(key.blob) in listed.stdout


def test_the_public_half_stands_for_the_private_one_beside_it(ada, tmp_path):
    assert signing.read_key(ada.key.with_suffix(".pub")) == signing.read_key(ada.key)
    alone = tmp_path / "alone.pub"
    alone.write_text(ada.public)
    assert signing.read_key(alone).guard is Guard.AGENT
    assert signing.key_of(tmp_path, f"key::{ada.public}").guard is Guard.AGENT
    assert signing.key_of(tmp_path, ada.public).blob == signing.read_key(ada.key).blob


@pytest.mark.parametrize(("touch", "guard"), [(True, Guard.TOUCH), (False, Guard.NONE)])
def test_a_hardware_key_guards_itself_if_it_asks_for_a_touch(tmp_path, touch, guard):
    path = tmp_path / "sk"
    path.write_text(signers.Token().private(touch=touch))
    key = signing.read_key(path)
    assert (key.guard, key.type) == (guard, "sk-ssh-ed25519@openssh.com")
    shown = subprocess.run(
        ["ssh-keygen", "-yf", path.with_suffix(".pub")],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert shown.returncode, "there is no public half beside it"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no OpenSSH private key"),
        ("hello", "no OpenSSH private key"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "ssh-keygen -p"),
        (
            "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----",
            "damaged",
        ),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----", "damaged"),
        ("x" * 100_000, "over the limit"),
    ],
)
def test_what_is_no_key_is_said(tmp_path, text, why):
    (tmp_path / "key").write_text(text)
    with pytest.raises(SigningError, match=why):
        signing.read_key(tmp_path / "key")


def test_a_cut_key_never_raises_anything_else(locked, tmp_path):
    raw = locked.key.read_text()
    for at in range(0, len(raw), 7):
        (tmp_path / "cut").write_text(raw[:at])
        with pytest.raises(SigningError):
            signing.read_key(tmp_path / "cut")


def test_a_pipe_is_no_key(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SigningError, match="not a regular file"):
        signing.read_key(tmp_path / "pipe")


def test_the_key_is_gits_where_none_is_given(ada, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    sh(tmp_path, "init", "-q")
    with pytest.raises(SigningError, match="no signing key is set up: make one with"):
        signing.key_of(tmp_path)
    sh(tmp_path, "config", "user.signingkey", str(ada.key))
    with pytest.raises(SigningError, match="no signing key"):  # it may be a GPG key's id
        signing.key_of(tmp_path)
    sh(tmp_path, "config", "gpg.format", "ssh")
    assert signing.key_of(tmp_path).path == ada.key


# -- signing


def test_who_knows_the_passphrase_signs(locked, tmp_path, monkeypatch):
    asked = signers.answers(monkeypatch, tmp_path)
    armor = signing.sign(
        signing.read_key(locked.key), TEXT, "vetline", root=tmp_path, terminal=False
    )
    assert asked.read_text() == "x\n", "the person was asked"
    assert verify(armor, locked.line(), who="bo@example.org").problem == ""


def test_who_does_not_know_it_does_not(locked, tmp_path, monkeypatch):
    signers.answers(monkeypatch, tmp_path, "guess")
    with pytest.raises(SigningError, match="the passphrase was wrong"):
        signing.sign(signing.read_key(locked.key), TEXT, "vetline", root=tmp_path, terminal=False)
    monkeypatch.delenv("SSH_ASKPASS")
    monkeypatch.delenv("DISPLAY")
    with pytest.raises(SigningError, match="no way to ask"):
        signing.sign(signing.read_key(locked.key), TEXT, "vetline", root=tmp_path, terminal=False)


def test_a_person_who_does_not_answer_ends_it(locked, tmp_path, monkeypatch):
    script = tmp_path / "askpass"
    script.write_text("#!/bin/sh\nsleep 60\n")
    script.chmod(0o700)
    monkeypatch.setenv("SSH_ASKPASS", str(script))
    monkeypatch.setattr(signing, "PATIENCE", 0.3)
    with pytest.raises(SigningError, match="nobody answered"):
        signing.sign(signing.read_key(locked.key), TEXT, "vetline", root=tmp_path, terminal=False)


@pytest.fixture
def agent(tmp_path, monkeypatch):
    """An SSH agent that the tests started."""
    socket = tmp_path / "s"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
    for _ in range(1000):
        if (
            subprocess.run(
                ["ssh-add", "-l"], capture_output=True, timeout=10, check=False
            ).returncode
            != 2
        ):
            break
    yield
    process.terminate()
    process.wait(10)


@pytest.mark.usefixtures("agent")
def test_an_agent_that_holds_the_key_does_not_spare_the_question(locked, tmp_path, monkeypatch):
    signers.answers(monkeypatch, tmp_path)
    environ = {**os.environ, "SSH_ASKPASS_REQUIRE": "force"}
    subprocess.run(
        ["ssh-add", "-q", locked.key], check=True, env=environ, timeout=60, capture_output=True
    )
    key = signing.read_key(locked.key)
    signers.answers(monkeypatch, tmp_path, "wrong")
    with pytest.raises(SigningError, match="passphrase"):
        signing.sign(key, TEXT, "vetline", root=tmp_path, terminal=False)
    held = signing.key_of(tmp_path, locked.public)
    assert not held.guard.asks, "an agent signs for any program that asks it"
    armor = signing.sign(held, TEXT, "vetline", root=tmp_path, terminal=False)
    assert verify(armor, locked.line(), who="bo@example.org").problem == ""


@pytest.mark.usefixtures("agent")
def test_an_agent_without_the_key_is_said(ada, tmp_path):
    with pytest.raises(SigningError, match="does not hold the key"):
        signing.sign(
            signing.key_of(tmp_path, ada.public), TEXT, "vetline", root=tmp_path, terminal=False
        )


def test_a_terminal_is_asked_for_the_passphrase(locked, tmp_path):
    code = (
        "import sys; from pathlib import Path; from vetline import signing; "
        f"key = signing.read_key(Path({str(locked.key)!r})); "
        f"print(signing.sign(key, {TEXT!r}, 'vetline', root=Path('/nowhere'), terminal=True))"
    )
    main, child = pty.fork()
    if main == 0:  # the child, which the terminal belongs to
        os.execv(sys.executable, [sys.executable, "-c", code])  # noqa: S606 - a shell would own the terminal
    told = b""
    while b"passphrase" not in told:
        told += os.read(child, 1024)
    os.write(child, signers.PASSPHRASE.encode() + b"\n")
    while True:
        try:
            more = os.read(child, 4096)
        except OSError:
            break
        told += more
        if not more:
            break
    assert os.waitstatus_to_exitcode(os.waitpid(main, 0)[1]) == 0
    armor = told[told.index(b"-----BEGIN") :].decode().replace("\r\n", "\n")
    assert verify(armor, locked.line(), who="bo@example.org").problem == ""


def test_a_program_of_the_project_is_not_run(ada, tmp_path, monkeypatch):
    project = tmp_path / "project"
    project.mkdir()
    (project / "ssh-keygen").write_text("#!/bin/sh\ntouch ran\n")
    (project / "ssh-keygen").chmod(0o755)
    monkeypatch.setenv("PATH", f"{project}:{os.environ['PATH']}")
    monkeypatch.chdir(project)
    signing.sign(signing.read_key(ada.key), TEXT, "vetline", root=project, terminal=False)
    assert not (project / "ran").exists()
    monkeypatch.setenv("PATH", str(project))
    with pytest.raises(SigningError, match="ssh-keygen is not installed"):
        signing.sign(signing.read_key(ada.key), TEXT, "vetline", root=project, terminal=False)


# -- whose signature it is


def test_the_signature_of_an_allowed_signer_counts(ada):
    seal = verify(ada.sign(TEXT), ada.line())
    assert seal == ("ada@example.org", ssh.fingerprint(signing.read_key(ada.key).blob), "")
    assert verify(ada.sign(TEXT), "# people\nbroken\n\n" + ada.line()).problem == ""
    assert verify(ada.sign(TEXT), ada.line(principals="*@example.org")).problem == ""


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"text": TEXT + b" "}, "was changed after it was signed"),
        (
            {"who": "bo@example.org"},
            "was not signed by bo@example.org, whom it names: its key SHA256:",
        ),
        ({"who": "-rf"}, "names no reviewer"),
        ({"who": "*"}, "names no reviewer"),
        ({"who": ""}, "names no reviewer"),
        ({"namespace": "other"}, "was signed for 'vetline', not for other"),
    ],
)
def test_another_text_person_or_purpose_is_said(ada, change, why):
    assert why in verify(ada.sign(TEXT), ada.line(), **change).problem


def test_a_key_counts_while_it_is_listed_and_valid(ada):
    armor = ada.sign(TEXT)
    assert "is not listed" in verify(armor, "").problem
    until = ada.line('namespaces="vetline",valid-before="20260101"')
    assert "key has expired" in verify(armor, until).problem
    assert verify(armor, until, when="20251231235900").problem == ""
    since = ada.line('valid-after="20270101"')
    assert "key is not yet valid" in verify(armor, since).problem
    assert 'namespace "vetline"' in verify(armor, ada.line('namespaces="git"')).problem


def test_days_in_the_list_are_those_of_utc(ada, monkeypatch):
    until = ada.line('valid-before="20260101"')
    for zone in ("Pacific/Kiritimati", "Pacific/Midway"):
        monkeypatch.setenv("TZ", zone)
        signatures.verify.cache_clear()
        assert verify(ada.sign(TEXT), until, when="20251231235900").problem == ""
        assert verify(ada.sign(TEXT), until, when="20260101000100").problem


@pytest.mark.parametrize(
    "armor",
    [
        "", "hello", "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----",
        "-----BEGIN SSH SIGNATURE-----\n" + "A" * 30_000 + "\n-----END SSH SIGNATURE-----",
        "-----BEGIN SSH SIGNATURE-----\nééé\n-----END SSH SIGNATURE-----",
    ],
)  # fmt: skip
def test_what_is_no_signature_is_said(ada, armor):
    problem = verify(armor, ada.line()).problem
    assert problem in {"is not signed", "bears no SSH signature that can be read"}


def test_a_cut_or_flipped_signature_never_counts_and_never_raises(ada):
    armor = ada.sign(TEXT)
    for at in range(30, len(armor) - 30, 9):
        for other in (
            armor[:at],
            armor[:at] + ("A" if armor[at] != "A" else "B") + armor[at + 1 :],
        ):
            assert verify(other, ada.line()).problem, at


@pytest.mark.parametrize("touched", [True, False])
def test_a_hardware_key_must_have_been_touched(touched):
    token = signers.Token()
    seal = verify(token.sign(TEXT, touched=touched), f"ada@example.org {token.public}\n")
    assert seal.problem == ("" if touched else "was signed by a hardware key that nobody touched")


def test_a_person_may_have_several_addresses_and_keys(ada, locked):
    text = ada.line(principals='"ada@example.org,Ada@home.example"') + "# x\n" + locked.line()
    first, second = signatures.signers(text.encode())
    assert first.principals == ("ada@example.org", "Ada@home.example")
    assert second.principals == ("bo@example.org",)
    assert (
        signatures.signers(b"\xff\xfe\nssh-ed25519\na b c\nx ssh-ed25519 AAAAC3NzaC1lZDI1NTE5A\n")
        == ()
    )


def test_a_moment_is_in_utc_to_the_minute():
    assert signatures.moment(datetime(2026, 3, 1, 9, 5, 7, tzinfo=UTC)) == "20260301090500"


def test_an_ssh_keygen_that_is_too_old_says_so(ada, tmp_path, monkeypatch):
    old = tmp_path / "old" / "ssh-keygen"
    old.parent.mkdir()
    old.write_text(
        "#!/bin/sh\necho 'unknown option -- O' >&2; echo 'usage: ssh-keygen' >&2; exit 1\n"
    )
    old.chmod(0o755)
    armor = ada.sign(TEXT)
    monkeypatch.setenv("PATH", str(old.parent))
    signatures.verify.cache_clear()
    with pytest.raises(SigningError, match=r"OpenSSH 8\.9 is needed"):
        verify(armor, ada.line())
