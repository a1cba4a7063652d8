"""Schemathesis over the OpenAPI document: whatever is sent, answers are those that are documented."""

from __future__ import annotations

from contextlib import suppress

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CASES = 8
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.mark.timeout(120)
def test_no_request_breaks_it_and_no_answer_is_undocumented(shop: httpx.Client):
    schema = schemathesis.openapi.from_url(f"{shop.base_url}openapi.json")
    tried: dict[str, set[int]] = {}

    def judge(case: schemathesis.Case) -> None:
        answer = case.call(base_url=str(shop.base_url))
        case.validate_response(answer, checks=CHECKS)
        tried.setdefault(case.operation.label, set()).add(answer.status_code)

    bounds = settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path == "/api/events":
            continue  # it never ends; its tests are beside this one
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            with suppress(Unsatisfiable):  # what takes nothing cannot be asked wrongly
                bounds(given(operation.as_strategy(generation_mode=mode))(judge))()
    assert len(tried) > 15
    assert 200 in set().union(*tried.values())
