"""Answers that partners send to us: Standard Webhooks signatures, then the contract's shape."""

from collections.abc import Mapping

from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from integrations.contract import Answer
from models.errors import Invalid, NotSignedIn, Problem


def read_answer(body: bytes, headers: Mapping[str, str], secrets: list[str]) -> tuple[str, Answer]:
    """Verify the signature (any of the secrets, five minutes of tolerance) and return (message id, answer).

    Raises NotSignedIn when no secret fits, Invalid when the body is not an answer.
    """
    for secret in secrets:
        try:
            Webhook(secret).verify(body, dict(headers))
        except WebhookVerificationError:
            continue
        try:
            return headers["webhook-id"], Answer.model_validate_json(body)
        except ValidationError as error:
            problems = [Problem("invalid", item["msg"], field=".".join(str(part) for part in item["loc"])) for item in error.errors()]
            raise Invalid("the answer does not follow the contract", problems) from None
    raise NotSignedIn("the signature of this answer fits no secret of the partner")
