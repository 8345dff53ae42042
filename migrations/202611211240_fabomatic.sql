-- What was taken over from a Fab-O-Matic, under its number there and here, so that the same file is taken once, and a later
-- one brings only what is new. No foreign keys: what has gone here since does not come back.

CREATE TABLE fabomatic_origin (
    thing  TEXT    NOT NULL CONSTRAINT origin_thing CHECK (thing IN
        ('type', 'machine', 'person', 'use', 'plan', 'intervention')),
    theirs INTEGER NOT NULL,
    ours   INTEGER NOT NULL,
    PRIMARY KEY (thing, theirs)
) STRICT, WITHOUT ROWID;
