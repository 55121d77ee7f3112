"""A browser on the page that checks containers."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

# Answers of the test client have `context`, which its type does not say.
Reply = Any
WHOLE = "Whole and unaltered"


def a_browser() -> Client:
    """In English; a fault of ours is a page here as it is for people."""
    return Client(
        headers={"Accept": "text/html", "Accept-Language": "en"}, raise_request_exception=False
    )


def send(browser: Client, data: bytes, number: str = "", **more: object) -> Reply:
    """Choose a file and press «Check»."""
    address = reverse("verify") + (f"?number={number}" if number else "")
    file = SimpleUploadedFile("container.asice", data)
    return browser.post(address, {"container": file, **more}, secure=True)


def text_of(reply: Reply) -> str:
    """The page."""
    return str(reply.content.decode())


def assert_refused(reply: Reply, title: str, status: int = 422) -> None:
    """It says so, and offers to try another file."""
    page = text_of(reply)
    assert (reply.status_code, WHOLE in page) == (status, False), page
    assert f"<h1>{title}</h1>" in page
    assert page.count("<h1") == 1
    assert 'name="container"' in page, "another file can be tried at once"
