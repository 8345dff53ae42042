-- Toolgate's own.

-- The health check changes this row to see whether a change reaches the disk.
CREATE TABLE pulse (
    id        INTEGER PRIMARY KEY NOT NULL CONSTRAINT pulse_one CHECK (id = 1),
    at        INTEGER NOT NULL,
    beats     INTEGER NOT NULL,
    looked_at INTEGER -- when what is due of bookings was last done: until then the program ran
) STRICT;

INSERT INTO pulse (id, at, beats) VALUES (1, 0, 0);

-- Stretches in which nobody could do anything, and clocks that were set back: nothing of them counts against anybody.
CREATE TABLE down_time (
    id        INTEGER PRIMARY KEY NOT NULL,
    cause     TEXT    NOT NULL CONSTRAINT down_time_cause CHECK (cause IN ('stopped', 'skipped', 'set-back')),
    starts_at INTEGER NOT NULL,
    ends_at   INTEGER NOT NULL,
    counts_to INTEGER NOT NULL, -- what comes again after a clock was set back is lived through, and counts no more
    CONSTRAINT down_time_span CHECK (starts_at < ends_at),
    CONSTRAINT down_time_counted CHECK (counts_to BETWEEN starts_at AND ends_at)
) STRICT;

CREATE INDEX down_time_by_end ON down_time (counts_to);

-- Advice that managers dismissed.
CREATE TABLE dismissed (
    what TEXT    PRIMARY KEY NOT NULL CONSTRAINT dismissed_what CHECK (what IN ('set-up')),
    at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
