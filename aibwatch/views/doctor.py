"""Say what the checks of an installation found: one sentence, then a line each, what does not work first."""

from collections.abc import Mapping, Sequence

from aibwatch.core.checkup import Checked, Health
from aibwatch.core.sentences import count, listing

Json = Mapping[str, object]

ORDER = (Health.FAIL, Health.WARN, Health.WELL)


def doctor_dict(found: Sequence[Checked]) -> Json:
    """Return what was found as JSON can carry it, with the text for people."""
    ordered = [checked for health in ORDER for checked in found if checked.health is health]
    return {
        "schema": 1,
        "checks": [
            {"subject": c.subject, "state": c.health, "sentence": c.said, "remedy": c.remedy, "cause": c.cause}
            for c in ordered
        ],
        "text": "\n".join([_headline(ordered), "", *(line for checked in ordered for line in _lines(checked))]),
    }


def _headline(found: Sequence[Checked]) -> str:
    ill = [checked for checked in found if checked.health is Health.FAIL]
    doubtful = [checked for checked in found if checked.health is Health.WARN]
    good = f"{len(found) - len(ill) - len(doubtful)} of {count(len(found), 'thing')} are well"
    if not ill and not doubtful:
        return f"All that was looked at is well ({count(len(found), 'thing')})."
    told = [f"{count(len(ill), 'thing')} to mend ({_subjects(ill)})"] if ill else []
    told += [f"{count(len(doubtful), 'warning')} ({_subjects(doubtful)})"] if doubtful else []
    return f"{', '.join([*told, good])}."


def _subjects(found: Sequence[Checked]) -> str:
    return listing(list(dict.fromkeys(checked.subject for checked in found)))


def _lines(checked: Checked) -> list[str]:
    first = f"{checked.health:<5} {checked.subject:<11} {checked.said}"
    return [first, f"{'':<17} -> {checked.remedy}"] if checked.remedy else [first]
