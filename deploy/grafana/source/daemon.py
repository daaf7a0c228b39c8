"""The last row of the fleet's dashboard: is aibwatch itself well, and how does Azure answer it?

Rule: what stands here explains why everything above may be wrong: silence, throttling, decisions that are not
recorded.
"""

from dashboard import Row
from metric import failing, of, since
from panel import Look, Query, lines, stat
from words import ANY_IS_BAD, ANY_IS_ODD, CALM, NOTHING, ODD, PLAIN, RELOADED, WELL, WORST, of_values, steps

AGE = (
    f"max by (source) ({since('poll_last_success_timestamp_seconds')}) "
    f"/ on (source) max by (source) ({of('poll_interval_seconds')})"
)

DAEMON = Row(
    title="aibwatch and Azure",
    panels=[
        lines(
            "Age of what each source said",
            "Time since each source was last read well, in intervals of its polls: up to one is ordinary. A source "
            "that was never read well is missing here and fails beside.",
            [Query(expr=AGE, legend="{{source}}")],
            Look(nothing="nothing was read well", thresholds=steps((None, WELL), (3, ODD))),
        ),
        lines(
            "Polls that failed",
            "Share of polls without a good answer. A region that is down makes its probes fail; all sources at once "
            "mean that it is our way to Azure.",
            [
                Query(
                    expr=f"sum by (source) (rate({of('poll_failures_total')}[$__rate_interval])) "
                    f"/ (sum by (source) (rate({of('poll_total')}[$__rate_interval])) > 0)",
                    legend="{{source}}",
                )
            ],
            Look(unit="percentunit"),
        ),
        lines(
            "Length of polls",
            "95 of 100 polls were shorter than this.",
            [
                Query(
                    expr="histogram_quantile(0.95, sum by (source, le) "
                    f"(rate({of('poll_duration_seconds_bucket')}[$__rate_interval]))) >= 0",
                    legend="{{source}}",
                )
            ],
            Look(unit="s"),
        ),
        lines(
            "Azure's answers",
            "Requests to Azure a second, by status; 0 is none at all. 429 means that Azure throttles us, which is no "
            "evidence against a region.",
            [Query(expr=f"sum by (code) (rate({of('azure_requests_total')}[$__rate_interval]))", legend="{{code}}")],
            Look(unit="reqps"),
            stacked=True,
        ),
        lines(
            "Requests that failed",
            "Requests a second that were not answered well, by what was asked and where.",
            [
                Query(
                    expr="sum by (operation, azure_region) "
                    f"(rate({failing('azure_requests_total')}[$__rate_interval])) > 0",
                    legend="{{operation}} {{azure_region}}",
                )
            ],
            Look(unit="reqps", nothing="no request failed"),
        ),
        lines(
            "Azure's quotas left",
            "What Azure says is left of each quota of requests, in the subscription with the least. At zero it answers "
            "429, to others of this subscription too.",
            [
                Query(
                    expr=f"min by (operation) ({of('azure_ratelimit_remaining')})",
                    legend="{{operation}}",
                )
            ],
            Look(unit="short", decimals=0, nothing="Azure did not say"),
        ),
        stat(
            "Configuration",
            "Whether the configuration file is the one in force. A refused one is told in the log, and by aibwatch "
            "check-config.",
            Query(expr=f"min({of('config_last_reload_successful')})"),
            Look(words=of_values(RELOADED), thresholds=steps((None, WORST), (1, WELL))),
        ),
        stat(
            "Decisions not recorded",
            "Decisions that could not be written to the journal since the start. No move is made while that is so.",
            Query(expr=f"sum({of('journal_write_failures_total')})"),
            Look(thresholds=ANY_IS_BAD),
        ),
        stat(
            "Failures not understood",
            "Failed runs since the start that no row of the table of failures fits. aibwatch classify tells what is "
            "made of one.",
            Query(expr=f"sum({of('unclassified_failures_total')})"),
            Look(thresholds=ANY_IS_ODD),
        ),
        stat(
            "Orders refused",
            "Orders over HTTP since the start that came without the right token.",
            Query(expr=f"sum({of('orders_unauthorized_total')})"),
            Look(thresholds=ANY_IS_ODD),
        ),
        stat(
            "Callers turned away",
            "Requests to aibwatch since the start that were not served: wrong password, too slow, too large, too many.",
            Query(expr=f"sum({of('http_refused_total')})"),
            Look(thresholds=ANY_IS_ODD),
        ),
        stat(
            "Groups by tags",
            "Groups that are watched because the tags of templates say so.",
            Query(expr=f"sum({of('discovered_groups')})"),
            Look(thresholds=steps((None, NOTHING), (1, CALM))),
        ),
        stat(
            "Tags not followed",
            "What tags say that cannot be followed as it is; aibwatch status tells what to do.",
            Query(expr=f"sum({of('discovery_problems')})"),
            Look(thresholds=ANY_IS_ODD),
        ),
        stat(
            "Memory",
            "Resident memory of the daemon.",
            Query(
                expr='max(process_resident_memory_bytes{instance="$instance"} and on (instance) aibwatch_build_info)'
            ),
            Look(unit="bytes", thresholds=PLAIN),
        ),
        stat(
            "Version",
            "Version of the daemon that was scraped.",
            Query(expr=f"max by (version) ({of('build_info')})", legend="{{version}}"),
            Look(),
            name=True,
        ),
    ],
)
