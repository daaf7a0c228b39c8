"""Show how groups stand: trouble first and in full, quiet ones in a line; and one group in full.

Rule: gates are asked only for groups that get a card. A thousand groups take half a second to ask, nobody reads.
"""

from dataclasses import dataclass

from aibwatch.core.model import TemplateId, template_name
from aibwatch.core.modes import mode_of
from aibwatch.core.move.moves import KeptMove
from aibwatch.core.policy import GroupSpec
from aibwatch.core.sentences import count, span, when
from aibwatch.core.state import GroupState, Phase
from aibwatch.views.advice import advice
from aibwatch.views.builds import under_way
from aibwatch.views.discovery import lines
from aibwatch.views.explain import group_as_text, stands
from aibwatch.views.facts import moving, place
from aibwatch.views.pages import gates, moves, secondaries
from aibwatch.views.pages.frame import page, section
from aibwatch.views.pages.html import Child, Html, el, path
from aibwatch.views.pages.parts import can_do, card, cards, link, table, terms
from aibwatch.views.pages.record import as_table as record
from aibwatch.views.pages.seen import Seen
from aibwatch.views.pages.tones import OF_VERDICT, Tone, badge, of_group
from aibwatch.views.status import by_tags, word_for

IN_FULL = 12
"""Groups that get a card of their own, the gravest first; as many fit on a screen or two."""

OPEN_LINES = 50
"""Further groups in trouble that are in sight without a click."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A group with the word for how it stands and how grave that is."""

    spec: GroupSpec
    group: GroupState | None
    """None: nothing was decided yet."""
    word: str
    tone: Tone

    @property
    def urgency(self) -> tuple[int, str]:
        """The order in which groups are told: the gravest first, then by name."""
        return -self.tone.grave, self.spec.name


def standings(seen: Seen) -> list[Standing]:
    """Return all groups, the gravest first."""
    return sorted((standing(seen, spec) for spec in seen.setup.groups.values()), key=lambda one: one.urgency)


def standing(seen: Seen, spec: GroupSpec) -> Standing:
    """Return how one group stands."""
    group = seen.state.groups.get(spec.name)
    if group is None:
        return Standing(spec=spec, group=None, word="starting", tone=Tone.CALM)
    word = word_for(seen.state, spec, group)
    own = of_group(seen.state, group, word, seen.verdicts)
    return Standing(spec=spec, group=group, word=word, tone=max(own, secondaries.gravest(seen, spec), key=_grave))


def all_of(seen: Seen) -> Child:
    """Return every group: cards, then lines, and what is quiet folded away where there is much of it."""
    found = standings(seen)
    if not found:
        return el("p", "No group is configured, so nothing is watched.")
    in_full, rest = found[:IN_FULL], found[IN_FULL:]
    trouble = [one for one in rest if one.tone.grave >= Tone.DOUBT.grave]
    quiet = [one for one in rest if one.tone.grave < Tone.DOUBT.grave]
    open_lines, folded = trouble[:OPEN_LINES], trouble[OPEN_LINES:]
    return [
        cards([_card(seen, one) for one in in_full]),
        el("p", f"{len(trouble)} more that want a look:") if trouble else None,
        _lines(seen, open_lines),
        _folded(seen, folded, "more that want a look", "folded-trouble"),
        _folded(seen, quiet, "more that are quiet", "folded-quiet"),
    ]


def by_tags_in_trouble(seen: Seen) -> Child:
    """Return a card for everything that is wrong with groups by tags."""
    return [
        card(Tone.DOUBT, about, word, "", el("p", said))
        for about, word, said in lines(seen.state, seen.setup, seen.now)
    ]


def summary(seen: Seen) -> str:
    """Return how many groups stand how, the gravest first: "1 halted, 2 held, 40 watching"."""
    counted: dict[str, int] = {}
    for one in standings(seen):
        counted[one.word] = counted.get(one.word, 0) + 1
    return ", ".join(f"{number} {word}" for word, number in counted.items())


def as_html(seen: Seen, name: str) -> str:
    """Return the page of one configured group."""
    one = standing(seen, seen.setup.groups[name])
    text = group_as_text(seen.state, seen.setup, name, seen.now)
    return page(
        seen,
        one.tone,
        f"{name}: {one.word}",
        f"{name} {_sentence(seen, one)}",
        section("What you can do", _can_do(seen, one), id="can-do"),
        section("How it stands", _terms(seen, one, short=True), id="standing"),
        section("Members", _members(seen, one), id="members"),
        section("Gates", gates.in_full(gates.asked(seen, one.group)) if one.group else None, id="gates"),
        section("Moves", _moves(one), id="moves"),
        section("Readiness", secondaries.in_full(seen, one.spec), id="readiness", beside=f"aibwatch readiness {name}"),
        section("The whole explanation", el("pre", text), id="why", beside=f"aibwatch explain {name}"),
        section("On record", record(seen, name), id="record"),
        json=path("api", "v1", "groups", name),
    )


