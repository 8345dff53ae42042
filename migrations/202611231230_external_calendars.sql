-- Calendars that others keep. Their events are closures (`closure.calendar_id`), so nothing else is booked then.

CREATE TABLE external_calendar (
    id            INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version       INTEGER NOT NULL DEFAULT 1,
    machine_id    INTEGER CONSTRAINT external_calendar_machine REFERENCES machine (id),
    room_id       INTEGER CONSTRAINT external_calendar_room REFERENCES room (id),
    name          TEXT    NOT NULL CONSTRAINT external_calendar_name CHECK (name <> ''),
    address       TEXT, -- may hold a secret, so it goes when the calendar does
    added_at      INTEGER NOT NULL,
    added_by      INTEGER CONSTRAINT external_calendar_added_by REFERENCES alias (id),
    removed_at    INTEGER,
    -- What its server said of what it sent, sent back with the next question.
    etag          TEXT,
    last_modified TEXT,
    tried_at      INTEGER, -- last
    read_at       INTEGER, -- last with success
    whole_at      INTEGER, -- last with success and all of it, not only that it is unchanged
    failure       TEXT CONSTRAINT external_calendar_failure CHECK (failure IN ('unreachable', 'private', 'redirected',
        'certificate', 'denied', 'missing', 'answer', 'slow', 'too-large', 'too-many', 'not-calendar', 'empty', 'broken-off', 'packed')),
    failed_since  INTEGER,
    skipped       TEXT    NOT NULL DEFAULT '{}', -- events that were left out by reason, as JSON
    left_out      TEXT    NOT NULL DEFAULT '[]', -- the next of them with day and title, as JSON; goes when the calendar does
    CONSTRAINT external_calendar_of_one CHECK ((machine_id IS NULL) <> (room_id IS NULL)),
    CONSTRAINT external_calendar_removed CHECK ((removed_at IS NULL) = (address IS NOT NULL)),
    CONSTRAINT external_calendar_failed CHECK ((failure IS NULL) = (failed_since IS NULL))
) STRICT;

-- What events met at the last reading: they are cut around it.
CREATE TABLE external_collision (
    calendar_id    INTEGER NOT NULL CONSTRAINT external_collision_calendar REFERENCES external_calendar (id),
    starts_at      INTEGER NOT NULL,
    ends_at        INTEGER NOT NULL, -- exclusive
    cause          TEXT    NOT NULL CONSTRAINT external_collision_cause
        CHECK (cause IN ('booking', 'checkout', 'maintenance', 'closure', 'external')),
    with_starts_at INTEGER NOT NULL,
    with_ends_at   INTEGER NOT NULL,
    CONSTRAINT external_collision_once PRIMARY KEY (calendar_id, starts_at, with_starts_at, with_ends_at, cause)
) STRICT, WITHOUT ROWID;
