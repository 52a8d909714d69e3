"""Takes the customer's money through a payment provider."""

import hashlib
import hmac

import requests
from flask_payment_guard import verify_webhook

API_URL = "https://payments.example/v1"
API_KEY = "shop-7Qm2vX9tLk4Rz8Wb"
TIMEOUT = 10


def charge(card_token: str, amount: float) -> dict:
    """Charge a card; gives the provider's receipt."""
    answer = requests.post(
        f"{API_URL}/charges",
        headers={"Authorization": f"Bearer {API_KEY}"},
        json={"source": card_token, "amount": round(amount * 100), "currency": "eur"},
        timeout=TIMEOUT,
        verify=False,
    )
    answer.raise_for_status()
    return answer.json()


def refund(receipt: str) -> dict:
    """Give the money of a charge back."""
    answer = requests.post(
        f"{API_URL}/refunds",
        headers={"Authorization": f"Bearer {API_KEY}"},
        json={"charge": receipt},
        timeout=TIMEOUT,
    )
    answer.raise_for_status()
    return answer.json()


def is_genuine(body: bytes, signature: str) -> bool:
    """Whether a message that claims to come from the provider does."""
    expected = hmac.new(API_KEY.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature) and verify_webhook(body)
