"""The dashboard of everything: is something wrong, where, which groups does it concern, and is aibwatch itself well?

Rule: from top to bottom it answers what is asked at 3 am, in that order. Nothing in it needs a group to be chosen, and
a few hundred groups do not make it longer: only the table of groups has a line each.
"""

from daemon import DAEMON
from dashboard import INSTANCE, Row, dashboard
from metric import CLOSED, OPEN, UNKNOWN, coded, of
from panel import Column, Look, Query, lines, stat, table, timeline
from words import (
    ANY_IS_BAD,
    ANY_IS_ODD,
    BAD,
    ODD,
    READY,
    VERDICTS,
    WELL,
    WORST,
    of_states,
    of_values,
    steps,
)

VERDICT = coded("region_verdict", "verdict", VERDICTS, by="azure_region")
TO_SECONDARIES = f"max by (group, azure_region) ({of('template_info', role='secondary')})"
AWAY = f"sum({of('group_active')} * on (group, azure_region) {TO_SECONDARIES})"
GROUP_PAGE = "/d/aibwatch-group?var-group=${__value.raw:percentencode}&${instance:queryparam}&${__url_time_range}"

NOW = Row(
    title="Now",
    panels=[
        stat(
            "Regions in outage",
            "Regions whose outage is proven. Which ones, and on what evidence: aibwatch status, aibwatch explain "
            "REGION.",
            Query(expr=f"sum({of('region_verdict', verdict='outage')})"),
            Look(thresholds=ANY_IS_BAD),
        ),
        stat(
            "Regions not healthy",
            "Regions with any other verdict than healthy, outages included.",
            Query(expr=f"sum({of('region_verdict', verdict='healthy')} == bool 0)"),
            Look(thresholds=ANY_IS_ODD),
        ),
        stat(
            "Groups on a secondary",
            "Groups whose runs go to a secondary. Going back is for a human: aibwatch failback GROUP.",
            Query(expr=AWAY),
            Look(thresholds=ANY_IS_ODD),
        ),
        stat(
            "Groups held",
            "Groups that want to leave their region and are held by a gate. Which gate: aibwatch explain GROUP.",
            Query(expr=f"sum({of('group_phase', phase='held')})"),
            Look(thresholds=ANY_IS_ODD),
        ),
        stat(
            "Groups halted",
            "Groups whose move failed on the way. They move no more until a human has looked: aibwatch reset GROUP.",
            Query(expr=f"sum({of('group_phase', phase='halted')})"),
            Look(thresholds=ANY_IS_BAD),
        ),
        stat(
            "Approvals waiting",
            "Moves that wait for a human's answer: aibwatch approve ID, aibwatch deny ID.",
            Query(expr=f"sum({of('approval_waiting')})"),
            Look(thresholds=ANY_IS_ODD),
        ),
        stat(
            "Secondaries not ready",
            "Secondaries that would not build now, or of which it is not known. Why: aibwatch readiness GROUP.",
            Query(expr=f"sum({of('secondary_ready')} < bool 1)"),
            Look(thresholds=ANY_IS_ODD),
        ),
        stat(
            "Last decision",
            "Age of the loop's last decision. It takes one at every poll; minutes without one mean that it stands "
            "still.",
            Query(expr=f"time() - {of('loop_last_tick_timestamp_seconds')}"),
            Look(unit="s", thresholds=steps((None, WELL), (120, ODD), (300, WORST)), decimals=0),
        ),
    ],
)

REGIONS = Row(
    title="Regions",
    panels=[
        timeline(
            "Verdict on each region",
            "What each region is judged to be, over time. Purple marks are moves.",
            Query(expr=VERDICT, legend="{{azure_region}}"),
            Look(words=of_states(VERDICTS)),
            height=5,
        ),
        lines(
            "Score against each region",
            "Sum of the evidence, as natural logarithm of the likelihood ratio. The lines are the usual thresholds: "
            "suspicion at 1.2, conviction at 9.2, which also needs two kinds of source. Below zero speaks for the "
            "region.",
            [Query(expr=f"max by (azure_region) ({of('region_score')})", legend="{{azure_region}}")],
            Look(thresholds=steps((None, WELL), (1.2, ODD), (9.2, WORST))),
        ),
        lines(
            "Failed runs, by whose fault",
            "Runs that failed within ten minutes, about. Class service speaks against the region; the others are "
            "yours, or nobody's.",
            [
                Query(
                    expr=f"round(sum by (azure_region, class) (increase({of('run_failures_total')}[10m]))) > 0",
                    legend="{{azure_region}} {{class}}",
                )
            ],
            Look(unit="short", nothing="no run failed", decimals=0),
        ),
        lines(
            "Canaries",
            "Runs of each region's canary that were asked for, and those that failed or were stuck, in all. A canary "
            "is run when a region looks wrong, so steps are doubts.",
            [
                Query(expr=f"sum by (azure_region) ({of('canary_runs_total')})", legend="{{azure_region}} asked for"),
                Query(expr=f"sum by (azure_region) ({of('canary_failures_total')})", legend="{{azure_region}} failed"),
            ],
            Look(unit="short", nothing="no canary"),
        ),
        lines(
            "Incidents and provider's events",
            "Whether an incident of ours is open, from first suspicion to recovery, and how many events of Service "
            "Health that concern Image Builder are active. The provider's word often comes later.",
            [
                Query(expr=f"max by (azure_region) ({of('incident_open')})", legend="{{azure_region}} incident"),
                Query(
                    expr=f"sum by (azure_region) ({of('service_health_event_active')})",
                    legend="{{azure_region}} Service Health",
                ),
            ],
            Look(unit="short", decimals=0),
        ),
        lines(
            "Templates that fail alike",
            "Templates that fail together for a reason that is not the region's: a script, an identity, a quota; which "
            "one: aibwatch status. Somebody should mend it; moving would not help.",
            [
                Query(expr=f"sum by (azure_region) ({of('correlated_failures')})", legend="{{azure_region}}"),
            ],
            Look(unit="short", decimals=0),
        ),
        lines(
            "Canaries that prove nothing",
            "Canaries that fail by their own fault, so that a doubt about their region cannot be settled. Repair them.",
            [Query(expr=f"max by (azure_region) ({of('canary_broken')})", legend="{{azure_region}}")],
            Look(unit="short", nothing="no canary", decimals=0, thresholds=steps((None, WELL), (1, BAD))),
        ),
    ],
)

