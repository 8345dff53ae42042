//! Where the focus stands in a page that comes back with a refused form: at the first field that is marked.
//!
//! Script does that by itself, once it is there; this is for whoever has none. Written into the finished page rather than by
//! the fields, so that the browser's half, which has no use for it, does not carry it. Invariant: one word is added, inside
//! the tag of a field of the refused form, and what somebody typed is never touched.
//!
//! A page that reports what was saved begins at that message.

/// How a field that was refused is marked.
const MARK: &str = "aria-invalid=\"true\"";
/// What the browser looks for.
const FOCUS: &str = " autofocus";

/// `page` with the focus at the first marked field of the form for `function`, which has an address like `/me/prefer`.
pub(super) fn at_first_marked(mut page: String, function: &str) -> String {
    // What somebody typed has no `<` of its own in a finished page, nor a quote inside a tag.
    let place = page.match_indices("<form ").find_map(|(form, _)| {
        let rest = page.get(form..)?;
        let (tag, _) = rest.split_once('>')?;
        let (_, goal) = tag.split_once(" action=\"")?;
        let (goal, _) = goal.split_once('"')?;
        if goal.rsplit(['?', ';']).next() != Some(function) {
            return None;
        }
        let fields = rest.split("</form>").next()?;
        Some(form + fields.match_indices(MARK).find_map(|(mark, _)| within(fields, mark))?)
    });
    if let Some(place) = place {
        page.insert_str(place, FOCUS);
    }
    page
}

/// Where the word goes in `fields` for what has its mark at `mark`: into the same tag, or into that of the first tick or
/// button of a choice.
fn within(fields: &str, mark: usize) -> Option<usize> {
    let (before, after) = (fields.get(..mark)?, fields.get(mark..)?);
    let tag = before.rfind('<')?;
    if before.rfind('>').is_some_and(|end| end > tag) {
        // Text that looks like a mark.
        return None;
    }
    let name: String = before.get(tag + 1..)?.chars().take_while(char::is_ascii_alphabetic).collect();
    match name.as_str() {
        "input" | "select" | "textarea" => Some(tag + 1 + name.len()),
        "fieldset" => Some(mark + after.find("<input")? + "<input".len()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands in the tag that has the focus; `None` when nothing was changed.
    fn focused(form: &str) -> Option<String> {
        let page = format!(
            r#"<p>?/me/prefer" &lt;form action="?/me/prefer"</p><a href="?/me/prefer">1 > 0</a>
            <form class="form" action="?/other/thing" ><input id="x" value="&quot;?/me/prefer&quot;" aria-invalid="true">
            <textarea>action="?/me/prefer"</textarea></form>
            <form class="form" action="?/some/me/prefer" ><input id="y" aria-invalid="true"></form>
            <form class="form" action="?a=1&amp;/me/prefer" >{form}</form>"#
        );
        let marked = at_first_marked(page.clone(), "/me/prefer");
        assert_eq!(marked.replace(FOCUS, ""), page, "nothing else is changed");
        let (_, rest) = marked.split_once(FOCUS)?;
        rest.split_once('>').map(|(tag, _)| tag.trim().to_owned())
    }

    // A24
    #[test]
    fn first_invalid_field_of_any_kind_gets_focus() {
        let line = r#"<input id="a" title="3 > 2 /me/prefer"><input id="b" value="a &lt; b" aria-invalid="true"><input id="c" aria-invalid="true">"#;
        assert_eq!(focused(line).unwrap(), r#"id="b" value="a &lt; b" aria-invalid="true""#);
        assert_eq!(focused(r#"<textarea id="a" aria-invalid="true">"#).unwrap(), r#"id="a" aria-invalid="true""#);
        assert_eq!(focused(r#"<select id="a" aria-invalid="true">"#).unwrap(), r#"id="a" aria-invalid="true""#);
        let choice =
            r#"<fieldset aria-invalid="true"><legend>Which</legend><input value="1"><input value="2"></fieldset>"#;
        assert_eq!(focused(choice).unwrap(), r#"value="1""#);
    }

    #[test]
    fn invalid_mark_inside_text_is_ignored() {
        assert_eq!(focused(r#"<input id="a">"#), None);
        assert_eq!(focused(r#"<textarea id="a">aria-invalid="true"</textarea>"#), None);
        let typed = r#"<textarea>aria-invalid="true"</textarea><input id="b" aria-invalid="true">"#;
        assert_eq!(focused(typed).unwrap(), r#"id="b" aria-invalid="true""#);
    }
}
