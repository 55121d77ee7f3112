"""Reports as mail servers send them, about letters of ours."""

import textwrap

from notifications.delivering import verp

POSTFIX = """\
Return-Path: <>
Delivered-To: {to}
Date: Tue, 24 Nov 2026 12:00:00 +0500 (+05)
From: MAILER-DAEMON@mx.mail.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4F1A2.1/mx.mail.example"
Message-Id: <20261124070000.4F1A3@mx.mail.example>

This is a MIME-encapsulated message.

--4F1A2.1/mx.mail.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

--4F1A2.1/mx.mail.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.mail.example
X-Postfix-Queue-ID: 4F1A2
Arrival-Date: Tue, 24 Nov 2026 11:59:59 +0500 (+05)

Final-Recipient: rfc822; aigul@mail.example
Original-Recipient: rfc822;aigul@mail.example
Action: {action}
Status: {status}
Remote-MTA: dns; in.mail.example
Diagnostic-Code: {diagnostic}

--4F1A2.1/mx.mail.example
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: "Cabinet" <noreply@cabinet.example>
To: aigul@mail.example
Subject: 5.1.1 stands in it, too
Message-ID: <8k3f22qm7tx4-7@cabinet.example>

Action: failed
Status: 5.1.1
--4F1A2.1/mx.mail.example--
"""
UNKNOWN = "smtp; 550 5.1.1 <aigul@mail.example>: Recipient address rejected: User unknown"


def postfix(
    to: str | int,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = UNKNOWN,
) -> bytes:
    """About a delivery, by its id, or to an address."""
    address = verp.write(to) if isinstance(to, int) else to
    text = POSTFIX.format(to=address, action=action, status=status, diagnostic=diagnostic)
    return text.replace("\n", "\r\n").encode()


def within(report: bytes, to: str) -> bytes:
    """Forwarded by somebody as an attachment."""
    head = textwrap.dedent(
        f"""\
        From: postmaster@cabinet.example
        To: {to}
        Subject: Fwd: Undelivered
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="outer"

        --outer
        Content-Type: message/rfc822

        """
    )
    return head.replace("\n", "\r\n").encode() + report + b"\r\n--outer--\r\n"


HOLIDAY = b"""\
From: aigul@mail.example
To: %s
Subject: Re: out of office
Auto-Submitted: auto-replied
Content-Type: text/plain

I am away. Action: failed. Status: 5.1.1
"""
