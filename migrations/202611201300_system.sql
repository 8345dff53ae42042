-- Toolgate's own.

-- The health check changes this row to see whether a change reaches the disk.
CREATE TABLE pulse (
    id        INTEGER PRIMARY KEY NOT NULL CONSTRAINT pulse_one CHECK (id = 1),
    at        INTEGER NOT NULL,
    beats     INTEGER NOT NULL,
    looked_at INTEGER -- when what is due of bookings was last done: until then the program ran
) STRICT;

INSERT INTO pulse (id, at, beats) VALUES (1, 0, 0);

-- Advice that managers dismissed.
CREATE TABLE dismissed (
    what TEXT    PRIMARY KEY NOT NULL CONSTRAINT dismissed_what CHECK (what IN ('set-up')),
    at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
