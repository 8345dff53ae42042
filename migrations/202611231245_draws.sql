-- Draws: scarce rooms are given out by lot. What a run computes is described in the module `domain::draws`.

CREATE TABLE draw (
    id           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version      INTEGER NOT NULL DEFAULT 1,
    name         TEXT    NOT NULL CONSTRAINT draw_name CHECK (length(name) BETWEEN 1 AND 200),
    opens_at     INTEGER NOT NULL, -- wishes are taken from here
    closes_at    INTEGER NOT NULL, -- exclusive
    draws_at     INTEGER NOT NULL, -- when it is to run, as announced
    first_day    INTEGER NOT NULL, -- days since 1970-01-01; winners get every week from here
    last_day     INTEGER NOT NULL, -- inclusive
    entrants     TEXT    NOT NULL CONSTRAINT draw_entrants CHECK (entrants IN ('groups', 'people', 'both')),
    wish_limit   INTEGER NOT NULL CONSTRAINT draw_wish_limit CHECK (wish_limit BETWEEN 1 AND 20), -- of one entrant
    -- The part of the week that is drawn: days as bits, Monday is 1, and minutes of each of them.
    days         INTEGER NOT NULL CONSTRAINT draw_days CHECK (days BETWEEN 1 AND 127),
    from_min     INTEGER NOT NULL,
    to_min       INTEGER NOT NULL, -- exclusive; 1440 is midnight
    -- The hash of the secret. The secret is in a file beside the database, and in the proof after the run.
    commitment   BLOB    NOT NULL CONSTRAINT draw_commitment CHECK (length(commitment) = 32),
    made_at      INTEGER NOT NULL, -- when the first commitment was published
    renewed_at   INTEGER, -- when this one replaced it; none if it never was
    made_by      INTEGER CONSTRAINT draw_made_by REFERENCES alias (id),
    announced_at INTEGER, -- when people were notified that it is open
    closed_at    INTEGER, -- when the hash of the wishes was published
    wishes_hash  BLOB    CONSTRAINT draw_wishes_hash CHECK (length(wishes_hash) = 32),
    ran_at       INTEGER,
    ran_by       INTEGER CONSTRAINT draw_ran_by REFERENCES alias (id),
    proof        BLOB, -- the file from which the run can be recomputed
    CONSTRAINT draw_window CHECK (opens_at < closes_at AND closes_at <= draws_at),
    CONSTRAINT draw_range CHECK (first_day <= last_day),
    CONSTRAINT draw_hours CHECK (0 <= from_min AND from_min < to_min AND to_min <= 1440),
    CONSTRAINT draw_closed CHECK ((closed_at IS NULL) = (wishes_hash IS NULL)),
    CONSTRAINT draw_ran CHECK ((ran_at IS NULL) = (proof IS NULL) AND (ran_at IS NULL OR closed_at IS NOT NULL))
) STRICT;

CREATE INDEX draw_to_announce ON draw (opens_at) WHERE announced_at IS NULL;
CREATE INDEX draw_to_close ON draw (closes_at) WHERE closed_at IS NULL;

