//! Whether what came fits the description: the parameters of a query in all that their schema states, a body in its shape.
//!
//! Invariant: a list never stands for an object, at any depth of any operation's body: the readers of types would take one, field by
//! field. Deliberately absent: lengths, bounds and words of a body, which each service names at its field with what to do about it;
//! fields that are missing, unknown or sent twice, which the reader of the type names.

use super::operation::Shape;
use regex::Regex;
use serde_json::{Number, Value};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Mutex, PoisonError},
};
use text::Lang;

/// Where something does not fit, and why.
#[derive(Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The path of the field; empty for the whole.
    pub field: String,
    why: Why,
}

/// Why something does not fit.
#[derive(Debug, PartialEq, Eq)]
enum Why {
    /// It is of another kind: a list for an object, a word for a number.
    Kind,
    /// It has fewer characters.
    Short(u64),
    /// It has more characters.
    Long(u64),
    /// It is smaller.
    Below(String),
    /// It is larger.
    Above(String),
    /// It is none of these.
    Words(String),
    /// It is written otherwise.
    Pattern(String),
}

impl From<Why> for Misfit {
    fn from(why: Why) -> Self {
        Self { field: String::new(), why }
    }
}

impl Misfit {
    /// What can be done about it.
    pub fn message(&self, lang: Lang) -> String {
        let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        match &self.why {
            Why::Kind => lang.api_field_form().to_owned(),
            Why::Short(least) => lang.api_field_short(count(*least)),
            Why::Long(most) => lang.api_field_long(count(*most)),
            Why::Below(least) => lang.api_field_below(least),
            Why::Above(most) => lang.api_field_above(most),
            Why::Words(words) => lang.api_field_words(words),
            Why::Pattern(pattern) => lang.api_field_pattern(pattern),
        }
    }

    fn inside(mut self, name: &str) -> Self {
        // What was sent may be a name, and is sent back cut.
        let name: String = name.chars().take(60).collect();
        let dot = if self.field.is_empty() || self.field.starts_with('[') { "" } else { "." };
        self.field = format!("{name}{dot}{}", self.field);
        self
    }
}

/// Whether a body is of this shape. A number without a fraction is an integer (JSON Schema, 6.1.1), and is made one.
pub fn body(shape: &Shape, value: &mut Value) -> Result<(), Misfit> {
    shape.schema().map_or(Ok(()), |schema| fits(shape, schema, value))
}

/// Whether the parameters of a query are of this shape. What they may not be called is left to the reader of the type.
pub fn query<'a>(
    shape: &Shape,
    pairs: impl Iterator<Item = (impl AsRef<str> + 'a, impl AsRef<str> + 'a)>,
) -> Result<(), Misfit> {
    let Some(properties) = shape.schema().and_then(|schema| schema["properties"].as_object()) else {
        return Ok(());
    };
    for (name, given) in pairs {
        let (name, given) = (name.as_ref(), given.as_ref());
        let Some(schema) = properties.get(name).map(|schema| resolved(shape, schema)) else { continue };
        let fitting = if allows(schema, "string") {
            written(schema, given)
        } else if allows(schema, "integer") {
            given.parse::<i64>().map_err(|_| Why::Kind.into()).and_then(|number| bounded(schema, &number.into()))
        } else if allows(schema, "boolean") && !matches!(given, "true" | "false") {
            Err(Why::Kind.into())
        } else {
            Ok(())
        };
        fitting.map_err(|misfit: Misfit| misfit.inside(name))?;
    }
    Ok(())
}

/// What `schema` refers to, or itself.
fn resolved<'a>(shape: &'a Shape, schema: &'a Value) -> &'a Value {
    let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    let found = name.and_then(|name| shape.schemas.iter().find(|(known, _)| known == name));
    found.map_or(schema, |(_, schema)| schema)
}

/// Whether `schema` names this kind among those that it takes.
fn allows(schema: &Value, kind: &str) -> bool {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(|one| one == kind),
        one => one == kind,
    }
}

/// Whether a value of this kind may stand where `schema` does; one that names no kind takes all.
fn takes(schema: &Value, value: &Value) -> bool {
    let kinds: &[&str] = match value {
        Value::Null => &["null"],
        Value::Bool(_) => &["boolean"],
        Value::Number(number) if whole(number).is_some() => &["integer", "number"],
        Value::Number(_) => &["number"],
        Value::String(_) => &["string"],
        Value::Array(_) => &["array"],
        Value::Object(_) => &["object"],
    };
    schema["type"].is_null() || kinds.iter().any(|kind| allows(schema, kind))
}

