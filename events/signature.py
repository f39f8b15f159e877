"""The signature of a delivery, as in GitHub's "Validating webhook deliveries"."""

from __future__ import annotations

import hashlib
import hmac

from domain.errors import HotfixGuardError

_PREFIX = "sha256="


class BadSignatureError(HotfixGuardError):
    """The delivery isn't signed with our webhook secret."""


def sign(secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature-256` for a raw body."""
    return _PREFIX + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def verify(secret: str, body: bytes, signature: str) -> None:
    """Check a delivery's signature over its raw body, in constant time.

    Raises:
        BadSignatureError: there is none, or it is another.
    """
    if not secret:
        raise BadSignatureError("no webhook secret is set, so no delivery can be trusted")
    if not signature:
        raise BadSignatureError("the X-Hub-Signature-256 header is missing: set a secret on the webhook")
    if not hmac.compare_digest(sign(secret, body).encode(), signature.encode("utf-8", "replace")):
        raise BadSignatureError("the signature doesn't match: the webhook's secret differs from ours")
