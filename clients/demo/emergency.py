"""The first half of the story: the report, the analysis, and the contingency plan that starts once it is authorised."""

from __future__ import annotations

from clients.api import Problem
from clients.cli.words import span
from clients.demo import cast
from clients.demo.play import SYSTEM, Play
from clients.demo.stage import StoryFailed
from clients.language import LOCALES, listed
from clients.models import Activation, Emergency, Engagement, Incident, Step
from shared.events.words import word


async def fault_is_reported(play: Play) -> None:
    contact = play.actor("operator")
    play.seen = await play.apis[SYSTEM].post(
        Incident,
        "/v1/incidents",
        title=play.stage.say("incident_title"),
        description=play.stage.say("incident_description"),
        asset_id=play.demo.switch_id,
        contact_name=play.name("operator"),
        contact_email=contact.email,
        contact_locale=LOCALES[play.language],
    )
    if not play.seen.covered:
        raise StoryFailed(play.stage.say("not_covered"))
    system = play.stage.say("client_system")
    play.stage.tell(system, "reported", number=play.seen.number, contract=play.seen.contract_number)
    promises = [
        play.stage.say("promise", kind=word(clock.kind, play.language), time=span(clock.target_seconds, play.language))
        for clock in play.seen.clocks
    ]
    play.tell_of_platform("promised", promises=listed(promises, play.language))


async def another_customer_sees_nothing(play: Play) -> None:
    try:
        await play.apis["reader"].get(Incident, play.path)
    except Problem as problem:
        if problem.status == 404:
            play.tell("reader", "tenancy", status=problem.status, code=problem.code)
            return
        raise
    raise StoryFailed(play.stage.say("not_hidden"))


async def desk_answers(play: Play) -> None:
    await play.apis["desk"].post(Incident, f"{play.path}/acknowledge")
    play.tell("desk", "acknowledged", outcome=await play.stopped("respond", "wait_respond"))


async def fault_is_analysed(play: Play) -> None:
    classified = await play.apis["emergency"].post(
        Incident,
        f"{play.path}/classify",
        severity="major",
        fault_class="device",
        analysis=play.stage.say("analysis"),
        quickly_solvable=False,
    )
    terms = {"severity": classified.severity, "fault_class": classified.fault_class or ""}
    play.tell("emergency", "classified", **{name: word(value, play.language) for name, value in terms.items()})


async def leading_group_is_told(play: Play) -> None:
    leaders = ("leader", "second_leader")

    async def written_to() -> int:
        number = play.incident.number
        return sum([bool(await play.outside.mails(number, play.actor(part).email)) for part in leaders])

    await play.stage.until("wait_leaders", written_to, lambda count: count == len(leaders))
    play.tell_of_platform("leaders_told", people=listed((play.name(part) for part in leaders), play.language))


async def superior_authority_is_told(play: Play) -> None:
    async def emergencies() -> list[Emergency]:
        return await play.apis["emergency"].all(Emergency, "/v1/emergencies", incident_id=play.incident.id)

    await play.stage.until("wait_superior", emergencies, lambda all_: all_ and all_[0].superior_informed_at)
    play.tell_of_platform("superior_told")


async def plan_is_requested_and_authorised(play: Play) -> None:
    emergency, leader = play.apis["emergency"], play.apis["leader"]
    plan = {"plan_id": play.demo.plan_id, "reason": play.stage.say("reason")}
    requested = await emergency.post(Activation, "/v1/activations", incident_id=play.incident.id, **plan)
    play.tell("emergency", "requested", plan=requested.plan(play.language))
    path, information = f"/v1/activations/{requested.id}", play.stage.say("information")
    try:
        await emergency.post(Activation, f"{path}/authorise", information=information)
    except Problem as problem:
        if problem.status != 403:
            raise
        refusal = {"detail": problem.detail, "status": problem.status, "code": problem.code}
        play.tell("emergency", "refused", **refusal)
    else:
        raise StoryFailed(play.stage.say("not_refused"))
    authorised = await leader.post(Activation, f"{path}/authorise", information=information)
    play.tell("leader", "authorised", count=len(authorised.steps))
    await _plan_runs(play, authorised)


async def _plan_runs(play: Play, activation: Activation) -> None:
    """Each step is started and completed in order of its position; those that wait for others come later."""
    emergency, path = play.apis["emergency"], f"/v1/activations/{activation.id}"
    for step in sorted(activation.steps, key=lambda step: step.position):
        await emergency.post(Step, f"{path}/steps/{step.id}/start")
        result = play.stage.say(f"result_{step.position}")
        await emergency.post(Step, f"{path}/steps/{step.id}/complete", result=result)
        owner = play.name(cast.STEPS[step.position - 1][0])
        play.tell("emergency", "step_done", position=step.position, owner=owner, title=step.title(play.language))

    async def look() -> Activation:
        return await emergency.get(Activation, path)

    await play.stage.until("wait_plan", look, lambda seen: seen.state == "completed")
    play.tell_of_platform("plan_done")


async def vendor_helps(play: Play) -> None:
    emergency = play.apis["emergency"]
    party = {**cast.VENDOR, "party_locale": LOCALES[play.language], "note": play.stage.say("vendor_note")}
    engaged = await emergency.post(Engagement, "/v1/engagements", incident_id=play.incident.id, **party)
    play.tell("emergency", "vendor_engaged")

    async def written_to() -> bool:
        return bool(await play.outside.mails(play.incident.number, cast.VENDOR["party_email"]))

    await play.stage.until("wait_vendor", written_to, bool)
    for move in ("accept", "arrive", "complete"):
        await emergency.post(Engagement, f"/v1/engagements/{engaged.id}/{move}")
    play.tell("emergency", "vendor_moves")
