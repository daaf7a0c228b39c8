"""Name every setting, with its unit, its default and the reason for that default.

Rules: keys that are not here are mistakes; nothing changes after loading; a secret is never a value, only the name of a
file. What a setting may be is checked here one at a time; `aibwatch.config.checks` looks at them together, and
`aibwatch.config.unacted` lists those that this version does not act on yet.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
)
from pydantic import StrictBool as Flag
from pydantic import StrictFloat as Float
from pydantic import StrictInt as Int
from pydantic import StrictStr as Text

from aibwatch.config import values
from aibwatch.config.duration import format_duration, parse_duration
from aibwatch.core.model import Mode

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MOST_RETRIES = 10
"""Past ten attempts a step does not lack patience; someone should look."""

MOST_MOVES = 1000
"""In a day: a limit above this limits nothing."""

MOST_CANARIES = 288
"""In a day: one every five minutes. Builds take longer, and one runs at a time."""


class Credential(StrEnum):
    """How to sign in to Azure."""

    MANAGED_IDENTITY = "managed-identity"
    WORKLOAD_IDENTITY = "workload-identity"
    ENVIRONMENT = "environment"
    CLI = "cli"
    DEFAULT = "default"


class Cloud(StrEnum):
    """Which Azure."""

    PUBLIC = "public"
    USGOVERNMENT = "usgovernment"
    CHINA = "china"


def _duration_or_off(value: object) -> timedelta | Literal["off"]:
    return "off" if value == "off" else parse_duration(value)


def _write_duration_or_off(value: timedelta | Literal["off"]) -> str:
    return "off" if value == "off" else format_duration(value)


Duration = Annotated[timedelta, PlainValidator(parse_duration), PlainSerializer(format_duration)]
DurationOrOff = Annotated[
    timedelta | Literal["off"], PlainValidator(_duration_or_off), PlainSerializer(_write_duration_or_off)
]
ModeChoice = Annotated[Mode, BeforeValidator(values.choice_of(Mode, "mode"))]
CredentialChoice = Annotated[Credential, BeforeValidator(values.choice_of(Credential, "credential"))]
CloudChoice = Annotated[Cloud, BeforeValidator(values.choice_of(Cloud, "cloud"))]
Score = Annotated[Float, Field(gt=0, allow_inf_nan=False)]
Canaries = Annotated[Int, Field(ge=1, le=MOST_CANARIES)]
Instant = Annotated[
    datetime, PlainValidator(values.instant), PlainSerializer(datetime.isoformat, return_type=str, when_used="json")
]
Moves = Annotated[Int, Field(ge=1, le=MOST_MOVES)]
Filled = Annotated[Text, AfterValidator(values.filled)]
Endpoint = Annotated[Text, AfterValidator(values.web_endpoint)]
Pattern = Annotated[Text, AfterValidator(values.pattern)]
Region = Annotated[Text, AfterValidator(values.region_name)]
Place = Annotated[Text, AfterValidator(values.place)]
Template = Annotated[Text, AfterValidator(values.template_resource)]


class Table(BaseModel):
    """A table of the file: frozen, and strict about its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AzureSettings(Table):
    """How to reach Azure."""

    credential: CredentialChoice = Credential.MANAGED_IDENTITY
    """How to sign in. Default "managed-identity": it leaves no secret on the machine that could leak or expire."""
    client_id: Text = ""
    """Client id of a user-assigned identity. Default "": the identity that the machine itself was given."""
    cloud: CloudChoice = Cloud.PUBLIC
    """Which Azure to talk to. Default "public": where nearly every subscription lives."""
    arm_endpoint: Endpoint = ""
    """Address of the management API instead of the cloud's own. Default "": the cloud's. Plain http is for
    loopback only, because every request carries a token."""
    ca_bundle: Text = ""
    """File of certificates (PEM) to trust instead of the usual ones. Default "": the usual ones, which know
    Azure's."""
    connect_timeout: Duration = 5 * SECOND
    """How long one connection may take to open. Default 5s: a healthy one takes well under one, and a probe
    must have failed before the next is due."""
    request_timeout: Duration = 70 * SECOND
    """How long one request may take in all. Default 70s: Azure Resource Manager is reported to give up on a
    silent provider after about a minute, and to say so (504), which is evidence; a shorter limit would only see
    silence. The SDK's own 300s would hide an outage for five minutes."""


