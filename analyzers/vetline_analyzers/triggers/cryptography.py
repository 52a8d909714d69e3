"""Ciphers, keys, hashes, signatures and what must not be guessed."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import of
from vetline_analyzers.syntax.given import is_, no
from vetline_analyzers.syntax.spellings import hazmat, pycryptodome
from vetline_analyzers.syntax.trigger import Sign, Trigger

_HASH = "{name} makes a digest: check what it is for, and that the algorithm is fit for that."
_CIPHER = "{name} encrypts or decrypts: check the mode, where key and nonce come from, and that a nonce is never used twice."
_KEY = "{name} makes, loads or derives a key: check its size, where it is kept, and what it costs to guess it."
_SIGN = "{name} makes or compares a proof of who wrote something: check what it covers, and that nothing goes on without it."
_RANDOM = (
    "{name} makes what nobody should guess: check that it is long enough and is not told elsewhere."
)
_PASSWORD = (
    "{name} hashes or compares a password: check its cost, and what happens when it does not fit."  # noqa: S105 - a sentence
)
_TLS = "{name} decides whom a connection trusts: check that certificates and names are verified."

_PYTHON = (
    Sign(
        says=_HASH,
        names=(
            *(
                f"hashlib.{name}"
                for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
            ),
            *(
                f"hashlib.{name}"
                for name in ("sha3_256", "sha3_512", "blake2b", "blake2s", "new", "file_digest")
            ),
            *hazmat("hashes.Hash"),
            *pycryptodome("Hash.SHA256.new", "Hash.SHA512.new", "Hash.MD5.new"),
        ),
        when=no(is_("usedforsecurity", "False")),
    ),
    Sign(
        says=_CIPHER,
        names=(
            *("cryptography.fernet.Fernet", "cryptography.fernet.MultiFernet", "Fernet"),
            *hazmat(
                "ciphers.Cipher",
                "ciphers.aead.AESGCM",
                "ciphers.aead.ChaCha20Poly1305",
                "ciphers.aead.AESCCM",
            ),
            *hazmat("asymmetric.padding.OAEP", "asymmetric.padding.PKCS1v15"),
            *pycryptodome(
                "Cipher.AES.new", "Cipher.DES.new", "Cipher.DES3.new", "Cipher.ChaCha20.new"
            ),
            *pycryptodome(
                "Cipher.ChaCha20_Poly1305.new", "Cipher.PKCS1_OAEP.new", "Cipher.PKCS1_v1_5.new"
            ),
            *pycryptodome("Cipher.ARC4.new", "Cipher.Blowfish.new"),
            *(
                "nacl.secret.SecretBox",
                "nacl.public.Box",
                "nacl.public.SealedBox",
                "gnupg.GPG",
                "pyAesCrypt.encryptFile",
            ),
        ),
    ),
    Sign(
        says=_CIPHER,
        methods=("encrypt", "decrypt", "generate_data_key", "re_encrypt"),
        uses=("boto3", "botocore", "aioboto3"),
    ),
    Sign(
        says=_KEY,
        names=(
            "cryptography.fernet.Fernet.generate_key",
            *hazmat("asymmetric.rsa.generate_private_key", "asymmetric.ec.generate_private_key"),
            *hazmat("asymmetric.dsa.generate_private_key", "asymmetric.dh.generate_parameters"),
            *hazmat(
                "asymmetric.ed25519.Ed25519PrivateKey.generate",
                "asymmetric.x25519.X25519PrivateKey.generate",
            ),
            *hazmat("serialization.load_pem_private_key", "serialization.load_pem_public_key"),
            *hazmat(
                "kdf.pbkdf2.PBKDF2HMAC", "kdf.scrypt.Scrypt", "kdf.hkdf.HKDF", "kdf.argon2.Argon2id"
            ),
            *pycryptodome(
                "PublicKey.RSA.generate", "PublicKey.RSA.import_key", "PublicKey.ECC.generate"
            ),
            *pycryptodome("Protocol.KDF.PBKDF2", "Protocol.KDF.scrypt", "Protocol.KDF.HKDF"),
            *("hashlib.pbkdf2_hmac", "hashlib.scrypt", "rsa.newkeys", "ecdsa.SigningKey.generate"),
            *(
                "nacl.signing.SigningKey.generate",
                "nacl.public.PrivateKey.generate",
                "paramiko.RSAKey.generate",
            ),
            "cryptography.x509.CertificateBuilder",
        ),
    ),
    Sign(
        says=_SIGN,
        names=(
            *(
                "hmac.new",
                "hmac.digest",
                "hmac.compare_digest",
                "hmac.HMAC",
                "secrets.compare_digest",
            ),
            *hazmat("hmac.HMAC", "cmac.CMAC"),
            *pycryptodome(
                "Signature.pkcs1_15.new", "Signature.pss.new", "Signature.DSS.new", "Hash.HMAC.new"
            ),
            *("django.utils.crypto.salted_hmac", "django.utils.crypto.constant_time_compare"),
            *("nacl.signing.SigningKey", "nacl.signing.VerifyKey", "rsa.sign", "rsa.verify"),
            *("stripe.Webhook.construct_event",),
        ),
    ),
    Sign(
        says=_RANDOM,
        names=(
            *(
                f"secrets.{name}"
                for name in (
                    "token_bytes",
                    "token_hex",
                    "token_urlsafe",
                    "choice",
                    "randbelow",
                    "randbits",
                )
            ),
            *("os.urandom", "django.utils.crypto.get_random_string", "nacl.utils.random"),
            *("pyotp.random_base32", "pyotp.TOTP", *pycryptodome("Random.get_random_bytes")),
        ),
    ),
    Sign(
        says=_PASSWORD,
        names=(
            *("bcrypt.hashpw", "bcrypt.checkpw", "bcrypt.gensalt", "flask_bcrypt.Bcrypt"),
            *("argon2.PasswordHasher", "argon2.hash_password", "passlib.context.CryptContext"),
            *(
                f"passlib.hash.{kind}.{how}"
                for kind in ("bcrypt", "pbkdf2_sha256", "argon2", "sha256_crypt")
                for how in ("hash", "verify", "encrypt")
            ),
        ),
    ),
    Sign(
        says=_TLS,
        names=(
            *(
                "ssl.create_default_context",
                "ssl.SSLContext",
                "ssl.wrap_socket",
                "ssl._create_unverified_context",
            ),
            *(
                "OpenSSL.SSL.Context",
                "urllib3.disable_warnings",
                "urllib3.util.ssl_.create_urllib3_context",
            ),
        ),
    ),
)

_SUBTLE = tuple(
    f"{owner}.{name}"
    for owner in ("crypto.subtle", "crypto.webcrypto.subtle", "subtle")
    for name in (
        *("encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "importKey"),
        *("generateKey", "exportKey", "wrapKey", "unwrapKey"),
    )
)

_JAVASCRIPT = (
    Sign(
        says=_HASH,
        names=(
            *(
                "crypto.createHash",
                "crypto.hash",
                "crypto.subtle.digest",
                "crypto-js.SHA256",
                "crypto-js.MD5",
            ),
            *("CryptoJS.SHA256", "CryptoJS.MD5", "CryptoJS.SHA1", "md5", "js-sha256.sha256"),
        ),
    ),
    Sign(
        says=_CIPHER,
        names=(
            *(
                f"crypto.{name}"
                for name in ("createCipheriv", "createDecipheriv", "createCipher", "createDecipher")
            ),
            *(
                f"crypto.{name}"
                for name in ("publicEncrypt", "privateDecrypt", "privateEncrypt", "publicDecrypt")
            ),
            *(
                f"{base}.{kind}.{how}"
                for base in ("CryptoJS", "crypto-js")
                for kind in ("AES", "DES", "TripleDES", "RC4")
                for how in ("encrypt", "decrypt")
            ),
            *(
                "node-forge.cipher.createCipher",
                "tweetnacl.secretbox",
                "tweetnacl.box",
                "nacl.secretbox",
                "nacl.box",
            ),
            *(name for name in _SUBTLE if name.endswith(("encrypt", "decrypt"))),
        ),
    ),
    Sign(
        says=_KEY,
        names=(
            *(
                f"crypto.{name}"
                for name in ("pbkdf2", "pbkdf2Sync", "scrypt", "scryptSync", "hkdf", "hkdfSync")
            ),
            *(
                f"crypto.{name}"
                for name in (
                    "generateKeyPair",
                    "generateKeyPairSync",
                    "generateKey",
                    "createSecretKey",
                )
            ),
            *(
                f"crypto.{name}"
                for name in (
                    "createPrivateKey",
                    "createPublicKey",
                    "createDiffieHellman",
                    "createECDH",
                )
            ),
            *("CryptoJS.PBKDF2", "crypto-js.PBKDF2", "node-forge.pki.rsa.generateKeyPair"),
            *(name for name in _SUBTLE if name.endswith(("Key", "Bits"))),
        ),
    ),
    Sign(
        says=_SIGN,
        names=(
            *(
                f"crypto.{name}"
                for name in (
                    "createHmac",
                    "createSign",
                    "createVerify",
                    "sign",
                    "verify",
                    "timingSafeEqual",
                )
            ),
            *(
                "CryptoJS.HmacSHA256",
                "crypto-js.HmacSHA256",
                "tweetnacl.sign",
                "stripe.webhooks.constructEvent",
            ),
            *(name for name in _SUBTLE if name.endswith((".sign", ".verify"))),
        ),
    ),
    Sign(
        says=_RANDOM,
        names=(
            *(
                "crypto.randomBytes",
                "crypto.randomInt",
                "crypto.randomFillSync",
                "crypto.getRandomValues",
            ),
            *(
                "crypto.pseudoRandomBytes",
                "otplib.authenticator.generateSecret",
                "speakeasy.generateSecret",
            ),
        ),
    ),
    Sign(
        says=_PASSWORD,
        names=(
            *(
                f"{module}.{name}"
                for module in ("bcrypt", "bcryptjs", "@node-rs/bcrypt")
                for name in ("hash", "hashSync", "compare", "compareSync", "genSalt", "genSaltSync")
            ),
            *("argon2.hash", "argon2.verify", "@node-rs/argon2.hash", "@node-rs/argon2.verify"),
        ),
    ),
    Sign(
        says=_TLS,
        names=("tls.connect", "tls.createServer", "tls.createSecureContext", *of("https", "Agent")),
    ),
)

TRIGGER = Trigger(
    id="trigger/cryptography",
    title="Code that encrypts, signs, hashes or makes secrets",
    severity=Severity.INFO,
    confidence=Confidence.HIGH,
    of_ai=True,
    page="""
An AI wrote or changed code that encrypts, signs, hashes, makes keys or random secrets, or decides which certificates
are trusted. Rules know weak algorithms; they do not know what a digest is for, how long a key lives, or whether a
nonce comes twice. Cryptography that is wrong looks like cryptography that works. A digest that says
`usedforsecurity=False` is passed over.
""",
    attack="Collects what is encrypted with a nonce that the generated code uses again, and reads all of it.",
    advice="Read where each key, nonce and salt comes from and goes to, and request a review from somebody who knows "
    "what the result has to withstand.",
    bad=(
        """\
from cryptography.fernet import Fernet

def sealed(text, key):
    return Fernet(key).encrypt(text)
""",
        """\
import hashlib

def mark(data):
    return hashlib.sha256(data).hexdigest()
""",
        """\
import hmac

def is_right(given, expected):
    return hmac.compare_digest(given, expected)
""",
    ),
    good=(
        """\
import zlib

def sealed(text, key):
    return zlib.compress(text)
""",
        """\
import hashlib

def mark(data):
    return hashlib.sha256(data, usedforsecurity=False).hexdigest()
""",
    ),
    python=_PYTHON,
    javascript=_JAVASCRIPT,
)
