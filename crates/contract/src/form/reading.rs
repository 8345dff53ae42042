//! How fields and bodies of requests are read into forms.

use super::{Fault, Faults};
use crate::{
    operation::Id,
    schema::{HasSchema, Schemas},
};
use domain::{actor::Proof, id::PersonId, time::Date, zone::Zone};
use serde_json::{Map, Number, Value};
use std::{borrow::Cow, fmt};

/// What fields are read by.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The day in the space's zone.
    pub today: Date,
    /// The space's zone.
    pub zone: Zone,
    /// BCP 47 tag of the sender's language.
    pub language: &'static str,
    /// The sender, if they are a person.
    pub caller: Option<PersonId>,
}

/// The fields of an operation's request.
pub trait Form: Sized + Send + 'static {
    /// The form, or all its faults. The proof stands for the permission, which is checked first: without it nobody
    /// learns about fields.
    fn read(fields: &Fields, context: &Context, proof: &Proof) -> Result<Self, Faults>;

    /// Its name in the API's description; `None` if the operation has no fields.
    const NAME: Option<&'static str>;

    /// Its schemas for that description.
    fn schemas() -> Schemas;
}

/// Nothing is sent.
impl Form for () {
    fn read(_: &Fields, _: &Context, _: &Proof) -> Result<Self, Faults> {
        Ok(())
    }

    const NAME: Option<&'static str> = None;

    fn schemas() -> Schemas {
        Schemas::new()
    }
}

/// A form whose faults the function reports itself, after what matters more: that a newer version was
/// saved, or that the permission depends on what the function finds.
impl<F: Form> Form for Result<F, Faults> {
    fn read(fields: &Fields, context: &Context, proof: &Proof) -> Result<Self, Faults> {
        match F::read(fields, context, proof) {
            Err(faults) if faults.are_of_the_request() => Err(faults),
            read => Ok(read),
        }
    }

    const NAME: Option<&'static str> = F::NAME;

    fn schemas() -> Schemas {
        F::schemas()
    }
}

/// A type that a field can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not parsed from a form",
    note = "use a type with its own bounds, such as `Remark<500>`, an id or a closed list; `contract::field` lists them"
)]
pub trait Field: HasSchema + Sized {
    /// From a form, where everything is text; empty if left blank.
    fn read(text: &str, context: &Context) -> Result<Self, Fault>;

    /// Whether a program may send it blank, so that [`read`](Self::read) judges it.
    const READS_BLANK: bool = false;

    /// From a value of JSON.
    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        match value {
            Value::String(text) if Self::READS_BLANK || !text.is_empty() => Self::read(text, context),
            _ => Err(Fault::Mismatch),
        }
    }

    /// From a value of JSON at `path`. An object has faults by field.
    fn read_part(value: &Value, context: &Context, path: &str) -> Result<Self, Faults> {
        Self::read_json(value, context).map_err(|fault| Faults::one(path, fault))
    }

    /// The same where it may be left blank.
    fn read_optional(text: &str, context: &Context) -> Result<Option<Self>, Fault> {
        if text.trim().is_empty() { Ok(None) } else { Self::read(text, context).map(Some) }
    }

    /// From a value of JSON that may be null.
    fn read_optional_json(value: &Value, context: &Context) -> Result<Option<Self>, Fault> {
        if value.is_null() { Ok(None) } else { Self::read_json(value, context).map(Some) }
    }

    /// From the query of a program.
    fn read_query(text: &str, context: &Context) -> Result<Self, Fault> {
        Self::read(text, context)
    }

    /// From all fields of this name; a single value reads the first.
    fn read_texts(texts: &[&str], context: &Context) -> Result<Self, Fault> {
        Self::read(texts.first().copied().unwrap_or_default(), context)
    }

    /// Its value where a program leaves it out; `None` if it must not.
    fn absent() -> Option<Self> {
        None
    }
}

