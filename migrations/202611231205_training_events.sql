-- Training events: who asks to be trained, the sessions that are announced, who has a place at them, and the results.

CREATE TABLE training_request (
    id        INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id INTEGER CONSTRAINT training_request_person REFERENCES person (id), -- NULL once names were cut
    type_id   INTEGER NOT NULL CONSTRAINT training_request_type REFERENCES equipment_type (id),
    aim       TEXT    NOT NULL CONSTRAINT training_request_aim CHECK (aim IN ('user', 'trainer', 'owner', 'maintenance')),
    state     TEXT    NOT NULL DEFAULT 'open' CONSTRAINT training_request_state
        CHECK (state IN ('open', 'withdrawn', 'fulfilled', 'closed')),
    asked_at  INTEGER NOT NULL, -- the order of the queue, with the id
    closed_at INTEGER,
    windows   TEXT    NOT NULL, -- parts of the day in which they can come: '07:00–12:30, 18:30–22:00'
    other     INTEGER NOT NULL CONSTRAINT training_request_other CHECK (other IN (0, 1)), -- at other times, see the remark
    remark_id INTEGER CONSTRAINT training_request_remark REFERENCES remark (id), -- goes when it is closed
    CONSTRAINT training_request_named CHECK (state <> 'open' OR person_id IS NOT NULL),
    CONSTRAINT training_request_closed CHECK ((state = 'open') = (closed_at IS NULL))
) STRICT;

