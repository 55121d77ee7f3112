"""What holds for pictures of every kind: how large one may be, and that Pillow can read it."""

import warnings
from collections.abc import Callable
from io import BytesIO

from PIL.ImageFile import ImageFile

from renewals.errors import DocumentBrokenError, DocumentTooBigError

# The largest that telephones take with 10 MB; 200 MB of memory at 4 bytes each.
MAX_PIXELS = 50_000_000
# What Pillow raises for pictures that it cannot read, by its own tests.
UNREADABLE = (
    *(OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError),
    *(OverflowError, ArithmeticError, AttributeError, NotImplementedError, RuntimeError),
    Warning,
)


def require_pixels(width: int, height: int, most: int = MAX_PIXELS) -> None:
    """Raises `DocumentBrokenError` for a picture of nothing, `DocumentTooBigError`."""
    if not width or not height:
        raise DocumentBrokenError
    if width * height > most:
        raise DocumentTooBigError


def decode(data: bytes, reader: Callable[[BytesIO], ImageFile]) -> None:
    """Read every pixel; a doubt of Pillow's is a fault. Raises `DocumentBrokenError`.

    A JPEG is read at an eighth of its size: the same bytes, a sixty-fourth of the memory.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with reader(BytesIO(data)) as image:
                image.draft(None, (max(image.width // 8, 1), max(image.height // 8, 1)))
                image.load()
    except UNREADABLE as error:
        raise DocumentBrokenError from error
    except MemoryError as error:
        raise DocumentTooBigError from error
