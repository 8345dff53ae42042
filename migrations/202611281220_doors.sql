-- Doors, who is in the building, and what opened doors.

-- Machines whose board is the reader of a door. An admitted swipe there is an opening, and never a use.
CREATE TABLE door (
    machine_id INTEGER PRIMARY KEY NOT NULL CONSTRAINT door_machine REFERENCES machine (id),
    room_id    INTEGER CONSTRAINT door_room REFERENCES room (id), -- behind it; none leads into the building
    leaves     TEXT    NOT NULL CONSTRAINT door_leaves CHECK (leaves IN ('both', 'in', 'out')) -- what a swipe means
) STRICT;

-- Stays of people in the building; deleted after 30 days.
CREATE TABLE visit (
    id              INTEGER PRIMARY KEY NOT NULL,
    person_id       INTEGER NOT NULL CONSTRAINT visit_person REFERENCES person (id),
    entered_at      INTEGER NOT NULL,
    left_at         INTEGER, -- none while they are inside
    ended_by        TEXT    CONSTRAINT visit_ended_by CHECK (ended_by IN ('swipe', 'closing', 'manager')),
    guests          INTEGER NOT NULL DEFAULT 0 CONSTRAINT visit_guests CHECK (guests BETWEEN 0 AND 9), -- who came with them
    last_machine_id INTEGER CONSTRAINT visit_last_machine REFERENCES machine (id), -- where they were last seen; none: checked in on the web
    last_at         INTEGER NOT NULL,
    CONSTRAINT visit_order CHECK (left_at >= entered_at AND last_at >= entered_at),
    CONSTRAINT visit_ended CHECK ((left_at IS NULL) = (ended_by IS NULL))
) STRICT;

-- Nobody is inside twice. Read with every swipe at a dangerous machine.
CREATE UNIQUE INDEX visit_open ON visit (person_id) WHERE left_at IS NULL;
CREATE INDEX visit_by_end ON visit (left_at) WHERE left_at IS NOT NULL;
CREATE INDEX visit_by_person ON visit (person_id);

-- Swipes that opened a door, and openings without one; deleted after 30 days. Refusals are attempts.
CREATE TABLE door_opening (
    id              INTEGER PRIMARY KEY NOT NULL,
    machine_id      INTEGER NOT NULL CONSTRAINT door_opening_machine REFERENCES machine (id),
    at              INTEGER NOT NULL, -- when its board reported it
    card_id         INTEGER CONSTRAINT door_opening_card REFERENCES card (id),
    unknown_card_id INTEGER, -- no foreign key: an unknown card is deleted after 30 days
    answer          TEXT    NOT NULL CONSTRAINT door_opening_answer CHECK (answer IN ('opened', 'remote', 'offline')),
    by_alias        INTEGER CONSTRAINT door_opening_by REFERENCES alias (id), -- who opened it remotely
    -- A board that asks something new has nothing left to repeat; before that, the same swipe again is a repetition.
    settled         INTEGER NOT NULL DEFAULT 0 CONSTRAINT door_opening_settled CHECK (settled IN (0, 1))
) STRICT;

CREATE INDEX door_opening_by_time ON door_opening (at);
CREATE INDEX door_opening_by_machine ON door_opening (machine_id, at);
CREATE INDEX door_opening_by_card ON door_opening (card_id) WHERE card_id IS NOT NULL;
CREATE INDEX door_opening_unsettled ON door_opening (machine_id) WHERE settled = 0;
