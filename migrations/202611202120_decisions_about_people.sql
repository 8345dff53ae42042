-- What was decided about somebody is found without reading the whole chain: whoever decides second is told who was first.

CREATE INDEX audit_of_people ON audit (subject, seq) WHERE action >= 'person.' AND action < 'person/';
