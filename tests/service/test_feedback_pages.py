"""The public pages behind a survey's link: plain HTML in two languages, for people without sign-in and scripts."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from shared.events.feedback import SurveyAnswered
from shared.permissions import Role
from tests.builders.feedback import BANK, CLERK, GOOD, NURSE, answer, page_of, read, sent, survey
from tests.harness import ANYBODY, OneService, principal

UNKNOWN = "/s/MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"


class Page(HTMLParser):
    """What a page holds: its language, its elements with their attributes, its visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.elements if t == tag and attributes.items() <= a.items()]

    @property
    def language(self) -> str | None:
        return self.all("html")[0]["lang"]

    def choices(self, name: str) -> list[str | None]:
        return [radio["value"] for radio in self.all("input", type="radio", name=name)]

    def chosen(self, name: str) -> list[str | None]:
        return [radio["value"] for radio in self.all("input", type="radio", name=name) if "checked" in radio]


@pytest.fixture
async def feedback(one_service: OneService.Factory) -> OneService:
    return await one_service("feedback")


async def test_the_form_has_every_question_and_works_without_scripts(feedback: OneService) -> None:
    answered = await read(feedback, (await sent(feedback)).link)
    page = Page(answered.text)
    assert (answered.status_code, answered.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.choices("rating") == ["1", "2", "3", "4", "5"]
    assert page.choices("recommend") == [str(number) for number in range(11)]
    assert [area["maxlength"] for area in page.all("textarea", name="comment")] == ["2000"]
    assert page.all("form")[0]["method"] == "post"
    assert len(page.all("button", type="submit")) == 1
    assert page.all("script") == []


async def test_every_choice_has_a_label_of_its_own(feedback: OneService) -> None:
    page = Page((await read(feedback, (await sent(feedback)).link)).text)
    ids = {radio["id"] for radio in page.all("input", type="radio")} | {a["id"] for a in page.all("textarea")}
    assert len(ids) == 5 + 11 + 1
    assert {label["for"] for label in page.all("label")} == ids


@pytest.mark.parametrize(
    ("locale", "language", "lang", "heading"),
    [
        ("zh-CN", None, "zh-CN", "您对我们的服务满意吗？"),
        ("en", None, "en", "How did we do?"),
        ("zh-CN", "en", "en", "How did we do?"),
        ("en", "zh", "zh-CN", "您对我们的服务满意吗？"),
        ("zh-CN", "fr", "zh-CN", "您对我们的服务满意吗？"),
    ],
)
async def test_the_page_is_in_the_contacts_language_or_the_one_chosen(
    feedback: OneService, locale: str, language: str | None, lang: str, heading: str
) -> None:
    answered = await read(feedback, (await sent(feedback, contact_locale=locale)).link, language)
    page = Page(answered.text)
    assert (page.language, answered.headers["content-language"]) == (lang, lang)
    assert heading in page.text
    other = {"zh-CN": "?lang=en", "en": "?lang=zh"}[lang]
    assert other in {link["href"] for link in page.all("a")}


async def test_a_form_sent_in_the_chosen_language_is_thanked_for_in_it(feedback: OneService) -> None:
    said = await sent(feedback)
    page = Page((await read(feedback, said.link, "en")).text)
    assert page.all("form")[0]["action"] == "?lang=en"
    thanks = await answer(feedback, said.link, GOOD, "en")
    assert (thanks.status_code, Page(thanks.text).language) == (200, "en")
    assert "Thank you for your feedback" in thanks.text


async def test_whatever_a_title_or_a_name_holds_it_is_only_text_on_the_page(feedback: OneService) -> None:
    said = await sent(feedback, title="<script>alert(1)</script>", contact_name='{x} "><img src=x>')
    page = Page((await read(feedback, said.link)).text)
    assert page.all("script") == page.all("img") == []
    assert "<script>alert(1)</script>" in page.text
    assert '{x} "><img src=x>，您好' in page.text


async def test_nothing_may_be_loaded_framed_or_kept_and_the_address_is_told_to_nobody(feedback: OneService) -> None:
    first, second = [await read(feedback, link) for link in [(await sent(feedback)).link] * 2]
    for answered in (first, second):
        nonce = Page(answered.text).all("style")[0]["nonce"]
        policy = answered.headers["content-security-policy"]
        assert f"style-src 'nonce-{nonce}'" in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answered.headers["referrer-policy"] == "no-referrer"
        assert answered.headers["cache-control"] == "no-store"
        assert re.search(r"\sstyle=|\son\w+=|https?://(?!www\.w3\.org)", answered.text) is None
    assert first.headers["content-security-policy"] != second.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("form", "at", "sentence"),
    [
        ({}, "rating", "请选择一项。"),
        ({"rating": ""}, "rating", "请选择一项。"),
        ({"rating": "0"}, "rating", "请从给出的选项中选择。"),
        ({"rating": "6"}, "rating", "请从给出的选项中选择。"),
        ({"rating": "4.5"}, "rating", "请从给出的选项中选择。"),
        ({"rating": "五"}, "rating", "请从给出的选项中选择。"),
        ({"rating": "4", "recommend": "11"}, "recommend", "请从给出的选项中选择。"),
        ({"rating": "4", "comment": "好" * 2001}, "comment", "内容过长，最多 2000 字。"),
    ],
)
async def test_a_form_that_is_not_right_comes_back_with_what_to_mend(
    feedback: OneService, form: dict[str, str], at: str, sentence: str
) -> None:
    said = await sent(feedback)
    answered = await answer(feedback, said.link, form)
    page = Page(answered.text)
    assert (answered.status_code, page.language) == (422, "zh-CN")
    assert len(page.all("p", id=f"{at}-problem")) == 1
    assert [a for _, a in page.elements if a.get("aria-describedby") == f"{at}-problem"]
    assert sentence in page.text
    assert (await survey(feedback, said.survey_id))["state"] == "sent"
    assert await feedback.said(SurveyAnswered) == []


