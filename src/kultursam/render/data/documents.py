"""The shape of every JSON document, each key with what it means: what is written is of these types.

The JSON Schemas are made of them too. Dates are ISO 8601; times are local, in the zone of `timezone`; moments
are UTC.
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict  # pydantic takes that of `typing` from Python 3.12 on

Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Clock = Annotated[str, Field(pattern=r"^[0-9]{2}:[0-9]{2}$")]
Moment = Annotated[str, Field(pattern=r"^[0-9-]{10}T[0-9:]{8}Z$")]
Code = Annotated[str, Field(pattern="^[a-z][a-z0-9-]*$")]
Version = Literal[2]
Status = Literal["proposed", "confirmed", "cancelled"]
HeldAs = Literal["in person", "online", "hybrid"]
"""The formats of a meeting."""


def says(text: str) -> Any:  # noqa: ANN401 - as pydantic.Field
    """Return what a key means, for its schema."""
    return Field(description=text)


@with_config(ConfigDict(extra="forbid"))
class _Keys(TypedDict):
    """Keys that are there, and no others."""


class _Document(_Keys):
    schema: Annotated[Version, says("The version of this shape.")]
    problems: Annotated[list["JsonProblem"], says("What is wrong, and what is to be known.")]


class JsonProblem(_Keys):
    """What is wrong, and where."""

    severity: Annotated[Literal["error", "warning", "tip"], says("How grave it is.")]
    code: Annotated[Code, says("The kind of problem, by a name that stays.")]
    text: Annotated[str, says("A sentence in the language of the forum file.")]
    file: Annotated[str | None, says("The file, or the project's name.")]
    line: Annotated[int | None, says("Its line, from 1.")]
    column: Annotated[int | None, says("Its column, from 1.")]


class JsonReason(_Keys):
    """What one rule says of a date."""

    rule: Annotated[str, says("The rule's name, as the table of rules has it.")]
    strength: Annotated[Literal["must", "should", "prefer"], says("How strong it is.")]
    date: Annotated[Day, says("The date that it is said of.")]
    text: Annotated[str, says("A sentence in the language of the forum file.")]
    line: Annotated[int | None, says("The line of the forum file that the rule comes from.")]


_From = TypedDict(
    "_From",
    {"from": Annotated[str | None, says("What it was: a date with or without times, or a name.")]},
)


class JsonChange(_Keys, _From):
    """How a meeting differs from what was recorded."""

    meeting: Annotated[str, says("The meeting's id.")]
    kind: Annotated[
        Literal["new", "moved", "changed", "confirmed", "cancelled", "restored", "renamed"],
        says("What happened to it."),
    ]
    to: Annotated[str | None, says("What it is now.")]
    text: Annotated[str, says("The same in words, in the language of the forum file.")]


class JsonChangeSince(JsonChange):
    """How a meeting differs from what it was on a day."""

    forum: Annotated[str, says("The forum's id.")]
    name: Annotated[str, says("What the meeting is called.")]
    number: Annotated[int, says("Its place in time among the forum's meetings of the year.")]
    date: Annotated[Day, says("Its first day now.")]
    status: Annotated[Status, says("What it is now.")]
    reason: Annotated[str | None, says("Why it was cancelled.")]
    organisations: Annotated[list[str], says("The ids of the organisations that take part.")]


class JsonMeeting(_Keys):
    """A meeting."""

    id: Annotated[str, says("Its id, which never changes.")]
    uid: Annotated[str, says("The UID of its calendar entry.")]
    forum: Annotated[str, says("The forum's id.")]
    forum_name: Annotated[str, says("The forum's name, as it was when last planned.")]
    name: Annotated[
        str, says("What it is called: the forum's name, and that of its window where it has one.")
    ]
    number: Annotated[int, says("Its place in time among the forum's meetings of the year.")]
    date: Annotated[Day, says("Its first day.")]
    end_date: Annotated[
        Day, says("The day it ends on: the last of its days, or the next one where it ends after midnight.")
    ]
    start: Annotated[Clock, says("When it starts, on each of its days.")]
    end: Annotated[
        Clock,
        says(
            "When it ends; before the start, it is on the day after. 00:00 to 00:00 if it takes whole days."
        ),
    ]
    last_day: NotRequired[Annotated[str, says("Only where the last of several days has other hours: these.")]]
    all_day: Annotated[bool, says("Whether it takes whole days.")]
    timezone: Annotated[str, says("The zone of its times.")]
    week: Annotated[int, says("The ISO week of its first day.")]
    weekday: Annotated[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], says("Of its first day.")]
    status: Annotated[Status, says("Proposed and then confirmed; either may be cancelled.")]
    origin: Annotated[
        Literal["planned", "reserved", "added", "external"],
        says(
            "How it came about: asked for by the cadence, kept free, added by a person, or decided elsewhere."
        ),
    ]
    sequence: Annotated[
        int,
        says("One more with each change of date, time, place, format or link, and of being cancelled."),
    ]
    created: Annotated[Moment, says("When it came into the plan.")]
    modified: Annotated[Moment, says("When something that calendars show changed last.")]
    moved_from: Annotated[Day | None, says("Where it lay before its last move.")]
    reason: Annotated[str | None, says("Why it was cancelled.")]
    host: Annotated[str | None, says("The id of the organisation that hosts it.")]
    place: Annotated[str | None, says("Where it is held.")]
    room: Annotated[str | None, says("The id of the room of that name.")]
    format: Annotated[HeldAs | None, says("How it is held.")]
    link: Annotated[str | None, says("Where to join.")]
    organisations: Annotated[list[str], says("The ids of the organisations that take part.")]
    ideal: Annotated[
        Day | None, says("The date that the forum would choose by itself; none where others choose.")
    ]
    should: Annotated[int, says("Its trouble: the organisations that broken should-rules touch.")]
    points: Annotated[int, says("Its cost.")]
    prepares: Annotated[list[str], says("The ids of the meetings that it prepares.")]
    reasons: Annotated[
        list[JsonReason], says("What it costs and why, and what is against dates that look better.")
    ]


class JsonDeadline(_Keys):
    """Something that is due."""

    uid: Annotated[str, says("The UID of its calendar entry.")]
    forum: Annotated[str, says("The forum's id.")]
    meeting: Annotated[str | None, says("The meeting's id; none where a term ends.")]
    name: Annotated[str, says("What is due.")]
    date: Annotated[Day, says("When it is due.")]


class JsonPlan(_Document):
    """The plan of one year."""

    year: Annotated[int, says("The calendar year that the planning year begins in.")]
    title: Annotated[
        str, says("What people call the year: 2027, or 2027/28 if it lies in two calendar years.")
    ]
    name: Annotated[str, says("The name at the top of the forum file.")]
    optimal: Annotated[bool, says("Whether it is proven that no plan is better.")]
    bound: Annotated[
        int,
        says("The fewest points that a plan could have that is as good in all else: `points`, if optimal."),
    ]
    should: Annotated[int, says("The trouble of all meetings to come.")]
    points: Annotated[int, says("The cost of all meetings to come.")]
    meetings: Annotated[list[JsonMeeting], says("All meetings, the cancelled ones too, by date and time.")]
    deadlines: Annotated[list[JsonDeadline], says("What is due, by date.")]
    changes: Annotated[list[JsonChange], says("What this run changed.")]


class JsonInstead(JsonMeeting):
    """A meeting as it would be on another date."""

    year_should: Annotated[int, says("How much more trouble the year would have.")]
    year_points: Annotated[int, says("How many more points the year would cost.")]
    changes: Annotated[list[JsonChange], says("The other meetings that would move.")]
    problems: Annotated[list[JsonProblem], says("What would be wrong then.")]


class JsonExplanation(JsonMeeting, _Document):
    """Why a meeting is on its date."""

    instead: Annotated[JsonInstead | None, says("With --instead: the meeting on the other date.")]


class JsonSince(_Document):
    """What changed of a year since a day."""

    year: Annotated[int, says("The calendar year that the planning year begins in.")]
    title: Annotated[str, says("What people call the year.")]
    name: Annotated[str, says("The name at the top of the forum file.")]
    since: Annotated[Day, says("The day: changes on it count.")]
    changes: Annotated[
        list[JsonChangeSince],
        says("How meetings differ, by their date now; a move and another place are two."),
    ]


class JsonWeighed(_Keys):
    """What a plan costs by the rules."""

    optimal: Annotated[bool, says("Whether it is proven that no plan is better.")]
    should: Annotated[int, says("The trouble of all meetings to come.")]
    points: Annotated[int, says("The cost of all meetings to come.")]


class JsonDraft(JsonWeighed):
    """A draft of a year."""

    name: Annotated[str, says("What the draft is called.")]
    changes: Annotated[
        list[JsonChange], says("How it differs from the plan, or, without one, the first draft.")
    ]


class JsonComparison(_Document):
    """How drafts of a year differ from its plan."""

    year: Annotated[int, says("The calendar year that the planning year begins in.")]
    record: Annotated[JsonWeighed | None, says("What the plan of record costs, if there is one.")]
    drafts: Annotated[list[JsonDraft], says("In the order in which they were named.")]


class JsonSuggestion(_Keys):
    """A free date."""

    date: Annotated[Day, says("The date.")]
    should: Annotated[int, says("The organisations that broken should-rules would touch.")]
    points: Annotated[int, says("What it would cost.")]
    reasons: Annotated[list[JsonReason], says("Its drawbacks.")]


class JsonSuggestions(_Document):
    """Free dates."""

    dates: Annotated[list[JsonSuggestion], says("Best first.")]
    against: Annotated[list[JsonReason], says("Why no date is free, where none is.")]


class JsonProblems(_Document):
    """What is wrong: all that check tells, and all that a command does which fails."""


class JsonPublished(_Document):
    """What was published."""

    files: Annotated[int, says("How many files are published, changed or not.")]


class JsonFetchedCalendar(_Keys):
    """A calendar that was asked for."""

    name: Annotated[str, says("What the forum file calls it.")]
    file: Annotated[str, says("The copy, from the forum file.")]
    outcome: Annotated[
        Literal["new", "changed", "unchanged", "kept"],
        says("What became of the copy: kept, if nothing could be fetched."),
    ]
    checked: Annotated[Day | None, says("When it was last seen to be current.")]


class JsonFetched(_Document):
    """What became of each calendar that is fetched."""

    calendars: Annotated[list[JsonFetchedCalendar], says("In the order of the forum file.")]


class JsonExported(_Document):
    """What was exported to a file."""

    file: Annotated[str, says("The file that was written.")]
    meetings: Annotated[int, says("How many meetings it has.")]


class JsonImportedRow(_Keys, _From):
    """What a date of a list does to a meeting; from is the date that the meeting had, none if it is new."""

    cell: Annotated[str, says("Where the date stands in the file.")]
    meeting: Annotated[str, says("The meeting's id.")]
    forum: Annotated[str, says("The forum's id.")]
    number: Annotated[int, says("Its place in time among the forum's meetings of the year.")]
    to: Annotated[Day, says("The date that it gets.")]
    start: Annotated[Clock, says("When it starts.")]
    end: Annotated[Clock, says("When it ends.")]
    status: Annotated[Status, says("What it is then.")]
    changes: Annotated[bool, says("Whether anything of it changes.")]
    older: Annotated[bool, says("Whether the list is older than the plan in this.")]
    broken: Annotated[list[JsonProblem], says("The rules that it breaks.")]


class JsonImported(_Document):
    """What decided dates of a file do to the plans."""

    file: Annotated[str, says("The file that was read.")]
    written: Annotated[bool, says("Whether the plans were changed.")]
    rows: Annotated[list[JsonImportedRow], says("The dates that were understood, in the order of the file.")]
    changes: Annotated[list[JsonChange], says("All that changes, the meetings around them too.")]


class JsonCreated(_Document):
    """A forum file that was created."""

    file: Annotated[str, says("The file.")]


class JsonInvitationRow(_Keys):
    """What somebody is to be told of a meeting. Nobody is named: a role at an organisation is."""

    meeting: Annotated[str, says("The meeting's id.")]
    uid: Annotated[str, says("The UID of its calendar entry.")]
    forum: Annotated[str, says("The forum's id.")]
    role: Annotated[str, says("Whose news it is: the role.")]
    organisation: Annotated[str, says("The id of the organisation that sends the role.")]
    kind: Annotated[str, says("What is new: new, moved, changed, cancelled, unchanged and so on.")]
    method: Annotated[str | None, says("How it is told: REQUEST, CANCEL or a digest; none if not due.")]
    sequence: Annotated[int | None, says("The SEQUENCE that the message has.")]
    date: Annotated[Day, says("The meeting's date.")]
    why: Annotated[str, says("What has changed, in the language of the forum file.")]
    unsent: Annotated[bool, says("Whether it was to be sent before.")]


class JsonInvitations(_Document):
    """What people are to be told of their meetings."""

    rows: Annotated[list[JsonInvitationRow], says("Each person by each meeting.")]
    counts: Annotated[dict[str, int], says("How many rows there are of each kind.")]
    due: Annotated[int, says("How many mails are due.")]
    sent: Annotated[int, says("How many this run sent.")]


class JsonAnswers(_Keys):
    """How many of an organisation answered what about a forum's meetings."""

    forum: Annotated[str, says("The forum's id.")]
    organisation: Annotated[str, says("The organisation's id.")]
    accepted: Annotated[int, says("How many said yes.")]
    tentative: Annotated[int, says("How many may come.")]
    declined: Annotated[int, says("How many said no.")]
    delegated: Annotated[int, says("How many send somebody else.")]
    unanswered: Annotated[int, says("How many have not answered.")]


