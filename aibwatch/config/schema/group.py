"""Name what is said of a group: its members, its own thresholds, and the steps of its moves."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, PlainValidator
from pydantic import StrictBool as Flag
from pydantic import StrictInt as Int
from pydantic import StrictStr as Text

from aibwatch.config import values
from aibwatch.config.schema.kinds import (
    MINUTE,
    MOST_RETRIES,
    Duration,
    DurationOrOff,
    Filled,
    ModeChoice,
    Moves,
    Pattern,
    Region,
    Score,
    Table,
    Template,
)
from aibwatch.config.schema.policy import PolicySettings


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
    replaced. Read for every call; "$CREDENTIALS_DIRECTORY/NAME" is a credential of the systemd service. No default."""
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