async def test_what_was_entered_is_kept_when_something_else_is_to_be_mended(feedback: OneService) -> None:
    said = await sent(feedback)
    page = Page((await answer(feedback, said.link, {"recommend": "7", "comment": "</textarea>很好"})).text)
    assert (page.chosen("rating"), page.chosen("recommend")) == ([], ["7"])
    assert "</textarea>很好" in page.text
    mended = await answer(feedback, said.link, {"rating": "4", "recommend": "7"})
    assert mended.status_code == 200


async def test_only_the_rating_must_be_given(feedback: OneService) -> None:
    said = await sent(feedback)
    assert (await answer(feedback, said.link, {"rating": "2"})).status_code == 200
    kept = await survey(feedback, said.survey_id)
    assert (kept["rating"], kept["recommend"], kept["comment"]) == (2, None, "")


async def test_characters_that_no_database_takes_do_no_harm(feedback: OneService) -> None:
    said = await sent(feedback)
    body = b"rating=5&comment=a%00b%0D%0Ac%FF%ED%A0%80&unknown=%s"
    async with feedback.as_(ANYBODY) as person:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answered = await person.post(page_of(said.link), content=body, headers=headers)
    assert answered.status_code == 200, answered.text
    comment = (await survey(feedback, said.survey_id))["comment"]
    assert comment.startswith("a b\nc")


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{}", b"&".join([b"a=1"] * 100)])
async def test_a_body_that_is_no_form_changes_nothing(feedback: OneService, body: bytes) -> None:
    said = await sent(feedback)
    async with feedback.as_(ANYBODY) as person:
        answered = await person.post(page_of(said.link), content=body, headers={"Content-Type": "application/json"})
    assert answered.status_code in (400, 422)
    assert answered.headers["content-type"].startswith("text/html")
    assert (await survey(feedback, said.survey_id))["state"] == "sent"


@pytest.mark.parametrize(
    ("accepted", "lang", "heading"),
    [("zh-CN,zh;q=0.9", "zh-CN", "未找到此调查"), ("en-GB", "en", "There is no such survey")],
)
async def test_a_link_nobody_sent_leads_to_a_page_that_says_so(
    feedback: OneService, accepted: str, lang: str, heading: str
) -> None:
    answered = await read(feedback, UNKNOWN, **{"Accept-Language": accepted})
    assert (answered.status_code, Page(answered.text).language) == (404, lang)
    assert heading in answered.text
    async with feedback.as_(ANYBODY) as person:
        posted = await person.post(UNKNOWN, data=GOOD)
    assert (posted.status_code, posted.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert await feedback.is_empty()


async def test_behind_the_link_of_an_answered_survey_there_is_no_form_any_more(feedback: OneService) -> None:
    said = await sent(feedback)
    await answer(feedback, said.link, GOOD)
    for language, heading in (("zh", "您已完成答复"), ("en", "You have already answered")):
        shown, posted = await read(feedback, said.link, language), await answer(feedback, said.link, GOOD, language)
        assert (shown.status_code, posted.status_code) == (200, 409)
        for answered in (shown, posted):
            assert heading in answered.text
            assert Page(answered.text).all("form") == []


async def test_the_page_of_a_closed_survey_says_so_in_the_contacts_language(feedback: OneService) -> None:
    said = await sent(feedback)
    await feedback.advance(days=14)
    for language, heading in ((None, "调查已结束"), ("en", "This survey is closed")):
        shown = await read(feedback, said.link, language, **{"Accept-Language": "en"})
        assert (shown.status_code, Page(shown.text).all("form")) == (410, [])
        assert heading in shown.text


async def test_a_signed_in_user_answers_for_the_own_customer_only(feedback: OneService) -> None:
    said, foreign = await sent(feedback), await sent(feedback, customer_id=BANK)
    async with feedback.as_(CLERK) as clerk:
        assert (await clerk.get(page_of(said.link))).status_code == 404
        assert (await clerk.post(page_of(said.link), data=GOOD)).status_code == 404
    async with feedback.as_(NURSE) as nurse:
        assert (await nurse.post(page_of(said.link), data=GOOD)).status_code == 200
    async with feedback.as_(principal(Role.DESK)) as desk:
        assert (await desk.post(page_of(foreign.link), data=GOOD)).status_code == 200
    assert len(await feedback.said(SurveyAnswered)) == 2


async def test_without_the_gateways_word_not_even_a_public_page_is_shown(feedback: OneService) -> None:
    said = await sent(feedback)
    async with feedback.as_(ANYBODY) as person:
        person.headers.clear()
        answered = await person.get(page_of(said.link))
    assert (answered.status_code, answered.headers["content-type"]) == (401, "text/html; charset=utf-8")


async def test_looking_at_the_page_answers_nothing(feedback: OneService) -> None:
    said = await sent(feedback)
    async with feedback.as_(ANYBODY) as scanner:
        await scanner.get(page_of(said.link), params={"rating": "1"})
    assert (await survey(feedback, said.survey_id))["state"] == "sent"
