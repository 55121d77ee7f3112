"""`python -m renewals.documents`: judge what comes by standard input, within hard bounds.

Prints the media type, or the code of the refusal.
"""

import resource
import sys

import pikepdf

from renewals.documents.media import MAX_BYTES, judge
from renewals.errors import DocumentError, DocumentTooBigError

MEMORY_BYTES = 1024**3
CPU_SECONDS = 10


def main() -> None:
    """Read, judge, answer."""
    set_bounds()
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        answer = judge(data).media_type
    except DocumentError as error:
        answer = error.code
    except MemoryError:
        answer = DocumentTooBigError.code
    sys.stdout.write(f"{answer}\n")


def set_bounds() -> None:
    """For this process: address space, computing time, no files; and how far qpdf goes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pikepdf.settings.set_qpdf_limits(
        parser_max_nesting=100,
        parser_max_container_size=200_000,
        max_stream_filters=4,
        flate_max_memory=64 * 1024**2,
        png_max_memory=64 * 1024**2,
        run_length_max_memory=64 * 1024**2,
        tiff_max_memory=64 * 1024**2,
        dct_max_memory=1,
    )


if __name__ == "__main__":
    main()
