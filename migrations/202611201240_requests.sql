-- What boards are asked to do from outside. A request is sent once; what came of it is seen in what the board says next.

CREATE TABLE machine_request (
    id          INTEGER PRIMARY KEY NOT NULL,
    machine_id  INTEGER NOT NULL CONSTRAINT request_machine REFERENCES machine (id),
    kind        TEXT    NOT NULL CONSTRAINT request_kind CHECK (kind IN ('start', 'stop')),
    -- Whose card is named on the wire: who is running the machine, or wants to.
    card_id     INTEGER CONSTRAINT request_card REFERENCES card (id),
    use_id      INTEGER, -- the use to be ended; no foreign key: a projection may be computed anew
    cause       TEXT    NOT NULL CONSTRAINT request_cause CHECK (cause IN
        ('asked', 'suspended', 'left', 'hold', 'banned', 'card', 'qualification')),
    by_alias    INTEGER CONSTRAINT request_by REFERENCES alias (id), -- NULL is Toolgate itself
    state       TEXT    NOT NULL CONSTRAINT request_state CHECK (state IN ('queued', 'sent', 'acknowledged', 'expired')),
    queued_at   INTEGER NOT NULL,
    sent_at     INTEGER,
    ended_at    INTEGER
) STRICT;

CREATE INDEX request_under_way ON machine_request (machine_id) WHERE state IN ('queued', 'sent');
