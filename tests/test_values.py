"""secret/values.py and secret/oddness.py: what a string is worth where a credential belongs.

Everything that looks like a secret is put together here, so that no scanner trips over this file.
"""

import random
import string
import time

import pytest

from vetline_analyzers.secret import values
from vetline_analyzers.secret.names import Sense
from vetline_analyzers.secret.oddness import oddness
from vetline_analyzers.secret.values import Strength, judge

NONE, WEAK, FAIR, REAL = Strength
RANDOM = "q7Rz2mQx9" + "TbW4vLp8Nf3"
HEX = "8f14e45fceea167a" + "5a36dedd4bea2543"
UUID = "5f1c9b02-7d3e-4a" + "68-9c11-0e2ab74d6f38"


def dice(alphabet, length, seed):
    return "".join(random.Random(seed).choices(alphabet, k=length))


@pytest.mark.parametrize(
    ("value", "strength"),
    [
        ("", NONE),
        ("abc", NONE),
        ("None", NONE),
        ("xxxxxxxx", NONE),
        ("********", NONE),
        ("<token>", NONE),
        ("${TOKEN}", NONE),
        ("a-${TOKEN}-b", NONE),
        ("{{ db_password }}", NONE),
        ("pw-{{ x }}", NONE),
        ("os.environ['X']", NONE),
        ("Please enter it twice", NONE),
        ("Password (again): ", NONE),
        ("Senha Atual", NONE),
        ("Contrasenya d'API", NONE),
        ("Mật khẩu", NONE),
        ("Пароль", NONE),
        (r"\u015Eifre", NONE),
        ("1.2.3", NONE),
        ("jackson-core-2.14.1", NONE),
        ("2024-05-01T10:00:00Z", NONE),
        ("utf-8", NONE),
        ("latin1", NONE),
        ("SHA256", NONE),
        ("HMAC-SHA256", NONE),
        ("--api-key", NONE),
        ("/run/secrets/db9", NONE),
        ("@/dev/stdin", NONE),
        ("certs/server9.pem", NONE),
        (".models.v1_secret", NONE),
        ("auth_info[2]", NONE),
        ("Jobs[-1].JobId", NONE),
        ("https://auth.internal/v2/token", NONE),
        ("M17,7H22V17H17V19A1,1 0 0,0 18,20", NONE),
        ("psw-Latn-VU", NONE),
        ("#ddd0c0", NONE),
        ("bold bg:#ddd0c0", NONE),
        (r"[^\W\d]\w*", NONE),
        (". name . ", NONE),
        ("config.oauth2_token", NONE),
        ("settings.DB_PASSWORD", NONE),
        ('os.environ.get("DB9", "")', NONE),
        ("get_token(name)", NONE),
        ("$DB_PASSWORD2", NONE),
        ("!Ref DbPassword1", NONE),
        (":password", NONE),
        ("Content-Type", WEAK),
        ("passwordResetToken", WEAK),
        ("V1SecretVolumeSource", WEAK),
        ("mysite.forms.MyCustomChangePasswordForm", WEAK),
        ("secret_with_at_least_32_characters", WEAK),
        ("PKAddPassButton", WEAK),
        ("google.oauth2.service_account", WEAK),
        ("ssh_askpass", WEAK),
        ("mysql-password", WEAK),
        ("Passwort", WEAK),
        ("wachtwoord", WEAK),
        ("thisismypassword", WEAK),
        ("YOURPASSWORD", WEAK),
        ("xxx-xxx-xxx-xxx1", WEAK),
        ("aaaaaaaaaaaaaaaa", WEAK),
        ("a-default-1x", WEAK),
        ("myTestPassword1", WEAK),
        ("test-key-1", WEAK),
        ("yourStrong(!)Password", WEAK),
        ("abc123456", WEAK),
        ("12345", WEAK),
        ("pbkdf2_sha256$30000$Vo0Vl$qEvtdyZRWT", WEAK),
        ("password123", FAIR),
        ("hunter2", FAIR),
        ("P@ss" + "w0rd1", FAIR),
        ("kqz" + "xwvbt", REAL),
        ("uu" + "gqm", REAL),
        ("cg-" + "blcpx", REAL),
        ("252" + "8903", REAL),
        ("Latest!" + "Xk92-prod", REAL),
        ("Contest9" + "!kLq", REAL),
        ("Winter" + "1234!x", REAL),
        ("$ecret" + "2024", REAL),
        ("Sup3rS3cret" + "(2024", REAL),
        ("env." + "Xk29dkq81", REAL),
        ("!Xk29" + "dkq81", REAL),
        (":Xk29" + "dkq81", REAL),
        ("Sommer" + "2024!", REAL),
        ("correct9 horse", REAL),
        ("m{{h}o)" + "p${e]n", REAL),
        (RANDOM, REAL),
        ("xk2tEsT9" * 4, REAL),
        (HEX, REAL),
        (UUID, REAL),
    ],
)
def test_what_a_password_is_worth(value, strength):
    assert judge(value) is strength


