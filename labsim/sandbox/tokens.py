"""Tokens and codes: what proves who somebody is.

Takes: nothing. Gives: secrets that cannot be guessed, and digests to recognise them by. Only
digests are ever stored. This is no chance of the model: no result depends on it.
"""

import hashlib
import hmac
import secrets

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without what is misread from a projector: I, L, O, 0, 1."""


def new_token() -> str:
    """Return a secret of 256 bits that may stand in a cookie or an address."""
    return secrets.token_urlsafe(32)


def new_code(length: int = 6) -> str:
    """Return a short code that people type from a screen."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def new_seed() -> int:
    """Return a seed that nobody can guess: who knew it could play the future at home."""
    return secrets.randbits(62)


def digest(token: str) -> str:
    """Return what a token is recognised by."""
    return hashlib.sha256(token.encode()).hexdigest()


def same(token: str, known: str) -> bool:
    """Return whether a token has a digest, in a time that tells nothing."""
    return hmac.compare_digest(digest(token), known)
