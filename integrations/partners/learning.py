"""Training centres: enrolment of a participant in a class."""

from pydantic import BaseModel

from integrations.contract import Kind


class Enrolment(BaseModel):
    """Who comes to which class."""

    name: str
    phone: str | None
    class_id: str | None
    class_on: str | None
    class_kind: str | None


KIND = Kind("learning", frozenset({"enrolment"}), {"enrolment": frozenset({"enrolled", "full"})}, Enrolment)
