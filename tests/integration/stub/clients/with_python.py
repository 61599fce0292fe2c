"""Every call of PyPI's wiremock client, against the address given; ends with the number of what it checked."""

from __future__ import annotations

import sys
import urllib.request

from wiremock.client import (
    HttpMethods,
    Mapping,
    MappingRequest,
    MappingResponse,
    Mappings,
    NearMisses,
    Requests,
    Scenarios,
)
from wiremock.constants import Config
from wiremock.resources.near_misses.models import NearMissMatchPatternRequest, NearMissMatchRequest
from wiremock.resources.settings.models import GlobalSetting
from wiremock.resources.settings.resource import GlobalSettings

URL = sys.argv[1]
Config.base_url = f"{URL}/__admin"
checked = 0


def check(found: object) -> None:
    global checked  # noqa: PLW0603 - a program of one page
    assert found
    checked += 1


def get(path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(URL + path, timeout=10) as answer:  # noqa: S310 - our own server
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


Mappings.delete_all_mappings()
made = Mappings.create_mapping(
    Mapping(
        priority=100,
        request=MappingRequest(method=HttpMethods.GET, url="/hello"),
        response=MappingResponse(status=200, body="hi"),
        persistent=False,
        metadata={"team": "orders"},
    )
)
check(made.id)
check(get("/hello") == (200, "hi"))
check(get("/nothing")[0] == 404)
check(Mappings.retrieve_all_mappings().meta.total == 1)
check(Mappings.retrieve_mapping(made).id == made.id)
made.response.body = "changed"
Mappings.update_mapping(made)
check(get("/hello") == (200, "changed"))
Mappings.create_mapping(
    Mapping(
        scenario_name="todo",
        required_scenario_state="Started",
        new_scenario_state="done",
        request=MappingRequest(method=HttpMethods.GET, url="/todo"),
        response=MappingResponse(status=201),
    )
)
check(get("/todo")[0] == 201)
check(get("/todo")[0] == 404)
Scenarios.reset_all_scenarios()
check(get("/todo")[0] == 201)
check(Requests.get_matching_request_count(NearMissMatchPatternRequest(url="/todo", method="GET")).count == 3)
check(len(Requests.get_matching_requests(NearMissMatchPatternRequest(url="/hello", method="GET")).requests) == 2)
check(Requests.get_all_received_requests().requests)
check(Requests.get_unmatched_requests().requests)
check(NearMisses.find_nearest_misses_by_request(NearMissMatchRequest(url="/helo", method="GET")).near_misses)
check(
    NearMisses.find_nearest_misses_by_request_pattern(
        NearMissMatchPatternRequest(url="/helo", method="GET")
    ).near_misses
)
check(Requests.get_unmatched_requests_near_misses().near_misses)
check(GlobalSettings.update_global_settings(GlobalSetting(fixed_delay=0)))
Mappings.persist_mappings() if len(sys.argv) > 2 else None
Requests.reset_request_journal()
check(not Requests.get_all_received_requests().requests)
Mappings.delete_mapping(made)
check(get("/hello")[0] == 404)
Mappings.reset_mappings()
Mappings.delete_all_mappings()
check(Mappings.retrieve_all_mappings().meta.total == 0)
print(f"{checked} checked")
