"""What a mail server's refusal means for one letter, or for the whole batch. Sends nothing."""

from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from notifications.channels.base import Outcome, ProviderAwayError, Result
from notifications.delivering.reply_codes import enhanced_of, is_bad_address

# RFC 5321, 4.2.1. The server closes (3.8); the letter is larger than it takes (RFC 1870, 6.1).
TEMPORARY, PERMANENT = range(400, 500), range(500, 600)
CLOSING, TOO_LARGE = 421, 552


def outcome_of(error: SMTPException | OSError, delivery_id: int) -> Outcome:
    """Of the letter in hand. Raises `ProviderAwayError` for what is not about this letter."""
    code, text = _reply(error)
    enhanced = enhanced_of(text)
    if code == CLOSING or code not in {*TEMPORARY, *PERMANENT}:
        raise ProviderAwayError(_name(error)) from error
    match error:
        case SMTPRecipientsRefused():
            result = _of_recipient(code, enhanced)
        case SMTPSenderRefused():
            # It is the portal that is not wanted, or has no password: nothing about the reader.
            result = Result.PERMANENT if code == TOO_LARGE else Result.TEMPORARY
        case SMTPDataError():
            # Without a finer code it is the content.
            result = _of_recipient(code, enhanced) if enhanced else _of_recipient(code, "5.6.0")
        case _:
            raise ProviderAwayError(_name(error)) from error
    return Outcome(delivery_id, result, error=f"{code} {enhanced}".strip())


def keeps_connection(error: SMTPException | OSError) -> bool:
    """Whether the next letter may go over the same one: the server has only refused a recipient."""
    code, _text = _reply(error)
    return isinstance(error, SMTPRecipientsRefused) and code != CLOSING


def is_worn_out(error: SMTPException | OSError) -> bool:
    """The server takes no more letters over this connection; this one has not begun."""
    return isinstance(error, SMTPSenderRefused) and error.smtp_code == CLOSING


def _of_recipient(code: int, enhanced: str) -> Result:
    if code in TEMPORARY:
        return Result.TEMPORARY
    return Result.BAD_ADDRESS if is_bad_address(code, enhanced) else Result.PERMANENT


def _reply(error: SMTPException | OSError) -> tuple[int, str]:
    """The code, 0 where the server gave none, and what it said, whatever its letters."""
    code: int
    said: object
    if isinstance(error, SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()), (0, b""))
    elif isinstance(error, SMTPResponseException):
        code, said = error.smtp_code, error.smtp_error
    else:
        return 0, ""
    return code, said.decode("ascii", "replace") if isinstance(said, bytes) else str(said)


def _name(error: SMTPException | OSError) -> str:
    """`SMTPAuthenticationError 535`, `ConnectionRefusedError`: no text of a stranger."""
    code, _text = _reply(error)
    return f"{type(error).__name__} {code if code > 0 else ''}".strip()
