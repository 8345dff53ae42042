//! Sets the focus in a page that is returned with a refused form: to the first invalid field.
//!
//! Scripts do this themselves; this is for browsers without. It edits the finished page, so that the browser's
//! half does not carry code it has no use for. Invariant: one attribute is added, inside the tag of a field of the
//! refused form, and user input is never touched.
//!
//! A page that reports a saved change starts at that message.

/// The mark of an invalid field.
const MARK: &str = "aria-invalid=\"true\"";
/// The attribute that sets the focus.
const FOCUS: &str = " autofocus";

/// Returns `page` with the focus at the first invalid field of the form for `function`, given as an address like
/// `/me/prefer`.
pub(super) fn at_first_marked(mut page: String, function: &str) -> String {
    // In a rendered page, user input contains no plain `<`, and no quote inside a tag.
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

/// Where the attribute goes in `fields` for a mark at `mark`: into the same tag, or into the first checkbox or
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

    /// The content of the focused tag; `None` if nothing was changed.
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
        let input = r#"<textarea>aria-invalid="true"</textarea><input id="b" aria-invalid="true">"#;
        assert_eq!(focused(input).unwrap(), r#"id="b" aria-invalid="true""#);
    }
}