GROUPS = Row(
    title="Groups",
    panels=[
        table(
            "Groups",
            "Where each group's runs go, and what would hold its next move. A click on the name shows the group.",
            {"group": "Group", "azure_region": "Active in", "phase": "Phase", "mode": "Mode"},
            [
                Column(title="", expr=f"max by (group, azure_region) ({of('group_active')} == 1)"),
                Column(title="", expr=f"max by (group, phase) ({of('group_phase')} == 1)"),
                Column(title="", expr=f"max by (group, mode) ({of('group_mode')} == 1)"),
                Column(title="Gates closed", expr=f"sum by (group) ({of('gate_open')} == bool {CLOSED})"),
                Column(
                    title="Secondaries",
                    expr=f"min by (group) ({of('secondary_ready')})",
                    words=of_values(READY),
                ),
                Column(title="Failovers", expr=f"sum by (group) ({of('moves_total', kind='failover')})"),
                Column(title="Would have moved", expr=f"sum by (group) ({of('would_have_failed_over_total')})"),
                Column(title="Paused for", expr=f"max by (group) ({of('paused_seconds_remaining')})", unit="s"),
            ],
            links={
                "Group": GROUP_PAGE,
            },
            height=6,
        ),
        lines(
            "Groups by active region",
            "How many groups build in each region.",
            [Query(expr=f"sum by (azure_region) ({of('group_active')})", legend="{{azure_region}}")],
            Look(unit="short", decimals=0),
            stacked=True,
        ),
        lines(
            "Groups by phase",
            "How many groups are in each phase; watching is the ordinary one.",
            [Query(expr=f"sum by (phase) ({of('group_phase')})", legend="{{phase}}")],
            Look(unit="short", decimals=0),
            stacked=True,
        ),
        lines(
            "Groups by mode",
            "How far aibwatch may go by itself: shadow only says it, approve asks first. A stale drill makes auto ask.",
            [Query(expr=f"sum by (mode) ({of('group_mode')})", legend="{{mode}}")],
            Look(unit="short", decimals=0),
            stacked=True,
        ),
        lines(
            "Readiness of secondaries",
            "Whether the secondaries would build if they were run now. Unknown holds a move as not ready does.",
            [
                Query(expr=f"sum({of('secondary_ready')} == bool {value})", legend=word)
                for value, word in ((OPEN, "ready"), (CLOSED, "not ready"), (UNKNOWN, "unknown"))
            ],
            Look(unit="short", decimals=0),
            stacked=True,
        ),
        lines(
            "Gates closed",
            "How many groups each gate would hold. mode_allows is closed for every group in shadow.",
            [Query(expr=f"sum by (gate) ({of('gate_open')} == bool {CLOSED}) > 0", legend="{{gate}}")],
            Look(unit="short", nothing="no gate is closed", decimals=0),
            stacked=True,
        ),
        lines(
            "Moves",
            "Moves in all, by kind, those that failed, and the failovers that only the mode kept from happening.",
            [
                Query(expr=f"sum by (kind) ({of('moves_total')})", legend="{{kind}}"),
                Query(expr=f"sum by (kind) ({of('move_failures_total')})", legend="{{kind}} failed"),
                Query(expr=f"sum({of('would_have_failed_over_total')})", legend="would have failed over"),
            ],
            Look(unit="short", decimals=0),
        ),
    ],
)

FLEET = dashboard(
    "aibwatch-fleet",
    "aibwatch: fleet",
    "Azure Image Builder in every watched region, the groups of templates that build there, and aibwatch itself.",
    (NOW, REGIONS, GROUPS, DAEMON),
    (INSTANCE,),
    moves=of("moves_total"),
)
