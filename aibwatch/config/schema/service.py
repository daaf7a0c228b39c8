"""Name the settings of the daemon itself: its way to Azure, its state, its pages, and how often it looks."""

from typing import Annotated

from pydantic import AfterValidator
from pydantic import StrictStr as Text

from aibwatch.config import values
from aibwatch.config.schema.kinds import (
    MINUTE,
    SECOND,
    Cloud,
    CloudChoice,
    Credential,
    CredentialChoice,
    Duration,
    Endpoint,
    Table,
)


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
    """Address to listen on, host:port; port 0 takes a free one. Default loopback: without a
    web_config_file everybody who gets there may read."""
    token_file: Text = ""
    """File with the bearer token that POST demands; "$CREDENTIALS_DIRECTORY/NAME" is a credential of the systemd
    service. Default "": POST is refused, so that nobody moves a group by chance."""
    web_config_file: Text = ""
    """File with TLS and basic auth in the format of Prometheus' exporter-toolkit; it and the certificates that it names
    are read again when they change. Default "": neither, fit for loopback."""
    username: Text = ""
    """Whom commands like `aibwatch status` are known as to the daemon, where web_config_file has basic_auth_users.
    Default "": no password is asked for."""
    password_file: Text = ""
    """File with the password that goes with it, and nothing else. Default "": none."""
    client_cert_file: Text = ""
    """File with the certificate (PEM) that commands show the daemon, where web_config_file demands one. Default "":
    none."""
    client_key_file: Text = ""
    """File with the key that goes with it, without a pass phrase. Default "": none."""


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
    """Time between looks whether each secondary would build, and questions to handlers whether they could act on it.
    Default 30m: rights, quotas and templates change rarely, each look costs a read or two, and what was found counts
    for 35 minutes. A template that changed and a region that is suspected are looked at in between."""
    discovery: Duration = 15 * MINUTE
    """Time between looks for groups in the tags of templates. Default 15m: tags change with deployments, and the quota
    of Resource Graph is shared with everybody who asks it; one that fails is tried again within a minute."""
