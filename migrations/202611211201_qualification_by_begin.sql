-- What begins meanwhile is found as what ends: how many people are what on each type is counted once, and from then on by
-- what was said, began or ended since.

CREATE INDEX qualification_by_begin ON qualification (effective_from, person_id);
