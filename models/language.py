"""The languages of messages: "id", "en", and both at once."""

from typing import Final

BOTH: Final = "both"  # of machines, which hand a message on to people whose language nobody knows: "Indonesian / English"
