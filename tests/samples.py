"""Files that nobody on this project wrote; tests that read them skip where they are absent."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / os.environ.get("CABINET_SAMPLES", "../shared/samples")
NOT_SAMPLES = {".md", ".tsv"}


def sample_files(folder: str) -> list[Path]:
    """Every sample below `folder`, sorted; none where there are no samples."""
    found = (path for path in (SAMPLES / folder).rglob("*") if path.is_file())
    return sorted(p for p in found if p.suffix not in NOT_SAMPLES and "LICENSE" not in p.name)
