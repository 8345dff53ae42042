-- Notifications that are pushed to browsers, by way of the push service of each browser.

-- The key by which push services know this server; made once. Without it all subscriptions are useless, so it is in the backup.
CREATE TABLE push_key (
    id    INTEGER PRIMARY KEY NOT NULL CONSTRAINT push_key_one CHECK (id = 1),
    pkcs8 BLOB    NOT NULL
) STRICT;

-- Browsers that get the notices of a person. Ids are never given again, for deliveries name them: a late answer to the old one
-- must not remove another.
CREATE TABLE push_subscription (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id  INTEGER NOT NULL CONSTRAINT push_subscription_person REFERENCES person (id),
    -- Who signs out on a device gets nothing there any more; a session that expires takes nothing along.
    session_id INTEGER CONSTRAINT push_subscription_session REFERENCES session (id) ON DELETE SET NULL,
    device     TEXT    NOT NULL, -- its name; empty if unknown
    endpoint   TEXT    NOT NULL CONSTRAINT push_subscription_endpoint UNIQUE, -- grants sending to that browser: a secret
    p256dh     BLOB    NOT NULL CONSTRAINT push_subscription_p256dh CHECK (length(p256dh) = 65),
    auth       BLOB    NOT NULL CONSTRAINT push_subscription_auth CHECK (length(auth) = 16),
    added_at   INTEGER NOT NULL,
    sent_at    INTEGER, -- when its push service last took a message
    failed_at  INTEGER, -- when it last did not
    trouble    TEXT,
    CONSTRAINT push_subscription_trouble CHECK ((failed_at IS NULL) = (trouble IS NULL))
) STRICT;

CREATE INDEX push_subscription_by_person ON push_subscription (person_id);
CREATE INDEX push_subscription_by_session ON push_subscription (session_id) WHERE session_id IS NOT NULL;

CREATE TRIGGER notice_queued_push AFTER INSERT ON notice
BEGIN
    INSERT INTO delivery (notice_id, channel, target_id, due_at)
        SELECT new.id, 'push', id, new.told_at FROM push_subscription WHERE person_id = new.person_id;
END;