/// Up to here every integer is exact in a number that may have a fraction.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The integer that a number is, however it is written: `55.0`, `1e3`.
fn whole(number: &Number) -> Option<Number> {
    if !number.is_f64() {
        return Some(number.clone());
    }
    let number = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() <= EXACT)?;
    format!("{number:.0}").parse::<i64>().ok().map(Number::from)
}

fn fits(shape: &Shape, schema: &Value, value: &mut Value) -> Result<(), Misfit> {
    let schema = resolved(shape, schema);
    if let Some(parts) = schema["oneOf"].as_array() {
        return one_of(shape, parts, value);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        fits(shape, part, value)?;
    }
    if value.is_array() && !takes(schema, value) {
        return Err(Why::Kind.into());
    }
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
        Value::Number(number) => {
            let is_integer = allows(schema, "integer") && !allows(schema, "number");
            if let Some(whole) = whole(number).filter(|_| is_integer) {
                *value = Value::Number(whole);
            }
            Ok(())
        }
        Value::Array(items) => {
            for (at, item) in items.iter_mut().enumerate() {
                fits(shape, &schema["items"], item).map_err(|misfit| misfit.inside(&format!("[{at}]")))?;
            }
            Ok(())
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let known = schema["properties"].get(name);
                let others = &schema["additionalProperties"];
                if let Some(schema) = known.or_else(|| others.is_object().then_some(others)) {
                    fits(shape, schema, field).map_err(|misfit| misfit.inside(name))?;
                }
            }
            Ok(())
        }
    }
}

/// Whether it is one of several. Where its kind and its fields leave only one, that says what is wrong.
fn one_of(shape: &Shape, parts: &[Value], value: &mut Value) -> Result<(), Misfit> {
    let can_be = |schema: &Value| {
        let needed = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        takes(schema, value) && (!value.is_object() || needed.into_iter().all(|name| value.get(name).is_some()))
    };
    let candidates: Vec<_> = parts.iter().filter(|part| can_be(resolved(shape, part))).collect();
    let mut wrong = value.is_array().then(|| Misfit::from(Why::Kind));
    for part in candidates {
        let mut tried = value.clone();
        match fits(shape, part, &mut tried) {
            Ok(()) => {
                *value = tried;
                return Ok(());
            }
            Err(misfit) => wrong = Some(misfit),
        }
    }
    // What is none of them otherwise is named by the reader of the type.
    wrong.map_or(Ok(()), Err)
}

fn at_least(schema: &Value, bound: &str, count: u64) -> Result<(), u64> {
    schema[bound].as_u64().filter(|least| count < *least).map_or(Ok(()), Err)
}

fn at_most(schema: &Value, bound: &str, count: u64) -> Result<(), u64> {
    schema[bound].as_u64().filter(|most| *most < count).map_or(Ok(()), Err)
}

fn bounded(schema: &Value, number: &Number) -> Result<(), Misfit> {
    let Some(given) = number.as_f64() else { return Ok(()) };
    if schema["minimum"].as_f64().is_some_and(|least| given < least) {
        return Err(Why::Below(schema["minimum"].to_string()).into());
    }
    if schema["maximum"].as_f64().is_some_and(|most| most < given) {
        return Err(Why::Above(schema["maximum"].to_string()).into());
    }
    Ok(())
}

fn written(schema: &Value, text: &str) -> Result<(), Misfit> {
    let count = text.chars().count() as u64;
    at_least(schema, "minLength", count).map_err(Why::Short)?;
    at_most(schema, "maxLength", count).map_err(Why::Long)?;
    if let Some(words) = schema["enum"].as_array()
        && !words.iter().any(|word| word == text)
    {
        let mut listed = String::new();
        for word in words.iter().filter_map(Value::as_str) {
            let comma = if listed.is_empty() { "" } else { ", " };
            let _ = write!(listed, "{comma}`{word}`");
        }
        return Err(Why::Words(listed).into());
    }
    match schema["pattern"].as_str() {
        Some(pattern) if !matches(pattern, text) => Err(Why::Pattern(pattern.to_owned()).into()),
        _ => Ok(()),
    }
}

/// The patterns of the description, each compiled when it is first needed.
static PATTERNS: Mutex<BTreeMap<String, Regex>> = Mutex::new(BTreeMap::new());

