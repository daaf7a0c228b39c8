"""What the HTTP answer proves by its status and headers, whatever the body says.

Note [Who made a 5xx]: of some thousand recorded refusals, x-ms-failure-cause was "service" 19 times, each a 5xx of
the resource provider or on its behalf, and "gateway" where Azure Resource Manager refused or failed by itself. A 5xx
without any x-ms-* header came from something in between.

Note [What a 4xx does not prove]: that the request was refused, but not why. So REFUSED stands behind the texts that
name a reason (a quota is no mistake), and before those that name none.
"""

from aibwatch.core.failures.origins import RECORDED, RELIABILITY, samples
from aibwatch.core.failures.row import Row, names, words
from aibwatch.core.model import FailureClass

SERVER_ERRORS = frozenset(range(500, 600))

ANSWERS = (
    Row(
        name="no-answer",
        cls=FailureClass.NETWORK,
        answered=False,
        of_run=False,
        cause="no answer came: no route, no name, no connection, or no time left",
        advice="look at this host's way to the management endpoint first; compare with a target that is not Azure",
        source="measured; an observer that is cut off sees the same as one that watches an outage",
        example="Name or service not known",
    ),
    Row(
        name="not-azure",
        cls=FailureClass.NETWORK,
        answered=True,
        of_run=False,
        from_azure=False,
        cause="a proxy on the way answered, not Azure: no x-ms-* header came with it",
        advice="look at the proxy between this host and the management endpoint",
        source=RECORDED,
        example="Bad Gateway",
    ),
    Row(
        name="throttled",
        cls=FailureClass.THROTTLED,
        statuses=frozenset({429}),
        cause="we, or somebody with our identity, asked too often, or the resource was busy with another change",
        advice="wait as long as Retry-After or the text says; it says nothing about the region",
        source=RECORDED,
        example="",
    ),
    Row(
        name="token-refused",
        cls=FailureClass.AUTH,
        statuses=frozenset({401}),
        cause="the caller's token was refused, or none could be had",
        advice="check the managed identity of this host",
        source=RECORDED,
        example="",
    ),
    Row(
        name="rule-forbids",
        cls=FailureClass.CUSTOMER,
        statuses=frozenset({403}),
        text=words(r"\bLinkedAuthorizationFailed\b", "linked subscription", "disallowed ?by ?policy"),
        cause="the request names a resource of another subscription, or an Azure Policy forbids it",
        advice="give the caller rights at the linked resource, or exempt what is asked for from the policy",
        source=RECORDED,
        example="the tenant 't' is not authorized to access linked subscription 's'",
    ),
    Row(
        name="not-permitted",
        cls=FailureClass.AUTH,
        statuses=frozenset({403}),
        cause="the identity that asked lacks a role",
        advice="assign it the role at the template's resource group",
        source=RECORDED,
        example="",
    ),
    Row(
        name="not-found",
        cls=FailureClass.CUSTOMER,
        statuses=frozenset({404}),
        cause="the template, its resource group or its subscription is not there",
        advice="compare the id in the configuration with the one in Azure",
        source=f"{RECORDED}: 841 of 967 refusals of the gateway were this",
        example="",
    ),
    Row(
        name="arm-failed",
        cls=FailureClass.AMBIGUOUS,
        statuses=SERVER_ERRORS,
        failure_cause="gateway",
        cause="Azure Resource Manager itself failed, not Image Builder; the secondary is reached through it too",
        advice="wait; if other regions fail alike it is not the region",
        source=RECORDED,
        example="",
    ),
    Row(
        name="service-failed",
        cls=FailureClass.SERVICE,
        statuses=SERVER_ERRORS,
        failure_cause="service",
        cause="the resource provider failed, and Azure says that it was the provider (x-ms-failure-cause: service)",
        advice="nothing on your side; watch the region",
        source=f"{RECORDED}: 19 of 19 answers with this header were 5xx",
        example="",
    ),
    Row(
        name="service-failed-by-header",
        cls=FailureClass.SERVICE,
        answered=False,
        failure_cause="service",
        cause="Azure says that the resource provider failed (x-ms-failure-cause: service)",
        advice="nothing on your side; watch the region",
        source=f"{RECORDED}: 19 of 19 answers with this header were 5xx",
        example="",
    ),
    Row(
        name="arm-failed-in-words",
        cls=FailureClass.AMBIGUOUS,
        text=words(
            r"Encountered internal server error\. Diagnostic information",
            r"The request timed out\. Diagnostic information",
            r"\bServerTimeout\b",
        ),
        cause="Azure Resource Manager itself failed and says so in words; the secondary is reached through it too",
        advice="wait; if other regions fail alike it is not the region",
        source=RECORDED,
        example="Encountered internal server error. Diagnostic information: timestamp '20260101T000000Z'",
    ),
    Row(
        name="server-error-status",
        cls=FailureClass.SERVICE,
        statuses=SERVER_ERRORS,
        cause="Azure answered 5xx and did not say which part of it failed",
        advice="nothing on your side; watch the region, and look at x-ms-failure-cause if you can see the headers",
        source=f"{RELIABILITY}: runs of templates are answered with 500; {samples(99, 129)}",
        example="",
    ),
)

