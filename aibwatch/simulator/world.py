"""Be the world behind the stand-in: templates, their runs, what is under way and what goes wrong, over time.

Rules: 1 the world moves only when somebody looks, and looking more often changes nothing. 2 what ARM knows by itself
(a template, a group, a subscription that is not there) is refused before the provider is asked. 3 a template that is
being made, changed or removed takes no run. This module knows neither HTTP nor JSON texts.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from aibwatch.core.model import region_of
from aibwatch.simulator import activity, body, health
from aibwatch.simulator.account import effects
from aibwatch.simulator.calls import CallLog, RunCall
from aibwatch.simulator.definition import accept, changed
from aibwatch.simulator.estate import Estate
from aibwatch.simulator.gallery import Version, versions
from aibwatch.simulator.ledger import Ledger, LedgerFullError
from aibwatch.simulator.linked import Linked
from aibwatch.simulator.lots import guid
from aibwatch.simulator.outcome import RunState
from aibwatch.simulator.parts import Provisioning
from aibwatch.simulator.refusal import Refusal, conflict, not_allowed, not_found
from aibwatch.simulator.reply import Reply
from aibwatch.simulator.resources import group_id
from aibwatch.simulator.roles import Roles
from aibwatch.simulator.scenario import Scenario
from aibwatch.simulator.template import Key, Template, definition_of, template_of
from aibwatch.simulator.trouble import Desk, Operation, Trouble
from aibwatch.simulator.wire import Json
from aibwatch.simulator.works import Work, Works

MAX_TEMPLATES = 2_000
"""Alive at a time, those put by clients included."""

ACTION = "Microsoft.VirtualMachineImages/imageTemplates"


class World:
    """One scenario, played from the moment it is made."""

    def __init__(self, scenario: Scenario, now: Callable[[], datetime]) -> None:
        self.scenario = scenario
        self._now = now
        self.begun = now()
        self._lengths = scenario.lengths
        self._desk = Desk(scenario.troubles, scenario.seed)
        self._calls = CallLog(scenario.seed)
        self.roles = Roles(scenario.roles, scenario.seed)
        self._ledger = Ledger(self._desk, self._lengths, scenario.seed, self.begun, self._calls.scheduled)
        self._templates: dict[Key, Template] = {}
        self._leaving: set[Key] = set()
        self._gone: list[Template] = []
        self._works = Works()
        self._lives = 0
        named = (*(t.subscription for t in scenario.templates), *(r.id.split("/")[2] for r in scenario.resources))
        self.subscriptions = {subscription.lower(): subscription for subscription in reversed(named)}
        self.regions = {t.region for t in scenario.templates} | set(scenario.regions)
        for spec in scenario.templates:
            template = template_of(spec, self._new_life(), accept(definition_of(spec)), self.begun)
            self._templates[template.key] = template
            self._ledger.open(template, spec)
        self.estate = Estate(scenario, self.subscriptions, self._templates.values, self._published, self.begun)
        self._linked = Linked(self.estate, self.roles, scenario.seed)

    def _new_life(self) -> int:
        self._lives += 1
        return self._lives

    def time(self) -> datetime:
        """Return the time, after letting everything happen that was due."""
        now = self._now()
        self._ledger.advance(self._templates.values(), now)
        for template in [t for t in map(self._templates.get, self._leaving) if t is not None]:
            if template.gone is not None and template.gone <= now:
                self._remove(template)
        return now

    def _remove(self, template: Template) -> None:
        self._leaving.remove(template.key)
        del self._templates[template.key]
        self._ledger.close(template)
        if self._ledger.runs(template):
            self._gone.append(template)  # its runs still count

    def elapsed(self, now: datetime) -> float:
        """Return the seconds since the world began."""
        return (now - self.begun).total_seconds()

    # What goes wrong

    def meet(self, operation: Operation, regions: tuple[str, ...], template: str) -> Trouble | None:
        """Return the trouble a request meets, and count the request."""
        return self._desk.meet(operation, regions, template, self.elapsed(self.time()))

    def add_trouble(self, trouble: Trouble) -> int:
        """Add a trouble from now on; the past cannot be changed."""
        elapsed = self.elapsed(self.time())
        return self._desk.add(replace(trouble, start=max(trouble.start, elapsed)))

    def end_troubles(self) -> int:
        """End every trouble, those of the scenario too; return how many were on or still to come."""
        return self._desk.end_all(self.elapsed(self.time()))

    # Templates

    def regions_of(self, subscription: str, group: str, name: str) -> tuple[str, ...]:
        """Return the regions a template, or a group if `name` is "", lives in; () for what is not there."""
        wanted = Key.of(subscription, group, name)
        if name:
            return (self._templates[wanted].region,) if wanted in self._templates else ()
        found = (
            t
            for t in self._templates.values()
            if (t.key.subscription, t.key.group) == (wanted.subscription, wanted.group)
        )
        return tuple(sorted({t.region for t in found}))

    def templates(self, subscription: str, group: str | None, first: int, most: int) -> tuple[list[Json], int]:
        """Return some templates of a subscription or one group, in the order they were made, and how many there are."""
        self.estate.check(subscription, group)
        now = self.time()
        mine = [t for t in self._templates.values() if t.key.subscription == subscription.lower()]
        found = [t for t in mine if group is None or t.key.group == group.lower()]
        return [self._body(t, now) for t in found[first : first + most]], len(found)

    def copies(self) -> list[Json]:
        """Return every template as Resource Graph has it: defined as it is, its last run as it was `graph_lag` ago."""
        now = self.time()
        before = now - timedelta(seconds=self.scenario.graph_lag)
        return [body.template_body(t, self._ledger.last_begun(t, before), now) for t in self._templates.values()]

    def template(self, key: Key) -> Json:
        """Return one template. Raises Refusal if there is none."""
        now = self.time()
        return self._body(self._find(key), now)

    def _body(self, template: Template, now: datetime) -> Json:
        return body.template_body(template, self._ledger.last(template, now), now)

    def _find(self, key: Key) -> Template:
        self.estate.check(key.subscription, key.group)
        if (found := self._templates.get(key)) is None:
            raise not_found(ACTION, key.name, key.group)
        return found

    def create(self, subscription: str, group: str, name: str, sent: object) -> tuple[Json, Work]:
        """Make a template. Raises Refusal for a bad body, and for one that exists: templates are not updated by PUT."""
        self.estate.check(subscription, group)
        now = self.time()
        key = Key.of(subscription, group, name)
        if key in self._templates:
            raise conflict()
        if len(self._templates) >= MAX_TEMPLATES:
            raise Refusal(409, "StandInFull", f"the stand-in keeps {MAX_TEMPLATES} templates; delete some")
        definition = accept(sent)
        home = group_id(subscription, group)
        self._linked.check_new(f"{home}/providers/{ACTION}/{name}", definition)
        failure = self._linked.failure_of(definition, home)
        template = Template(
            life=self._new_life(),
            subscription=subscription,
            group=group,
            name=name,
            region=region_of(definition["location"]),
            definition=definition,
            settled=Provisioning.FAILED if failure else Provisioning.SUCCEEDED,
            failure=failure,
            ready=now + timedelta(seconds=self._lengths.creating),
        )
        self._templates[key] = template
        self.regions.add(template.region)
        self._ledger.open(template)
        return self._body(template, now), self._work(template, "create", now, template.ready)

    def patch(self, key: Key, sent: object) -> tuple[Json, Work | None]:
        """Change a template; no Work if only its tags changed. Raises Refusal for what cannot be changed."""
        now = self.time()
        template = self._find(key)
        self._check_idle(template, now, f"{ACTION}/write")
        self._linked.check_identities(body.resource_id(template), sent)
        definition, takes_time = changed(template.definition, sent)
        updated = now + timedelta(seconds=self._lengths.updating) if takes_time else template.updated
        template = replace(template, definition=definition, updated=updated)
        self._templates[key] = template
        work = self._work(template, "patch", now, updated) if takes_time else None
        return self._body(template, now), work

    def delete(self, key: Key) -> Work | None:
        """Remove a template; None if there was none. Raises Refusal while it runs or is being made."""
        now = self.time()
        self.estate.check(key.subscription, key.group)
        if (template := self._templates.get(key)) is None:
            return None
        self._check_idle(template, now, f"{ACTION}/delete")
        template = replace(template, gone=now + timedelta(seconds=self._lengths.deleting))
        self._templates[key] = template
        self._leaving.add(key)
        return self._work(template, "delete", now, template.gone)

    def _check_idle(self, template: Template, now: datetime, action: str, status: int = 405) -> None:
        provisioning = template.provisioning(now)
        last = self._ledger.last(template, now)
        run = last[1].state.value.lower() if last else ""
        word = "provisioned" if provisioning is Provisioning.SUCCEEDED else provisioning.value.lower()
        passing = (Provisioning.CREATING, Provisioning.UPDATING, Provisioning.DELETING)
        if provisioning in passing or (last is not None and not last[1].over):
            raise not_allowed(action, word, run, status)

    # Runs

    def run(self, key: Key) -> Work:
        """Start a run. Raises Refusal while one goes on or the template is not ready."""
        now = self.time()
        template = self._find(key)
        # UNVERIFIED: 405 was recorded for a cancel while canceling; what a run while running gets was never recorded.
        # 409 is the status the documents lead one to expect, and clients are told to go by the code.
        self._check_idle(template, now, f"{ACTION}/run/action", 409)
        if template.provisioning(now) is not Provisioning.SUCCEEDED:
            raise not_allowed(f"{ACTION}/run/action", template.provisioning(now).value.lower(), "", 409)
        try:
            run = self._ledger.start(template, now)
        except LedgerFullError as full:
            raise Refusal(503, "StandInFull", str(full)) from full
        return self._works.keep(Work(operation=run.operation, begun=now, ended=None, template=template, run=run.number))

    def cancel(self, key: Key) -> None:
        """Cancel the run that goes on. Raises Refusal if none does, or if it is being cancelled already."""
        now = self.time()
        template = self._find(key)
        last = self._ledger.last(template, now)
        if last is None or last[1].state is not RunState.RUNNING:
            raise not_allowed(f"{ACTION}/cancel/action", "provisioned", last[1].state.value.lower() if last else "")
        self._ledger.cancel(template, now)

    def outputs(self, key: Key) -> list[Json]:
        """Return what the last run left behind: nothing unless it went well."""
        now = self.time()
        template = self._find(key)
        last = self._ledger.last(template, now)
        well = last is not None and last[1].state in (RunState.SUCCEEDED, RunState.PARTIALLY_SUCCEEDED)
        return body.run_outputs(template, last[0]) if last is not None and well else []

    def output(self, key: Key, name: str) -> Json:
        """Return one output of the last run. Raises Refusal if there is none of that name."""
        found = next((out for out in self.outputs(key) if out["name"].lower() == name.lower()), None)
        if found is None:
            raise not_found(f"{ACTION}/{key.name}/runOutputs", name, key.group)
        return found

    def triggers(self, key: Key) -> list[Json]:
        """Return the triggers of a template. Raises Refusal if there is no such template."""
        self.time()
        return self.estate.triggers.of(self._find(key))

    def _published(self) -> Iterator[Version]:
        return versions(self._ledger, [*self._gone, *self._templates.values()], self.time())

    # What is under way

    def _work(self, template: Template, what: str, now: datetime, ended: datetime | None) -> Work:
        operation = guid(self.scenario.seed, what, template.key, self._works.begun)
        return self._works.keep(Work(operation=operation, begun=now, ended=ended, template=template))

    def operation(self, subscription: str, region: str, operation: str) -> Json:
        """Return an operation as polling shows it. Raises Refusal for one nobody began there."""
        self.estate.check(subscription, None)
        now = self.time()
        work = self._works.find(subscription, region, operation)
        if work is None:
            raise Refusal(
                404, "ResourceNotFound", f"The operation '{operation}' was not found in '{region}'.", by_arm=False
            )
        if work.run is None:
            error = body.creation_error(work.template) if work.ended == work.template.ready else None
            return body.operation_body(work.operation, work.begun, work.ended, error, now)
        run = self._ledger.run(work.template, work.run)
        ended = self._ledger.course(work.template, run).ended
        over = None if ended is None else ended + body.OPERATION_LAG
        error = body.run_error(self._ledger.status(work.template, run, now))
        return body.operation_body(work.operation, run.accepted, over, error, now)

    # The Activity Log

    def note_call(self, key: Key, came: datetime, reply: Reply, client_id: str) -> str:
        """Keep a client's call to run a template, if there is such a one; return the correlation id of the call."""
        now = self.time()
        template = self._templates.get(key)
        if template is None:
            return str(uuid4())
        last = self._ledger.last(template, now)
        run = last[0].number if last is not None and last[0].operation == reply.request_id else None
        return self._calls.answered(template, came, now, reply, client_id, run)

    def activities(self, subscription: str, wanted: str, select: str) -> list[Json]:
        """Return the Activity Log's entries that a $filter asks for. Raises Refusal for one that is not understood."""
        self.estate.check(subscription, None)
        now = self.time()
        want = activity.wanted(wanted, now)
        told = [(call, self._end_of(call)) for call in self._calls.of(subscription)]
        lag = timedelta(seconds=self.scenario.activity_lag)
        return [activity.selected(entry, select) for entry in activity.entries(told, want, lag, now)]

    def _end_of(self, call: RunCall) -> activity.Ended | None:
        if call.run is None:
            return None
        way = self._ledger.course(call.template, self._ledger.run(call.template, call.run))
        well = way.state in (RunState.SUCCEEDED, RunState.PARTIALLY_SUCCEEDED)
        failure = "" if well else way.message or way.state.value
        return None if way.ended is None else activity.Ended(at=way.ended + body.OPERATION_LAG, failure=failure)

    # Health, and the account

    def events(self, subscription: str, since: datetime | None) -> list[Json]:
        """Return the Service Health events a subscription sees now."""
        self.estate.check(subscription, None)
        return health.events(
            self.scenario.events, self.begun, self.time(), since, self.subscriptions[subscription.lower()]
        )

    def availability(self, resource: str) -> Json:
        """Return Resource Health's status of a resource. Raises Refusal, for image templates always."""
        return health.availability(self.scenario.availabilities, resource, self.begun, self.time())

    def availabilities(self, subscription: str) -> list[Json]:
        """Return Resource Health's statuses of a subscription."""
        self.estate.check(subscription, None)
        return health.availabilities(self.scenario.availabilities, subscription, self.begun, self.time())

    def effects(self) -> list[Json]:
        """Return every run accepted from a client or started by a schedule, oldest first: the count must be exact."""
        now = self.time()
        return effects(self._ledger, [*self._gone, *self._templates.values()], now)
