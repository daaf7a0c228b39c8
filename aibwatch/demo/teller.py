"""Tell the story on a terminal: colours and a live line where there is one, plain lines where there is not."""

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.status import Status

from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.judging import regional_verdicts
from aibwatch.core.state import Phase, State
from aibwatch.core.verdict import VerdictKind
from aibwatch.demo.plot import Turn

COLOURS: Mapping[VerdictKind, str] = {
    VerdictKind.HEALTHY: "green",
    VerdictKind.LEARNING: "cyan",
    VerdictKind.RECOVERING: "cyan",
    VerdictKind.SUSPECT: "yellow",
    VerdictKind.BLIND: "yellow",
    VerdictKind.CONFIRMING: "dark_orange",
    VerdictKind.GLOBAL: "red",
    VerdictKind.OUTAGE: "red",
}
INDENT = 9


class Teller:
    """Writes the story."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = console.status("starting", spinner="dots") if console.is_terminal else None

    def begin(self, lines: tuple[str, ...]) -> None:
        """Say what will be seen."""
        self._console.print(f"[bold]{escape(lines[0])}[/bold]", highlight=False)
        for line in lines[1:]:
            self._console.print(escape(line), highlight=False, soft_wrap=True)
        self._console.print()
        if self._status is not None:
            self._status.start()

    def end(self) -> None:
        """Take the live line away."""
        if self._status is not None:
            self._status.stop()

    def world(self, seconds: float, text: str) -> None:
        """Tell what happens in Azure; the daemon does not know it yet."""
        self._line(seconds, "blue", "in Azure", text)

    def turn(self, seconds: float, turn: Turn, note: Note) -> None:
        """Tell a turn of the story, with its reasons below."""
        self._line(seconds, _colour(note), turn.title, f"{note.subject}: {note.what}")
        for reason in note.why.split("; "):
            self._reason(reason)

    def aside(self, seconds: float, note: Note) -> None:
        """Tell something that is no turn of the story."""
        self._console.print(
            f"{_clock(seconds)}  [dim]{escape(f'{note.subject}: {note.what}')}[/dim]", highlight=False, soft_wrap=True
        )

    def say(self, text: str = "", style: str = "") -> None:
        """Say something plainly."""
        self._console.print(escape(text), style=style, highlight=False, soft_wrap=True)

    def live(self, seconds: float, state: State) -> None:
        """Renew the live line: every region's verdict and where every group builds."""
        if self._status is None:
            return
        regions = "   ".join(
            f"{region} [{COLOURS[v.kind]}]{v.kind}[/] {v.score:+.1f}"
            for region, v in sorted(regional_verdicts(state).items())
        )
        groups = "   ".join(
            f"{name} {'' if g.phase is Phase.WATCHING else f'{g.phase} '}in {state.window.region_of(g.active) or '?'}"
            for name, g in sorted(state.groups.items())
        )
        self._status.update(f"{_clock(seconds)}  {regions}   [dim]{groups}[/dim]")

    def _line(self, seconds: float, colour: str, title: str, text: str) -> None:
        self._console.print(
            f"{_clock(seconds)}  [bold {colour}]{escape(title)}[/]  {escape(text)}", highlight=False, soft_wrap=True
        )

    def _reason(self, text: str) -> None:
        self._console.print(Padding(escape(text), (0, 0, 0, INDENT)), style="dim", highlight=False)


def _colour(note: Note) -> str:
    if note.kind is NoteKind.VERDICT:
        return COLOURS.get(VerdictKind(note.what.rsplit(" ", 1)[-1]), "white")
    if note.kind in {NoteKind.IMAGE, NoteKind.RUN}:
        return "green"
    return "magenta"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60:3d}:{int(seconds) % 60:02d}"
