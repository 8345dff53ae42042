-- A card of nobody that a member says is theirs, in the minutes after it was held to a reader. It waits for the yes of
-- whoever gives cards, and is forgotten with the card that it is about. What became of one that waits is seen by whose the
-- card is: somebody may have been given it in another way.
CREATE TABLE card_claim (
    id              INTEGER PRIMARY KEY NOT NULL,
    unknown_card_id INTEGER NOT NULL CONSTRAINT claim_card REFERENCES unknown_card (id) ON DELETE CASCADE,
    person_id       INTEGER NOT NULL CONSTRAINT claim_person REFERENCES person (id),
    claimed_at      INTEGER NOT NULL,
    state           TEXT    NOT NULL CONSTRAINT claim_state CHECK (state IN ('open', 'approved', 'refused')),
    decided_at      INTEGER,
    decided_by      INTEGER CONSTRAINT claim_decided_by REFERENCES alias (id),
    -- The card that came of it.
    card_id         INTEGER CONSTRAINT claim_came_of_it REFERENCES card (id),
    -- Why not.
    remark_id       INTEGER CONSTRAINT claim_remark REFERENCES remark (id),
    CONSTRAINT claim_decided CHECK ((state = 'open') = (decided_at IS NULL))
) STRICT;

CREATE UNIQUE INDEX claim_once ON card_claim (unknown_card_id, person_id) WHERE state = 'open';
CREATE INDEX claim_by_card ON card_claim (unknown_card_id);
CREATE INDEX claim_by_person ON card_claim (person_id, id);

-- What was held to a reader in the last minutes.
CREATE INDEX unknown_card_lately ON unknown_card (machine_id, last_seen);
