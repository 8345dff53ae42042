//! Filters of LDAP searches (RFC 4515).
//!
//! Invariant: input is a value in a filter and never a part of it.

use super::{Attribute, FILTER};

/// The placeholder for the input at sign-in.
pub const PLACE: &str = "{login}";

/// A filter for people with a placeholder for the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(String);

/// Why something is no template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidTemplate {
    /// The parentheses do not match, or it is too long.
    Form,
    /// It has no place for the login name.
    NoPlace,
}

impl Template {
    pub fn parse(text: &str) -> Result<Self, InvalidTemplate> {
        let text = text.trim();
        if text.chars().count() > FILTER || text.chars().any(char::is_control) || !is_balanced(text) {
            return Err(InvalidTemplate::Form);
        }
        // As a value: `(uid={login})`, or a part of one.
        if !text.contains(PLACE) || text.contains(&format!("({PLACE}")) {
            return Err(InvalidTemplate::NoPlace);
        }
        Ok(Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The filter for the person who typed `login`.
    #[must_use]
    pub fn one(&self, login: &str) -> String {
        self.0.replace(PLACE, &escape(login))
    }

    /// The filter for everybody.
    #[must_use]
    pub fn all(&self) -> String {
        self.0.replace(PLACE, "*")
    }
}

/// Whether all parentheses close, and one pair is around everything.
fn is_balanced(text: &str) -> bool {
    let mut depth = 0_u32;
    let last = text.len().saturating_sub(1);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return false,
            },
            _ => {}
        }
        if depth == 0 && at != last {
            return false;
        }
    }
    depth == 0 && text.len() > 2
}

/// A value for a filter: characters with a meaning there are written as their code (RFC 4515, 3).
#[must_use]
pub fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '*' => escaped.push_str("\\2a"),
            '(' => escaped.push_str("\\28"),
            ')' => escaped.push_str("\\29"),
            '\\' => escaped.push_str("\\5c"),
            '\0' => escaped.push_str("\\00"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The spellings by which groups list a person with this login name. Some directories compare them letter by letter.
#[must_use]
pub fn logins(login: &str) -> Vec<String> {
    let mut all = vec![login.to_owned(), login.to_lowercase(), login.to_uppercase()];
    all.sort_unstable();
    all.dedup();
    all.retain(|login| !login.is_empty());
    all
}

/// The filter for groups with this member, in each of the usual ways of writing that. `number`: of the person's main group.
#[must_use]
pub fn groups_of(dn: &str, login: &str, number: Option<&str>) -> String {
    let (dn, logins) = (escape(dn), logins(login));
    let listed: Vec<_> = logins.iter().map(|login| format!("(memberUid={})", escape(login))).collect();
    let main = number.map(|number| format!("(&(objectClass=posixGroup)(gidNumber={}))", escape(number)));
    format!("(|(member={dn})(uniqueMember={dn}){}{})", listed.concat(), main.unwrap_or_default())
}

/// The filter for groups that contain one of these groups.
#[must_use]
pub fn groups_with(groups: &[String]) -> String {
    let each = groups.iter().map(|group| escape(group));
    let each: Vec<_> = each.map(|group| format!("(member={group})(uniqueMember={group})")).collect();
    format!("(|{})", each.concat())
}

/// The filter for entries by their distinguished names, as the attribute is called in either kind of directory (RFC 5020).
#[must_use]
pub fn entries_named(names: &[String]) -> String {
    let each = names.iter().map(|name| escape(name));
    let each: Vec<_> = each.map(|name| format!("(entryDN={name})(distinguishedName={name})")).collect();
    format!("(|{})", each.concat())
}

/// The filter for groups that are in groups, by the attribute that names those.
#[must_use]
pub fn groups_in_groups(member_of: &Attribute) -> String {
    let named = member_of.as_str();
    format!(
        "(&({named}=*)(|(objectClass=group)(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(member=*)(uniqueMember=*)))"
    )
}

/// The filter for those of the groups with these names that are in groups.
#[must_use]
pub fn groups_in_groups_named(member_of: &Attribute, names: &[String]) -> String {
    format!("(&{}{})", groups_in_groups(member_of), entries_named(names))
}

/// The filter for all groups.
pub const GROUPS: &str = "(|(member=*)(uniqueMember=*)(memberUid=*)(&(objectClass=posixGroup)(gidNumber=*)))";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn template_has_a_place_for_the_login_name() {
        let template = "(&(objectClass=inetOrgPerson)(|(uid={login})(mail={login})))";
        let template = Template::parse(template).expect("valid");
        assert_eq!(template.one("u1"), "(&(objectClass=inetOrgPerson)(|(uid=u1)(mail=u1)))");
        assert_eq!(template.all(), "(&(objectClass=inetOrgPerson)(|(uid=*)(mail=*)))");
        for form in
            ["", "()", "uid={login}", "(uid={login}", "(uid={login}))", "(uid={login})(a=b)", "(a=\n{login})"]
        {
            assert_eq!(Template::parse(form), Err(InvalidTemplate::Form), "{form}");
        }
        for place in ["(uid=*)", "(uid={name})", "({login}=*)"] {
            assert_eq!(Template::parse(place), Err(InvalidTemplate::NoPlace), "{place}");
        }
    }

    #[test]
    fn typed_filter_is_a_value() {
        let template = Template::parse("(uid={login})").expect("valid");
        assert_eq!(template.one("*)(uid=*"), r"(uid=\2a\29\28uid=\2a)");
        assert_eq!(template.one("a\\2a\0"), r"(uid=a\5c2a\00)");
        assert_eq!(
            groups_of("cn=Rossi\\2C A (x)", "*", None),
            r"(|(member=cn=Rossi\5c2C A \28x\29)(uniqueMember=cn=Rossi\5c2C A \28x\29)(memberUid=\2a))"
        );
        assert_eq!(
            groups_of("uid=u", "Ada", Some("7*")),
            "(|(member=uid=u)(uniqueMember=uid=u)(memberUid=ADA)(memberUid=Ada)(memberUid=ada)\
             (&(objectClass=posixGroup)(gidNumber=7\\2a)))"
        );
        let groups = ["cn=a (b)".to_owned(), "cn=c".to_owned()];
        assert_eq!(
            groups_with(&groups),
            r"(|(member=cn=a \28b\29)(uniqueMember=cn=a \28b\29)(member=cn=c)(uniqueMember=cn=c))"
        );
        assert_eq!(
            entries_named(&groups),
            r"(|(entryDN=cn=a \28b\29)(distinguishedName=cn=a \28b\29)(entryDN=cn=c)(distinguishedName=cn=c))"
        );
        let member_of = Attribute::parse("memberOf").expect("an attribute");
        let (all, named) =
            (groups_in_groups(&member_of), groups_in_groups_named(&member_of, &["cn=a)(b".to_owned()]));
        assert_eq!(
            named,
            format!(r"(&{all}(|(entryDN=cn=a\29\28b)(distinguishedName=cn=a\29\28b)))"),
            "of the same kinds"
        );
    }

    proptest! {
        #[test]
        fn nothing_typed_changes_the_form_of_a_filter(login in "\\PC{0,30}|[*()\\\\]{0,9}") {
            let filter = Template::parse("(&(a=b)(uid={login}))").expect("valid").one(&login);
            prop_assert!(is_balanced(&filter), "{}", filter);
            prop_assert_eq!(filter.matches('(').count(), 3);
            prop_assert!(!filter.contains('*'));
        }
    }
}