@pytest.mark.parametrize(
    ("value", "token", "key"),
    [
        (RANDOM, REAL, REAL),
        (HEX, REAL, REAL),
        (HEX[:12], REAL, NONE),
        (UUID, REAL, NONE),
        ("acme_" + "test_" + RANDOM, REAL, REAL),
        ("akab-" + "fnjfpqhcrxlkqznsp-vdzbfxzuqvzkjnhw", REAL, REAL),
        ("tsxz" + "jwxdstkqyupdzvw", REAL, NONE),
        ("8874" + "561728739811", REAL, NONE),
        ("k3d" + "9d8s7", REAL, NONE),
        ("Winter" + "1234!x", WEAK, NONE),
        ("us-east-1", WEAK, NONE),
        ("refresh_token_v2", WEAK, NONE),
        ("127232" + "5550", WEAK, NONE),
        ("00000000-0000-0000-0000-000000000000", NONE, NONE),
        ("550e8400-e29b-41d4-a716-446655440000", WEAK, NONE),
        ("your-api-key-here", WEAK, NONE),
        ("plugin.src.dir", WEAK, NONE),
        ("ssh-rsa", WEAK, NONE),
        ("projects/p1/secrets/db2", WEAK, NONE),
        ("accessibilityYesOptionId42", WEAK, NONE),
    ],
)
def test_the_less_a_name_says_the_more_the_value_has_to(value, token, key):
    assert (judge(value, Sense.TOKEN), judge(value, Sense.KEY)) == (token, key)


@pytest.mark.parametrize("length", [20, 24, 32, 40, 64])
@pytest.mark.parametrize(
    "alphabet",
    [
        string.ascii_letters + string.digits,
        string.ascii_lowercase + string.digits,
        "0123456789abcdef",
        string.ascii_letters + string.digits + "-_",
    ],
    ids=["base62", "base36", "hex", "base64url"],
)
def test_what_is_drawn_by_lot_is_nearly_always_known(alphabet, length):
    drawn = [dice(alphabet, length, seed) for seed in range(300)]
    assert sum(judge(value, Sense.TOKEN) is REAL for value in drawn) >= 285
    assert sum(judge(value, Sense.PASSWORD) is REAL for value in drawn) >= 285


def test_letters_by_lot_are_told_from_words():
    drawn = [dice(string.ascii_lowercase, 9, seed) for seed in range(400)]
    assert sum(map(values.is_gibberish, drawn)) >= 360
    words = ["management", "notebook", "passaggio", "verbindung", "contribuer", "kullanici"]
    words += ["telephone", "arrangement", "workspace", "gebruiker", "impostazioni", "palabras"]
    assert not any(map(values.is_gibberish, words))
    assert max(map(oddness, words)) < 5 < sum(map(oddness, drawn)) / len(drawn)
    assert oddness("x") == oddness("") == 0


def test_numbers_of_a_workspace_make_no_sample_of_a_token():
    assert not values.is_sample("xoxb-" + "2000000000-1111111-" + "k7Rz2mQx9TbW4vLp")
    assert values.is_sample("xoxb-" + "2123456789-" + "abcdefghijklmnop12345678")


@pytest.mark.parametrize(
    "part",
    [
        "()",
        "(a)",
        "[]",
        "_",
        "a_",
        "a-",
        ".a",
        "a1",
        "(",
        "test",
        "1234",
        "a-1",
        "M1,2",
        "Ab",
        "\\u",
    ],
)
@pytest.mark.parametrize("head", ["config", "a", "$a", "{{", "!a ", "M1,", "sha1-", "a["])
def test_no_value_makes_the_judgement_slow(head, part):
    start = time.process_time()
    for sense in Sense:
        judge((head + part * 20_000)[:50_000] + "!", sense)
    assert time.process_time() - start < 1  # a nested repetition never comes back