CREATE TABLE draw_room (
    draw_id INTEGER NOT NULL CONSTRAINT draw_room_draw REFERENCES draw (id),
    room_id INTEGER NOT NULL CONSTRAINT draw_room_room REFERENCES room (id),
    CONSTRAINT draw_room_once PRIMARY KEY (draw_id, room_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX draw_room_by_room ON draw_room (room_id);

CREATE TABLE draw_wish (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1,
    draw_id    INTEGER NOT NULL CONSTRAINT draw_wish_draw REFERENCES draw (id),
    group_id   INTEGER CONSTRAINT draw_wish_group REFERENCES person_group (id),
    alias_id   INTEGER CONSTRAINT draw_wish_alias REFERENCES alias (id), -- of a person, one in all their wishes of a draw
    entered_by INTEGER NOT NULL CONSTRAINT draw_wish_entered_by REFERENCES alias (id),
    room_id    INTEGER NOT NULL CONSTRAINT draw_wish_room REFERENCES room (id),
    from_s     INTEGER NOT NULL, -- seconds of the week from Sunday 00:00, by the wall clock
    until_s    INTEGER NOT NULL, -- exclusive
    importance INTEGER NOT NULL CONSTRAINT draw_wish_importance CHECK (importance BETWEEN 1 AND 5),
    place      INTEGER NOT NULL CONSTRAINT draw_wish_place CHECK (place >= 0), -- among wishes as important
    remark_id  INTEGER CONSTRAINT draw_wish_remark REFERENCES remark (id), -- for themselves
    made_at    INTEGER NOT NULL,
    -- What became of it: 'won', 'taken' by another wish, or the obstacle.
    outcome    TEXT    CONSTRAINT draw_wish_outcome CHECK (outcome IN
        ('won', 'taken', 'archived', 'not-bookable', 'closed', 'occupied', 'not-permitted')),
    round      INTEGER,
    turn       INTEGER,
    taken_by   INTEGER CONSTRAINT draw_wish_taken_by REFERENCES draw_wish (id),
    series_id  INTEGER CONSTRAINT draw_wish_series REFERENCES series (id), -- the bookings of a won one
    booked     INTEGER NOT NULL DEFAULT 0, -- dates
    CONSTRAINT draw_wish_of_one CHECK ((group_id IS NULL) <> (alias_id IS NULL)),
    CONSTRAINT draw_wish_span CHECK (from_s <> until_s AND from_s BETWEEN 0 AND 604799 AND until_s BETWEEN 1 AND 604800
        AND from_s % 60 = 0 AND until_s % 60 = 0),
    CONSTRAINT draw_wish_won CHECK ((outcome IS 'won') = (round IS NOT NULL) AND (round IS NULL) = (turn IS NULL)),
    CONSTRAINT draw_wish_taken CHECK ((outcome IS 'taken') = (taken_by IS NOT NULL))
) STRICT;

CREATE INDEX draw_wish_by_draw ON draw_wish (draw_id);
CREATE INDEX draw_wish_by_group ON draw_wish (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX draw_wish_by_alias ON draw_wish (alias_id) WHERE alias_id IS NOT NULL;
CREATE INDEX draw_wish_by_series ON draw_wish (series_id) WHERE series_id IS NOT NULL;
CREATE INDEX draw_wish_by_entered_by ON draw_wish (entered_by);
CREATE INDEX draw_wish_by_remark ON draw_wish (remark_id) WHERE remark_id IS NOT NULL;

-- The turns of a run, in their order.
CREATE TABLE draw_turn (
    draw_id  INTEGER NOT NULL CONSTRAINT draw_turn_draw REFERENCES draw (id),
    round    INTEGER NOT NULL,
    turn     INTEGER NOT NULL,
    group_id INTEGER CONSTRAINT draw_turn_group REFERENCES person_group (id),
    alias_id INTEGER CONSTRAINT draw_turn_alias REFERENCES alias (id),
    won      INTEGER CONSTRAINT draw_turn_won REFERENCES draw_wish (id),
    CONSTRAINT draw_turn_once PRIMARY KEY (draw_id, round, turn),
    CONSTRAINT draw_turn_of_one CHECK ((group_id IS NULL) <> (alias_id IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX draw_turn_by_alias ON draw_turn (alias_id) WHERE alias_id IS NOT NULL;

-- Dates of a won wish that could not be had.
CREATE TABLE draw_left_out (
    wish_id INTEGER NOT NULL CONSTRAINT draw_left_out_wish REFERENCES draw_wish (id),
    day     INTEGER NOT NULL, -- days since 1970-01-01
    reason  TEXT    NOT NULL CONSTRAINT draw_left_out_reason CHECK (reason IN ('closed', 'occupied', 'busy', 'no-hour', 'past', 'not-permitted')),
    CONSTRAINT draw_left_out_once PRIMARY KEY (wish_id, day)
) STRICT, WITHOUT ROWID;
