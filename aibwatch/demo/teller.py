"""Tell the story on a terminal: colours and a live line where there is one, plain lines where there is not."""

import textwrap
from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from aibwatch.core.judging import regional_verdicts
from aibwatch.core.state import Phase, State
from aibwatch.core.verdict import VerdictKind

COLOURS: Mapping[VerdictKind, str] = {
    VerdictKind.HEALTHY: "green",
    VerdictKind.LEARNING: "cyan",
    VerdictKind.RECOVERING: "cyan",
    VerdictKind.SUSPECT: "yellow",
    VerdictKind.DEGRADED: "yellow",
    VerdictKind.MAINTENANCE: "yellow",
    VerdictKind.BLIND: "yellow",
    VerdictKind.CONFIRMING: "dark_orange",
    VerdictKind.GLOBAL: "red",
    VerdictKind.OUTAGE: "red",
}
INDENT = 8
LONGEST = 110
"""Columns that a line of reasons may take: longer ones are hard to read."""


class Teller:
    """Writes the story."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = console.is_terminal
        self._status: Status | None = console.status("starting", spinner="dots") if self._live else None

    def begin(self, lines: Iterable[str]) -> None:
        """Say what will be seen."""
        for number, line in enumerate(lines):
            self.say(line, style="" if number else "bold")
        self.say()
        if self._status is not None:
            self._status.start()

    def end(self) -> None:
        """Take the live line away."""
        if self._status is not None:
            self._status.stop()

    def chapter(self, seconds: float, title: str, meaning: str, colour: str, reasons: Iterable[str] = ()) -> None:
        """Tell a turn of the story: what happened, what it means, and what it rests on."""
        self._print(f"{_clock(seconds)}  [bold {colour}]{escape(title)}[/]")
        for line in self._wrapped(meaning):
            self._print(f"{'':{INDENT}}{escape(line)}")
        for reason in reasons:
            for line in self._wrapped(reason):
                self._print(f"{'':{INDENT}}[dim]{escape(line)}[/dim]")
        self._print("")

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

    def _print(self, markup: str) -> None:
        self._console.print(markup, highlight=False, soft_wrap=True)

    def _wrapped(self, text: str) -> list[str]:
        if not self._live:
            return [text]
        width = min(self._console.width, LONGEST) - INDENT
        return textwrap.wrap(text, width, break_on_hyphens=False, subsequent_indent="  ")


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60:3d}:{int(seconds) % 60:02d}"
