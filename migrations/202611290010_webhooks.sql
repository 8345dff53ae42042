-- Addresses that are told what happens in the space.

CREATE TABLE webhook (
    id            INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version       INTEGER NOT NULL DEFAULT 1,
    name          TEXT    NOT NULL CONSTRAINT webhook_name CHECK (name <> ''),
    address       TEXT, -- may hold a secret, so it goes when the webhook does
    added_at      INTEGER NOT NULL,
    added_by      INTEGER CONSTRAINT webhook_added_by REFERENCES alias (id),
    paused_at     INTEGER,
    paused_why    TEXT CONSTRAINT webhook_paused_why CHECK (paused_why IN ('manager', 'failing', 'gone')),
    succeeded_at  INTEGER, -- last
    failed_at     INTEGER, -- last
    failing_since INTEGER, -- since when every attempt failed
    removed_at    INTEGER,
    CONSTRAINT webhook_paused CHECK ((paused_at IS NULL) = (paused_why IS NULL)),
    CONSTRAINT webhook_removed CHECK ((removed_at IS NULL) = (address IS NOT NULL))
) STRICT;

CREATE TABLE webhook_kind (
    kind       TEXT    NOT NULL,
    webhook_id INTEGER NOT NULL CONSTRAINT webhook_kind_webhook REFERENCES webhook (id),
    CONSTRAINT webhook_kind_once PRIMARY KEY (kind, webhook_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_kind_by_webhook ON webhook_kind (webhook_id);

-- What requests are signed with. The newest has no end; older ones sign beside it until theirs.
CREATE TABLE webhook_secret (
    id         INTEGER PRIMARY KEY NOT NULL,
    webhook_id INTEGER NOT NULL CONSTRAINT webhook_secret_webhook REFERENCES webhook (id),
    bytes      BLOB    NOT NULL CONSTRAINT webhook_secret_length CHECK (length(bytes) = 32),
    made_at    INTEGER NOT NULL,
    ends_at    INTEGER
) STRICT;

CREATE UNIQUE INDEX webhook_secret_newest ON webhook_secret (webhook_id) WHERE ends_at IS NULL;
CREATE INDEX webhook_secret_by_webhook ON webhook_secret (webhook_id);

-- Each request, also of tests, which have no delivery.
CREATE TABLE webhook_attempt (
    id          INTEGER PRIMARY KEY NOT NULL,
    webhook_id  INTEGER NOT NULL CONSTRAINT webhook_attempt_webhook REFERENCES webhook (id),
    delivery_id INTEGER CONSTRAINT webhook_attempt_delivery REFERENCES delivery (id) ON DELETE CASCADE,
    at          INTEGER NOT NULL,
    took        INTEGER NOT NULL CONSTRAINT webhook_attempt_took CHECK (took >= 0), -- milliseconds
    status      INTEGER CONSTRAINT webhook_attempt_status CHECK (status BETWEEN 100 AND 999),
    trouble     TEXT, -- why it counts as failed
    excerpt     TEXT -- the beginning of the answer
) STRICT;

CREATE INDEX webhook_attempt_by_delivery ON webhook_attempt (delivery_id, id);
CREATE INDEX webhook_attempt_by_webhook ON webhook_attempt (webhook_id, id);
CREATE INDEX webhook_attempt_by_time ON webhook_attempt (at);

-- Also for a paused one, whose queue is kept.
CREATE TRIGGER broadcast_queued_webhook AFTER INSERT ON broadcast
BEGIN
    INSERT INTO delivery (broadcast_id, channel, target_id, due_at)
        SELECT new.id, 'webhook', webhook_id, new.told_at FROM webhook_kind WHERE kind = new.kind;
END;
