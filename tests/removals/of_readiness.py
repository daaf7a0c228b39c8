"""Rules of readiness, and what of a report stands from before."""

from aibwatch.core.readiness.rules import RULES
from tests.removals.removal import Removal, in_file

READINESS: tuple[Removal, ...] = (
    *(
        Removal(
            f"nobody asks the rule {name} of readiness",
            "readiness/rules",
            f'    "{name}": {name},\n',
            "",
            "readiness/report readiness/of_all",
        )
        for name in RULES
    ),
    *in_file(
        "readiness/itself",
        "readiness/itself",
        ("a secondary may be in the primary's region", "    if here == survey.primary_region:\n", "    if False:\n"),
        (
            "a secondary may be elsewhere than configured",
            "    if survey.wanted_region is not None and here != survey.wanted_region:\n",
            "    if False:\n",
        ),
        ("it is elsewhere than a primary nobody saw", "    if survey.primary_region is None:\n", "    if False:\n"),
        ("a secondary that is not provisioned will do", '    if state == "succeeded":\n', "    if True:\n"),
        ("every geography is allowed", "    if standing.within is Within.INSIDE:\n", "    if True:\n"),
    ),
    *in_file(
        "readiness/parity",
        "readiness/parity",
        ("another recipe only wants mending", "(not_ready if recipe else degraded)(", "degraded("),
        ("another time-out holds", "(not_ready if recipe else degraded)(", "not_ready("),
        ("drift is no difference", "    if not drift:\n", "    if True:\n"),
        (
            "a primary that is gone holds",
            'return degraded("the primary is gone',
            'return not_ready("the primary is gone',
        ),
    ),
    *in_file(
        "readiness/reach",
        "readiness/reach",
        (
            "a source need not be in the region",
            "    if here in (place.replicas or (place.region,)):\n",
            "    if True:\n",
        ),
        (
            "a copy of an image in the primary's region is as good as any",
            "    if left is not None and place.region == left != here:\n",
            "    if False:\n",
        ),
        (
            "an exact version need not be offered",
            '    if wanted.lower() != "latest" and wanted not in versions:\n',
            "    if False:\n",
        ),
        (
            "a gallery may be in the primary's region",
            "    if place.region and place.region == survey.primary_region:\n        return not_ready",
            "    if False:\n        return not_ready",
        ),
        (
            "copies to the primary's region are no trouble",
            "        if any(_is(region, left) for region in _copies_to(target)):\n",
            "        if False:\n",
        ),
        (
            "a subnet may be anywhere",
            "    if need.kind in OF_THE_REGION and place.region and place.region != here:\n",
            "    if False:\n",
        ),
        ("an identity is as grave as a script", "(degraded if need.kind in MILD else not_ready)(", "not_ready("),
        ("a script is as mild as an identity", "(degraded if need.kind in MILD else not_ready)(", "degraded("),
    ),
    *in_file(
        "readiness/room",
        "readiness/room",
        ("a machine needs no quota", "    if quota.free < needed:\n", "    if False:\n"),
        ("the cores of the region do not count", "(size.family, ALL_CORES)", "(size.family,)"),
        ("a size may be closed to us", "    if survey.size.restricted:\n", "    if False:\n"),
        ("a container needs no quota", "    if free < CORES_OF_CONTAINERS:\n", "    if False:\n"),
        ("three cores are enough for a container", "CORES_OF_CONTAINERS = 4\n", "CORES_OF_CONTAINERS = 3\n"),
        ("providers need not be registered", "    if not missing:\n", "    if True:\n"),
    ),
    *in_file(
        "readiness/proof",
        "readiness/proof",
        ("an image proves for ever", "    if survey.at - last > PROVEN_FOR:\n", "    if False:\n"),
        (
            "a mistake of the customer's is no worse than trouble of the service",
            "    if run.diagnosis.cls is FailureClass.CUSTOMER:\n",
            "    if False:\n",
        ),
        ("two triggers are no trouble", "    if ours and theirs:\n", "    if False:\n"),
        (
            "a copy may be of any age",
            "    if survey.at - survey.backup_at > survey.backup_max_age:\n",
            "    if False:\n",
        ),
    ),
    *in_file(
        "readiness/report",
        "readiness/report",
        (
            "a finding stands for ever",
            "timedelta(0) <= now - finding.at <= STANDS_FOR",
            "timedelta(0) <= now - finding.at",
        ),
        (
            "a finding of the future stands",
            "timedelta(0) <= now - finding.at <= STANDS_FOR",
            "now - finding.at <= STANDS_FOR",
        ),
        (
            "nothing stands from before",
            "return replace(old, blocked=new.why) if new.state is Ready.UNKNOWN and not new.permission else new",
            "return new",
        ),
        (
            "what may not be read stands as before",
            "new.state is Ready.UNKNOWN and not new.permission",
            "new.state is Ready.UNKNOWN",
        ),
        ("what was unknown stands", "old is None or old.state is Ready.UNKNOWN or not", "old is None or not"),
        (
            "a rule without a word is forgotten while the secondary is unread",
            "return replace(old, blocked=unread.why) if isinstance(unread, Unread) and not unread.permission else None",
            "return None",
        ),
        (
            "a rule without a word stands though it does not apply",
            "if isinstance(unread, Unread) and not unread.permission else None",
            "if not isinstance(unread, Unread) or not unread.permission else None",
        ),
        ("a report of another group stands", "before.group == survey.group and ", ""),
        ("a report of another definition stands", " and before.recipe == recipe", ""),
        ("the mildest finding decides", "state=min(", "state=max("),
    ),
)