impl<T: Field> Field for Vec<T> {
    fn read(text: &str, context: &Context) -> Result<Self, Fault> {
        Self::read_texts(&[text], context)
    }

    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        let values = value.as_array().ok_or(Fault::Mismatch)?;
        values.iter().map(|value| T::read_json(value, context)).collect()
    }

    fn read_part(value: &Value, context: &Context, path: &str) -> Result<Self, Faults> {
        let values = value.as_array().ok_or_else(|| Faults::one(path, Fault::Mismatch))?;
        let (mut read, mut faults) = (Self::new(), Faults::default());
        for (at, value) in values.iter().enumerate() {
            match T::read_part(value, context, &format!("{path}[{at}]")) {
                Ok(one) => read.push(one),
                Err(more) => faults.0.extend(more.0),
            }
        }
        if faults.0.is_empty() { Ok(read) } else { Err(faults) }
    }

    fn read_texts(texts: &[&str], context: &Context) -> Result<Self, Fault> {
        texts.iter().map(|text| T::read(text, context)).collect()
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl<T: Field> Field for Option<T> {
    fn read(text: &str, context: &Context) -> Result<Self, Fault> {
        T::read_optional(text, context)
    }

    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        T::read_optional_json(value, context)
    }

    fn read_part(value: &Value, context: &Context, path: &str) -> Result<Self, Faults> {
        if value.is_object() {
            return T::read_part(value, context, path).map(Some);
        }
        T::read_optional_json(value, context).map_err(|fault| Faults::one(path, fault))
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

/// A whole number, in any notation: `55.0`, `1e3` (JSON Schema, 6.1.1).
#[must_use]
pub fn whole(number: &Number) -> Option<Number> {
    /// Up to here, floating point represents every integer exactly.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if !number.is_f64() {
        return Some(number.clone());
    }
    let number = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() <= EXACT)?;
    format!("{number:.0}").parse::<i64>().ok().map(Number::from)
}

/// The fields of a request, unread. Its debug output hides them.
#[derive(Clone, Default)]
pub struct Fields(Sent);

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fields")
    }
}

#[derive(Clone)]
enum Sent {
    /// By a page or a path.
    Text(Vec<(String, String)>),
    /// By a program, in a query.
    Query(Vec<(String, String)>),
    /// By a program.
    Json(Map<String, Value>),
}

impl Default for Sent {
    fn default() -> Self {
        Self::Text(Vec::new())
    }
}

impl Fields {
    /// From names and values.
    pub fn pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(Sent::Text(pairs.into_iter().collect()))
    }

    /// From a form: `a=1&b=2`.
    #[must_use]
    pub fn urlencoded(text: &str) -> Self {
        Self::pairs(form_urlencoded::parse(text.as_bytes()).into_owned())
    }

    /// From the query of a program.
    #[must_use]
    pub fn query(text: &str) -> Self {
        Self(Sent::Query(form_urlencoded::parse(text.as_bytes()).into_owned().collect()))
    }

    /// From an object of JSON.
    #[must_use]
    pub fn json(object: Map<String, Value>) -> Self {
        Self(Sent::Json(object))
    }

    /// An id; not from JSON, where ids are in the path.
    pub fn id<T: Id>(&self, name: &str) -> Option<T> {
        let Sent::Text(pairs) = &self.0 else { return None };
        pairs.iter().find(|(known, _)| known == name).and_then(|(_, text)| T::parse(text))
    }

    const fn are_of_a_page(&self) -> bool {
        matches!(self.0, Sent::Text(_))
    }

    fn field<T: Field>(&self, name: &str, context: &Context) -> Result<T, Faults> {
        match &self.0 {
            Sent::Query(pairs) => {
                let texts: Vec<_> =
                    pairs.iter().filter(|(known, _)| known == name).map(|(_, text)| text).collect();
                let fault = |fault| Faults::one(name, fault);
                match texts.as_slice() {
                    [] => T::absent().ok_or_else(|| fault(Fault::Missing)),
                    [text] if text.trim().is_empty() => Err(fault(Fault::Mismatch)),
                    [text] => T::read_query(text, context).map_err(fault),
                    _ => Err(fault(Fault::Twice)),
                }
            }
            Sent::Text(pairs) => {
                // A page sends the values of a list as `name[]`, or as `name[key]` where each is chosen by itself. In
                // `name[=key]` the key is a part of the value, before a space.
                let texts = pairs.iter().filter_map(|(known, text)| {
                    let Some((known, key)) = known.split_once('[') else {
                        return (known == name).then_some(Cow::Borrowed(text.as_str()));
                    };
                    let key = key.strip_suffix(']').filter(|_| known == name)?;
                    Some(match key.strip_prefix('=') {
                        Some(key) => Cow::Owned(format!("{key} {text}")),
                        None => Cow::Borrowed(text.as_str()),
                    })
                });
                let texts: Vec<_> = texts.collect();
                let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
                T::read_texts(&texts, context).map_err(|fault| Faults::one(name, fault))
            }
            Sent::Json(object) => match object.get(name) {
                Some(value) => T::read_part(value, context, name),
                None => T::absent().ok_or_else(|| Faults::one(name, Fault::Missing)),
            },
        }
    }
}

