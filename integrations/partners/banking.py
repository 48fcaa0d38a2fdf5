"""Banks: referral for a loan, and its disbursement."""

from datetime import date

from pydantic import BaseModel

from integrations.contract import Kind


class LoanReferral(BaseModel):
    """Who asks when for which loan (rupiah, months); sent only with the participant's consent."""

    ordered_on: str | None = None
    name: str
    nik: str
    phone: str | None
    loan_product: str | None
    loan_amount: int | None
    loan_tenor: int | None
    licence_type: str | None
    licence_number: str | None
    consent_given: bool


KIND = Kind(
    "banking",
    frozenset({"loan_referral", "disbursement"}),
    {
        "loan_referral": frozenset({"approved", "declined", "more_information"}),
        "disbursement": frozenset({"disbursed", "declined"}),
    },
    LoanReferral,
    {"approved_amount": int, "approved_tenor": int, "disbursed_on": date},
)
