"""The dashboard of one group: where does it build, would it move, what holds it, and how are its members?

Rule: everything in it is of the group that was chosen at the top; what has no label `group` (runs, verdicts) is
narrowed to the group's members or to their regions, and what cannot be narrowed says so.
"""

from collections.abc import Sequence

from dashboard import GROUP as CHOSEN
from dashboard import INSTANCE, Row, dashboard
from metric import coded, of, of_members, since
from panel import Column, Look, Panel, Query, lines, stat, table, timeline
from words import (
    ACTIVE,
    ANY_IS_ODD,
    GATES,
    NEVER,
    NOTHING,
    ODD,
    PHASES,
    READY,
    RUNS,
    VERDICTS,
    WELL,
    WORST,
    Json,
    of_expectations,
    of_states,
    of_values,
    steps,
)

G = "$group"
BY_VALUE = steps((None, NOTHING), (0, WORST), (1, WELL))
RUN_STATE = of_members(coded("template_run_state", "state", RUNS, by="template, azure_region"))
VERDICT = (
    f"{coded('region_verdict', 'verdict', VERDICTS, by='azure_region')} "
    f"and on (azure_region) {of('group_active', group=G)}"
)


def _named(title: str, text: str, expr: str, label: str) -> Panel:
    """Return a stat that shows a label of the one series that holds."""
    return stat(title, text, Query(expr=expr, legend=f"{{{{{label}}}}}"), Look(), name=True)


def _expected(title: str, failure: str, text: str) -> Panel:
    query = Query(expr=of("expected_detection_seconds", group=G, failure=failure))
    look = Look(
        unit="s", words=of_expectations(), thresholds=steps((None, WELL), (900, ODD), (3600, WORST)), decimals=0
    )
    return stat(title, text, query, look)


def _states(title: str, text: str, expr: str, legend: str, words: Sequence[Json], height: int) -> Panel:
    return timeline(title, text, Query(expr=expr, legend=legend), Look(words=words), height=height)


NOW = Row(
    title="$group now",
    panels=[
        _named(
            "Active in",
            "The region that the group's runs go to. For pipelines: aibwatch active GROUP.",
            f"{of('group_active', group=G)} == 1",
            "azure_region",
        ),
        _named(
            "Phase",
            "Where the group stands: watching, held by a gate, on its way, or halted until a human has looked.",
            f"{of('group_phase', group=G)} == 1",
            "phase",
        ),
        _named(
            "Mode",
            "How far aibwatch may go by itself. A stale drill makes auto ask first.",
            f"{of('group_mode', group=G)} == 1",
            "mode",
        ),
        stat(
            "Secondaries",
            "Whether the worst of the group's secondaries would build if it were run now. Why: aibwatch readiness "
            "GROUP.",
            Query(expr=f"min({of('secondary_ready', group=G)})"),
            Look(words=of_values(READY), thresholds=BY_VALUE),
        ),
        _expected(
            "API failure seen in",
            "api",
            "How soon an outage in which the service answers nothing would be noticed, as things are.",
        ),
        _expected(
            "Build failure seen in",
            "build",
            "How soon an outage in which only builds fail would be noticed, as things are. Never by itself: nothing is "
            "run often enough, and there is no canary with a routine.",
        ),
        stat(
            "Paused for",
            "How long moves are held back by a pause that a human ordered. Watching goes on.",
            Query(expr=of("paused_seconds_remaining", group=G)),
            Look(unit="s", thresholds=steps((None, WELL), (1, ODD)), decimals=0),
        ),
        stat(
            "Last drill",
            "When the group's way was last rehearsed to its end: aibwatch drill GROUP.",
            Query(expr=f"{of('last_drill_timestamp_seconds', group=G)} * 1000"),
            Look(unit="dateTimeFromNow", words=of_values(NEVER), thresholds=steps((None, NOTHING), (1, WELL))),
        ),
    ],
)

COURSE = Row(
    title="What happened",
    panels=[
        _states(
            "Active region",
            "Where the group's runs went, over time.",
            of("group_active", group=G),
            "{{azure_region}}",
            of_values(ACTIVE),
            4,
        ),
        _states(
            "Phase over time",
            "Where the group stood, over time.",
            coded("group_phase", "phase", PHASES, by="group", group=G),
            "{{group}}",
            of_states(PHASES),
            3,
        ),
        _states(
            "Verdict on its regions",
            "What the regions of the group's members were judged to be.",
            VERDICT,
            "{{azure_region}}",
            of_states(VERDICTS),
            4,
        ),
        _states(
            "Gates of its next move",
            "What would hold the next move. Unknown holds too; it is also written where there is nowhere to move to, "
            "and for what is only asked of other kinds of move. In words: aibwatch explain GROUP.",
            of("gate_open", group=G),
            "{{gate}}",
            of_values(GATES),
            14,
        ),
        _states(
            "Readiness of its secondaries",
            "Whether each secondary would have built if it had been run.",
            of("secondary_ready", group=G),
            "{{azure_region}}",
            of_values(READY),
            3,
        ),
    ],
)

