"""Checked by mypy, not run: what the types must allow and refuse."""

from plansync import Event, LearnerNotAvailable, Plansync, SyncTarget, Unknown


async def operations(college: Plansync) -> None:
    reply = await college.tenant.put({"marking_aid": False, "owner_rule": "keep"})
    position: int = reply["position"]
    await college.tenant.put({"marking_aid": False, "owner_rule": "perhaps"})  # type: ignore[arg-type]
    await college.plan.get({})  # type: ignore[arg-type]
    try:
        async for learner in college.learner.list_all({"search": "smith"}):
            print(learner["name"].upper(), position)
    except LearnerNotAvailable as error:
        print(error.details.get("path"))
    command = await college.plan.instantiate_durable({"learner": "…", "programme": "…"})
    added: int = (await command.outcome())["added"]
    print(added)


def handled(event: Event) -> str:
    match event:
        case SyncTarget(body=body):
            return body["learner"]
        case Unknown(data=data):
            return data.hex()
        case _:
            return event.kind
