"""The demo's own parts: what it reads of the outside world, what it keeps, and its words in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter
from uuid import UUID

from clients.demo import cast, emergency, play, restoration, story, summary
from clients.demo import words as demo_words
from clients.demo.kept import DEMO, Actor, DemoOrganisation, keep_demo, read_demo
from clients.demo.outside import Call, Mail, filled_form

PAGE = """
<form method="post" action="?lang=en">
  <input type="hidden" name="version" value="1">
  <input type="radio" name="rating" value="1"><input type="radio" name="rating" value="5">
  <input type="radio" name="recommend" value="9"><input type="radio" name="recommend" value="10">
  <input type="checkbox" name="call_me" value="yes">
  <textarea name="comment"></textarea>
  <button name="send">Send</button>
</form>
<form action="/other"><input name="other" value="x"></form>
"""


def organisation() -> DemoOrganisation:
    person = Actor(
        id=UUID(int=1), email="a@demo.example", password="secret", roles=("desk",), name_zh="陈静", name_en="C"
    )
    return DemoOrganisation(
        base_url="http://127.0.0.1:8000",
        recorder_url=None,
        actors={"desk": person},
        hospital_id=UUID(int=2),
        library_id=UUID(int=3),
        switch_id=UUID(int=4),
        plan_id=UUID(int=5),
        part_number="P-1",
        depot_ids={"keeper": UUID(int=6)},
        key="key",
        hook=None,
    )


def test_a_content_contact_gives_the_best_marks_and_keeps_what_is_hidden() -> None:
    form = filled_form(PAGE, "Quick.")
    assert form is not None
    assert form.action == "?lang=en"
    assert form.values == {"version": "1", "rating": "5", "recommend": "10", "comment": "Quick."}


def test_a_page_without_a_form_has_none() -> None:
    assert filled_form("<p>Expired</p>", "x") is None


def test_the_link_of_a_survey_is_found_in_its_mail_without_the_sign_that_follows() -> None:
    text = "请点击：http://127.0.0.1:8000/s/Ab-_09。\n"
    mail = Mail(recipients=("a@demo.example",), subject="s", text=text, message_id="1")
    assert mail.link() == "http://127.0.0.1:8000/s/Ab-_09"
    assert mail.model_copy(update={"text": "http://127.0.0.1:8000/docs"}).link() is None


def test_a_call_is_known_by_its_webhook_id_and_says_its_type() -> None:
    call = Call(headers={"webhook-id": "msg_1"}, body='{"type": "incidents.incident_closed.v1"}', verified=True)
    assert (call.id, call.event_type) == ("msg_1", "incidents.incident_closed.v1")


def test_what_is_kept_is_read_again_and_is_its_owners_alone(tmp_path: Path) -> None:
    demo = organisation()
    keep_demo(tmp_path, demo)
    assert read_demo(tmp_path) == demo
    assert (tmp_path / DEMO).stat().st_mode & 0o777 == 0o600


def test_what_another_release_kept_counts_as_nothing(tmp_path: Path) -> None:
    assert read_demo(tmp_path) is None
    (tmp_path / DEMO).write_text('{"base_url": "x"}')
    assert read_demo(tmp_path) is None


def test_a_sign_in_is_listed_with_its_roles_and_names() -> None:
    assert organisation().people[0].as_record() == {
        "email": "a@demo.example",
        "password": "secret",
        "roles": ["desk"],
        "name_zh": "陈静",
        "name_en": "C",
    }


def test_every_invented_name_says_that_it_is_invented() -> None:
    bodies = [role.body() for role in cast.CAST] + [*cast.CUSTOMERS.values(), *cast.SITES, cast.DEPARTMENT, cast.PLAN]
    for body in [*bodies, cast.KEY_BUSINESS, cast.PART, *(names for _, names in cast.DEPOTS)]:
        assert "演示" in body["name_zh"]
        assert "Demo" in body["name_en"]
    assert all(role.email.endswith(".demo.example") for role in cast.CAST)


def test_everybody_on_stage_is_in_the_cast() -> None:
    parts = [role.part for role in cast.CAST]
    assert len(parts) == len(set(parts))
    assert set(play.ON_STAGE) <= set(parts)
    assert {keeper for keeper, _ in cast.DEPOTS} | {owner for owner, _ in cast.STEPS} <= set(parts)


def test_the_story_says_the_same_in_both_languages() -> None:
    for en, zh in demo_words.WORDS.values():
        assert fields(en) == fields(zh)
        assert re.search(r"[\u4e00-\u9fff]", zh)


def fields(sentence: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(sentence) if field}


def test_every_word_of_the_story_is_said() -> None:
    told = "".join(
        Path(str(module.__file__)).read_text(encoding="utf-8")
        for module in (emergency, restoration, story, summary, play)
    )
    folder = Path(str(story.__file__)).parent
    told += (folder / "stage.py").read_text(encoding="utf-8") + (folder / "__main__.py").read_text(encoding="utf-8")
    spoken_by_number = {key for key in demo_words.WORDS if re.fullmatch(r"result_\d", key)}
    assert {key for key in demo_words.WORDS if f'"{key}"' not in told} == spoken_by_number