/// Whether `text` is written as `pattern` says; a test holds that each can be read.
fn matches(pattern: &str, text: &str) -> bool {
    let known = PATTERNS.lock().unwrap_or_else(PoisonError::into_inner).get(pattern).cloned();
    let Some(regex) = known.or_else(|| Regex::new(pattern).ok()) else { return true };
    let fits = regex.is_match(text);
    PATTERNS.lock().unwrap_or_else(PoisonError::into_inner).entry(pattern.to_owned()).or_insert(regex);
    fits
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shape() -> Shape {
        let times = json!({ "type": "object", "properties": {
            "hour": { "type": ["integer", "null"], "minimum": 0, "maximum": 23 },
            "from": { "type": "string", "pattern": "^[0-9]{2}:[0-9]{2}$" },
        } });
        let whole = json!({ "type": "object", "properties": {
            "name": { "type": "string", "minLength": 2, "maxLength": 4 },
            "kind": { "type": ["string", "null"], "enum": ["a", "b", null] },
            "sure": { "type": "boolean" },
            "share": { "type": "number" },
            "value": { "type": ["string", "integer", "boolean"] },
            "times": { "oneOf": [{ "$ref": "#/components/schemas/Times" }, { "type": "null" }] },
            "all": { "type": "array", "minItems": 1, "maxItems": 2, "items": { "$ref": "#/components/schemas/Times" } },
            "change": { "oneOf": [
                { "type": "object", "required": ["place"], "properties": { "place": { "type": "integer" } } },
                { "type": "object", "required": ["mode"], "properties": { "mode": { "type": "string", "enum": ["open"] } } },
            ] },
            "tables": { "type": "object", "additionalProperties": { "type": "integer" } },
        } });
        Shape { name: "Whole".into(), schemas: vec![("Whole".into(), whole), ("Times".into(), times)] }
    }

    #[test]
    fn list_in_place_of_object_is_refused_at_its_field() {
        for (sent, field) in [
            (json!(["a"]), ""),
            (json!({ "times": [null, null] }), "times"),
            (json!({ "all": [{}, [3, "08:00"]] }), "all[1]"),
            (json!({ "change": ["place"] }), "change"),
            (json!({ "tables": ["a"] }), "tables"),
        ] {
            let misfit = body(&shape(), &mut sent.clone()).unwrap_err();
            assert_eq!(misfit.field, field, "{sent}");
            assert!(!misfit.message(Lang::It).is_empty());
        }
        for sent in [json!({ "name": "a" }), json!({ "times": { "hour": 24 } }), json!({ "change": {} })] {
            assert_eq!(body(&shape(), &mut sent.clone()), Ok(()), "left to the service: {sent}");
        }
    }

    #[test]
    fn integral_number_is_read_as_integer() {
        let mut sent = json!({
            "times": { "hour": 8.0 }, "value": 1e2, "share": 5.0, "name": "\u{1F600}è", "kind": null, "change": { "place": -0.0 },
            "unknown": [1.5],
        });
        body(&shape(), &mut sent).unwrap();
        let read = json!({
            "times": { "hour": 8 }, "value": 100, "share": 5.0, "name": "\u{1F600}è", "kind": null, "change": { "place": 0 },
            "unknown": [1.5],
        });
        assert_eq!(sent, read);
        let mut large = json!({ "value": 1e300 });
        body(&shape(), &mut large).unwrap();
        assert!(large["value"].is_f64(), "larger than every integer that is exact");
    }

    #[test]
    fn every_pattern_of_the_description_can_be_read() {
        fn patterns<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
            match value {
                Value::Object(fields) => {
                    found.extend(fields.get("pattern").and_then(Value::as_str));
                    fields.values().for_each(|field| patterns(field, found));
                }
                Value::Array(items) => items.iter().for_each(|item| patterns(item, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        patterns(&crate::DOCUMENT, &mut found);
        assert!(found.len() > 50);
        for pattern in found {
            assert!(Regex::new(pattern).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn unfit_parameter_is_refused_by_its_name() {
        let schema = json!({ "type": "object", "properties": {
            "limit": { "type": ["integer", "null"], "minimum": 1, "maximum": 50 },
            "by": { "type": "string", "enum": ["type", "machine"] },
            "dry_run": { "type": "boolean" },
        } });
        let shape = Shape { name: "Which".into(), schemas: vec![("Which".into(), schema)] };
        for pair in [("limit", "0"), ("limit", "51"), ("limit", "x"), ("limit", ""), ("by", ""), ("dry_run", "1")]
        {
            let misfit = query(&shape, [pair].into_iter()).unwrap_err();
            assert_eq!(misfit.field, pair.0, "{pair:?}");
        }
        let fitting = [("limit", "50"), ("by", "type"), ("dry_run", "false"), ("unknown", "")];
        assert_eq!(query(&shape, fitting.into_iter()), Ok(()));
    }
}
