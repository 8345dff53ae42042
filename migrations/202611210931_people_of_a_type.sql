-- Who is something on a type is listed in the order of who they are, a page at a time: the walk begins with the type, and
-- not with everybody.

CREATE INDEX qualification_by_type_and_person ON qualification (type_id, person_id) WHERE type_id IS NOT NULL;
