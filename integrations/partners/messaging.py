"""Message gateways: SMS, WhatsApp, e-mail."""

from pydantic import BaseModel

from integrations.contract import Kind


class OutgoingMessage(BaseModel):
    """One message to one person; `calendar` is an .ics file as text."""

    channel: str
    to: str
    subject: str | None
    body: str
    calendar: str | None = None


KIND = Kind("messaging", frozenset({"*"}), {"*": frozenset({"delivered", "undeliverable"})}, OutgoingMessage)
