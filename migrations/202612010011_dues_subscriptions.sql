-- Subscriptions of members at payment processors, so that managers see which are dues. No card or amount is stored anywhere.

CREATE TABLE dues_subscription (
    person_id    INTEGER NOT NULL CONSTRAINT dues_subscription_person REFERENCES person (id),
    subscription TEXT    NOT NULL, -- the processor's id; empty: payments that belong to none
    name         TEXT    NOT NULL, -- of what it collects
    paid_until   INTEGER, -- the last paid day, in days since 1970
    has_ended    INTEGER NOT NULL CONSTRAINT dues_subscription_ended CHECK (has_ended IN (0, 1)),
    counts       INTEGER NOT NULL CONSTRAINT dues_subscription_counts CHECK (counts IN (0, 1)), -- as dues
    PRIMARY KEY (person_id, subscription)
) STRICT, WITHOUT ROWID;

ALTER TABLE dues ADD COLUMN chosen TEXT; -- the subscription that a manager chose as dues
