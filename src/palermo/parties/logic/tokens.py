"""The secrets in the links of invitations: only their hash is kept."""

import hashlib


def token_hash(token: str) -> str:
    """What is kept of the secret in an invitation's link: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()
