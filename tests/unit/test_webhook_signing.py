"""Signatures against the published vector and the reference library; the retry schedule."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from services.notify.webhooks.domain import (
    LONGEST_WAIT,
    WAITS,
    delivery_headers,
    new_secret,
    next_try,
    sign,
    signature_header,
)

PUBLISHED_SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PUBLISHED_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
WEBHOOK_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIMESTAMP = 1614265330
BODY = b'{"test": 2432232314}'
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def unmoved() -> float:
    return 0.5


@pytest.mark.parametrize("prefix", ["", "whsec_"])
def test_the_published_vector_is_reproduced(prefix: str) -> None:
    assert sign(prefix + PUBLISHED_SECRET, WEBHOOK_ID, TIMESTAMP, BODY) == PUBLISHED_SIGNATURE


@given(body=st.text(), timestamp=st.integers(0, 2**32), key=st.binary(min_size=24, max_size=64))
def test_signatures_agree_with_the_reference_library(body: str, timestamp: int, key: bytes) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    theirs = Webhook(secret).sign(WEBHOOK_ID, datetime.fromtimestamp(timestamp, UTC), body)
    assert sign(secret, WEBHOOK_ID, timestamp, body.encode()) == theirs


def test_a_new_secret_holds_32_random_bytes_in_the_form_receivers_know() -> None:
    secret = new_secret(lambda count: bytes(range(count)))
    assert secret.startswith("whsec_")
    assert base64.b64decode(secret.removeprefix("whsec_"), validate=True) == bytes(range(32))
    assert new_secret() != new_secret()


def test_an_id_with_a_full_stop_is_refused() -> None:
    with pytest.raises(ValueError, match="full stop"):
        sign(PUBLISHED_SECRET, "msg.1", TIMESTAMP, BODY)


def test_a_secret_that_is_not_base64_is_refused() -> None:
    with pytest.raises(ValueError, match="base64"):
        sign("whsec_not base64!", WEBHOOK_ID, TIMESTAMP, BODY)


def test_during_a_rotation_old_and_new_secret_both_verify() -> None:
    old, new, foreign = new_secret(), new_secret(), new_secret()
    body = '{"type":"incident.resolved","data":{"title":"核心交换机恢复"}}'.encode()
    headers = delivery_headers([new, old], "msg_1", datetime.now(UTC), body)
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (old, new):
        assert Webhook(secret).verify(body, headers)["type"] == "incident.resolved"
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(foreign).verify(body, headers)


def test_the_signed_timestamp_is_the_one_sent_in_any_time_zone() -> None:
    in_shanghai = NOW.astimezone(timezone(timedelta(hours=8)))
    headers = delivery_headers([PUBLISHED_SECRET], WEBHOOK_ID, in_shanghai, BODY)
    assert headers == {
        "webhook-id": WEBHOOK_ID,
        "webhook-timestamp": "1772413200",
        "webhook-signature": signature_header([PUBLISHED_SECRET], WEBHOOK_ID, 1772413200, BODY),
    }
    assert headers == delivery_headers([PUBLISHED_SECRET], WEBHOOK_ID, NOW, BODY)


def test_ten_tries_are_spread_over_three_days_and_then_no_more() -> None:
    at = NOW
    elapsed = []
    for tries in range(1, 10):
        after = next_try(tries, at, unmoved)
        assert after is not None
        at = after
        elapsed.append(at - NOW)
    hours = [0, 0, 0, 2, 7, 17, 31, 51, 75]
    assert elapsed[0] == timedelta(seconds=5)
    assert elapsed[1] == timedelta(minutes=5, seconds=5)
    assert [int(each / timedelta(hours=1)) for each in elapsed] == hours
    assert elapsed[-1] == timedelta(hours=75, minutes=35, seconds=5)
    assert next_try(10, at, unmoved) is None
    assert next_try(11, at, unmoved, retry_after=timedelta(minutes=1)) is None


@given(tries=st.integers(1, len(WAITS)), share=st.floats(0, 1, exclude_max=True))
def test_a_wait_varies_by_a_fifth_either_way(tries: int, share: float) -> None:
    after = next_try(tries, NOW, lambda: share)
    assert after is not None
    assert 0.799 <= (after - NOW) / WAITS[tries - 1] <= 1.201


@given(
    tries=st.integers(1, len(WAITS)),
    share=st.floats(0, 1, exclude_max=True),
    asked=st.timedeltas(timedelta(), timedelta(days=400)),
)
def test_no_try_comes_before_the_receiver_asked_unless_that_is_over_a_day(
    tries: int, share: float, asked: timedelta
) -> None:
    after = next_try(tries, NOW, lambda: share, retry_after=asked)
    plain = next_try(tries, NOW, lambda: share)
    assert after is not None
    assert plain is not None
    assert after >= plain
    assert after >= NOW + min(asked, LONGEST_WAIT)
    assert after <= NOW + LONGEST_WAIT * 1.2