/// Reads the fields of one form and collects their faults.
pub struct Reader<'a> {
    fields: &'a Fields,
    context: &'a Context,
    pub faults: Faults,
}

impl<'a> Reader<'a> {
    #[must_use]
    pub fn new(fields: &'a Fields, context: &'a Context) -> Self {
        Self { fields, context, faults: Faults::default() }
    }

    /// The field that pages call `page` and programs `program`.
    pub fn field<T: Field>(&mut self, page: &str, program: &str) -> Option<T> {
        let name = if self.fields.are_of_a_page() { page } else { program };
        let read = self.fields.field(name, self.context);
        read.map_err(|faults| self.faults.0.extend(faults.0)).ok()
    }

    /// Refuses fields of a program that do not exist. A page may send others, such as the name of a button.
    pub fn refuse_others(&mut self, known: &[&str]) {
        let names: Vec<&String> = match &self.fields.0 {
            Sent::Text(_) => return,
            Sent::Query(pairs) => pairs.iter().map(|(name, _)| name).collect(),
            Sent::Json(object) => object.keys().collect(),
        };
        let others = names.into_iter().filter(|name| !known.contains(&name.as_str()));
        // The names are the sender's, so they are cut off before they are sent back.
        self.faults.0.extend(others.map(|name| (name.chars().take(60).collect(), Fault::Unknown)));
    }

    /// Adds the fault of a rule about several fields.
    pub fn check(&mut self, checked: Result<(), (&'static str, Fault)>) {
        self.faults.0.extend(checked.err().map(|(name, fault)| (name.to_owned(), fault)));
    }

    /// Reads an object within a form, which only programs send: all of its fields that are not optional are required.
    pub fn part<F>(
        value: &Value,
        context: &Context,
        path: &str,
        read: impl FnOnce(Reader<'_>) -> Result<F, Faults>,
    ) -> Result<F, Faults> {
        let object = value.as_object().ok_or_else(|| Faults::one(path, Fault::Mismatch))?;
        let fields = Fields::json(object.clone());
        let below = |(name, fault)| (format!("{path}.{name}"), fault);
        read(Reader::new(&fields, context)).map_err(|faults| Faults(faults.0.into_iter().map(below).collect()))
    }

    /// Like [`field`](Self::field), but required unless it is optional.
    pub fn required<T: Field>(&mut self, page: &str, program: &str) -> Option<T> {
        let is_there = matches!(&self.fields.0, Sent::Json(object) if object.contains_key(program));
        if T::REQUIRED && !is_there {
            self.faults.0.push((program.to_owned(), Fault::Missing));
            return None;
        }
        self.field(page, program)
    }

    pub fn finish<F>(self, form: F) -> Result<F, Faults> {
        if self.faults.0.is_empty() { Ok(form) } else { Err(self.faults) }
    }
}
