-- Who is something on a type or a machine: asked by its page, which must not walk the whole ledger for it.

CREATE INDEX qualification_by_type ON qualification (type_id, relation) WHERE type_id IS NOT NULL;
CREATE INDEX qualification_by_machine ON qualification (machine_id, relation) WHERE machine_id IS NOT NULL;
