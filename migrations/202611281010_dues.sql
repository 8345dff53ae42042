-- Dues: what a payment processor answers about a member. No card, amount or bank account is stored anywhere.

CREATE TABLE dues (
    person_id   INTEGER PRIMARY KEY NOT NULL CONSTRAINT dues_person REFERENCES person (id),
    processor   TEXT    NOT NULL CONSTRAINT dues_processor CHECK (processor IN ('stripe', 'gocardless')),
    reference   TEXT    NOT NULL, -- of the customer, at the processor
    status      TEXT    NOT NULL CONSTRAINT dues_status CHECK (status IN ('current', 'grace', 'overdue', 'ended')),
    since_at    INTEGER NOT NULL, -- when the status began
    paid_until  INTEGER NOT NULL, -- the last paid day, in days since 1970
    is_ending   INTEGER NOT NULL DEFAULT 0 CONSTRAINT dues_ending CHECK (is_ending IN (0, 1)),
    more_time   INTEGER, -- the last day of the time that a manager gave, in days since 1970
    hold_id     INTEGER CONSTRAINT dues_hold REFERENCES hold (id), -- placed because of these dues
    linked_at   INTEGER NOT NULL,
    answered_at INTEGER, -- when the processor last answered about them
    tried_at    INTEGER, -- when it was last asked
    ask_at      INTEGER, -- when to ask it again, if something calls for it
    version     INTEGER NOT NULL DEFAULT 1,
    known_on    INTEGER, -- since when it is known here that they are late, in days since 1970; NULL: nothing is late
    chosen      TEXT, -- the subscription that a manager chose as dues
    CONSTRAINT dues_reference UNIQUE (processor, reference)
) STRICT;

CREATE INDEX dues_by_hold ON dues (hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX dues_to_ask ON dues (ask_at) WHERE ask_at IS NOT NULL;
CREATE INDEX dues_by_status ON dues (status, paid_until);

-- What a member subscribes to at the processor, so that managers see which of it is dues.
CREATE TABLE dues_subscription (
    person_id    INTEGER NOT NULL CONSTRAINT dues_subscription_person REFERENCES person (id),
    subscription TEXT    NOT NULL, -- the processor's id; empty: payments that belong to none
    name         TEXT    NOT NULL, -- of what it collects
    paid_until   INTEGER, -- the last paid day, in days since 1970
    has_ended    INTEGER NOT NULL CONSTRAINT dues_subscription_ended CHECK (has_ended IN (0, 1)),
    counts       INTEGER NOT NULL CONSTRAINT dues_subscription_counts CHECK (counts IN (0, 1)), -- as dues
    PRIMARY KEY (person_id, subscription)
) STRICT, WITHOUT ROWID;

-- Events that a processor sent, by its own ids: each counts once, however often it comes.
CREATE TABLE dues_event (
    processor TEXT    NOT NULL CONSTRAINT dues_event_processor CHECK (processor IN ('stripe', 'gocardless')),
    event     TEXT    NOT NULL,
    heard_at  INTEGER NOT NULL,
    resource  TEXT, -- what to look up to learn whom it is about, until that is done
    next_at   INTEGER, -- when to do that; NULL: done
    PRIMARY KEY (processor, event)
) STRICT, WITHOUT ROWID;

CREATE INDEX dues_event_open ON dues_event (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX dues_event_by_time ON dues_event (heard_at);

CREATE TABLE dues_command (
    id         INTEGER PRIMARY KEY NOT NULL,
    person_id  INTEGER NOT NULL CONSTRAINT dues_command_person REFERENCES person (id),
    processor  TEXT    NOT NULL CONSTRAINT dues_command_processor CHECK (processor IN ('stripe', 'gocardless')),
    kind       TEXT    NOT NULL CONSTRAINT dues_command_kind CHECK (kind IN ('add', 'remove')),
    reference  TEXT, -- of the customer to remove, until that is done or cancelled
    key        TEXT    NOT NULL CONSTRAINT dues_command_key UNIQUE, -- the same for every try, so that none is done twice
    state      TEXT    NOT NULL DEFAULT 'waiting'
        CONSTRAINT dues_command_state CHECK (state IN ('waiting', 'done', 'refused', 'gave-up', 'cancelled')),
    queued_at  INTEGER NOT NULL,
    queued_by  INTEGER CONSTRAINT dues_command_by REFERENCES alias (id),
    tries      INTEGER NOT NULL DEFAULT 0,
    tried_at   INTEGER,
    next_at    INTEGER, -- NULL: settled
    trouble    TEXT, -- why the last try failed
    settled_at INTEGER,
    CONSTRAINT dues_command_waits CHECK ((state = 'waiting') = (next_at IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX dues_command_waiting ON dues_command (person_id) WHERE next_at IS NOT NULL;
CREATE INDEX dues_command_by_person ON dues_command (person_id);
CREATE INDEX dues_command_by_alias ON dues_command (queued_by) WHERE queued_by IS NOT NULL;
CREATE INDEX dues_command_by_time ON dues_command (settled_at) WHERE settled_at IS NOT NULL;

-- What the last comparison found to differ.
CREATE TABLE dues_difference (
    id         INTEGER PRIMARY KEY NOT NULL,
    processor  TEXT    NOT NULL CONSTRAINT dues_difference_processor CHECK (processor IN ('stripe', 'gocardless')),
    reference  TEXT    NOT NULL,
    person_id  INTEGER CONSTRAINT dues_difference_person REFERENCES person (id), -- NULL: nobody here has the reference
    here       TEXT, -- the status here
    there      TEXT, -- the status at the processor; NULL: it does not know the reference
    found_at   INTEGER NOT NULL,
    match_id   INTEGER CONSTRAINT dues_difference_match REFERENCES person (id), -- who has the customer's address, which is not stored
    is_stale   INTEGER NOT NULL DEFAULT 0
        CONSTRAINT dues_difference_stale CHECK (is_stale IN (0, 1)), -- that person's address changed since
    CONSTRAINT dues_difference_reference UNIQUE (processor, reference)
) STRICT;

CREATE INDEX dues_difference_by_person ON dues_difference (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX dues_difference_by_match ON dues_difference (match_id) WHERE match_id IS NOT NULL;

CREATE TRIGGER dues_difference_stale AFTER UPDATE OF email ON profile WHEN old.email IS NOT new.email
BEGIN UPDATE dues_difference SET is_stale = 1 WHERE match_id = new.person_id; END;

-- How each processor does.
CREATE TABLE dues_processor (
    processor     TEXT PRIMARY KEY NOT NULL CONSTRAINT dues_processor_name CHECK (processor IN ('stripe', 'gocardless')),
    heard_at      INTEGER, -- the last event
    answered_at   INTEGER, -- the last answer
    tried_at      INTEGER,
    failing_since INTEGER,
    trouble       TEXT, -- why the last request failed
    compared_at   INTEGER,
    unread        TEXT -- why the last comparison did not read the addresses of all customers; NULL: it did
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_of_dues ON audit (subject, seq) WHERE action >= 'dues.' AND action < 'dues/';
