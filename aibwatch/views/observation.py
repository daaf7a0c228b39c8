"""Say one observation in one line, for `probe --once`."""

from typing import assert_never

from aibwatch.core.model import FailureClass, template_name
from aibwatch.core.observation import (
    CallFailed,
    DependencySeen,
    DiscoverySeen,
    EventSeen,
    HandlerChecked,
    Observation,
    PeerSaid,
    Polled,
    Probed,
    ReadinessSeen,
    Report,
    TemplateGone,
    TemplateSeen,
)
from aibwatch.core.sentences import clock, count


def line(observation: Observation) -> str:
    """Return the observation as people read it."""
    match observation:
        case Polled():
            return f"poll        {observation.source:<16} {observation.subject}: {_outcome(observation)}"
        case Probed():
            return f"read        {observation.region:<16} {observation.diagnosis.cls}"
        case TemplateSeen():
            return f"template    {observation.region:<16} {_template(observation)}"
        case TemplateGone():
            return f"template    gone             {observation.template}"
        case EventSeen():
            word = "active" if observation.active else "resolved"
            return f"event       {observation.region:<16} {observation.tracking_id} {word}: {observation.title}"
        case CallFailed():
            whose = "aibwatch's own" if observation.ours else "somebody's"
            what = f"run {template_name(observation.template)}, failed {clock(observation.called_at)}"
            return f"call        {whose:<16} {what}: {observation.diagnosis.summary}"
        case DependencySeen() | ReadinessSeen() | PeerSaid() | HandlerChecked() | DiscoverySeen():
            return _report(observation)
        case _:
            assert_never(observation)


def _report(report: Report) -> str:
    match report:
        case DependencySeen():
            return f"dependency  {report.region:<16} {report.resource}: {report.state}"
        case ReadinessSeen():
            return f"readiness   {template_name(report.template)}: {report.state}, {report.why}"
        case HandlerChecked():
            word = "can act" if report.well else "cannot act"
            return f"handler     {report.handler:<16} {word} for {report.group}: {report.why}"
        case PeerSaid():
            word = "in trouble" if report.troubled else "well"
            return f"peer        {report.region:<16} {report.peer} sees it {word}: {report.why}"
        case DiscoverySeen():
            told = "".join(f"\ntags        {problem.sentence}" for problem in report.problems)
            return f"tags        {count(report.groups, 'group')} found{told}"
        case _:
            assert_never(report)


def _outcome(polled: Polled) -> str:
    if polled.diagnosis.cls is FailureClass.OK:
        return "well"
    return f"{polled.diagnosis.cls}, {polled.diagnosis.summary}"


def _template(seen: TemplateSeen) -> str:
    last = f"last run {seen.run.state}, begun {clock(seen.run.started)}" if seen.run else "never run"
    return f"{template_name(seen.template)}: {seen.provisioning}, {last}"
