-- Cards of people, cards that nobody has, and claims of the ones to the others.

-- Never deleted, because history refers to it. The uid is what opens machines; erasing clears it.
CREATE TABLE card (
    id        INTEGER PRIMARY KEY NOT NULL,
    person_id INTEGER NOT NULL CONSTRAINT card_person REFERENCES person (id),
    uid       TEXT    CONSTRAINT card_uid_form CHECK (uid GLOB '[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
    state     TEXT    NOT NULL CONSTRAINT card_state CHECK (state IN ('active', 'lost', 'retired')),
    given_at  INTEGER NOT NULL
) STRICT;

-- A retired uid may be given to somebody else; an active or lost one has one owner.
CREATE UNIQUE INDEX card_uid ON card (uid) WHERE state IN ('active', 'lost');
CREATE INDEX card_by_person ON card (person_id);
CREATE INDEX card_by_uid ON card (uid);
-- The search by the last two to four digits starts from the last two.
CREATE INDEX card_by_last_digits ON card (substr(uid, -2)) WHERE state <> 'retired';

-- One row per card and machine, deleted after 30 days. Uses and attempts name it for longer, so ids are never given
-- again.
CREATE TABLE unknown_card (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    uid        TEXT    NOT NULL,
    machine_id INTEGER NOT NULL CONSTRAINT unknown_card_machine REFERENCES machine (id),
    first_seen INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    seen       INTEGER NOT NULL DEFAULT 1,
    ignored_at INTEGER, -- hidden from the list of unknown cards
    CONSTRAINT unknown_card_once UNIQUE (uid, machine_id)
) STRICT;

CREATE INDEX unknown_card_by_time ON unknown_card (last_seen);
CREATE INDEX unknown_card_by_machine ON unknown_card (machine_id, last_seen);

-- A member says that an unknown card is theirs, and a manager decides.
CREATE TABLE card_claim (
    id              INTEGER PRIMARY KEY NOT NULL,
    unknown_card_id INTEGER NOT NULL CONSTRAINT claim_unknown_card REFERENCES unknown_card (id) ON DELETE CASCADE,
    person_id       INTEGER NOT NULL CONSTRAINT claim_person REFERENCES person (id),
    claimed_at      INTEGER NOT NULL,
    state           TEXT    NOT NULL CONSTRAINT claim_state CHECK (state IN ('open', 'approved', 'refused')),
    decided_at      INTEGER,
    decided_by      INTEGER CONSTRAINT claim_decided_by REFERENCES alias (id),
    card_id         INTEGER CONSTRAINT claim_card REFERENCES card (id), -- the card that an approval made
    remark_id       INTEGER CONSTRAINT claim_remark REFERENCES remark (id), -- why it was refused
    CONSTRAINT claim_decided CHECK ((state = 'open') = (decided_at IS NULL))
) STRICT;

CREATE UNIQUE INDEX claim_once ON card_claim (unknown_card_id, person_id) WHERE state = 'open';
CREATE INDEX claim_by_card ON card_claim (unknown_card_id);
CREATE INDEX claim_by_person ON card_claim (person_id, id);
CREATE INDEX claim_by_remark ON card_claim (remark_id) WHERE remark_id IS NOT NULL;
