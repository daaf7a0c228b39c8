"""Make a template, or delete one, and wait until it is done: the only thing here that changes what templates there are.

Rules: a request goes out once. Where no answer came, or one of 5xx, the template itself is looked at, because it may
have been made all the same. The operation that Azure names is followed; where it may not be read, the template says how
far it is. Waiting has an end; what is not known by then is told as that, never as a success.
This module does not know why a template is made, nor whether it should be.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import timedelta

from aibwatch.core.deployment.ended import Ended, Fate
from aibwatch.core.reading import one_line, table, text
from aibwatch.sources.answer import Answer, Bad, Good
from aibwatch.sources.arm import Api, Arm
from aibwatch.sources.lacking import unread

FIRST, BETWEEN = timedelta(seconds=1), timedelta(seconds=5)
"""The first wait between looks and, each being twice as long as the one before, the longest. Creations took 10 s to
4 min where they were recorded."""

LONGEST = timedelta(minutes=30)
"""For one creation or deletion. A creation reads the source and copies every script; none took five minutes where that
was recorded."""

MOST_UNHEARD = 10
"""Looks in a row without a usable answer, after which nobody waits any longer: three quarters of a minute, or ten
time-outs."""

SHOWS_AFTER = 5
"""Looks that find nothing changed before it is believed that a request without an answer changed nothing so far: 12 s.
A template was in every read after its 201 (recorded)."""

WRITE = "Microsoft.VirtualMachineImages/imageTemplates/write"
DELETE = "Microsoft.VirtualMachineImages/imageTemplates/delete"
READ = "Microsoft.VirtualMachineImages/imageTemplates/read"

_ENDS = frozenset({"succeeded", "failed", "canceled"})


class Deploy:
    """Makes and deletes the templates behind one ARM endpoint."""

    def __init__(self, arm: Arm, pause: Callable[[timedelta], Awaitable[None]]) -> None:
        self._arm = arm
        self._pause = pause

    async def put(self, template: str, definition: Mapping[str, object]) -> Ended:
        """Make the template; it must not be there yet."""
        answer = await self._arm.put(template, definition, api=Api.IMAGE_BUILDER, operation="deploy_put")
        if isinstance(answer, Bad):
            refused = _refused(answer, WRITE)
            return refused or await self._seen(template, wanted=True, why=answer.diagnosis.summary)
        return await self._followed(template, answer, wanted=True)

    async def delete(self, template: str) -> Ended:
        """Delete the template; one that is not there is deleted."""
        answer = await self._arm.delete(template, api=Api.IMAGE_BUILDER, operation="deploy_delete")
        if _is_gone(answer):
            return _done(template, wanted=False)
        if isinstance(answer, Bad):
            refused = _refused(answer, DELETE)
            return refused or await self._seen(template, wanted=False, why=answer.diagnosis.summary)
        return await self._followed(template, answer, wanted=False)

    async def _followed(self, template: str, answer: Good, *, wanted: bool) -> Ended:
        """Return how the operation ends that Azure named, or how the template looks where it named none."""
        link = answer.headers.get("azure-asyncoperation", "")
        unheard = 0
        for wait in _waits() if link else ():
            await self._pause(wait)
            told = await self._arm.follow(link, api=Api.IMAGE_BUILDER, operation="deploy_operation")
            body = told.body if isinstance(told, Good) else {}
            match text(body, "status").strip().lower():
                case "succeeded":
                    return _done(template, wanted=wanted)
                case "failed" | "canceled" as state:
                    return Ended(fate=Fate.FAILED, why=_words(table(body, "error"), state))
                case state:
                    unheard = 0 if state else unheard + 1
            if unheard == MOST_UNHEARD or _may_not_see(told):
                return await self._seen(template, wanted=wanted)
        return _unfinished(template) if link else await self._seen(template, wanted=wanted)

    async def _seen(self, template: str, *, wanted: bool, why: str = "") -> Ended:
        """Return what the template itself shows, once it shows an end. `why` is what kept Azure from saying it."""
        unheard = unchanged = 0
        for wait in _waits():
            answer = await self._arm.get(template, api=Api.IMAGE_BUILDER, operation="deploy_template")
            if ended := _ended(template, answer, wanted=wanted):
                return ended
            unheard = unheard + 1 if isinstance(answer, Bad) and not _is_gone(answer) else 0
            unchanged = unchanged + 1 if _is_as_before(answer, wanted=wanted) else 0
            if unheard == MOST_UNHEARD or _may_not_see(answer):
                return _unseen(answer)
            if unchanged == SHOWS_AFTER:
                return _unchanged(template, wanted=wanted, why=why)
            await self._pause(wait)
        return _unfinished(template)


def _waits() -> Iterator[timedelta]:
    wait, waited = FIRST, timedelta()
    while waited < LONGEST:
        yield wait
        waited, wait = waited + wait, min(2 * wait, BETWEEN)


def _ended(template: str, answer: Answer, *, wanted: bool) -> Ended | None:
    """Return the end that an answer shows; None while it shows none."""
    if not wanted:
        return _done(template, wanted=False) if _is_gone(answer) else None
    match _state(answer):
        case "succeeded":
            return _done(template, wanted=True)
        case "failed" | "canceled" as state:
            error = table(answer.body, "properties", "provisioningError") if isinstance(answer, Good) else {}
            return Ended(fate=Fate.FAILED, why=_words({**error, "code": error.get("provisioningErrorCode")}, state))
        case _:
            return None


def _state(answer: Answer) -> str:
    body = answer.body if isinstance(answer, Good) else {}
    return text(table(body, "properties"), "provisioningState").strip().lower()


def _is_as_before(answer: Answer, *, wanted: bool) -> bool:
    return _is_gone(answer) if wanted else _state(answer) in _ENDS


def _refused(bad: Bad, action: str) -> Ended | None:
    """Return that nothing was changed; None where nobody can say that."""
    if bad.status is None and not bad.uncertain:
        return Ended(fate=Fate.REFUSED, why=f"it was not sent: {bad.diagnosis.summary}")
    if bad.status is None or bad.status >= 500 or not bad.symptom.from_azure:
        return None
    told = unread(bad, action)
    return Ended(fate=Fate.REFUSED, why=told.why, permission=told.permission)


def _done(template: str, *, wanted: bool) -> Ended:
    return Ended(fate=Fate.DONE, why=f"{_name(template)} was {'made' if wanted else 'deleted'}")


def _unchanged(template: str, *, wanted: bool, why: str) -> Ended:
    shows = f"no {_name(template)}" if wanted else f"{_name(template)} as before"
    return Ended(fate=Fate.UNKNOWN, why=f"Azure shows {shows}, and did not say what it did{f': {why}' if why else ''}")


def _unseen(answer: Answer) -> Ended:
    told = unread(answer, READ) if isinstance(answer, Bad) else None
    why = f": {told.why}" if told else ""
    return Ended(fate=Fate.UNKNOWN, why=f"how it ended cannot be seen{why}", permission=told.permission if told else "")


def _unfinished(template: str) -> Ended:
    minutes = LONGEST // timedelta(minutes=1)
    return Ended(fate=Fate.UNKNOWN, why=f"{_name(template)} is not finished after {minutes} minutes; look again later")


def _is_gone(answer: Answer) -> bool:
    return isinstance(answer, Bad) and answer.status == 404 and answer.symptom.from_azure


def _may_not_see(answer: Answer) -> bool:
    return isinstance(answer, Bad) and answer.status in {401, 403} and answer.symptom.from_azure


def _words(error: Mapping[str, object], state: str) -> str:
    code, message = text(error, "code").strip(), one_line(text(error, "message"), limit=500)
    said = ": ".join(part for part in (code, message) if part)
    return f"Azure ended it as {state}" + (f": {said}" if said else " and did not say why")


def _name(template: str) -> str:
    return f'"{template.rstrip("/").rpartition("/")[2]}"'
