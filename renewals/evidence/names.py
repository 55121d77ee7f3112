"""How the files of a container are called."""

from renewals.statement import StatementPurpose

README, RECORD, FORM, AUTHORITIES = "README.txt", "record.json", "form.pdf", "authorities.pem"
# Those above whoever stamped the seal; there if and only if the seal has a time stamp.
STAMPERS = "timestamp.pem"
SEAL, HOLDER, APPROVER, HEAD = "seal", "holder", "approver", "head"
# Whose signature a statement of each purpose carries, as his files are called.
SIGNERS: dict[StatementPurpose, str] = {
    StatementPurpose.APPLICATION: HOLDER,
    StatementPurpose.APPROVAL: APPROVER,
    StatementPurpose.REJECTION: APPROVER,
    StatementPurpose.DELEGATION: HEAD,
}
TEXTS: dict[StatementPurpose, str] = {
    StatementPurpose.APPLICATION: "statement",
    StatementPurpose.APPROVAL: "approval",
    StatementPurpose.REJECTION: "refusal",
    StatementPurpose.DELEGATION: "delegation",
}


def issued_name(purpose: str) -> str:
    """How the files of a new certificate are called."""
    return f"issued-{purpose}"


def certificate_file(name: str) -> str:
    """`certificates/holder.cer`."""
    return f"certificates/{name}.cer"


def authority_file(number: int) -> str:
    """`certificates/authority-1.cer`, counted from 1."""
    return certificate_file(f"authority-{number}")


def request_file(purpose: str) -> str:
    """`requests/SIGN.csr`."""
    return f"requests/{purpose}.csr"


def text_file(purpose: StatementPurpose) -> str:
    """`statement.txt`."""
    return f"{TEXTS[purpose]}.txt"


def cms_file(purpose: StatementPurpose) -> str:
    """`statement.p7s`."""
    return f"{TEXTS[purpose]}.p7s"
