-- A card that nobody has claimed may be one that nobody will: whoever looks after cards puts it aside, and sees it again
-- when they want to. And what was done to a card is found without reading the whole chain.

ALTER TABLE unknown_card ADD COLUMN ignored_at INTEGER;

CREATE INDEX audit_of_cards ON audit (subject, seq) WHERE action >= 'card.' AND action < 'card/';
