-- Bookings: rooms, who has a machine or a room for themselves and when, and times at which one cannot be had.

CREATE TABLE room (
    id          INTEGER PRIMARY KEY NOT NULL,
    name        TEXT    NOT NULL CONSTRAINT room_name CHECK (length(name) BETWEEN 1 AND 200),
    place_id    INTEGER CONSTRAINT room_place REFERENCES place (id),
    capacity    INTEGER NOT NULL CONSTRAINT room_capacity CHECK (capacity BETWEEN 1 AND 9999), -- people
    floor       TEXT    NOT NULL DEFAULT '', -- as people call it
    about       TEXT    NOT NULL DEFAULT '' CONSTRAINT room_about CHECK (length(about) <= 2000), -- Markdown
    closed      TEXT    CONSTRAINT room_closed CHECK (length(closed) BETWEEN 1 AND 200), -- to new bookings, and why
    importance  INTEGER NOT NULL DEFAULT 0 CONSTRAINT room_importance CHECK (importance IN (0, 1)), -- asked for with each booking
    series      INTEGER CONSTRAINT room_series CHECK (series BETWEEN 1 AND 1095), -- days ahead for series; NULL: as everywhere
    archived_at INTEGER,
    version     INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE UNIQUE INDEX room_by_name ON room (name) WHERE archived_at IS NULL;

-- What is in a room besides machines, by name. One spelling is used for all rooms.
CREATE TABLE room_equipment (
    room_id INTEGER NOT NULL CONSTRAINT room_equipment_room REFERENCES room (id),
    name    TEXT    NOT NULL CONSTRAINT room_equipment_name CHECK (length(name) BETWEEN 1 AND 40),
    CONSTRAINT room_equipment_once PRIMARY KEY (room_id, name)
) STRICT, WITHOUT ROWID;

-- A machine stands in one room at most. Whoever books the room has its machines too; whoever books one of them does not take
-- the room from others, but nobody has the whole of it then.
CREATE TABLE room_machine (
    machine_id INTEGER PRIMARY KEY NOT NULL CONSTRAINT room_machine_machine REFERENCES machine (id),
    room_id    INTEGER NOT NULL CONSTRAINT room_machine_room REFERENCES room (id)
) STRICT;

CREATE INDEX room_machine_by_room ON room_machine (room_id);

-- Only members of these groups can book the room; everybody can book one without any.
CREATE TABLE room_group (
    room_id  INTEGER NOT NULL CONSTRAINT room_group_room REFERENCES room (id),
    group_id INTEGER NOT NULL CONSTRAINT room_group_group REFERENCES person_group (id),
    CONSTRAINT room_group_once PRIMARY KEY (room_id, group_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX room_group_by_group ON room_group (group_id);

-- And these people.
CREATE TABLE room_person (
    room_id   INTEGER NOT NULL CONSTRAINT room_person_room REFERENCES room (id),
    person_id INTEGER NOT NULL CONSTRAINT room_person_person REFERENCES person (id),
    CONSTRAINT room_person_once PRIMARY KEY (room_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX room_person_by_person ON room_person (person_id);

-- The same for a machine, and for the machines of a type that have no groups of their own.
CREATE TABLE machine_group (
    machine_id INTEGER NOT NULL CONSTRAINT machine_group_machine REFERENCES machine (id),
    group_id   INTEGER NOT NULL CONSTRAINT machine_group_group REFERENCES person_group (id),
    CONSTRAINT machine_group_once PRIMARY KEY (machine_id, group_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX machine_group_by_group ON machine_group (group_id);

CREATE TABLE type_group (
    type_id  INTEGER NOT NULL CONSTRAINT type_group_type REFERENCES equipment_type (id),
    group_id INTEGER NOT NULL CONSTRAINT type_group_group REFERENCES person_group (id),
    CONSTRAINT type_group_once PRIMARY KEY (type_id, group_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX type_group_by_group ON type_group (group_id);

CREATE TABLE booking (
    id            INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version       INTEGER NOT NULL DEFAULT 1,
    machine_id    INTEGER CONSTRAINT booking_machine REFERENCES machine (id),
    room_id       INTEGER CONSTRAINT booking_room REFERENCES room (id),
    person_id     INTEGER CONSTRAINT booking_person REFERENCES person (id), -- whose it is, or who answers for a group's; NULL once its name was cut
    group_id      INTEGER CONSTRAINT booking_group REFERENCES person_group (id), -- whose it is, if not a person's
    starts_at     INTEGER NOT NULL,
    ends_at       INTEGER NOT NULL, -- exclusive
    state         TEXT    NOT NULL CONSTRAINT booking_state CHECK (state IN
        ('pending', 'approved', 'checked-in', 'completed', 'rejected', 'expired', 'cancelled', 'no-show', 'released')),
    asked_at      INTEGER NOT NULL, -- or moved: reminders and answers count from here
    sequence      INTEGER NOT NULL DEFAULT 0, -- of its calendar entry: how often it was moved or called off
    decided_at    INTEGER, -- when it came to its state, unless by being asked for
    decided_by    INTEGER CONSTRAINT booking_decided_by REFERENCES alias (id), -- NULL is the clock
    remark_id     INTEGER CONSTRAINT booking_remark REFERENCES remark (id), -- why not
    checked_in_at INTEGER,
    waited_ms     INTEGER CONSTRAINT booking_waited CHECK (waited_ms >= 0), -- as a request, for its answer
    late          INTEGER NOT NULL DEFAULT 0 CONSTRAINT booking_late CHECK (late IN (0, 1)), -- called off late
    unanswered    INTEGER NOT NULL DEFAULT 0 CONSTRAINT booking_unanswered CHECK (unanswered IN (0, 1)), -- called off as a request
    importance    INTEGER CONSTRAINT booking_importance CHECK (importance BETWEEN 1 AND 5), -- NULL unless the room asks for it
    offered_to    INTEGER CONSTRAINT booking_offered_to REFERENCES person (id), -- who can take it over
    offered_at    INTEGER,
    series_id     INTEGER CONSTRAINT booking_series REFERENCES series (id),
    series_day    INTEGER, -- the date of the series' rule, in days since 1970; it may be moved to another
    CONSTRAINT booking_series_day CHECK ((series_id IS NULL) = (series_day IS NULL)),
    CONSTRAINT booking_named CHECK (coalesce(person_id, group_id) IS NOT NULL OR state NOT IN ('pending', 'approved', 'checked-in')),
    CONSTRAINT booking_offer CHECK ((offered_to IS NULL) = (offered_at IS NULL)),
    CONSTRAINT booking_offer_of_person CHECK (offered_to IS NULL OR group_id IS NULL),
    CONSTRAINT booking_of_one CHECK ((machine_id IS NULL) <> (room_id IS NULL)),
    CONSTRAINT booking_not_empty CHECK (starts_at < ends_at),
    -- What is longer than a week is a closure: so what goes on at an instant is found among what began shortly before.
    CONSTRAINT booking_length CHECK (ends_at - starts_at <= 604800000)
) STRICT;

CREATE INDEX booking_by_person ON booking (person_id, starts_at);
CREATE INDEX booking_by_group ON booking (group_id, starts_at) WHERE group_id IS NOT NULL;
CREATE INDEX booking_by_machine ON booking (machine_id, starts_at) WHERE machine_id IS NOT NULL;
CREATE INDEX booking_by_room ON booking (room_id, starts_at) WHERE room_id IS NOT NULL;
CREATE INDEX booking_by_start ON booking (starts_at);
CREATE INDEX booking_pending ON booking (starts_at) WHERE state = 'pending';
CREATE INDEX booking_by_offered_to ON booking (offered_to) WHERE offered_to IS NOT NULL;
CREATE INDEX booking_by_series ON booking (series_id, series_day) WHERE series_id IS NOT NULL;
CREATE UNIQUE INDEX booking_once_a_date ON booking (series_id, series_day)
    WHERE series_id IS NOT NULL AND state IN ('pending', 'approved', 'checked-in');
CREATE INDEX booking_holding ON booking (starts_at) WHERE state IN ('pending', 'approved', 'checked-in');
CREATE INDEX booking_by_remark ON booking (remark_id) WHERE remark_id IS NOT NULL;

CREATE TABLE closure (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    machine_id INTEGER CONSTRAINT closure_machine REFERENCES machine (id),
    room_id    INTEGER CONSTRAINT closure_room REFERENCES room (id),
    kind       TEXT    NOT NULL CONSTRAINT closure_kind CHECK (kind IN ('maintenance', 'closure', 'external')),
    starts_at  INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL, -- exclusive
    remark_id  INTEGER CONSTRAINT closure_remark REFERENCES remark (id), -- why
    made_at    INTEGER NOT NULL,
    made_by    INTEGER CONSTRAINT closure_made_by REFERENCES alias (id),
    lifted_at  INTEGER,
    lifted_by  INTEGER CONSTRAINT closure_lifted_by REFERENCES alias (id),
    calendar_id INTEGER CONSTRAINT closure_calendar REFERENCES external_calendar (id), -- whose event it is
    CONSTRAINT closure_external CHECK ((kind = 'external') = (calendar_id IS NOT NULL)),
    CONSTRAINT closure_of_one CHECK ((machine_id IS NULL) <> (room_id IS NULL)),
    CONSTRAINT closure_not_empty CHECK (starts_at < ends_at)
) STRICT;

CREATE INDEX closure_by_calendar ON closure (calendar_id, ends_at) WHERE calendar_id IS NOT NULL;
CREATE INDEX closure_by_hand ON closure (ends_at) WHERE calendar_id IS NULL AND lifted_at IS NULL;
CREATE INDEX closure_by_remark ON closure (remark_id) WHERE remark_id IS NOT NULL;

-- Somebody waits for a time that is taken. Who came first is offered it first: ids count up and are never given anew.
CREATE TABLE waiting (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    machine_id INTEGER CONSTRAINT waiting_machine REFERENCES machine (id),
    room_id    INTEGER CONSTRAINT waiting_room REFERENCES room (id),
    person_id  INTEGER CONSTRAINT waiting_person REFERENCES person (id), -- NULL once its name was cut
    starts_at  INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL, -- exclusive
    state      TEXT    NOT NULL DEFAULT 'waiting' CONSTRAINT waiting_state CHECK (state IN
        ('waiting', 'offered', 'taken', 'declined', 'lapsed', 'left', 'over')),
    asked_at   INTEGER NOT NULL,
    offered_at INTEGER,
    until_at   INTEGER, -- the offer holds its time until then, exclusive
    settled_at INTEGER, -- when it came to its last state
    booking_id INTEGER CONSTRAINT waiting_booking REFERENCES booking (id), -- what came of it
    CONSTRAINT waiting_named CHECK (person_id IS NOT NULL OR state NOT IN ('waiting', 'offered')),
    CONSTRAINT waiting_of_one CHECK ((machine_id IS NULL) <> (room_id IS NULL)),
    CONSTRAINT waiting_not_empty CHECK (starts_at < ends_at),
    CONSTRAINT waiting_offer CHECK ((offered_at IS NULL) = (until_at IS NULL)),
    CONSTRAINT waiting_offered CHECK (state NOT IN ('offered', 'taken', 'declined', 'lapsed') OR offered_at IS NOT NULL),
    CONSTRAINT waiting_taken CHECK ((state = 'taken') = (booking_id IS NOT NULL))
) STRICT;

CREATE INDEX waiting_by_person ON waiting (person_id);
CREATE INDEX waiting_by_booking ON waiting (booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX waiting_open ON waiting (starts_at) WHERE state IN ('waiting', 'offered');
