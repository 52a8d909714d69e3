"""secret/names.py: which names say that their value is a secret, in the spellings of all languages."""

import random
import time

import pytest

from vetline_analyzers.secret.names import ANCHORS, Sense, names_in, sense

SAID = {
    Sense.PASSWORD: (
        "password passwd pwd pass passphrase db_password dbPassword DB_PASSWORD DBPassword MyDbPassword db-password"
        " spring.datasource.password user_pass dbpass rootpw adminpwd password2 password_prod PASSWORD_PROD_1"
        " secret client_secret clientSecret CLIENT_SECRET EnvClientSecret appsecret secret_value jwt_secret"
        " contraseña contrasena senha parola passwort kennwort mot_de_passe motDePasse wachtwoord haslo"
        " heslo sifre şifre jelszó adgangskode salasana losenord lösenord pw wifi_pw verifyPassword newPassword testPassword pepper remotepass"
    ),
    Sense.TOKEN: (
        "token access_token accessToken ACCESS_TOKEN x-auth-token user-token Apitoken githubToken GITHUB_TOKEN"
        " api_key apiKey APIKEY API_KEY X-Api-Key secret_key SECRET_KEY secretKey access_key private_key"
        " encryption_key signing-key AccountKey SharedAccessKey api_key_prod apiKeyProd token_value idToken"
        " secret_key_base jwt resetPasswordToken slapikey"
    ),
    Sense.OWN_KEY: "acme_key acmeKey ACME_KEY moderation_key",
    Sense.KEY: (
        "key keyAuth ab_key auth Authorization credentials cred bearer MAILCHIMP_API tokens"
        " passwords secrets"
    ),
    Sense.NONE: (
        "password_field passwordField token_url tokenUrl secretName secret_name SECRET_ARN passwordHash password_hash"
        " hashed_password encrypted_password keyId key_id kms_key_id publicKey public_key pubkey tokenizer tokenize"
        " SECRETARY monkey keyboard keyword hotkey turkey donkey primary_key primaryKey foreign_key cache_key sortKey"
        " partition_key csrf_token csrfToken xsrf-token next_page_token nextPageToken NextToken max_tokens num_tokens"
        " pad_token eos_token cancellationToken clientRequestToken change_token idempotencyToken passwordVariable"
        " credentialsId api_key_header password_label LABEL_CURRENT_PASSWORD passwordPlaceholder reset_password"
        " forgotPassword invalid_password token_type tokenType auth_method authType author authority compass bypass"
        " passenger passport key_length keySize KeyPair keystore key_file KeyFile translation_key localeKey keyPressed"
        " password__startswith token_count PASSWORD_HASHERS secret_length keys_dir password_strength name value index"
    ),
}


@pytest.mark.parametrize(
    ("name", "said"),
    [(name, said) for said, names in SAID.items() for name in names.split()],
)
def test_what_a_name_says(name, said):
    assert sense(name) is said


@pytest.mark.parametrize("name", [n for said in list(Sense)[1:] for n in SAID[said].split()])
def test_a_name_that_says_something_is_found_whole_and_has_an_anchor(name):
    line = f"x = f({name}=1)"
    (found,) = names_in(line)
    assert line[found.start : found.end] == found.text == name.rpartition(".")[2]
    assert any(anchor in line.lower() for anchor in ANCHORS)


def test_names_are_found_from_left_to_right_without_dashes_before_them():
    line = '--api-key x -password y "token" secret->b'
    assert [(name.start, name.text) for name in names_in(line)] == [
        (2, "api-key"),
        (13, "password"),
        (25, "token"),
        (32, "secret"),
    ]


def test_a_letter_that_grows_in_lower_case_moves_nothing():
    line = "\u0130 PASSWORD='x' \u0130 apiKey"
    assert [line[name.start : name.end] for name in names_in(line)] == ["PASSWORD", "apiKey"]


@pytest.mark.parametrize("part", ["pass", "key-", "token_", "Key", "-key", "_", "kéy", "secretKEY"])
def test_no_run_of_names_is_slow(part):
    start = time.process_time()
    names_in(part * 40_000)
    assert time.process_time() - start < 3


def test_any_text_is_taken():
    dice = random.Random(5)
    for _ in range(300):
        line = "".join(dice.choice("key pass_-KEYtoken\u0130\ud800é") for _ in range(80))
        spans = [(name.start, name.end) for name in names_in(line)]
        assert all(start < end for start, end in spans)
        assert spans == sorted(spans)