class StateSettings(Table):
    """Where the journal is kept."""

    url: Annotated[Text, AfterValidator(values.state_url)] = "sqlite:////var/lib/aibwatch/aibwatch.db"
    """Database of the journal: sqlite:////ABSOLUTE/PATH. Default under /var/lib/aibwatch: the state directory
    that the systemd unit makes, on a disk that survives a restart."""


class HttpSettings(Table):
    """The status page, the metrics and the API."""

    listen: Annotated[Text, AfterValidator(values.listen_address)] = "127.0.0.1:9877"
    """Address to listen on, host:port; port 0 takes a free one. Default loopback: GET asks for no password."""
    token_file: Text = ""
    """File with the bearer token that POST demands. Default "": POST is refused, so that nobody moves a group
    by chance."""
    web_config_file: Text = ""
    """File with TLS and basic auth in the format of Prometheus' exporter-toolkit. Default "": neither, fit for
    loopback."""


class PollSettings(Table):
    """How often each source is asked."""

    templates: Duration = MINUTE
    """Time between lists of templates and their last runs. Default 60s: runs take tens of minutes, and a few
    list calls read thousands of templates."""
    probe: Duration = 30 * SECOND
    """Time between read probes of a region. Default 30s: three failures count, which makes 90 s to a first sign."""
    service_health: Duration = MINUTE
    """Time between looks for Service Health events. Default 60s: the fastest notices came after 81 s."""
    resource_health: Duration = 5 * MINUTE
    """Time between looks at the availability of dependencies. Default 5m: it only corroborates, and every
    dependency costs a call."""
    activity_log: Duration = 2 * MINUTE
    """Time between looks into the Activity Log. Default 2m: it lags by 3 to 20 minutes anyway."""
    peer: Duration = MINUTE
    """Time between questions to each [[peer]]. Default 60s: what one said counts for five minutes, so a few answers
    may get lost."""
    readiness: Duration = 30 * MINUTE
    """Time between questions to handlers whether they could act on each secondary. Default 30m: rights and templates
    change rarely, each question costs a read, and all are asked again before a move."""


class PolicySettings(Table):
    """The thresholds of judgement: defaults of every group, and the ones that regions are judged by."""

    mode: ModeChoice = Mode.SHADOW
    """How far aibwatch may go by itself: shadow (say only), approve (ask first), auto (move). Default "shadow":
    it has to earn trust on your templates before it moves them."""
    cooldown: Duration = HOUR
    """Least time between two moves of a group. Default 60m: longer than a usual build, so that a move has shown
    an image before the next; doubles after a failure."""
    drill_max_age: DurationOrOff = 35 * DAY
    """How old the last rehearsal may be before moves are held, or "off". Default 35d: a monthly drill with days
    to spare."""
    hold_min: Duration = 3 * MINUTE
    """Wait between confirmation and move when every kind of evidence agrees. Default 3m: short blips end by
    themselves."""
    hold_max: Duration = 15 * MINUTE
    """The same wait when evidence is only just enough. Default 15m: costs less than a needless move does."""
    min_outage_age: Duration = 5 * MINUTE
    """Least time from the first evidence to a move. Default 5m: most restarts inside the service are over by
    then."""
    recovery_min: Duration = 10 * MINUTE
    """How long a region must show no trouble before its incident closes. Default 10m: as long as evidence
    counts as "still failing", so that an outage that flickers stays one incident."""
    run_window: Duration = HOUR
    """How long the end of a run counts as evidence. Default 60m: builds are rare, and an older end says little
    about now."""
    suspect_score: Score = 1.2
    """Score (natural-log likelihood ratio) from which a region is suspected. Default 1.2: one or two ambiguous
    failures; suspicion is cheap, it only starts a closer look."""
    confirm_score: Score = 9.2
    """Score from which an outage is confirmed. Default 9.2: odds of 10,000 to 1, which no two
    kinds of source reach by a hiccup."""
    approve_timeout: Duration = 15 * MINUTE
    """In mode approve: after how long without an answer people are told again (nothing is moved meanwhile), and how
    long an approval that was given counts. Default 15m: an answer is about the moment in which it is given, and
    whoever was woken needs a few minutes."""
    max_moves_per_day: Moves = 3
    """Most moves of one group in 24 hours. Default 3: a group that moved three times in a day is chasing something
    that moving does not cure."""
    exclude_late_images: Flag = False
    """Whether image versions that a left member builds late, from a run begun before the active member's, are taken out
    of "latest" in their gallery. Default false: it writes to a gallery, which nothing else here does, and needs a
    permission of its own (Microsoft.Compute/galleries/images/versions/write); without it people are told."""
    service_health_service: Pattern = "image builder"
    """Regular expression, letter case ignored, for the service names of events that concern us. Default "image
    builder": Azure's own words; events of other services count only as dependencies."""


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
    """Base of its pages; /api/v1/status is read there, and nothing is sent that lets anybody in. Plain http is for
    loopback only, because whoever sits on the way could answer in its place. No default."""
    ca_bundle: Text = ""
    """File of certificates (PEM) to trust instead of the usual ones. Default "": the usual ones."""


