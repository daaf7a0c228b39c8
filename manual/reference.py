"""Write the reference of all settings: docs/configuration.md."""

import re
from collections.abc import Iterator, Sequence

from manual.settings import Setting, Told

INTRODUCTION = """\
One file in TOML: `--config FILE`, else `$AIBWATCH_CONFIG`, else `/etc/aibwatch/config.toml`. What is not written has
its default, and an unknown key is a mistake. `aibwatch check-config` shows all mistakes with their lines, offline, and
`aibwatch show-config` what is in force. SIGHUP reads the file again; one with mistakes changes nothing.

Durations are texts of days, hours, minutes and seconds: "30s", "10m", "1h30m", "35d". No setting is a secret: where one
is needed, a setting names the file that has it.

Keys that stand below the header of a section belong to it up to the next header, however they are indented. A section
in double brackets may stand several times."""

GROUPS = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups"
KIND = "providers/Microsoft.VirtualMachineImages/imageTemplates"
EXAMPLE = f"""\
[[group]]
name = "ubuntu-base"
primary = "{GROUPS}/images-weu/{KIND}/ubuntu-weu"
secondaries = ["{GROUPS}/images-neu/{KIND}/ubuntu-neu"]
"""


def render(sections: Sequence[Told]) -> str:
    """Return the page, as Markdown."""
    return "\n\n".join(_parts(sections)) + "\n"


def _parts(sections: Sequence[Told]) -> Iterator[str]:
    yield "<!-- Written by `make docs` from the docstrings in aibwatch/config/schema; change it there. -->"
    yield "# Configuration reference"
    yield INTRODUCTION
    yield "The least that watches something:"
    yield f"```toml\n{EXAMPLE}```"
    yield "\n".join(f"- [`{section.header}`](#{_anchor(section.header)}): {_brief(section)}" for section in sections)
    for section in sections:
        yield f"## `{section.header}`"
        yield _escaped(section.text)
        yield from map(_setting, section.settings)


def _setting(setting: Setting) -> str:
    keys = ", ".join(f"**`{key}`**" for key in setting.keys)
    kind = f" · {setting.kind}" if setting.kind else ""
    default = setting.default if setting.default in ("required", "left out") else f"`{setting.default}`"
    return f"{keys}{kind} · {default}<br>\n{_escaped(setting.text)}"


def _brief(section: Told) -> str:
    first = re.split(r"(?<=[.;:])\s", section.text, maxsplit=1)[0].rstrip(".;:")
    return first[0].lower() + first[1:]


def _anchor(header: str) -> str:
    """Return what a page on the web calls the heading: letters and digits, nothing else."""
    return re.sub(r"[^a-z0-9_-]", "", header)


def _escaped(text: str) -> str:
    """Return the text so that brackets, stars and angles stand as they are; what is between backticks stays code."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"([\[\]*<>_])", r"\\\1", part) for part in parts)
