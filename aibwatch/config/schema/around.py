"""Name what stands around groups: canaries, freezes, dependencies, peers, copies, tags, names in other regions."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic import StrictBool as Flag
from pydantic import StrictStr as Text

from aibwatch.config import values
from aibwatch.config.schema.kinds import (
    DAY,
    MINUTE,
    Canaries,
    Duration,
    DurationOrOff,
    Filled,
    Instant,
    Place,
    Region,
    Table,
    Template,
)


class BackupSettings(Table):
    """Copies of templates on a disk of yours, for the day on which a template's region does not answer."""

    directory: Annotated[Text, AfterValidator(values.directory)] = ""
    """Where the daemon keeps copies of all templates, an absolute path; `aibwatch backup` too, unless it is told
    another. Default "": the daemon keeps none, as it should write where you said so only."""
    max_age: Duration = 7 * DAY
    """How old the copy of a primary may be before readiness tells it. Default 7d: templates change rarely, and a copy
    that nobody has confirmed for a week is one of which nobody knows."""
    history: Flag = False
    """Whether the version before is kept when a definition changes. Default false: a directory under git has it
    already."""


class Canary(Table):
    """A minimal template of ours in a region, run to tell the service's fault from a customer's."""

    region: Region
    """Region that it speaks for, by its programmatic name. No default."""
    template: Template
    """Resource id of the template, which must live in that region. No default."""
    max_per_day: Canaries = 24
    """Most runs in 24 hours, those of the routine included. Default 24: a night of trouble needs about two an hour once
    it is proven, and each run costs a small build machine for some minutes."""
    routine: DurationOrOff = 7 * DAY
    """Time between runs on ordinary days, or "off" to run it on suspicion only. Default 7d: a canary that broke by
    itself (its identity, its image) is found within a week, and not in the night in which it is needed."""
    retry_after: Duration = 5 * MINUTE
    """In trouble, time from the start of one run to the next while fewer than two have failed; it is twice that once
    two have failed, and six times after six. Default 5m: two failures, which can prove an outage, within minutes, and
    no burst of calls on a service that struggles."""
    respite: Duration = 20 * MINUTE
    """How long a good run answers for the region, unless something begins to fail after it; doubled by each further
    good one, up to twelve times. Default 20m: about as long as a canary takes to build."""


class Freeze(Table):
    """A time in which nothing may be moved, by your own calendar. Watching and judging go on."""

    from_: Instant = Field(alias="from")
    """When it begins: a date and time of TOML with its offset, 2026-12-20T00:00:00Z. No default."""
    to: Instant
    """When it is over, in the same way. No default."""
    reason: Filled
    """What moves that it holds will say. No default."""


class Dependency(Table):
    """A resource whose availability in Resource Health is watched as a dependency of a region."""

    region: Region
    """Region that depends on it, by its programmatic name. No default."""
    resource: Annotated[Text, AfterValidator(values.any_resource)]
    """Resource id, of a storage account or a gallery for example. No default."""


class Peer(Table):
    """Another aibwatch, elsewhere, that watches the same regions by itself."""

    name: Annotated[Text, AfterValidator(values.peer_name)]
    """What people call it: 1 to 63 of a-z, 0-9 and -. No default."""
    url: Annotated[Text, AfterValidator(values.peer_address)]
    """Base of its pages; /api/v1/status is read there. Plain http is for loopback only, because whoever sits on the
    way could answer in its place. No default."""
    ca_bundle: Text = ""
    """File of certificates (PEM) to trust instead of the usual ones. Default "": the usual ones."""
    username: Text = ""
    """Whom the peer knows us as, where its pages ask for a password. Default "": they ask for none."""
    password_file: Text = ""
    """File with the password that goes with it, and nothing else. Default "": none."""


class Discovery(Table):
    """Groups by the tags of templates, beside those of this file."""

    subscriptions: Annotated[tuple[Text, ...], AfterValidator(values.subscriptions)] = ()
    """Ids of the subscriptions in which templates are looked for. Default: none, and then tags mean nothing."""
    ignore: Annotated[tuple[Text, ...], AfterValidator(values.ignored)] = ()
    """Names of groups and resource ids of templates that are not to be found. Default: none. It is also how a template
    that was deleted for good is let go, because that it is not found any more proves nothing."""


class RegionMapping(Table):
    """What the things of one region are called in another: `replicate` and `restore` write definitions by it."""

    from_: Region = Field(alias="from")
    """Region of the definition that is moved, by its programmatic name. No default."""
    to: Region
    """Region that it is moved to, in the same way. No default."""
    replace: dict[Filled, Filled] = {}  # noqa: RUF012 - pydantic gives each its own
    """Texts in names and what stands there instead, { weu = "neu" }: in the names of resource groups, resources,
    accounts and paths, never in Azure's own words. Those of three characters or more wherever they stand, shorter ones
    only as whole words, letter case ignored. Default: none."""
    exact: dict[Place, Place] = {}  # noqa: RUF012 - pydantic gives each its own
    """Whole resource ids or addresses and what stands there instead, with everything beneath them. They win over
    `replace`, the longest first; one that is mapped to itself may stay. Default: none."""
