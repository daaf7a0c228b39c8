"""Write the manual page of the configuration: aibwatch-config(5)."""

from collections.abc import Iterator, Sequence

from aibwatch import __version__
from manual import roff
from manual.reference import EXAMPLE, INTRODUCTION
from manual.settings import Setting, Told


def render(sections: Sequence[Told]) -> str:
    """Return the page."""
    return "\n".join(_parts(sections)) + "\n"


def _parts(sections: Sequence[Told]) -> Iterator[str]:
    yield roff.title("aibwatch-config", 5, __version__, "File formats")
    yield roff.heading("NAME")
    yield rf"aibwatch\-config \- {roff.plain('configuration of aibwatch')}"
    yield roff.heading("SYNOPSIS")
    yield roff.bold("/etc/aibwatch/config.toml")
    yield roff.heading("DESCRIPTION")
    yield roff.paragraph(INTRODUCTION, first=True)
    yield roff.heading("EXAMPLE")
    yield roff.paragraph("The least that watches something:", first=True)
    yield roff.literal(EXAMPLE)
    yield roff.heading("SETTINGS")
    for section in sections:
        yield roff.subheading(section.header)
        yield roff.paragraph(section.text, first=True)
        yield from map(_setting, section.settings)
    yield roff.heading('"SEE ALSO"')
    yield rf"{roff.bold('aibwatch')}(1)"


def _setting(setting: Setting) -> str:
    what = f" ({setting.kind})" if setting.kind else ""
    return roff.item(", ".join(map(roff.bold, setting.keys)) + roff.plain(what), setting.text)