CREATE UNIQUE INDEX training_request_open ON training_request (person_id, type_id, aim) WHERE state = 'open';
CREATE INDEX training_request_queue ON training_request (type_id, aim, asked_at, id) WHERE state = 'open';
CREATE INDEX training_request_by_person ON training_request (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX training_request_noted ON training_request (closed_at) WHERE remark_id IS NOT NULL AND closed_at IS NOT NULL;
CREATE INDEX training_request_by_time ON training_request (asked_at);
CREATE INDEX training_request_by_remark ON training_request (remark_id) WHERE remark_id IS NOT NULL;

CREATE TABLE training_event (
    id           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version      INTEGER NOT NULL DEFAULT 1,
    type_id      INTEGER NOT NULL CONSTRAINT training_event_type REFERENCES equipment_type (id),
    aim          TEXT    NOT NULL CONSTRAINT training_event_aim CHECK (aim IN ('user', 'trainer', 'owner', 'maintenance')),
    title        TEXT    NOT NULL CONSTRAINT training_event_title CHECK (length(title) BETWEEN 1 AND 200),
    host_id      INTEGER CONSTRAINT training_event_host REFERENCES person (id), -- NULL once names were cut
    starts_at    INTEGER NOT NULL,
    ends_at      INTEGER NOT NULL, -- exclusive
    capacity     INTEGER NOT NULL CONSTRAINT training_event_capacity CHECK (capacity BETWEEN 1 AND 200),
    minimum      INTEGER NOT NULL CONSTRAINT training_event_minimum CHECK (minimum >= 0), -- 0: it takes place in any case
    deadline_at  INTEGER NOT NULL, -- sign-up closes; with too few it is cancelled then
    decided_at   INTEGER, -- when it was found after the deadline that enough come
    moved_at     INTEGER, -- when its time last changed: who declined before is invited again
    fee          TEXT,
    bring        TEXT, -- one thing a line
    about        TEXT,
    public       INTEGER NOT NULL CONSTRAINT training_event_public CHECK (public IN (0, 1)),
    state        TEXT    NOT NULL DEFAULT 'announced' CONSTRAINT training_event_state
        CHECK (state IN ('announced', 'cancelled', 'completed')),
    cause        TEXT    CONSTRAINT training_event_cause CHECK (cause IN ('decided', 'too-few', 'host', 'equipment')),
    remark_id    INTEGER CONSTRAINT training_event_remark REFERENCES remark (id), -- why it is cancelled
    first_id     INTEGER CONSTRAINT training_event_first REFERENCES training_event (id), -- announced together with that one
    made_at      INTEGER NOT NULL,
    made_by      INTEGER CONSTRAINT training_event_made_by REFERENCES alias (id),
    changed_at   INTEGER NOT NULL,
    sequence     INTEGER NOT NULL DEFAULT 0, -- of its calendar entry: how often its time changed
    completed_at INTEGER,
    completed_by INTEGER CONSTRAINT training_event_completed_by REFERENCES alias (id),
    CONSTRAINT training_event_not_empty CHECK (starts_at < ends_at),
    CONSTRAINT training_event_deadline CHECK (deadline_at < starts_at),
    CONSTRAINT training_event_enough CHECK (minimum <= capacity),
    CONSTRAINT training_event_hosted CHECK (state <> 'announced' OR host_id IS NOT NULL),
    CONSTRAINT training_event_cancelled CHECK ((state = 'cancelled') = (cause IS NOT NULL)),
    CONSTRAINT training_event_completed CHECK ((state = 'completed') = (completed_at IS NOT NULL))
) STRICT;

CREATE INDEX training_event_by_start ON training_event (starts_at);
CREATE INDEX training_event_coming ON training_event (type_id, aim, starts_at) WHERE state = 'announced';
CREATE INDEX training_event_by_deadline ON training_event (deadline_at) WHERE state = 'announced';
CREATE INDEX training_event_by_result ON training_event (completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX training_event_by_host ON training_event (host_id, starts_at) WHERE host_id IS NOT NULL;
CREATE INDEX training_event_by_type ON training_event (type_id, aim, starts_at);
CREATE INDEX training_event_by_remark ON training_event (remark_id) WHERE remark_id IS NOT NULL;

-- What is taken for it, as long as it is announced and not over.
CREATE TABLE training_event_resource (
    event_id   INTEGER NOT NULL CONSTRAINT training_event_resource_event REFERENCES training_event (id),
    machine_id INTEGER CONSTRAINT training_event_resource_machine REFERENCES machine (id),
    room_id    INTEGER CONSTRAINT training_event_resource_room REFERENCES room (id),
    CONSTRAINT training_event_resource_of_one CHECK ((machine_id IS NULL) <> (room_id IS NULL)),
    CONSTRAINT training_event_resource_once UNIQUE (event_id, machine_id, room_id)
) STRICT;

CREATE INDEX training_event_resource_by_machine ON training_event_resource (machine_id) WHERE machine_id IS NOT NULL;
CREATE INDEX training_event_resource_by_room ON training_event_resource (room_id) WHERE room_id IS NOT NULL;

-- What people are asked to complete before.
CREATE TABLE training_event_module (
    event_id  INTEGER NOT NULL CONSTRAINT training_event_module_event REFERENCES training_event (id),
    module_id INTEGER NOT NULL CONSTRAINT training_event_module_module REFERENCES training_module (id),
    CONSTRAINT training_event_module_once PRIMARY KEY (event_id, module_id)
) STRICT, WITHOUT ROWID;

-- What an event is to one person: an invitation, a place, or an entry on its waiting list.
CREATE TABLE event_place (
    id          INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    event_id    INTEGER NOT NULL CONSTRAINT event_place_event REFERENCES training_event (id),
    person_id   INTEGER CONSTRAINT event_place_person REFERENCES person (id), -- NULL once names were cut
    request_id  INTEGER CONSTRAINT event_place_request REFERENCES training_request (id), -- which request it answers
    state       TEXT    NOT NULL CONSTRAINT event_place_state
        CHECK (state IN ('sent', 'accepted', 'waiting', 'declined', 'expired', 'cancelled')),
    asked_at    INTEGER NOT NULL, -- the order of the waiting list, with the id
    invited_at  INTEGER, -- nobody is invited twice to one time of an event
    answer_by   INTEGER,
    answered_at INTEGER, -- the last answer; reminders count from here
    walk_in     INTEGER NOT NULL DEFAULT 0 CONSTRAINT event_place_walk_in CHECK (walk_in IN (0, 1)), -- needs no place
    outcome     TEXT    CONSTRAINT event_place_outcome CHECK (outcome IN ('passed', 'failed', 'no-show')),
    remark_id   INTEGER CONSTRAINT event_place_remark REFERENCES remark (id), -- what to practise
    counts      INTEGER NOT NULL DEFAULT 0 CONSTRAINT event_place_counts CHECK (counts IN (0, 1)), -- missed, and not forgiven
    endings     INTEGER NOT NULL DEFAULT 0, -- how often it ended: its calendar entry counts up each time
    CONSTRAINT event_place_once UNIQUE (event_id, person_id),
    CONSTRAINT event_place_sent CHECK (state <> 'sent' OR (invited_at IS NOT NULL AND answer_by IS NOT NULL)),
    CONSTRAINT event_place_open CHECK (state NOT IN ('sent', 'waiting') OR person_id IS NOT NULL),
    CONSTRAINT event_place_missed CHECK (counts = 0 OR outcome IS 'no-show')
) STRICT;

CREATE INDEX event_place_by_person ON event_place (person_id, state) WHERE person_id IS NOT NULL;
CREATE INDEX event_place_to_answer ON event_place (answer_by) WHERE state = 'sent';
CREATE INDEX event_place_by_request ON event_place (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX event_place_missed_by ON event_place (person_id) WHERE counts = 1;
CREATE INDEX event_place_by_remark ON event_place (remark_id) WHERE remark_id IS NOT NULL;

-- The storage itself refuses one place too many.
CREATE TRIGGER event_place_full BEFORE INSERT ON event_place WHEN NEW.state IN ('sent', 'accepted') AND NEW.walk_in = 0
    AND (SELECT count(*) FROM event_place WHERE event_id = NEW.event_id AND state IN ('sent', 'accepted') AND walk_in = 0)
     >= (SELECT capacity FROM training_event WHERE id = NEW.event_id)
BEGIN SELECT RAISE(ABORT, 'overlap:event'); END;

CREATE TRIGGER event_place_full_again BEFORE UPDATE OF state ON event_place
    WHEN NEW.state IN ('sent', 'accepted') AND OLD.state NOT IN ('sent', 'accepted') AND NEW.walk_in = 0
    AND (SELECT count(*) FROM event_place WHERE event_id = NEW.event_id AND state IN ('sent', 'accepted') AND walk_in = 0)
     >= (SELECT capacity FROM training_event WHERE id = NEW.event_id)
BEGIN SELECT RAISE(ABORT, 'overlap:event'); END;

CREATE TRIGGER event_place_ended AFTER UPDATE OF state ON event_place
    WHEN OLD.state IN ('sent', 'accepted') AND NEW.state NOT IN ('sent', 'accepted')
BEGIN UPDATE event_place SET endings = endings + 1 WHERE id = NEW.id; END;
