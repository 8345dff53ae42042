-- Series: a machine or a room on many dates by one rule. What takes the time are ordinary bookings that name their series.

CREATE TABLE series (
    id          INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version     INTEGER NOT NULL DEFAULT 1,
    machine_id  INTEGER CONSTRAINT series_machine REFERENCES machine (id),
    room_id     INTEGER CONSTRAINT series_room REFERENCES room (id),
    person_id   INTEGER CONSTRAINT series_person REFERENCES person (id), -- NULL of a group, and once its name was cut
    group_id    INTEGER CONSTRAINT series_group REFERENCES person_group (id), -- NULL of a person
    rule        TEXT    NOT NULL CONSTRAINT series_rule CHECK (length(rule) BETWEEN 1 AND 500), -- RFC 5545, without DTSTART
    first_day   INTEGER NOT NULL, -- days since 1970; the rule counts from here
    last_day    INTEGER NOT NULL, -- the last possible date
    from_minute INTEGER NOT NULL CONSTRAINT series_from CHECK (from_minute BETWEEN 0 AND 1439), -- by the wall clock
    to_minute   INTEGER NOT NULL CONSTRAINT series_to CHECK (to_minute > from_minute AND to_minute - from_minute <= 1440),
    made_at     INTEGER NOT NULL,
    made_by     INTEGER CONSTRAINT series_made_by REFERENCES alias (id),
    follows_id  INTEGER CONSTRAINT series_follows REFERENCES series (id), -- whose later dates it took over
    draw_id     INTEGER, -- the draw that it was won in
    changed_at  INTEGER NOT NULL,
    sequence    INTEGER NOT NULL DEFAULT 0, -- of its calendar entry
    CONSTRAINT series_of_one CHECK ((machine_id IS NULL) <> (room_id IS NULL)),
    CONSTRAINT series_for_one CHECK (group_id IS NULL OR person_id IS NULL),
    CONSTRAINT series_days CHECK (first_day <= last_day)
) STRICT;

CREATE INDEX series_by_group ON series (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX series_by_person ON series (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX series_by_last_day ON series (last_day);

-- Dates of the rule on which it does not take place, by decision.
CREATE TABLE series_exception (
    series_id INTEGER NOT NULL CONSTRAINT series_exception_series REFERENCES series (id),
    day       INTEGER NOT NULL,
    CONSTRAINT series_exception_once PRIMARY KEY (series_id, day)
) STRICT, WITHOUT ROWID;
