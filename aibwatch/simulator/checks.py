"""Check what the tables of a scenario say of each other: names that are there twice, or that nobody has.

This module does not know what one table may say by itself (tables.py).
"""

from collections.abc import Collection, Sequence

from aibwatch.simulator.definition import accept
from aibwatch.simulator.parts import TemplateSpec, TriggerSpec
from aibwatch.simulator.reading import Mistakes
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.template import definition_of
from aibwatch.simulator.trouble import EVERYWHERE, Trouble

MAX_TEMPLATES = 1_000
"""Of a scenario: far more than anybody watches, few enough to list in one answer's time."""


def check_templates(templates: Sequence[TemplateSpec], mistakes: Mistakes) -> None:
    """Note when there are no templates, too many, two of one name, or one that nobody could put."""
    if not templates:
        mistakes.note("", 0, "template", "there is none; add at least one [[template]]")
    if len(templates) > MAX_TEMPLATES:
        mistakes.note("template", MAX_TEMPLATES, "", f"there are more than {MAX_TEMPLATES}; leave some out")
    seen: set[tuple[str, str, str]] = set()
    for index, template in enumerate(templates):
        key = (template.subscription.lower(), template.resource_group.lower(), template.name.lower())
        if key in seen:
            mistakes.note(
                "template",
                index,
                "name",
                f"{template.name!r} is in {template.resource_group!r} already; give it another name",
            )
        seen.add(key)
        try:
            accept(definition_of(template))
        except Refusal as refusal:
            mistakes.note("template", index, "properties", f"make it no template ({refusal.text}); correct them")


def check_troubles(
    troubles: Sequence[Trouble], templates: Sequence[TemplateSpec], regions: Collection[str], mistakes: Mistakes
) -> None:
    """Note every trouble of a region or a template that nobody knows; `regions` are those without templates."""
    known = {template.region for template in templates} | set(regions)
    names = {template.name.lower() for template in templates}
    for index, trouble in enumerate(troubles):
        if trouble.region not in known | {EVERYWHERE, ""}:
            here = ", ".join(sorted(known)) or "none"
            mistakes.note(
                "trouble",
                index,
                "region",
                f"no template lives in {trouble.region!r}; use one of {here}, or list it in regions",
            )
        for stranger in sorted(trouble.templates - names):
            mistakes.note(
                "trouble",
                index,
                "templates",
                f"no template is called {stranger!r}; correct the name or leave the key out",
            )


def check_triggers(triggers: Sequence[TriggerSpec], templates: Sequence[TemplateSpec], mistakes: Mistakes) -> None:
    """Note every trigger of a template that nobody knows."""
    names = {template.name.lower() for template in templates}
    for index, trigger in enumerate(triggers):
        if trigger.template and trigger.template.lower() not in names:
            mistakes.note("trigger", index, "template", f"no template is called {trigger.template!r}; correct the name")
