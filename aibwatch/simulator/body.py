"""Write templates, run outputs and operations as JSON, with the service's quirks.

The quirks: ids say `resourcegroups` in lower case, lastRunStatus is absent for a template that never ran, runSubState
is absent when nothing runs, endTime is the year 1 until there is one, the operation's name is its GUID in upper case
and its end comes a little after the run's. This module decides nothing.
"""

from datetime import datetime, timedelta

from aibwatch.simulator.definition import shown
from aibwatch.simulator.lots import guid
from aibwatch.simulator.outcome import RunState
from aibwatch.simulator.parts import Provisioning
from aibwatch.simulator.run import Run, Status
from aibwatch.simulator.template import Template
from aibwatch.simulator.wire import NOT_YET, Json, operation_time, run_time

KIND = "Microsoft.VirtualMachineImages/imageTemplates"
OPERATION_LAG = timedelta(seconds=1.5)
"""How long after its run an operation ends. Recorded 0.2 s, 1.5 s and 65 s; the middle one."""
STAGING_GROUP_PART = 26
"""Characters the names of group and template are cut to inside the staging group's name."""


def resource_id(template: Template) -> str:
    """Return the id as answers write it."""
    return f"/subscriptions/{template.subscription}/resourcegroups/{template.group}/providers/{KIND}/{template.name}"


def template_body(template: Template, last: tuple[Run, Status] | None, now: datetime) -> Json:
    """Return a template as GET answers it; `last` is its last run and where that stands."""
    state = template.provisioning(now)
    created = state is not Provisioning.CREATING
    first, rest, identity = shown(template.definition, created=created)
    properties: Json = {**first, "provisioningState": state.value}
    if state is Provisioning.FAILED:
        properties["provisioningError"] = {"provisioningErrorCode": "Other", "message": provisioning_message(template)}
    if last is not None:
        properties["lastRunStatus"] = last_run_status(*last)
    properties |= rest
    properties["exactStagingResourceGroup"] = staging_group(template) if created else ""
    return {
        "properties": properties,
        "identity": identity,
        "tags": template.definition["tags"],
        "location": template.region,
        "id": resource_id(template),
        "name": template.name,
        "type": KIND,
    }


def provisioning_message(template: Template) -> str:
    """Return why a template could not be created: what was found wrong, or the one recorded reason."""
    group = f"/subscriptions/{template.subscription}/resourceGroups/{template.group}"
    return template.failure or unreachable(f"{group}/providers/Microsoft.Network/virtualNetworks/build")


def unreachable(id_: str) -> str:
    """Return what the service says of something it cannot reach; whether that is there at all, it does not tell."""
    return (
        f"Not authorized to access the resource: {id_}. Please check the user assigned identity has the correct "
        "permissions. For more details, go to https://aka.ms/azvmimagebuilderts."
    )


def creation_error(template: Template) -> Json | None:
    """Return the error of a creation's operation, which has another code than the template; None if it goes well."""
    return {"code": "Unauthorized", "message": template.failure} if template.failure else None


def staging_group(template: Template) -> str:
    """Return the id of the resource group that its builds happen in: the template's own choice, or the service's."""
    if given := template.definition["properties"].get("stagingResourceGroup"):
        return f"/{str(given).lstrip('/')}"  # put without the slash in a recording, and given back with it
    cut = f"IT_{template.group[:STAGING_GROUP_PART]}_{template.name[:STAGING_GROUP_PART]}"
    return (
        f"/subscriptions/{template.subscription}/resourceGroups/{cut}_{guid(0, resource_id(template), template.ready)}"
    )


def last_run_status(run: Run, status: Status) -> Json:
    """Return lastRunStatus; its startTime is the same text for the whole life of the run."""
    body: Json = {
        "startTime": run_time(run.started, run.operation),
        "endTime": NOT_YET if status.ended is None else run_time(status.ended, run.operation + "end"),
        "runState": status.state.value,
    }
    if status.phase is not None:
        body["runSubState"] = status.phase.value
    body["message"] = status.message
    return body


def run_outputs(template: Template, run: Run) -> list[Json]:
    """Return what a successful run left behind, one output for each distribution target."""
    return [_output(template, target, run) for target in template.definition["properties"]["distribute"]]


def _output(template: Template, target: Json, run: Run) -> Json:
    properties: Json = {}
    if target["type"] == "SharedImage":
        properties["artifactId"] = f"{target['galleryImageId']}/versions/1.0.{run.number}"
    elif target["type"] == "ManagedImage":
        properties["artifactId"] = target["imageId"]
    else:
        store = guid(0, resource_id(template))[:8]
        properties["artifactUri"] = f"https://{store}.blob.core.windows.net/vhds/{target['runOutputName']}.vhd"
    properties["provisioningState"] = "Succeeded"
    name = target["runOutputName"]
    return {
        "properties": properties,
        "id": f"{resource_id(template)}/runOutputs/{name}",
        "name": name,
        "type": f"{KIND}/runOutputs",
    }


def operation_body(operation: str, begun: datetime, ended: datetime | None, error: Json | None, now: datetime) -> Json:
    """Return an operation as polling answers it: always with status 200, failed or not."""
    over = ended is not None and ended <= now
    word = "InProgress" if not over else "Failed" if error else "Succeeded"
    body: Json = {"name": operation.upper(), "status": word, "startTime": operation_time(begun, operation)}
    if over and ended is not None:
        body["endTime"] = operation_time(ended, operation + "end")
        if error:
            body["error"] = error
    return body


def run_error(status: Status) -> Json | None:
    """Return the error of a run's operation; None if it went well.

    UNVERIFIED: no operation of a failed or cancelled build was recorded. The code is the one the service uses for
    failures without a better name; a cancelled run is given as failed, because no other word was ever seen there.
    """
    if status.state in (RunState.SUCCEEDED, RunState.PARTIALLY_SUCCEEDED) or not status.over:
        return None
    return {"code": "InternalOperationError", "message": status.message}
