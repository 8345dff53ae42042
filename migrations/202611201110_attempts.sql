-- Every decision at a board, with its reasons; deleted after 90 days.

CREATE TABLE attempt (
    id              INTEGER PRIMARY KEY NOT NULL,
    machine_id      INTEGER NOT NULL CONSTRAINT attempt_machine REFERENCES machine (id),
    card_id         INTEGER CONSTRAINT attempt_card REFERENCES card (id),
    unknown_card_id INTEGER, -- no foreign key: an unknown card is deleted after 30 days
    at              INTEGER NOT NULL,
    level           INTEGER NOT NULL CONSTRAINT attempt_level CHECK (level BETWEEN 0 AND 3),
    reasons         TEXT    NOT NULL, -- codes, separated by spaces; empty when allowed
    trace           TEXT -- every rule that was looked at, as JSON of codes and ids
) STRICT;

CREATE INDEX attempt_by_machine ON attempt (machine_id, at);
CREATE INDEX attempt_by_card ON attempt (card_id, at);
CREATE INDEX attempt_by_time ON attempt (at);
