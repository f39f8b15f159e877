"""Webhook bytes in, typed event out: signature check and one model per event. No I/O."""

from __future__ import annotations

from events.models import Event, Part
from events.parsing import MalformedDeliveryError, action, is_known, parse
from events.signature import BadSignatureError, sign, verify

__all__ = [
    "BadSignatureError",
    "Event",
    "MalformedDeliveryError",
    "Part",
    "action",
    "is_known",
    "parse",
    "sign",
    "verify",
]
