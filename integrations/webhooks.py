"""Answers that partners send to us: Standard Webhooks signatures, then the contract's shape."""

import logging
import re
from collections.abc import Mapping

from pydantic import ValidationError
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from integrations.contract import Answer
from models.errors import Invalid, NotSignedIn, Problem

log = logging.getLogger(__name__)


class Unreadable(Invalid):
    """The partner signed it, but it is no answer of the contract."""


def read_answer(body: bytes, headers: Mapping[str, str], secrets: list[str]) -> tuple[str, Answer]:
    """Verify the signature (any of the secrets, five minutes of tolerance) and return (message id, answer).

    Raises NotSignedIn when no secret fits, Invalid when it cannot be verified at all, Unreadable when it is no answer.
    """
    try:
        words = body.decode()
    except UnicodeDecodeError:
        message = "isi bukan UTF-8 / the body is not UTF-8"
        raise Invalid(message, [Problem("not_utf8", message, field="body")]) from None
    if not any(_fits(secret, words, headers) for secret in secrets):
        raise NotSignedIn("the signature of this answer fits no secret of the partner")
    message_id = headers["webhook-id"]
    if not re.fullmatch(r"[!-~]{1,200}", message_id):
        message = "1–200 huruf ASCII / 1–200 ASCII characters"
        raise Invalid(message, [Problem("invalid", message, field="webhook-id")])
    try:
        return message_id, Answer.model_validate_json(words)
    except ValidationError as error:
        problems = [Problem("invalid", item["msg"], field=".".join(str(part) for part in item["loc"])) for item in error.errors()]
        raise Unreadable("the answer does not follow the contract", problems) from None


def _fits(secret: str, words: str, headers: Mapping[str, str]) -> bool:
    try:
        webhook = Webhook(secret)
    except (ValueError, EmptyWebhookSecretError):
        log.error("a webhook secret of a partner is not whsec_ and base64; it is passed over")
        return False
    try:
        webhook.verify(words, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError, TypeError):
        # A malformed signature ("abc", bad base64, no ASCII) fits as little as a wrong one.
        return False
    return True
