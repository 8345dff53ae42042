-- Slack: the app of the space, which notices it posts to which channel, and whose account there is whose.

CREATE TABLE slack_app (
    id             INTEGER PRIMARY KEY NOT NULL CONSTRAINT slack_app_one CHECK (id = 1),
    -- Every request needs it as it is, so it is stored as it is. Nobody is shown it again.
    bot_token      TEXT    NOT NULL CONSTRAINT slack_app_token CHECK (length(bot_token) <= 255),
    signing_secret TEXT    NOT NULL CONSTRAINT slack_app_secret CHECK (length(signing_secret) <= 64),
    team           TEXT    NOT NULL, -- Slack's id of the workspace
    team_name      TEXT    NOT NULL,
    connected_at   INTEGER NOT NULL,
    connected_by   INTEGER CONSTRAINT slack_app_by REFERENCES alias (id),
    succeeded_at   INTEGER, -- when it last did what it was asked
    failed_at      INTEGER,
    trouble        TEXT, -- why it did not at that time
    paused_at      INTEGER, -- since when nothing is sent, because the token is refused
    resting_until  INTEGER -- until when nothing is sent, because Slack asks to wait or does not answer
) STRICT;

-- A kind of notice that is posted to a channel. Ids are never given again, for deliveries name them.
CREATE TABLE slack_rule (
    id            INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind          TEXT    NOT NULL CONSTRAINT slack_rule_kind UNIQUE,
    channel       TEXT    NOT NULL CONSTRAINT slack_rule_channel CHECK (length(channel) BETWEEN 1 AND 80),
    failing_since INTEGER,
    trouble       TEXT,
    CONSTRAINT slack_rule_failing CHECK ((failing_since IS NULL) = (trouble IS NULL))
) STRICT;

CREATE TRIGGER broadcast_queued_slack AFTER INSERT ON broadcast WHEN EXISTS (SELECT 1 FROM slack_app)
BEGIN
    INSERT INTO delivery (broadcast_id, channel, target_id, due_at)
        SELECT new.id, 'slack', id, new.told_at FROM slack_rule WHERE kind = new.kind;
END;

-- Whose account at Slack is whose.
CREATE TABLE slack_link (
    person_id  INTEGER PRIMARY KEY NOT NULL CONSTRAINT slack_link_person REFERENCES person (id),
    slack_user TEXT    NOT NULL CONSTRAINT slack_link_user UNIQUE,
    name       TEXT    NOT NULL, -- what it is called there
    linked_at  INTEGER NOT NULL
) STRICT;

CREATE TRIGGER notice_queued_slack AFTER INSERT ON notice
BEGIN
    INSERT INTO delivery (notice_id, channel, due_at)
        SELECT new.id, 'slack', new.told_at FROM slack_link WHERE person_id = new.person_id;
END;

-- A link that was asked for in Slack, and is not used yet.
CREATE TABLE slack_link_offer (
    hash       BLOB    PRIMARY KEY NOT NULL CONSTRAINT slack_link_offer_hash CHECK (length(hash) = 32),
    slack_user TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Signatures of commands of the last minutes, so that none is answered twice.
CREATE TABLE slack_request (
    signature BLOB    PRIMARY KEY NOT NULL CONSTRAINT slack_request_signature CHECK (length(signature) = 32),
    signed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How often each command was used.
CREATE TABLE slack_command (
    command TEXT    PRIMARY KEY NOT NULL,
    uses    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
