-- Lists as they are asked for, without a look at everybody and everything: people by name from any place on, how many of
-- them stand where, and what somebody did.

CREATE INDEX profile_by_called ON profile (lower(name), person_id, name, email);
CREATE INDEX person_by_status ON person (status);
CREATE INDEX audit_by_alias ON audit (alias, seq) WHERE alias IS NOT NULL;
-- Nearly all entries are uses: whoever asks for others does not walk over those.
CREATE INDEX audit_beside_uses ON audit (seq, action) WHERE action NOT IN ('use.start', 'use.extend', 'use.stop');

-- What an entry of the record can be about, by the word that stands in it, and what that is called.
CREATE VIEW audit_subject (subject, name) AS
          SELECT 'machine:' || id, name FROM machine
UNION ALL SELECT 'person:' || person_id, name FROM profile
UNION ALL SELECT 'type:' || id, name FROM equipment_type
UNION ALL SELECT 'place:' || id, name FROM place
UNION ALL SELECT 'display:' || id, name FROM display;