def _can_do(seen: Seen, one: Standing) -> Child:
    if one.group is None:
        return el("p", "Wait: the first polls are not in.")
    return can_do(advice(seen.state, seen.setup, one.spec, one.group, gates.asked(seen, one.group)))


def _card(seen: Seen, one: Standing) -> Html:
    since = f"since {when(one.group.since, seen.now)}" if one.group else ""
    name = link("groups", one.spec.name)
    return card(one.tone, name, one.word, since, el("p", _sentence(seen, one)), _terms(seen, one, short=False))


def _sentence(seen: Seen, one: Standing) -> str:
    if one.group is None:
        return "nothing was decided yet"
    return f"{stands(seen.state, one.spec, one.group, seen.now)}{by_tags(one.spec)}"


def _terms(seen: Seen, one: Standing, *, short: bool) -> Html:
    """Return what there is to know; `short` where gates and secondaries have parts of their own."""
    group, spec = one.group, one.spec
    active = group.active if group else spec.primary
    rows: list[tuple[str, Child]] = [("Active", _member(seen, spec, active))]
    if group is not None:
        rows += [("Mode", _mode(seen, spec, group)), ("Pause", _pause(seen, group)), ("Asks", _asks(seen, group))]
        rows += [("Move", _open_move(seen, group)), ("Build", under_way(seen.state, spec.name, seen.now))]
    if not short:
        rows += [("Secondaries", secondaries.brief(seen, spec))]
        rows += [("Gates", _gates(seen, group))]
    return terms(rows)


def _member(seen: Seen, spec: GroupSpec, member: TemplateId) -> str:
    role = "primary" if member == spec.primary else "secondary"
    return f"{template_name(member)} in {place(seen.state, member)} ({role})"


def _gates(seen: Seen, group: GroupState | None) -> Child:
    """Return what holds or would hold a move; while one is made that is decided."""
    if group is None or group.phase in {Phase.COMMITTING, Phase.MOVING}:
        return None
    return gates.brief(gates.asked(seen, group))


def _mode(seen: Seen, spec: GroupSpec, group: GroupState) -> str:
    mode = mode_of(seen.state.window, spec, group, seen.now)
    return f"{mode}" if mode is spec.policy.mode else f"{mode}, configured as {spec.policy.mode}"


def _pause(seen: Seen, group: GroupState) -> str:
    pause = group.pause
    if pause is None or pause.until <= seen.now:
        return ""
    return f"{span(pause.until - seen.now)} more, by {pause.owner}: {pause.reason}"


def _asks(seen: Seen, group: GroupState) -> Child:
    asked = group.approval
    if asked is None or asked.answer is not None:
        return None
    said = (
        f"waits since {when(asked.asked_at, seen.now)} for approval of the move to {place(seen.state, asked.target)}: "
    )
    return [said, el("code", f"aibwatch approve {asked.id}")]


def _open_move(seen: Seen, group: GroupState) -> Child:
    move = group.move
    if move is None:
        return None
    words = f"{moving(seen.state, move)}, claimed {when(move.claimed_at, seen.now)}"
    return [link("moves", KeptMove(move=move).id, words), moves.steps(move)]


def _moves(one: Standing) -> Child:
    group = one.group
    known = [m for m in (group.move, group.last, group.drill) if m is not None] if group else []
    if not known:
        return el("p", "It was not moved, and its way was not rehearsed, as far as is remembered.")
    return [
        el("div", el("p", link("moves", KeptMove(move=m).id, f"{m.kind} {m.activation_id}")), moves.steps(m))
        for m in known
    ]


def _members(seen: Seen, one: Standing) -> Html:
    active = one.group.active if one.group else one.spec.primary
    rows: list[list[Child]] = []
    for member in one.spec.members:
        region = seen.state.window.region_of(member)
        verdict = seen.verdicts.get(region) if region else None
        role = "primary" if member == one.spec.primary else "secondary"
        rows.append(
            [
                el("strong", f"{role}, active") if member == active else role,
                template_name(member),
                link("regions", region) if region and verdict else place(seen.state, member),
                badge(OF_VERDICT[verdict.kind], str(verdict.kind)) if verdict else "not judged",
                el("code", member),
            ]
        )
    return table(("role", "template", "region", "verdict", "id"), rows, caption="Members")


def _lines(seen: Seen, found: list[Standing]) -> Child:
    return el("ul", [_quiet(seen, one) for one in found], class_="plain quiet") if found else None


def _folded(seen: Seen, found: list[Standing], words: str, id: str) -> Child:  # noqa: A002  # HTML calls it so
    if not found:
        return None
    noun = count(len(found), "group").partition(" ")[2]
    return el("details", el("summary", f"{len(found)} {noun} {words}"), _lines(seen, found), id=id)


def _quiet(seen: Seen, one: Standing) -> Html:
    active = one.group.active if one.group else one.spec.primary
    return el(
        "li",
        el("span", link("groups", one.spec.name), class_="name"),
        badge(one.tone, one.word),
        el("span", f"builds in {place(seen.state, active)}"),
        el("span", "secondary ", secondaries.words(seen, one.spec), class_="soft"),
    )


def _grave(tone: Tone) -> int:
    return tone.grave
