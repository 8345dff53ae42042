-- All that is kept of somebody is found without a look at everybody's.

CREATE INDEX hold_by_anybody ON hold (person_id);
CREATE INDEX request_by_card ON machine_request (card_id) WHERE card_id IS NOT NULL;
CREATE INDEX request_by_alias ON machine_request (by_alias) WHERE by_alias IS NOT NULL;
