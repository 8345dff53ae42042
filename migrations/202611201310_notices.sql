-- What people are told, once each, and how it leaves; what they want to be told, and whose machine they follow.

CREATE TABLE notice (
    id              INTEGER PRIMARY KEY NOT NULL,
    person_id       INTEGER NOT NULL CONSTRAINT notice_person REFERENCES person (id),
    kind            TEXT    NOT NULL,
    subject         TEXT    NOT NULL, -- with person and kind the key by which it is kept once
    body            TEXT    NOT NULL, -- ids as JSON, never names
    machine_id      INTEGER CONSTRAINT notice_machine REFERENCES machine (id),
    type_id         INTEGER CONSTRAINT notice_type REFERENCES equipment_type (id),
    room_id         INTEGER CONSTRAINT notice_room REFERENCES room (id),
    group_id        INTEGER CONSTRAINT notice_group REFERENCES person_group (id),
    draw_id         INTEGER CONSTRAINT notice_draw REFERENCES draw (id),
    -- Its title is read where the notice is shown, so an edited one is told as it is now and a withdrawn one not at all.
    announcement_id INTEGER CONSTRAINT notice_announcement REFERENCES announcement (id),
    told_at         INTEGER NOT NULL,
    read_at         INTEGER,
    archived_at     INTEGER,
    CONSTRAINT notice_once UNIQUE (person_id, kind, subject)
) STRICT;

CREATE INDEX notice_by_person ON notice (person_id, id);
CREATE INDEX notice_unread ON notice (person_id) WHERE read_at IS NULL AND archived_at IS NULL;
CREATE INDEX notice_by_time ON notice (told_at);

-- Whose deed somebody is told of, for how often one person may have mails sent to another. What the clock told has none.
CREATE TABLE notice_sender (
    notice_id INTEGER PRIMARY KEY NOT NULL CONSTRAINT notice_sender_notice REFERENCES notice (id) ON DELETE CASCADE,
    person_id INTEGER NOT NULL CONSTRAINT notice_sender_person REFERENCES person (id)
) STRICT;

CREATE INDEX notice_sender_by_person ON notice_sender (person_id);

-- What happened in the space, once each, for channels that tell it to no particular person. Channels add a trigger of their
-- own, which queues a delivery for each of their targets.
CREATE TABLE broadcast (
    id              INTEGER PRIMARY KEY NOT NULL,
    kind            TEXT    NOT NULL, -- of a notice
    subject         TEXT    NOT NULL, -- with the kind the key by which it is kept once
    body            TEXT    NOT NULL, -- a notice: ids as JSON, never names
    machine_id      INTEGER CONSTRAINT broadcast_machine REFERENCES machine (id),
    type_id         INTEGER CONSTRAINT broadcast_type REFERENCES equipment_type (id),
    room_id         INTEGER CONSTRAINT broadcast_room REFERENCES room (id),
    announcement_id INTEGER CONSTRAINT broadcast_announcement REFERENCES announcement (id),
    told_at         INTEGER NOT NULL,
    CONSTRAINT broadcast_once UNIQUE (kind, subject)
) STRICT;

CREATE INDEX broadcast_by_time ON broadcast (told_at);

-- Whose deed it was, for how often one person may have a channel sent to. What the clock told has none.
CREATE TABLE broadcast_sender (
    broadcast_id INTEGER PRIMARY KEY NOT NULL
        CONSTRAINT broadcast_sender_broadcast REFERENCES broadcast (id) ON DELETE CASCADE,
    person_id    INTEGER NOT NULL CONSTRAINT broadcast_sender_person REFERENCES person (id)
) STRICT;

CREATE INDEX broadcast_sender_by_person ON broadcast_sender (person_id);

