-- Where somebody's card is in use at this moment, without a look at each use: asked with every swipe, and a card that opens a
-- whole fleet has hundreds. With `ended_at`, which is always empty there, the index alone has the answer.

CREATE INDEX use_open_where ON use_session (card_id, machine_id, ended_at) WHERE ended_at IS NULL;
DROP INDEX use_open_by_card;
