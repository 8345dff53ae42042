-- What was imported from a Fab-O-Matic, by its id there and here: importing a file again brings only what is new. No
-- foreign keys: what was deleted here since does not come back.

CREATE TABLE fabomatic_origin (
    thing  TEXT    NOT NULL CONSTRAINT origin_thing CHECK (thing IN
        ('type', 'machine', 'person', 'use', 'plan', 'intervention')),
    theirs INTEGER NOT NULL,
    ours   INTEGER NOT NULL,
    PRIMARY KEY (thing, theirs)
) STRICT, WITHOUT ROWID;

-- A machine's history says of each intervention whether it was imported.
CREATE INDEX fabomatic_origin_intervention ON fabomatic_origin (ours) WHERE thing = 'intervention';
