"""A survey from the closed incident to its answer or its end: sent once, reminded once, answered once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from services.feedback.surveys.domain import token_hash
from shared.chains import broken_link
from shared.db import Caller
from shared.events.feedback import SurveyAnswered, SurveyExpired, SurveyReminded, SurveySent
from shared.permissions import Role
from tests.builders.chains import chain_of
from tests.builders.feedback import (
    BANK,
    CLERK,
    GOOD,
    HOSPITAL,
    NURSE,
    QUALITY,
    answer,
    closed,
    page_of,
    read,
    sent,
    survey,
)
from tests.builders.locks import takes_no_timer_before
from tests.harness import ANYBODY, OneService, principal

SECRET = "a secret of this installation"
SYSTEM = Caller("system:test", "system")


@pytest.fixture
async def feedback(one_service: OneService.Factory) -> OneService:
    return await one_service("feedback", token_secret=SECRET, public_url="https://care.example/")


async def execute(feedback: OneService, *statements: str) -> None:
    async with feedback.runtime.database.transaction(SYSTEM) as session:
        for statement in statements:
            await session.execute(text(statement))


async def test_the_contact_of_a_closed_incident_is_sent_a_link(feedback: OneService) -> None:
    before = await feedback.now()
    said = await sent(feedback, contact_locale="en")
    assert said.link.startswith("https://care.example/s/")
    assert (said.contact_email, said.contact_locale, said.number) == (
        "wang.min@hospital.example",
        "en",
        "INC-2026-000123",
    )
    assert before + timedelta(days=14) <= said.expires_at <= await feedback.now() + timedelta(days=14)
    assert (await survey(feedback, said.survey_id))["state"] == "sent"


async def test_an_incident_without_a_mail_address_is_followed_by_no_survey(feedback: OneService) -> None:
    await closed(feedback, contact_email=None)
    assert await feedback.said(SurveySent) == []
    async with feedback.as_(QUALITY) as quality:
        assert (await quality.get("/v1/surveys")).json() == []


async def test_an_event_that_arrives_twice_sends_one_survey(feedback: OneService) -> None:
    event_id = uuid7()
    incident = await closed(feedback, event_id=event_id)
    await feedback.hear(incident, event_id=event_id)
    [said] = await feedback.said(SurveySent)
    assert (said.incident_id, feedback.bus.published[0].correlationid) == (incident.incident_id,) * 2


async def test_the_token_is_stored_nowhere_but_in_what_was_said(feedback: OneService) -> None:
    token = page_of((await sent(feedback)).link).removeprefix("/s/")
    [stored] = await feedback.rows(text("SELECT token_hash FROM feedback.links"))
    assert stored[0] == token_hash(token)
    [rows] = await feedback.rows(
        text("SELECT count(*) FROM feedback.surveys AS s WHERE s::text LIKE '%' || :of || '%'").bindparams(of=token)
    )
    assert rows[0] == 0


async def test_no_two_surveys_share_a_link(feedback: OneService) -> None:
    assert len({(await sent(feedback)).link for _ in range(5)}) == 5


async def test_an_answer_is_kept_and_said(feedback: OneService) -> None:
    said = await sent(feedback)
    assert (await answer(feedback, said.link, GOOD)).status_code == 200
    kept = await survey(feedback, said.survey_id)
    assert (kept["state"], kept["rating"], kept["recommend"], kept["comment"]) == (
        "answered",
        5,
        9,
        "响应很快，谢谢！",
    )
    [answered] = await feedback.said(SurveyAnswered)
    assert (answered.incident_id, answered.rating, answered.recommend) == (said.incident_id, 5, 9)


async def test_a_second_answer_changes_nothing(feedback: OneService) -> None:
    said = await sent(feedback)
    await answer(feedback, said.link, GOOD)
    kept = await survey(feedback, said.survey_id)
    again = await answer(feedback, said.link, {"rating": "1"})
    assert (again.status_code, await survey(feedback, said.survey_id)) == (409, kept)
    assert len(await feedback.said(SurveyAnswered)) == 1


async def test_of_many_answers_at_once_one_counts(feedback: OneService) -> None:
    said = await sent(feedback)
    answers = await asyncio.gather(*(answer(feedback, said.link, {"rating": str(n)}) for n in (1, 2, 3, 4, 5)))
    assert sorted(page.status_code for page in answers) == [200, 409, 409, 409, 409]
    [answered] = await feedback.said(SurveyAnswered)
    assert (await survey(feedback, said.survey_id))["rating"] == answered.rating


@pytest.mark.parametrize("statement", ["UPDATE feedback.surveys SET rating = 1", "DELETE FROM feedback.surveys"])
async def test_the_database_itself_refuses_to_change_an_answer(feedback: OneService, statement: str) -> None:
    said = await sent(feedback)
    await answer(feedback, said.link, GOOD)
    with pytest.raises(DBAPIError, match="is answered and cannot be changed"):
        await execute(feedback, "DELETE FROM feedback.links", statement)
    assert (await survey(feedback, said.survey_id))["rating"] == 5


async def test_who_has_not_answered_after_five_days_is_reminded_once(feedback: OneService) -> None:
    said = await sent(feedback)
    await feedback.advance(days=4, hours=23)
    assert await feedback.said(SurveyReminded) == []
    await feedback.advance(hours=1)
    await feedback.advance(days=5)
    [reminded] = await feedback.said(SurveyReminded)
    assert (reminded.survey_id, reminded.link, reminded.expires_at) == (said.survey_id, said.link, said.expires_at)
    assert (await survey(feedback, said.survey_id))["reminded_at"] is not None


async def test_who_has_answered_is_left_in_peace(feedback: OneService) -> None:
    said = await sent(feedback)
    await answer(feedback, said.link, GOOD)
    await feedback.advance(days=20)
    assert await feedback.said(SurveyReminded) == await feedback.said(SurveyExpired) == []
    assert (await survey(feedback, said.survey_id))["state"] == "answered"


async def test_after_a_fortnight_a_survey_is_closed(feedback: OneService) -> None:
    said = await sent(feedback)
    await feedback.advance(days=13, hours=23)
    assert await feedback.said(SurveyExpired) == []
    await feedback.advance(hours=1)
    [expired] = await feedback.said(SurveyExpired)
    assert (expired.survey_id, expired.incident_id) == (said.survey_id, said.incident_id)
    late = await answer(feedback, said.link, GOOD)
    assert (late.status_code, (await survey(feedback, said.survey_id))["state"]) == (410, "expired")


async def test_nobody_is_reminded_of_a_survey_whose_time_went_by_while_we_were_down(feedback: OneService) -> None:
    await sent(feedback)
    await feedback.advance(days=15)
    assert await feedback.said(SurveyReminded) == []
    assert len(await feedback.said(SurveyExpired)) == 1


async def test_a_link_ends_on_time_also_before_anybody_marked_it(feedback: OneService) -> None:
    said = await sent(feedback)
    feedback.time.advance(timedelta(days=14))
    assert (await read(feedback, said.link)).status_code == 410
    assert (await answer(feedback, said.link, GOOD)).status_code == 410
    assert await feedback.said(SurveyAnswered) == []
    assert len(await feedback.said(SurveyExpired)) == 1


async def test_with_a_new_secret_the_reminders_link_and_the_first_one_both_lead_to_the_survey(
    feedback: OneService,
) -> None:
    said = await sent(feedback)
    settings: Any = feedback.runtime.settings
    settings.token_secret = "another secret"
    await feedback.advance(days=5)
    [reminded] = await feedback.said(SurveyReminded)
    assert reminded.link != said.link
    for link in (said.link, reminded.link):
        assert (await read(feedback, link)).status_code == 200


async def test_without_a_secret_of_its_own_a_process_makes_one_up(one_service: OneService.Factory) -> None:
    first, second = [await one_service("feedback") for _ in range(2)]
    secrets: list[Any] = [opened.runtime.settings for opened in (first, second)]
    assert len(secrets[0].token_secret) >= 32
    assert secrets[0].token_secret != secrets[1].token_secret


async def test_a_contact_who_was_asked_a_week_ago_is_left_in_peace(one_service: OneService.Factory) -> None:
    feedback = await one_service("feedback", contact_rest_days=7)
    await sent(feedback)
    incident = await closed(feedback, contact_email="Wang.Min@hospital.example")
    assert len(await feedback.said(SurveySent)) == 1
    async with feedback.as_(QUALITY) as quality:
        [kept] = (await quality.get("/v1/surveys", params={"incident_id": str(incident.incident_id)})).json()
    assert (kept["state"], kept["reason"], kept["expires_at"]) == ("not_sent", "asked_recently", None)
    await feedback.advance(days=7)
    await sent(feedback)
    assert len(await feedback.said(SurveyReminded)) == 1


async def test_others_are_asked_while_one_contact_is_left_in_peace(one_service: OneService.Factory) -> None:
    feedback = await one_service("feedback", contact_rest_days=7)
    await sent(feedback)
    await sent(feedback, contact_email="li.wei@hospital.example")
    await sent(feedback, customer_id=BANK)


async def test_of_two_incidents_closed_at_once_the_contact_is_asked_about_one(one_service: OneService.Factory) -> None:
    feedback = await one_service("feedback", contact_rest_days=7)
    await asyncio.gather(*(closed(feedback) for _ in range(8)))
    assert len(await feedback.said(SurveySent)) == 1


async def test_a_customer_sees_the_surveys_about_its_own_incidents(feedback: OneService) -> None:
    own, foreign = await sent(feedback), await sent(feedback, customer_id=BANK)
    async with feedback.as_(NURSE) as nurse:
        [seen] = (await nurse.get("/v1/surveys")).json()
        refused = await nurse.get(f"/v1/surveys/{foreign.survey_id}")
    assert (seen["id"], seen["customer_id"]) == (str(own.survey_id), str(HOSPITAL))
    assert (refused.status_code, refused.json()["code"]) == (404, "survey_not_found")
    async with feedback.as_(CLERK) as clerk:
        assert [row["id"] for row in (await clerk.get("/v1/surveys")).json()] == [str(foreign.survey_id)]


async def test_no_list_shows_the_link(feedback: OneService) -> None:
    said = await sent(feedback)
    async with feedback.as_(QUALITY) as quality:
        listed = await quality.get("/v1/surveys")
    assert page_of(said.link).removeprefix("/s/") not in listed.text


async def test_surveys_are_not_everybodys_business(feedback: OneService) -> None:
    for who, status in ((principal(Role.KEEPER), 403), (principal(Role.LEADER), 403), (ANYBODY, 401)):
        async with feedback.as_(who) as client:
            assert (await client.get("/v1/surveys")).status_code == status


async def test_the_life_of_a_survey_is_in_the_audit(feedback: OneService) -> None:
    said = await sent(feedback)
    await feedback.advance(days=5)
    await answer(feedback, said.link, GOOD)
    async with feedback.runtime.database.transaction(SYSTEM, read_only=True) as session:
        chain = await chain_of(session, str(said.survey_id))
    assert [entry["action"] for entry in chain] == ["ask_contact", "remind", "answer"]
    assert (chain[-1]["actor"], chain[-1]["after"]["rating"]) == ("anonymous", 5)
    assert {entry["customer_id"] for entry in chain} == {HOSPITAL}
    assert {entry["correlation_id"] for entry in chain} == {said.incident_id}
    assert broken_link(chain) is None


async def test_an_answer_locks_the_survey_before_it_takes_the_reminder_back(feedback: OneService) -> None:
    said = await sent(feedback)
    moving = answer(feedback, said.link, GOOD)
    assert (await takes_no_timer_before(feedback, "surveys", said.survey_id, moving)).status_code == 200
