"""Write queries: the metrics of the daemon that was chosen, and nothing that every query would have to repeat.

Rules: every query names the daemon (`$instance`), as two daemons that watch the same regions would be added up
otherwise. What holds of a state, one series each with 0 or 1, is told as the number of the state that is 1 (`coded`),
because a state timeline draws one row a series. This module does not know what is shown where.
"""

from collections.abc import Iterable
from enum import StrEnum

OPEN = "1"
CLOSED = "0"
UNKNOWN = "-1"


def of(name: str, **labels: str) -> str:
    """Return the selector of a metric of ours."""
    wanted = ['instance="$instance"', *(f'{label}="{value}"' for label, value in labels.items())]
    return f"aibwatch_{name}{{{','.join(wanted)}}}"


def failing(name: str) -> str:
    """Return the selector of requests that were not answered well."""
    return of(name).replace("}", ',code!~"2.."}')


def coded(name: str, label: str, states: Iterable[StrEnum], *, by: str, **labels: str) -> str:
    """Return the number, from 1 on, of the state that holds. Words for the numbers: `words.of_states`."""
    each = (f"{number} * {of(name, **{label: state}, **labels)}" for number, state in enumerate(states, start=1))
    return f"max by ({by}) ({' or '.join(each)})"


def of_members(expr: str) -> str:
    """Return what holds of templates, for those alone that are members of the chosen group."""
    return f"{expr} and on (template, azure_region) {of('template_info', group='$group')}"


def since(name: str, **labels: str) -> str:
    """Return the age in seconds of a timestamp, and nothing where it is 0: never."""
    return f"time() - ({of(name, **labels)} > 0)"