MEMBERS = Row(
    title="Members",
    panels=[
        table(
            "Members",
            "The group's templates, the state of their last runs, and how long ago those were.",
            {"template": "Template", "role": "Role", "azure_region": "Region", "state": "Last run"},
            [
                Column(title="", expr=f"max by (template, azure_region, role) ({of('template_info', group=G)})"),
                Column(
                    title="",
                    expr=f"max by (template, azure_region, state) ({of_members(of('template_run_state') + ' == 1')})",
                ),
                Column(
                    title="Started",
                    expr="max by (template, azure_region) "
                    f"({of_members(since('template_last_run_start_timestamp_seconds'))})",
                    unit="s",
                ),
                Column(
                    title="Last image",
                    expr="max by (template, azure_region) "
                    f"({of_members(since('template_last_success_timestamp_seconds'))})",
                    unit="s",
                ),
            ],
            height=5,
        ),
        _states(
            "Last run of each member",
            "State of each member's last run, over time.",
            RUN_STATE,
            "{{template}}",
            of_states(RUNS),
            4,
        ),
        lines(
            "Age of each member's last image",
            "Time since each member's last good run ended. A secondary that has not built for weeks is a hope, not a "
            "plan.",
            [
                Query(
                    expr="max by (template, azure_region) "
                    f"({of_members(since('template_last_success_timestamp_seconds'))})",
                    legend="{{template}}",
                )
            ],
            Look(unit="s", nothing="no member ever built"),
            width=12,
        ),
        lines(
            "Images that people ordered",
            "Builds that were ordered by aibwatch build and begun, and those that ended without an image, in all.",
            [
                Query(expr=of("builds_total", group=G), legend="ordered"),
                Query(expr=of("build_failures_total", group=G), legend="without an image"),
            ],
            Look(unit="short", decimals=0),
            width=12,
        ),
    ],
)

MOVES = Row(
    title="Moves",
    panels=[
        lines(
            "Moves",
            "Moves of the group in all, by kind, and those that halted it or were given up.",
            [
                Query(expr=f"sum by (kind) ({of('moves_total', group=G)})", legend="{{kind}}"),
                Query(expr=f"sum by (kind) ({of('move_failures_total', group=G)})", legend="{{kind}} failed"),
            ],
            Look(unit="short", decimals=0),
        ),
        lines(
            "Length of steps",
            "How long calls of handlers took on average since the daemon's start. Of all groups: handlers do not tell "
            "whose call it was; that is in aibwatch history --move ID.",
            [
                Query(
                    expr=f"{of('move_step_duration_seconds_sum')} / ({of('move_step_duration_seconds_count')} > 0)",
                    legend="{{handler}}",
                )
            ],
            Look(unit="s", nothing="no step was taken"),
        ),
        lines(
            "Expected time until an outage is noticed",
            "For each kind of failure, where it would be noticed at all. It depends on how often members run, and on "
            "canaries.",
            [Query(expr=f"{of('expected_detection_seconds', group=G)} < Inf", legend="{{failure}}")],
            Look(unit="s", nothing="never by itself"),
        ),
        stat(
            "Would have moved",
            "Outages in which nothing but the mode kept the group where it was. Shadow counts what auto would have "
            "done.",
            Query(expr=of("would_have_failed_over_total", group=G)),
            Look(thresholds=ANY_IS_ODD),
            width=8,
        ),
        stat(
            "Approval waiting",
            "Whether the group asks to move and nobody has answered: aibwatch approve ID.",
            Query(expr=of("approval_waiting", group=G)),
            Look(words=of_values({"0": ("no", WELL), "1": ("yes", ODD)}), thresholds=ANY_IS_ODD),
            width=8,
        ),
        stat(
            "Gates closed",
            "Gates that would hold the group's next move.",
            Query(expr=f"sum({of('gate_open', group=G)} == bool 0)"),
            Look(thresholds=ANY_IS_ODD),
            width=8,
        ),
    ],
)

GROUP = dashboard(
    "aibwatch-group",
    "aibwatch: one group",
    "One group of image templates: where it builds, whether it would move and what holds it, and its members.",
    (NOW, COURSE, MEMBERS, MOVES),
    (INSTANCE, CHOSEN),
    moves=of("moves_total", group=G),
)