class RegionMapping(Table):
    """What the things of one region are called in another: `replicate` and `restore` write definitions by it."""

    from_: Region = Field(alias="from")
    """Region of the definition that is moved, by its programmatic name. No default."""
    to: Region
    """Region that it is moved to, in the same way. No default."""
    replace: dict[Filled, Filled] = {}
    """Texts in names and what stands there instead, { weu = "neu" }: in the names of resource groups, resources,
    accounts and paths, never in Azure's own words. Those of three characters or more wherever they stand, shorter ones
    only as whole words, letter case ignored. Default: none."""
    exact: dict[Place, Place] = {}
    """Whole resource ids or addresses and what stands there instead, with everything beneath them. They win over
    `replace`, the longest first; one that is mapped to itself may stay. Default: none."""


class StepOptions(Table):
    """What one kind of handler needs to know beyond time-out and retries.

    The keys here are those of the built-in handlers, which take no others; an installed handler may take any, and says
    itself what is wrong with them. Never a secret, because they are on record with every move: name a file that has it.
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Annotated[object, PlainValidator(values.option)]] = Field(init=False)
    """What an installed handler is told: texts, numbers, true or false, lists of texts. Default: nothing."""

    command: Annotated[tuple[Filled, ...], AfterValidator(values.not_empty), AfterValidator(values.program)] | None = (
        None
    )
    """Program and arguments, for handler "command"; called without a shell, with the verb as its last argument. No
    default."""
    url: Annotated[Filled, AfterValidator(values.web_endpoint)] | None = None
    """Address to POST to, for handler "webhook". No default."""
    secret_file: Filled | None = None
    """File with the key that signs the POST, for handler "webhook"; a second line with the next key while it is being
    replaced. Read for every call. No default."""
    status_url: Annotated[Filled, AfterValidator(values.web_endpoint)] | None = None
    """Address where the receiver says whether an effect is there, for handler "webhook". Default: it cannot be asked,
    and its answer to the POST is all that is known."""
    ca_bundle: Filled | None = None
    """File of certificates (PEM) to trust instead of the usual ones, for handler "webhook". Default: the usual ones."""


class Step(Table):
    """One step of a move."""

    handler: Filled
    """Built-in "run-template" or "command", or the name of an entry point in aibwatch.handlers. No default."""
    timeout: Duration = 15 * MINUTE
    """How long one attempt may take. Default 15m: a run that is accepted answers in seconds; the rest is for an
    ARM that is just recovering."""
    retries: Annotated[Int, Field(ge=0, le=MOST_RETRIES)] = 2
    """Further attempts, each only where the one before is known to have changed nothing. Default 2: a hiccup
    passes, a fault does not."""
    options: StepOptions = StepOptions()
    """What this handler needs to know. Default: nothing."""


class Group(Table):
    """Templates that move together. A key that is also in [policy] overrides it for this group."""

    name: Annotated[Text, AfterValidator(values.group_name)]
    """What people call it: 1 to 63 of a-z, 0-9 and -. No default."""
    primary: Template
    """Resource id of the template that builds in good times. No default."""
    secondaries: tuple[Template, ...]
    """Resource ids of the templates to move to, in order of preference. No default: without one there is no
    failover."""
    primary_region: Region | None = None
    """Region in which the primary is, by its programmatic name. Default: where Azure shows it. Where it is said,
    mistakes show before anything is deployed, and nothing is moved to a member that turns out to be elsewhere."""
    secondary_regions: tuple[Region, ...] = ()
    """The same of the secondaries, in their order. Default: where Azure shows them."""
    allowed_geographies: tuple[Filled, ...] = ()
    """Where secondaries may build: geographies ("Europe", "United Kingdom") and single regions ("swedencentral"); a
    move elsewhere is refused, and nobody overrides that. Default: anywhere. The geographies are Azure Resource
    Manager's, which are no legal boundaries: "Asia Pacific" is Hong Kong and Singapore, "Europe" only North and West
    Europe. Where law decides, name regions."""
    mode: ModeChoice | None = None
    """As in [policy]. Default: what [policy] says."""
    cooldown: Duration | None = None
    """As in [policy]. Default: what [policy] says."""
    drill_max_age: DurationOrOff | None = None
    """As in [policy]. Default: what [policy] says."""
    hold_min: Duration | None = None
    """As in [policy]. Default: what [policy] says."""
    hold_max: Duration | None = None
    """As in [policy]. Default: what [policy] says."""
    min_outage_age: Duration | None = None
    """As in [policy]. Default: what [policy] says."""
    recovery_min: Duration | None = None
    """As in [policy]. Default: what [policy] says."""
    run_window: Duration | None = None
    """As in [policy]. Default: what [policy] says."""
    suspect_score: Score | None = None
    """As in [policy]. Default: what [policy] says."""
    confirm_score: Score | None = None
    """As in [policy]. Default: what [policy] says."""
    approve_timeout: Duration | None = None
    """As in [policy]. Default: what [policy] says."""
    max_moves_per_day: Moves | None = None
    """As in [policy]. Default: what [policy] says."""
    exclude_late_images: Flag | None = None
    """As in [policy]. Default: what [policy] says."""
    service_health_service: Pattern | None = None
    """As in [policy]. Default: what [policy] says."""
    step: Annotated[tuple[Step, ...], AfterValidator(values.not_empty)] = (Step(handler="run-template"),)
    """Steps of a move, in order. Default: one that runs the template of the new active member."""

    def policy(self, defaults: PolicySettings) -> PolicySettings:
        """Return the policy of this group: its own keys, and `defaults` for the rest."""
        own = {key: getattr(self, key) for key in PolicySettings.model_fields}
        return defaults.model_copy(update={key: value for key, value in own.items() if value is not None})


class Settings(Table):
    """All settings, as the file and the defaults have them."""

    azure: AzureSettings = AzureSettings()
    """How to reach Azure."""
    state: StateSettings = StateSettings()
    """Where the journal is kept."""
    http: HttpSettings = HttpSettings()
    """The status page, the metrics and the API."""
    poll: PollSettings = PollSettings()
    """How often each source is asked."""
    policy: PolicySettings = PolicySettings()
    """The thresholds of judgement."""
    backup: BackupSettings = BackupSettings()
    """Copies of templates on a disk of yours."""
    canary: tuple[Canary, ...] = ()
    """Minimal templates to run on suspicion. Default: none, and then an outage is harder to tell from a mistake."""
    freeze: tuple[Freeze, ...] = ()
    """Times in which nothing may be moved. Default: none."""
    mapping: tuple[RegionMapping, ...] = ()
    """What is called how in another region. Default: none, and then `replicate` tells what it would have to know."""
    dependency: tuple[Dependency, ...] = ()
    """Resources that a region's builds lean on. Default: none."""
    peer: tuple[Peer, ...] = ()
    """Other observers. Default: none, and then nobody but us says whether a region is down."""
    group: tuple[Group, ...] = ()
    """What is watched. Default: nothing."""
