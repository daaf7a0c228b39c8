"""Name the kinds of values that settings have, each with its check, and the table that all tables are."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, PlainValidator
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
