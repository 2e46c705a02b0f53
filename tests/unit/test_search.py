"""What a person types, as the query that finds it. That it does find it is in service/test_incidents_lists.py."""

from __future__ import annotations

from uuid import UUID

import pytest

from shared.search import query_of


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        pytest.param("switch", "'switch':*", id="a word is found by its beginning"),
        pytest.param("Core  SWITCH", "'core':* & 'switch':*", id="words apart are looked for apart"),
        pytest.param("交换机", "'交换' <-> '换机'", id="Chinese by each two characters, side by side"),
        pytest.param("机房 断电", "'机房' & '断电'", id="parts of Chinese"),
        pytest.param("机", "'机':*", id="a single character"),
        pytest.param("5号楼", "'5' <-> '号楼'", id="a number before Chinese"),
        pytest.param("A区5", "'a' <-> '区' <-> '5':*", id="a character between words"),
        pytest.param("机房a", "'机房' <-> '房' <-> 'a':*", id="a word after Chinese"),
        pytest.param("INC-2026-000123", "'inc' <-> '2026' <-> '000123':*", id="a number of an incident"),
        pytest.param("ＶＰＮ　断", "'vpn':* & '断':*", id="full-width letters and spaces"),
        pytest.param("СЕТЬ", "'сеть':*", id="Cyrillic in one case"),
        pytest.param("ΝΉΣΟΣ", "'νήσοσ':*", id="Greek in one case, a sigma at the end like any other"),
        pytest.param("ÉCOLE E\u0301cole", "'école':* & 'école':*", id="accents, put together or apart"),
        pytest.param("STRASSE straße", "'strasse':* & 'strasse':*", id="the letter that in capitals is two"),
        pytest.param("İzmir", "'izmir':*", id="a capital of more than one letter"),
        pytest.param("it's & | ! ( ) \\ :*", "'it' <-> 's':*", id="what means something in a query is left out"),
        pytest.param("，。 -- ''", None, id="nothing to look for"),
        pytest.param("", None, id="nothing at all"),
    ],
)
def test_what_is_typed_becomes_a_query(typed: str, query: str | None) -> None:
    assert query_of(typed) == query


def test_a_customers_words_are_looked_for_in_their_own_rows_only() -> None:
    customer = UUID("018f2b6a-7c10-7abc-8def-0123456789ab")
    assert query_of("机房 断电", of_customer=customer) == f"'customer:{customer}' & '机房' & '断电'"
    assert query_of("，", of_customer=customer) is None