-- A notice or a broadcast on its way out of Toolgate.
CREATE TABLE delivery (
    id           INTEGER PRIMARY KEY NOT NULL,
    notice_id    INTEGER CONSTRAINT delivery_notice REFERENCES notice (id) ON DELETE CASCADE,
    broadcast_id INTEGER CONSTRAINT delivery_broadcast REFERENCES broadcast (id) ON DELETE CASCADE,
    channel      TEXT    NOT NULL
        CONSTRAINT delivery_channel CHECK (channel IN ('mail', 'webhook', 'slack', 'push')),
    target_id    INTEGER NOT NULL DEFAULT 0, -- in the channel's own table; 0: the person of the notice
    state        TEXT    NOT NULL DEFAULT 'queued'
        CONSTRAINT delivery_state CHECK (state IN ('queued', 'gathered', 'sent', 'failed', 'dropped')),
    due_at       INTEGER NOT NULL, -- not looked at before
    attempts     INTEGER NOT NULL DEFAULT 0,
    trouble      TEXT, -- why it did not leave when it was last tried
    reason       TEXT, -- why nothing was sent
    settled_at   INTEGER, -- when it was sent, given up or dropped
    CONSTRAINT delivery_once UNIQUE (notice_id, channel, target_id),
    CONSTRAINT delivery_broadcast_once UNIQUE (broadcast_id, channel, target_id),
    CONSTRAINT delivery_of_one CHECK ((notice_id IS NULL) <> (broadcast_id IS NULL)),
    CONSTRAINT delivery_settled CHECK ((settled_at IS NULL) = (state IN ('queued', 'gathered'))),
    CONSTRAINT delivery_reason CHECK ((reason IS NULL) = (state <> 'dropped'))
) STRICT;

CREATE INDEX delivery_due ON delivery (channel, due_at) WHERE settled_at IS NULL;
CREATE INDEX delivery_by_target ON delivery (channel, target_id, id) WHERE target_id <> 0;
CREATE INDEX delivery_failed ON delivery (id) WHERE state = 'failed';
CREATE INDEX delivery_settled_at ON delivery (settled_at) WHERE settled_at IS NOT NULL;

-- Whoever writes a notice cannot forget to have it delivered.
CREATE TRIGGER notice_queued AFTER INSERT ON notice
BEGIN INSERT INTO delivery (notice_id, channel, due_at) VALUES (new.id, 'mail', new.told_at); END;

-- What somebody switched on or off, where that is not what holds for everybody.
CREATE TABLE notice_switch (
    person_id INTEGER NOT NULL CONSTRAINT notice_switch_person REFERENCES person (id),
    kind      TEXT    NOT NULL,
    channel   TEXT    NOT NULL CONSTRAINT notice_switch_channel CHECK (channel IN ('app', 'mail', 'push', 'slack')),
    is_on     INTEGER NOT NULL CONSTRAINT notice_switch_is_on CHECK (is_on IN (0, 1)),
    CONSTRAINT notice_switch_once PRIMARY KEY (person_id, kind, channel)
) STRICT, WITHOUT ROWID;

-- When somebody wants their mail; nobody who chose nothing has a row.
CREATE TABLE mail_times (
    person_id   INTEGER PRIMARY KEY NOT NULL CONSTRAINT mail_times_person REFERENCES person (id),
    digest_hour INTEGER CONSTRAINT mail_times_hour CHECK (digest_hour BETWEEN 0 AND 23), -- NULL: no daily mail
    quiet_from  INTEGER CONSTRAINT mail_times_from CHECK (quiet_from BETWEEN 0 AND 1439), -- minutes of the day
    quiet_to    INTEGER CONSTRAINT mail_times_to CHECK (quiet_to BETWEEN 0 AND 1439),
    CONSTRAINT mail_times_quiet CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
) STRICT;

-- Addresses that mails come back from. One that somebody has changed since is none of theirs any more.
CREATE TABLE bounced_address (
    person_id INTEGER PRIMARY KEY NOT NULL CONSTRAINT bounced_address_person REFERENCES person (id),
    email     TEXT    NOT NULL,
    since     INTEGER NOT NULL
) STRICT;

-- What links in mails are signed with; made when the first is written.
CREATE TABLE mail_key (
    id    INTEGER PRIMARY KEY NOT NULL CONSTRAINT mail_key_one CHECK (id = 1),
    bytes BLOB    NOT NULL CONSTRAINT mail_key_length CHECK (length(bytes) = 32)
) STRICT;

CREATE TABLE follow (
    person_id  INTEGER NOT NULL CONSTRAINT follow_person REFERENCES person (id),
    machine_id INTEGER NOT NULL CONSTRAINT follow_machine REFERENCES machine (id),
    since      INTEGER NOT NULL,
    CONSTRAINT follow_once PRIMARY KEY (person_id, machine_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX follow_by_machine ON follow (machine_id);
