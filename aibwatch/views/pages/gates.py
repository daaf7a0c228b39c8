"""Show what holds a move, or would hold one: closed gates in words, open ones counted."""

from collections.abc import Sequence

from aibwatch.core.gates import Gate, GateState
from aibwatch.core.model import template_name
from aibwatch.core.sentences import count
from aibwatch.core.situation import Situation, situation
from aibwatch.core.state import GroupState
from aibwatch.views.pages.html import Child, Html, el, several
from aibwatch.views.pages.parts import table
from aibwatch.views.pages.seen import Seen
from aibwatch.views.pages.tones import Tone, badge

TONES = {GateState.OPEN: Tone.GOOD, GateState.CLOSED: Tone.BAD, GateState.UNKNOWN: Tone.DOUBT}


def asked(seen: Seen, group: GroupState) -> Situation:
    """Return what every gate says of the group's next move."""
    return situation(seen.state, seen.setup, seen.setup.groups[group.name], group, seen.now)


def brief(found: Situation) -> Html:
    """Return the closed gates with their reasons, and how many are open."""
    if found.target is None:
        return several(_unasked(found))
    closed = [gate for gate in found.gates if gate.state is not GateState.OPEN]
    opened = f"{count(len(found.gates) - len(closed), 'gate')} open"
    if not closed:
        return several(f"all {opened}: nothing {'holds' if found.outage_proven else 'would hold'} a move")
    holds = "holds" if found.outage_proven else "would hold a move"
    lines = [el("li", el("strong", gate.name), f" {holds}: {gate.why}") for gate in closed]
    return el("div", el("ul", lines, class_="plain"), el("span", opened, class_="soft"))


def in_full(found: Situation) -> Child:
    """Return every gate with its reason: closed ones in sight, open ones one click away."""
    if found.target is None:
        told = _unasked(found)
        return el("p", f"{told[0].upper()}{told[1:]}.")
    closed = [gate for gate in found.gates if gate.state is not GateState.OPEN]
    opened = [gate for gate in found.gates if gate.state is GateState.OPEN]
    holds = "holds" if found.outage_proven else "would hold"
    caption = f"A move to {template_name(found.target)}"
    return [
        _table(closed, caption) if closed else el("p", f"Nothing {holds} a move."),
        el("details", el("summary", f"{count(len(opened), 'gate')} open"), _table(opened, caption), id="open-gates"),
    ]


def _unasked(found: Situation) -> str:
    """Return why no gate is asked: nothing is known of the group, or it has nowhere to go."""
    return f"no gate is asked: {'there is no other secondary to go to' if found.verdict else found.why}"


def _table(gates: Sequence[Gate], caption: str) -> Html:
    return table(("state", "gate", "why"), [_row(gate) for gate in gates], caption=caption)


def _row(gate: Gate) -> list[Child]:
    return [badge(TONES[gate.state], gate.state), gate.name, gate.why]