class JsonProposedTime(_Keys):
    """Another time that somebody proposes."""

    start: Annotated[str, says("When it would start.")]
    end: Annotated[str, says("When it would end.")]
    all_day: Annotated[bool, says("Whether it would take whole days.")]


class JsonAnswer(_Keys):
    """What somebody who was invited to a meeting answered."""

    meeting: Annotated[str, says("The meeting's id.")]
    forum: Annotated[str, says("The forum's id.")]
    date: Annotated[Day, says("The meeting's date.")]
    role: Annotated[str, says("Who was invited: the role.")]
    organisation: Annotated[str, says("The id of the organisation that sends the role.")]
    answer: Annotated[str | None, says("The answer; none if there is none.")]
    at: Annotated[str | None, says("When it was given.")]
    outdated: Annotated[bool, says("Whether only the old date was answered.")]
    about: Annotated[str | None, says("The date that was answered, where it is another one.")]
    comment: Annotated[str, says("What was written with it; names of people.yaml and addresses are hidden.")]
    delegate: Annotated[str, says("Who comes instead, if that was said.")]
    proposal: Annotated[JsonProposedTime | None, says("Another time that was proposed.")]
    delivered: Annotated[bool | None, says("Whether the invitation arrived; none while it may still do.")]


class JsonProposal(JsonProposedTime):
    """What another time would cost, for all who propose it."""

    meeting: Annotated[str, says("The meeting's id.")]
    who: Annotated[list[str], says("Who proposes it: roles at organisations.")]
    instead: Annotated[JsonInstead | None, says("The year with it, as explain --instead tells.")]
    refused: Annotated[list[JsonProblem], says("The musts against it.")]
    command: Annotated[str | None, says("The command that takes it; none where a must is against it.")]


class JsonReplies(_Document):
    """Who answered what."""

    mails: Annotated[int, says("How many mails were read.")]
    new: Annotated[int, says("How many answers were new.")]
    known: Annotated[int, says("How many were known already.")]
    others: Annotated[int, says("How many mails were no answers.")]
    counts: Annotated[list[JsonAnswers], says("Forum by organisation.")]
    answers: Annotated[list[JsonAnswer], says("Each who was invited, by each meeting.")]
    proposals: Annotated[list[JsonProposal], says("Other times that are proposed.")]


class JsonPeople(_Document):
    """How many people people.yaml has."""

    persons: Annotated[int, says("All that are listed.")]
    in_office: Annotated[int, says("Those who serve today.")]
    send: Annotated[dict[str, int], says("By what they are sent.")]
    members_without_person: Annotated[int, says("Members of forums that nobody serves as today.")]


class JsonForgotten(_Document):
    """What was forgotten of an address."""

    forgotten: Annotated[int, says("How many entries of the outbox lost what is private.")]
