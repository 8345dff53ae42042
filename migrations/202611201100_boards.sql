-- The boards on machines, and how they are connected.

-- The last message of any board of a machine. Apart from `machine`, because it changes all the time.
CREATE TABLE machine_signal (
    machine_id   INTEGER PRIMARY KEY NOT NULL CONSTRAINT signal_machine REFERENCES machine (id),
    heard_at     INTEGER NOT NULL,
    -- Whether it was announced as online; the timer that watches for silence sets 0.
    online       INTEGER NOT NULL CONSTRAINT signal_online CHECK (online IN (0, 1)),
    -- Whether the board reports uses while they run (`inuse`): 1 once it did, 0 once a long use ended without a report,
    -- NULL until then. A board that reports, and then polls without a report, is not in use.
    reports_uses INTEGER CONSTRAINT signal_reports CHECK (reports_uses IN (0, 1))
) STRICT;

CREATE INDEX signal_online ON machine_signal (heard_at) WHERE online = 1;

-- By serial number; several may claim one machine. Old firmware sends no serial: '' stands for all such of a machine.
CREATE TABLE board (
    id            INTEGER PRIMARY KEY NOT NULL,
    machine_id    INTEGER NOT NULL CONSTRAINT board_machine REFERENCES machine (id),
    serial        TEXT    NOT NULL DEFAULT '',
    firmware      TEXT    NOT NULL,
    address       TEXT    NOT NULL,
    -- Two boards with one serial show as two addresses that take turns. A board whose address changed once does not go
    -- back to the old one.
    other_address TEXT,
    other_seen    INTEGER, -- when the other address was last used
    alternated_at INTEGER, -- when the two last took turns
    heap          INTEGER,
    first_seen    INTEGER NOT NULL,
    last_seen     INTEGER NOT NULL,
    CONSTRAINT board_once UNIQUE (machine_id, serial)
) STRICT;

-- A login at the built-in broker that is limited to one machine's number. The password is generated here and long, so a
-- fast hash is enough.
CREATE TABLE board_login (
    id         INTEGER PRIMARY KEY NOT NULL,
    user       TEXT    NOT NULL CONSTRAINT board_login_user UNIQUE,
    hash       BLOB    NOT NULL CONSTRAINT board_login_sha256 CHECK (length(hash) = 32),
    machine_id INTEGER NOT NULL CONSTRAINT board_login_machine REFERENCES machine (id),
    -- The machine's number when the login was made. It is valid as long as the machine has that number.
    number     INTEGER NOT NULL CONSTRAINT board_login_number CHECK (number BETWEEN 1 AND 65535),
    made_at    INTEGER NOT NULL,
    made_by    INTEGER CONSTRAINT board_login_by REFERENCES alias (id),
    used_at    INTEGER,
    revoked_at INTEGER
) STRICT;

CREATE INDEX board_login_in_force ON board_login (machine_id) WHERE revoked_at IS NULL;

-- Messages that could not be read, counted by kind, with the last example. Card uids in it are masked.
CREATE TABLE rejected_message (
    kind    TEXT    PRIMARY KEY NOT NULL,
    seen    INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    topic   TEXT    NOT NULL,
    example TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