REFUSED = Row(
    name="refused",
    cls=FailureClass.CUSTOMER,
    statuses=frozenset(range(400, 500)),
    cause="the request was refused as wrong",
    advice="read the message; it names the field, the state or the value",
    source=RECORDED,
    example="PreconditionFailed",
)

REFUSED_IN_WORDS = Row(
    name="refused-in-words",
    cls=FailureClass.CUSTOMER,
    text=names("BadRequest", "InvalidQuery", "InvalidParameter", "PreconditionFailed", "MethodNotAllowed"),
    cause="the request was refused as wrong",
    advice="read the message; it names the field, the state or the value",
    source=RECORDED,
    example="BadRequest",
)

NOT_AS_PROMISED = Row(
    name="not-as-promised",
    cls=FailureClass.AMBIGUOUS,
    statuses=frozenset(range(100, 400)),
    of_run=False,
    cause="Azure answered without an error, and with something else than was asked for",
    advice="look at what came; if it goes on, tell the authors of aibwatch",
    source="measured with broken and foreign answers",
    example="an answer that is not JSON",
)

IN_WORDS = (
    Row(
        name="no-token",
        cls=FailureClass.AUTH,
        text=words(
            "ManagedIdentityCredential",
            r"\bIMDS\b",
            r"identity (service |endpoint )?(is )?unavailable",
            r"\bAADSTS\d{4,6}",
            r"\b(Expired|Invalid)AuthenticationToken\b",
        ),
        cause="no token could be had, or it was refused: the identity of the host that asks, not the template's",
        advice="check that identity; if it is well, look for an outage of managed identities in the host's region",
        source="errors of azure-identity; incident FNJ8-VQZ of Azure's status history (February 2026)",
        example="ManagedIdentityCredential authentication unavailable",
    ),
    Row(
        name="no-way-there",
        cls=FailureClass.NETWORK,
        text=words(
            r"(Cannot connect to host|HTTPSConnectionPool\(host=|Failed to resolve|getaddrinfo|tim(ed|e)[ -]?out"
            r"|unreachable|CERTIFICATE_VERIFY_FAILED).{0,60}?(management\.azure\.com|login\.microsoftonline\.com"
            r"|token endpoint)",
            r"(management\.azure\.com|login\.microsoftonline\.com|token endpoint).{0,60}?(unreachable|tim(ed|e)[ -]?out"
            r"|Name or service not known|name resolution|Connection refused)",
        ),
        cause="the caller did not get through to Azure's management endpoint",
        advice="look at that host's name resolution, proxy and route, and try a target that is not Azure",
        source="errors of aiohttp, requests and azure-core",
        example="Cannot connect to host management.azure.com:443 ssl:default [Name or service not known]",
    ),
    Row(
        name="throttled-in-words",
        cls=FailureClass.THROTTLED,
        text=words(
            r"\b(Subscription|Resource)RequestsThrottled\b",
            r"\bTooManyRequests\b",
            "too many requests have been received",
            r"try again after '?\d",
        ),
        cause="Azure Resource Manager or a provider was asked too often",
        advice="wait as long as the text says; run fewer builds at the same time if they are what asks",
        source=f"{RECORDED}; github.com/dotnet/arcade, issue 13561",
        example="Number of requests exceeded the limit of '150'. Please try again after '324' seconds.",
    ),
    Row(
        name="question-too-old",
        cls=FailureClass.CUSTOMER,
        text=words("The start time cannot be more than 90 days in the past"),
        cause="the activity log was asked about a time that it does not keep (90 days)",
        advice="ask about a later time",
        source=RECORDED,
        example="The start time cannot be more than 90 days in the past.",
    ),
    Row(
        name="missing-resource",
        cls=FailureClass.CUSTOMER,
        text=names("ResourceGroupNotFound", "ParentResourceNotFound", "SubscriptionNotFound", "ResourceNotFound"),
        cause="something that is named is not there: deleted, moved, or written differently",
        advice="compare the id that the message names with Azure; an outage does not delete anything",
        source=RECORDED,
        example="ResourceGroupNotFound",
    ),
)
