"""Tell which regions there are: what a subscription's list of locations says of each.

The facts are those of Azure's public cloud in March 2026; coordinates are the city's or the one that Azure gives, to
two decimals. Sovereign clouds have lists of their own and are not here. Image Builder names one region besides these
(providers.py). This module does not know which services a region has.
"""

from dataclasses import dataclass

from aibwatch.simulator.wire import Json

LOGICAL = (
    ("asia", "Asia"),
    ("europe", "Europe"),
    ("global", "Global"),
    ("unitedstates", "United States"),
    ("eastusstg", "East US STG"),
)
"""Entries of the list that are no places: nothing can be put there, and they have no coordinates."""


@dataclass(frozen=True, slots=True)
class Place:
    """One region as Azure lists it."""

    name: str
    display: str
    group: str
    """The group of geographies, which is also in the long display name."""
    geography: str
    pair: str
    """"" for a region that has none. A pair is not always mutual."""
    latitude: str
    longitude: str
    city: str


_ROWS = """
australiacentral  |Australia Central   |Asia Pacific |Australia     |australiacentral2 |-35.31|149.12 |Canberra
australiacentral2 |Australia Central 2 |Asia Pacific |Australia     |australiacentral  |-35.31|149.12 |Canberra
australiaeast     |Australia East      |Asia Pacific |Australia     |australiasoutheast|-33.86|151.21 |New South Wales
australiasoutheast|Australia Southeast |Asia Pacific |Australia     |australiaeast     |-37.81|144.96 |Victoria
austriaeast       |Austria East        |Europe       |Austria       |                  |48.21 |16.37  |Vienna
belgiumcentral    |Belgium Central     |Europe       |Belgium       |                  |50.85 |4.35   |Brussels
brazilsouth       |Brazil South        |South America|Brazil        |southcentralus    |-23.55|-46.63 |Sao Paulo State
brazilsoutheast   |Brazil Southeast    |South America|Brazil        |brazilsouth       |-22.90|-43.21 |Rio
canadacentral     |Canada Central      |Canada       |Canada        |canadaeast        |43.65 |-79.38 |Toronto
canadaeast        |Canada East         |Canada       |Canada        |canadacentral     |46.82 |-71.22 |Quebec
centralindia      |Central India       |Asia Pacific |India         |southindia        |18.58 |73.92  |Pune
centralus         |Central US          |US           |United States |eastus2           |41.59 |-93.62 |Iowa
centraluseuap     |Central US EUAP     |US           |Canary (US)   |eastus2euap       |41.59 |-93.62 |
chilecentral      |Chile Central       |South America|Chile         |                  |-33.45|-70.67 |Santiago
denmarkeast       |Denmark East        |Europe       |Denmark       |                  |55.68 |12.57  |Copenhagen
eastasia          |East Asia           |Asia Pacific |Asia Pacific  |southeastasia     |22.27 |114.19 |Hong Kong
eastus            |East US             |US           |United States |westus            |37.37 |-79.82 |Virginia
eastus2           |East US 2           |US           |United States |centralus         |36.67 |-78.39 |Virginia
eastus2euap       |East US 2 EUAP      |US           |Canary (US)   |centraluseuap     |36.67 |-78.39 |
francecentral     |France Central      |Europe       |France        |francesouth       |48.86 |2.35   |Paris
francesouth       |France South        |Europe       |France        |francecentral     |43.83 |2.20   |Marseille
germanynorth      |Germany North       |Europe       |Germany       |germanywestcentral|53.07 |8.81   |Berlin
germanywestcentral|Germany West Central|Europe       |Germany       |germanynorth      |50.11 |8.68   |Frankfurt
indonesiacentral  |Indonesia Central   |Asia Pacific |Indonesia     |                  |-6.21 |106.85 |Jakarta
israelcentral     |Israel Central      |Middle East  |Israel        |                  |31.27 |33.45  |Israel
italynorth        |Italy North         |Europe       |Italy         |                  |45.47 |9.18   |Milan
japaneast         |Japan East          |Asia Pacific |Japan         |japanwest         |35.68 |139.77 |Tokyo, Saitama
japanwest         |Japan West          |Asia Pacific |Japan         |japaneast         |34.69 |135.50 |Osaka
jioindiacentral   |Jio India Central   |Asia Pacific |India         |jioindiawest      |21.15 |79.09  |Nagpur
jioindiawest      |Jio India West      |Asia Pacific |India         |jioindiacentral   |22.47 |70.06  |Jamnagar
koreacentral      |Korea Central       |Asia Pacific |Korea         |koreasouth        |37.57 |126.98 |Seoul
koreasouth        |Korea South         |Asia Pacific |Korea         |koreacentral      |35.18 |129.08 |Busan
malaysiawest      |Malaysia West       |Asia Pacific |Malaysia      |                  |3.14  |101.69 |Kuala Lumpur
mexicocentral     |Mexico Central      |Mexico       |Mexico        |                  |20.59 |-100.39|Querétaro State
newzealandnorth   |New Zealand North   |Asia Pacific |New Zealand   |                  |-36.85|174.76 |Auckland
northcentralus    |North Central US    |US           |United States |southcentralus    |41.88 |-87.63 |Illinois
northeurope       |North Europe        |Europe       |Europe        |westeurope        |53.35 |-6.26  |Ireland
norwayeast        |Norway East         |Europe       |Norway        |norwaywest        |59.91 |10.75  |Norway
norwaywest        |Norway West         |Europe       |Norway        |norwayeast        |58.97 |5.73   |Norway
polandcentral     |Poland Central      |Europe       |Poland        |                  |52.23 |21.02  |Warsaw
qatarcentral      |Qatar Central       |Middle East  |Qatar         |                  |25.55 |51.44  |Doha
southafricanorth  |South Africa North  |Africa       |South Africa  |southafricawest   |-25.73|28.22  |Johannesburg
southafricawest   |South Africa West   |Africa       |South Africa  |southafricanorth  |-34.08|18.84  |Cape Town
southcentralus    |South Central US    |US           |United States |northcentralus    |29.42 |-98.50 |Texas
southeastasia     |Southeast Asia      |Asia Pacific |Asia Pacific  |eastasia          |1.28  |103.83 |Singapore
southindia        |South India         |Asia Pacific |India         |centralindia      |12.98 |80.16  |Chennai
spaincentral      |Spain Central       |Europe       |Spain         |                  |40.43 |-3.42  |Madrid
swedencentral     |Sweden Central      |Europe       |Sweden        |swedensouth       |60.67 |17.14  |Gävle
switzerlandnorth  |Switzerland North   |Europe       |Switzerland   |switzerlandwest   |47.45 |8.56   |Zurich
switzerlandwest   |Switzerland West    |Europe       |Switzerland   |switzerlandnorth  |46.20 |6.14   |Geneva
uaecentral        |UAE Central         |Middle East  |UAE           |uaenorth          |24.47 |54.37  |Abu Dhabi
uaenorth          |UAE North           |Middle East  |UAE           |uaecentral        |25.27 |55.32  |Dubai
uksouth           |UK South            |UK           |United Kingdom|ukwest            |51.51 |-0.13  |London
ukwest            |UK West             |UK           |United Kingdom|uksouth           |53.43 |-3.08  |Cardiff
westcentralus     |West Central US     |US           |United States |westus2           |40.89 |-110.23|Wyoming
westeurope        |West Europe         |Europe       |Europe        |northeurope       |52.37 |4.90   |Netherlands
westindia         |West India          |Asia Pacific |India         |southindia        |19.09 |72.87  |Mumbai
westus            |West US             |US           |United States |eastus            |37.78 |-122.42|California
westus2           |West US 2           |US           |United States |westcentralus     |47.23 |-119.85|Washington
westus3           |West US 3           |US           |United States |eastus            |33.45 |-112.07|Phoenix
"""

