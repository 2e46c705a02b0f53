"""The second half of the story: the spare part, the engineer on site, the end of the incident, and the survey."""

from __future__ import annotations

from datetime import timedelta

from clients.demo import cast
from clients.demo.outside import filled_form
from clients.demo.play import Play
from clients.demo.preparations import missing_stock, receive
from clients.demo.stage import StoryFailed
from clients.models import Incident, PartCallUp, Reservation, Survey, Visit


async def depot_is_stocked(play: Play) -> None:
    """Before each story the keepers make up for what former ones used."""
    for keeper, depot_id in play.demo.depot_ids.items():
        missing = await missing_stock(play.apis[keeper], depot_id)
        if missing > 0:
            await receive(play.apis[keeper], depot_id, missing)
            play.tell(keeper, "restocked", count=missing)


async def part_is_called_up_and_issued(play: Play) -> None:
    engineer = play.apis["engineer"]
    wanted = {"part_number": play.demo.part_number, "quantity": 1}
    called = await engineer.post(PartCallUp, "/v1/part-call-ups", incident_id=play.incident.id, **wanted)
    play.tell("engineer", "called_up", wanted=f"{called.part_number} × {called.quantity}")
    reservation = await _reserved(play)
    play.tell_of_platform("reserved", depot=reservation.depot(play.language))
    keeper = next(part for part, depot in play.demo.depot_ids.items() if depot == reservation.depot_id)
    await play.apis[keeper].post(Reservation, f"/v1/reservations/{reservation.id}/issue")
    play.tell(keeper, "issued")


async def _reserved(play: Play) -> Reservation:
    """The store's answer. Raises StoryFailed where it is a refusal."""
    engineer, of_incident = play.apis["engineer"], {"incident_id": play.incident.id}

    async def answer() -> tuple[list[Reservation], list[PartCallUp]]:
        reservations = await engineer.all(Reservation, "/v1/reservations", **of_incident)
        return reservations, await engineer.all(PartCallUp, "/v1/part-call-ups", **of_incident)

    reservations, called_up = await play.stage.until(
        "wait_reserved", answer, lambda got: got[0] or any(one.refusal for one in got[1])
    )
    if not reservations:
        raise StoryFailed(play.stage.say("part_refused", reason=called_up[0].refusal))
    return reservations[0]


async def engineer_comes(play: Play) -> None:
    desk, engineer = play.apis["desk"], play.apis["engineer"]
    engineer_id = play.actor("engineer").id
    await desk.post(Incident, f"{play.path}/assign", engineer_id=engineer_id)
    planned_at = play.incident.reported_at + timedelta(hours=1)
    visit = await desk.post(Visit, f"{play.path}/visits", engineer_id=engineer_id, planned_at=planned_at)
    play.tell("desk", "assigned", engineer=play.name("engineer"))
    path = f"/v1/visits/{visit.id}"
    await engineer.post(Visit, f"{path}/depart")
    play.tell("engineer", "en_route")
    await engineer.post(Visit, f"{path}/arrive")
    play.tell("engineer", "arrived", outcome=await play.stopped("on_site", "wait_on_site"))
    [reservation] = await engineer.all(Reservation, "/v1/reservations", incident_id=play.incident.id)
    await engineer.post(Reservation, f"/v1/reservations/{reservation.id}/use")
    play.tell("engineer", "used")
    record = {"service_record": play.stage.say("service_record"), "signed_by": play.name("operator")}
    await engineer.post(Visit, f"{path}/complete", **record)
    play.tell("engineer", "visited")


async def service_is_restored(play: Play) -> None:
    await play.apis["engineer"].post(Incident, f"{play.path}/resolve", solution=play.stage.say("solution"))
    play.tell("engineer", "resolved", outcome=await play.stopped("resolve", "wait_resolve"))

    async def written_to() -> bool:
        return bool(await play.outside.mails(play.incident.number, cast.DEPARTMENT["email"]))

    await play.stage.until("wait_department", written_to, bool)
    play.tell_of_platform("department_told")


async def customer_confirms(play: Play) -> None:
    await play.apis["operator"].post(Incident, f"{play.path}/confirm")
    play.tell("operator", "confirmed")


async def survey_is_answered(play: Play) -> None:
    """By the link in the contact's mail, on the public page, as whoever holds the link."""

    async def links() -> list[str]:
        mails = await play.outside.mails(play.incident.number, play.actor("operator").email)
        return [link for mail in mails if (link := mail.link())]

    [link, *_] = await play.stage.until("wait_survey", links, bool)
    play.tell_of_platform("survey_sent", contact=play.name("operator"))
    page = await play.outside.page(link)
    if page.status_code != 200:
        raise StoryFailed(play.stage.say("survey_page", status=page.status_code))
    form = filled_form(page.text, play.stage.say("survey_text"))
    if form is None:
        raise StoryFailed(play.stage.say("no_form"))
    sent = await play.outside.send(link, form)
    if sent.status_code >= 400:
        raise StoryFailed(play.stage.say("survey_page", status=sent.status_code))

    async def surveys() -> list[Survey]:
        return await play.apis["operator"].all(Survey, "/v1/surveys", incident_id=play.incident.id)

    answered = await play.stage.until("wait_answer", surveys, lambda all_: any(one.rating for one in all_))
    play.stage.tell(play.stage.say("visitor"), "survey_answered", rating=answered[0].rating)
