"""Documents as pages list them: what each is called, how large it is, where it is downloaded."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from cabinet.sentences import sentence
from renewals.document_kinds import KINDS
from renewals.models import Document, Renewal

# So many hex digits of a digest tell documents apart for the eye.
DIGEST_START = 16


@dataclass(frozen=True)
class DocumentRow:
    """One document for `parts/documents.html`. `url` gives out the file, as an attachment."""

    document: Document
    url: str

    @property
    def kind(self) -> Promise:
        """In words."""
        return KINDS[self.document.kind]

    @property
    def size(self) -> str:
        """`812 KB`."""
        return sentence("ui.file_size", {"size": str(max(self.document.size // 1024, 1))})

    @property
    def digest_start(self) -> str:
        """The beginning of its SHA-256."""
        return self.document.sha256[:DIGEST_START]


def document_rows(renewal: Renewal, address: str = "document") -> list[DocumentRow]:
    """What was added to an application, in the order in which it came.

    `address` is the name of the URL with number and id that the reader may open: `document` for
    its holder, `approval-document` for who decides.
    """
    return [
        DocumentRow(row, reverse(address, args=[renewal.number, row.pk]))
        for row in renewal.documents.arrived()
    ]
