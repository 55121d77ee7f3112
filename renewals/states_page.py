"""The table of states for docs/: written from the machine, never by hand."""

from renewals.machine import MOVES, NEXT_PARTY, State, allowed_actions


def write_states() -> str:
    """A Markdown table and a Mermaid picture."""
    rows = [
        f"| {state.value} | {NEXT_PARTY[state].value} | "
        f"{', '.join(action.value for action in allowed_actions(state)) or '–'} |"
        for state in State
    ]
    arrows = [
        f"    {source.value} --> {move.target.value}: {action.value}"
        for action, move in MOVES.items()
        for source in sorted(move.sources)
    ]
    return "\n".join(
        [
            "| state | who acts next | leaves by |",
            "|---|---|---|",
            *rows,
            "",
            "```mermaid",
            "stateDiagram-v2",
            f"    [*] --> {State.DRAFT.value}",
            *arrows,
            "```",
        ]
    )
