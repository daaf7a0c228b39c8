"""List Azure's regions as they were when this version was made: what check-config and the gates go by, offline.

Facts of 2026-05-19 (where Image Builder is offered: its overview page in Microsoft's documentation), of 2026-03-12
(names, geographies and pairs of the public cloud: what Azure Resource Manager lists as locations) and of 2025-01-13
(pairs of the other clouds: the documentation's page on paired regions). A region that is newer is not here; then it is
not known in which geography it is, and nothing is moved there while geographies are asked for.

A geography here is Azure Resource Manager's `metadata.geography`. It is no legal boundary: East Asia (Hong Kong) and
Southeast Asia (Singapore) are both in "Asia Pacific", and "Europe" is North and West Europe, while Sweden Central is in
"Sweden".
"""

from aibwatch.core.model import Region, region_of
from aibwatch.core.regions.atlas import Atlas, Location

AS_OF = "May 2026"
"""When this table was true, for people to read."""

PUBLIC, US, CHINA = "public", "usgovernment", "china"

FAIRFAX = "in public preview; register the feature Microsoft.VirtualMachineImages/FairfaxPublicPreview"
MOONCAKE = (
    "listed as available; one page still calls it a preview, with the feature "
    "Microsoft.VirtualMachineImages/MooncakePublicPreview"
)
UNSEEN = "offered by the documentation, but not among the locations that were seen: geography and pair are not known"


def _row(
    display: str,
    geography: str,
    continent: str,
    *,
    pair: str = "",
    builds: bool = False,
    cloud: str = PUBLIC,
    note: str = "",
) -> tuple[Location, bool]:
    location = Location(
        name=region_of(display),
        display=display,
        geography=geography,
        continent=continent,
        pairs=(Region(pair),) if pair else (),
        cloud=cloud,
        note=note,
    )
    return location, builds


_ROWS = (
    _row("Australia Central", "Australia", "Asia Pacific", pair="australiacentral2"),
    _row("Australia Central 2", "Australia", "Asia Pacific", pair="australiacentral"),
    _row("Australia East", "Australia", "Asia Pacific", pair="australiasoutheast", builds=True),
    _row("Australia Southeast", "Australia", "Asia Pacific", pair="australiaeast", builds=True),
    _row("Austria East", "Austria", "Europe"),
    _row("Belgium Central", "Belgium", "Europe"),
    _row("Brazil South", "Brazil", "South America", pair="southcentralus", builds=True),
    _row("Brazil Southeast", "Brazil", "South America", pair="brazilsouth"),
    _row("Canada Central", "Canada", "Canada", pair="canadaeast", builds=True),
    _row("Canada East", "Canada", "Canada", pair="canadacentral"),
    _row("Central India", "India", "Asia Pacific", pair="southindia", builds=True),
    _row("Central US", "United States", "US", pair="eastus2", builds=True),
    _row("Central US EUAP", "Canary (US)", "US", pair="eastus2euap"),
    _row("Chile Central", "Chile", "South America"),
    _row("China East 3", "China", "", pair="chinanorth3", cloud=CHINA),
    _row("China North 3", "China", "", pair="chinaeast3", builds=True, cloud=CHINA, note=MOONCAKE),
    _row("Denmark East", "Denmark", "Europe"),
    _row("East Asia", "Asia Pacific", "Asia Pacific", pair="southeastasia", builds=True),
    _row("East US", "United States", "US", pair="westus", builds=True),
    _row("East US 2", "United States", "US", pair="centralus", builds=True),
    _row("East US 2 EUAP", "Canary (US)", "US", pair="centraluseuap"),
    _row("East US STG", "Stage (US)", "US", pair="southcentralusstg"),
    _row("France Central", "France", "Europe", pair="francesouth", builds=True),
    _row("France South", "France", "Europe", pair="francecentral"),
    _row("Germany North", "Germany", "Europe", pair="germanywestcentral"),
    _row("Germany West Central", "Germany", "Europe", pair="germanynorth", builds=True),
    _row("Indonesia Central", "Indonesia", "Asia Pacific"),
    _row("Israel Central", "Israel", "Middle East", builds=True),
    _row("Italy North", "Italy", "Europe", builds=True),
    _row("Japan East", "Japan", "Asia Pacific", pair="japanwest", builds=True),
    _row("Japan West", "Japan", "Asia Pacific", pair="japaneast"),
    _row("Jio India Central", "India", "Asia Pacific", pair="jioindiawest"),
    _row("Jio India West", "India", "Asia Pacific", pair="jioindiacentral", builds=True),
    _row("Korea Central", "Korea", "Asia Pacific", pair="koreasouth", builds=True),
    _row("Korea South", "Korea", "Asia Pacific", pair="koreacentral"),
    _row("Malaysia West", "Malaysia", "Asia Pacific"),
    _row("Mexico Central", "Mexico", "Mexico"),
    _row("New Zealand North", "New Zealand", "Asia Pacific", builds=True),
    _row("North Central US", "United States", "US", pair="southcentralus", builds=True),
    _row("North Europe", "Europe", "Europe", pair="westeurope", builds=True),
    _row("Norway East", "Norway", "Europe", pair="norwaywest", builds=True),
    _row("Norway West", "Norway", "Europe", pair="norwayeast"),
    _row("Poland Central", "Poland", "Europe", builds=True),
    _row("Qatar Central", "Qatar", "Middle East", builds=True),
    _row("South Africa North", "South Africa", "Africa", pair="southafricawest", builds=True),
    _row("South Africa West", "South Africa", "Africa", pair="southafricanorth"),
    _row("South Central US", "United States", "US", pair="northcentralus", builds=True),
    _row("South Central US STG", "Stage (US)", "US", pair="eastusstg"),
    _row("Southeast Asia", "Asia Pacific", "Asia Pacific", pair="eastasia", builds=True),
    _row("South India", "India", "Asia Pacific", pair="centralindia"),
    _row("Spain Central", "Spain", "Europe"),
    _row("Sweden Central", "Sweden", "Europe", pair="swedensouth", builds=True),
    _row("Switzerland North", "Switzerland", "Europe", pair="switzerlandwest", builds=True),
    _row("Switzerland West", "Switzerland", "Europe", pair="switzerlandnorth"),
    _row("Taiwan Northwest", "", "", builds=True, note=UNSEEN),
    _row("UAE Central", "UAE", "Middle East", pair="uaenorth"),
    _row("UAE North", "UAE", "Middle East", pair="uaecentral", builds=True),
    _row("UK South", "United Kingdom", "UK", pair="ukwest", builds=True),
    _row("UK West", "United Kingdom", "UK", pair="uksouth", builds=True),
    _row("USGov Arizona", "US Government", "", pair="usgovtexas", builds=True, cloud=US, note=FAIRFAX),
    _row("USGov Texas", "US Government", "", pair="usgovvirginia", cloud=US),
    _row("USGov Virginia", "US Government", "", pair="usgovtexas", builds=True, cloud=US, note=FAIRFAX),
    _row("West Central US", "United States", "US", pair="westus2", builds=True),
    _row("West Europe", "Europe", "Europe", pair="northeurope", builds=True),
    _row("West India", "India", "Asia Pacific", pair="southindia"),
    _row("West US", "United States", "US", pair="eastus", builds=True),
    _row("West US 2", "United States", "US", pair="westcentralus", builds=True),
    _row("West US 3", "United States", "US", pair="eastus", builds=True),
)

KNOWN = Atlas(
    locations={location.name: location for location, _ in _ROWS},
    building=frozenset(location.name for location, builds in _ROWS if builds),
)
