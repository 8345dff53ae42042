-- Time that is taken, of a person, a machine or a room. A row is there while it holds; what it is for says the column that is set.

CREATE TABLE occupation (
    id             INTEGER PRIMARY KEY NOT NULL,
    person_id      INTEGER CONSTRAINT occupation_person REFERENCES person (id),
    machine_id     INTEGER CONSTRAINT occupation_machine REFERENCES machine (id),
    room_id        INTEGER CONSTRAINT occupation_room REFERENCES room (id),
    starts_at      INTEGER NOT NULL, -- pauses before and after belong to it
    ends_at        INTEGER NOT NULL, -- exclusive
    appointment_id INTEGER CONSTRAINT occupation_appointment REFERENCES appointment (id),
    booking_id     INTEGER CONSTRAINT occupation_booking REFERENCES booking (id),
    closure_id     INTEGER CONSTRAINT occupation_closure REFERENCES closure (id),
    waiting_id     INTEGER CONSTRAINT occupation_waiting REFERENCES waiting (id), -- offered to somebody who waits
    event_id       INTEGER CONSTRAINT occupation_event REFERENCES training_event (id),
    -- Somebody's booking that another of theirs may overlap, where both may; nothing else of theirs may.
    shared         INTEGER NOT NULL DEFAULT 0 CONSTRAINT occupation_shared
        CHECK (shared = 0 OR (shared = 1 AND person_id IS NOT NULL AND coalesce(booking_id, waiting_id) IS NOT NULL)),
    CONSTRAINT occupation_of_one CHECK ((person_id IS NOT NULL) + (machine_id IS NOT NULL) + (room_id IS NOT NULL) = 1),
    CONSTRAINT occupation_for_one
        CHECK ((appointment_id IS NOT NULL) + (booking_id IS NOT NULL) + (closure_id IS NOT NULL) + (waiting_id IS NOT NULL)
            + (event_id IS NOT NULL) = 1),
    CONSTRAINT occupation_not_empty CHECK (starts_at < ends_at)
) STRICT;

CREATE INDEX occupation_of_person ON occupation (person_id, shared, starts_at) WHERE person_id IS NOT NULL;
CREATE INDEX occupation_of_machine ON occupation (machine_id, starts_at) WHERE machine_id IS NOT NULL;
CREATE INDEX occupation_of_room ON occupation (room_id, starts_at) WHERE room_id IS NOT NULL;
-- A calendar asks only for the machines and rooms that it shows: closures, events and offers of each, by start.
CREATE INDEX occupation_beside_of_machine ON occupation (machine_id, starts_at) WHERE machine_id IS NOT NULL AND booking_id IS NULL;
CREATE INDEX occupation_beside_of_room ON occupation (room_id, starts_at) WHERE room_id IS NOT NULL AND booking_id IS NULL;
CREATE INDEX occupation_by_appointment ON occupation (appointment_id) WHERE appointment_id IS NOT NULL;
CREATE INDEX occupation_by_booking ON occupation (booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX occupation_by_closure ON occupation (closure_id) WHERE closure_id IS NOT NULL;
CREATE INDEX occupation_by_waiting ON occupation (waiting_id) WHERE waiting_id IS NOT NULL;
CREATE INDEX occupation_by_event ON occupation (event_id) WHERE event_id IS NOT NULL;

-- The storage itself refuses what overlaps. As nothing overlaps, the last one that begins before the new one ends is the only
-- one that can reach into it; what is shared may overlap, and is few.
CREATE TRIGGER occupation_person_overlap BEFORE INSERT ON occupation WHEN NEW.person_id IS NOT NULL
    AND ((SELECT ends_at FROM occupation WHERE person_id = NEW.person_id AND shared = 0 AND starts_at < NEW.ends_at
           ORDER BY starts_at DESC LIMIT 1) > NEW.starts_at
      OR (NEW.shared = 0 AND EXISTS (SELECT 1 FROM occupation WHERE person_id = NEW.person_id AND shared = 1
           AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at)))
BEGIN SELECT RAISE(ABORT, 'overlap:person'); END;

CREATE TRIGGER occupation_machine_overlap BEFORE INSERT ON occupation WHEN NEW.machine_id IS NOT NULL
    AND (SELECT ends_at FROM occupation WHERE machine_id = NEW.machine_id AND starts_at < NEW.ends_at
          ORDER BY starts_at DESC LIMIT 1) > NEW.starts_at
BEGIN SELECT RAISE(ABORT, 'overlap:machine'); END;

CREATE TRIGGER occupation_room_overlap BEFORE INSERT ON occupation WHEN NEW.room_id IS NOT NULL
    AND (SELECT ends_at FROM occupation WHERE room_id = NEW.room_id AND starts_at < NEW.ends_at
          ORDER BY starts_at DESC LIMIT 1) > NEW.starts_at
BEGIN SELECT RAISE(ABORT, 'overlap:room'); END;

-- What is moved is taken anew.
CREATE TRIGGER occupation_fixed BEFORE UPDATE ON occupation
BEGIN SELECT RAISE(ABORT, 'append_only:occupation'); END;
