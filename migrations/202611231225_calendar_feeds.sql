-- Addresses at which calendars of other programs read bookings and checkouts.

-- Whoever has the secret reads what its owner may see. Revoking deletes it; ids are never given again, for the audit log names them.
CREATE TABLE calendar_feed (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    hash       BLOB    NOT NULL CONSTRAINT calendar_feed_hash UNIQUE
        CONSTRAINT calendar_feed_sha256 CHECK (length(hash) = 32),
    person_id  INTEGER NOT NULL CONSTRAINT calendar_feed_person REFERENCES person (id), -- whose it is
    -- What it shows; where none of them is set, the owner's own bookings and checkouts.
    trainer_id INTEGER CONSTRAINT calendar_feed_trainer REFERENCES person (id),
    machine_id INTEGER CONSTRAINT calendar_feed_machine REFERENCES machine (id),
    room_id    INTEGER CONSTRAINT calendar_feed_room REFERENCES room (id),
    made_at    INTEGER NOT NULL,
    seen_at    INTEGER, -- when it was last read, to the minute
    CONSTRAINT calendar_feed_of_one
        CHECK ((trainer_id IS NOT NULL) + (machine_id IS NOT NULL) + (room_id IS NOT NULL) <= 1)
) STRICT;

CREATE INDEX calendar_feed_by_person ON calendar_feed (person_id);
CREATE INDEX calendar_feed_by_trainer ON calendar_feed (trainer_id) WHERE trainer_id IS NOT NULL;

-- What entries in calendars are told apart by from those of every other workshop, made up when the database is first opened. It never
-- changes, whatever the site is called and
-- wherever it is: an entry under another name would be a second one.
CREATE TABLE calendar_name (
    id   INTEGER PRIMARY KEY NOT NULL CONSTRAINT calendar_name_one CHECK (id = 1),
    word TEXT    NOT NULL CONSTRAINT calendar_name_length CHECK (length(word) = 32)
) STRICT;
