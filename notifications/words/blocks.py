"""Text as paragraphs and lists: what a message's words are before a letter is laid out."""

from dataclasses import dataclass

WIDTH = 72
ITEM = "- "


@dataclass(frozen=True)
class Block:
    """A paragraph, or a list with at least one item."""

    lines: tuple[str, ...]
    is_list: bool = False

    @property
    def text(self) -> str:
        """For a letter without markup; a paragraph is one long line."""
        return "\n".join(f"{ITEM}{line}" if self.is_list else line for line in self.lines)


def blocks_of(text: str) -> list[Block]:
    """Paragraphs stand between empty lines; lines that begin with `- ` are a list."""
    blocks: list[Block] = []
    paragraph: list[str] = []
    items: list[str] = []
    for line in (*(line.strip() for line in text.splitlines()), ""):
        is_item = line.startswith(ITEM)
        if paragraph and (is_item or not line):
            blocks.append(Block((" ".join(paragraph),)))
            paragraph = []
        if items and not is_item:
            blocks.append(Block(tuple(items), is_list=True))
            items = []
        if is_item:
            items.append(line.removeprefix(ITEM))
        elif line:
            paragraph.append(line)
    return blocks


def wrap(text: str, width: int = WIDTH) -> str:
    """Every line within the width; words and addresses are never broken. One empty line at most."""
    lines: list[str] = []
    for line in text.splitlines():
        stripped = line.rstrip()
        if stripped or (lines and lines[-1]):
            lines += _wrap_line(stripped, width) if len(stripped) > width else [stripped]
    return "\n".join(lines).strip("\n") + "\n"


def _wrap_line(line: str, width: int) -> list[str]:
    indent = "  " if line.startswith(ITEM) else ""
    lines, current = [], ""
    for word in line.split():
        if current and len(current) + 1 + len(word) > width:
            lines.append(current)
            current = indent + word
        else:
            current = f"{current} {word}" if current else word
    return [*lines, current]