PLACES = {
    place.name: place
    for place in (Place(*(cell.strip() for cell in row.split("|"))) for row in _ROWS.strip().splitlines())
}


def display(region: str) -> str:
    """Return the name of a region as it is shown; one that is not in the list is shown by its own name."""
    return PLACES[region].display if region in PLACES else region


def locations(subscription: str) -> list[Json]:
    """Return what GET of a subscription's locations lists: the regions, and the entries that are none."""
    places = [_physical(subscription, place) for place in PLACES.values()]
    return [*places, *(_logical(subscription, name, shown) for name, shown in LOGICAL)]


def _physical(subscription: str, place: Place) -> Json:
    canary = place.geography.startswith("Canary")
    metadata: Json = {
        "regionType": "Physical",
        # Azure recommends regions with zones; which those are matters to nobody here.
        "regionCategory": "Other" if canary else "Recommended",
        "geography": place.geography,
        "geographyGroup": place.group,
        "longitude": place.longitude,
        "latitude": place.latitude,
        "physicalLocation": place.city,
        "pairedRegion": [{"name": place.pair, "id": _id(subscription, place.pair)}] if place.pair else [],
    }
    return {
        "id": _id(subscription, place.name),
        "name": place.name,
        "type": "Region",
        "displayName": place.display,
        "regionalDisplayName": f"({place.group}) {place.display}",
        "metadata": metadata,
    }


def _logical(subscription: str, name: str, shown: str) -> Json:
    return {
        "id": _id(subscription, name),
        "name": name,
        "type": "Region",
        "displayName": shown,
        "regionalDisplayName": shown,
        "metadata": {"regionType": "Logical", "regionCategory": "Other", "geography": shown, "geographyGroup": shown},
    }


def _id(subscription: str, region: str) -> str:
    return f"/subscriptions/{subscription}/locations/{region}"
