-- Requests to boards: remote starts and stops. Each is sent once; the board's next messages show what came of it.

CREATE TABLE machine_request (
    id          INTEGER PRIMARY KEY NOT NULL,
    machine_id  INTEGER NOT NULL CONSTRAINT request_machine REFERENCES machine (id),
    kind        TEXT    NOT NULL CONSTRAINT request_kind CHECK (kind IN ('start', 'stop')),
    -- The card that is sent: of whoever uses the machine, or wants to.
    card_id     INTEGER CONSTRAINT request_card REFERENCES card (id),
    use_id      INTEGER, -- the use to end; no foreign key: a projection may be computed anew
    cause       TEXT    NOT NULL CONSTRAINT request_cause CHECK (cause IN
        ('asked', 'suspended', 'left', 'hold', 'banned', 'card', 'qualification', 'unsafe', 'booking', 'conflict')),
    by_alias    INTEGER CONSTRAINT request_by REFERENCES alias (id), -- NULL is Toolgate itself
    state       TEXT    NOT NULL CONSTRAINT request_state CHECK (state IN ('queued', 'sent', 'acknowledged', 'expired')),
    queued_at   INTEGER NOT NULL,
    sent_at     INTEGER,
    ended_at    INTEGER
) STRICT;

CREATE INDEX request_pending ON machine_request (machine_id) WHERE state IN ('queued', 'sent');
CREATE INDEX request_by_use ON machine_request (use_id);
CREATE INDEX request_by_card ON machine_request (card_id) WHERE card_id IS NOT NULL;
CREATE INDEX request_by_alias ON machine_request (by_alias) WHERE by_alias IS NOT NULL;
CREATE INDEX request_last_start ON machine_request (machine_id, id) WHERE kind = 'start';
