//! Checks a body against the shape in the document: objects where objects are expected, and integers that may be
//! written `55.0`.
//!
//! Invariant: this is checked for every operation at every depth, and not by each type, because `serde` would read an
//! array as an object, field by field. Not here: lengths, bounds and codes, which each service reports at its field
//! with a remedy, and missing, unknown or duplicate fields, which the type's reader reports.

use super::operation::Shape;
use contract::form::whole;
use serde_json::Value;

/// A field with an array instead of an object; an empty path means the whole body.
#[derive(Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The path as serde writes it: `all[1].times`.
    pub field: String,
}

impl Misfit {
    fn inside(self, name: &str) -> Self {
        // The value may be a name, and is truncated before it is sent back.
        let name: String = name.chars().take(60).collect();
        let dot = if self.field.is_empty() || self.field.starts_with('[') { "" } else { "." };
        Self { field: format!("{name}{dot}{}", self.field) }
    }
}

/// Validates a body against a shape. A number without a fractional part is an integer (JSON Schema, 6.1.1), and is converted
/// to one.
pub fn body(shape: &Shape, value: &mut Value) -> Result<(), Misfit> {
    shape.schema().map_or(Ok(()), |schema| fits(shape, schema, value))
}

/// The schema that `schema` refers to, or itself.
fn resolved<'a>(shape: &'a Shape, schema: &'a Value) -> &'a Value {
    let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    let found = name.and_then(|name| shape.schemas().iter().find(|(known, _)| known == name));
    found.map_or(schema, |(_, schema)| schema)
}

/// Whether `schema` allows this type.
fn allows(schema: &Value, kind: &str) -> bool {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(|one| one == kind),
        one => one == kind,
    }
}

/// Whether the type of a value matches `schema`; a schema without a type matches everything.
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

fn fits(shape: &Shape, schema: &Value, value: &mut Value) -> Result<(), Misfit> {
    let schema = resolved(shape, schema);
    if let Some(parts) = schema["oneOf"].as_array() {
        return one_of(shape, parts, value);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        fits(shape, part, value)?;
    }
    if value.is_array() && !takes(schema, value) {
        return Err(Misfit { field: String::new() });
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

/// Validates against several alternatives. If the type and the fields leave only one, its error is returned.
fn one_of(shape: &Shape, parts: &[Value], value: &mut Value) -> Result<(), Misfit> {
    let can_be = |schema: &Value| {
        let needed = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        takes(schema, value) && (!value.is_object() || needed.into_iter().all(|name| value.get(name).is_some()))
    };
    let candidates: Vec<_> = parts.iter().filter(|part| can_be(resolved(shape, part))).collect();
    let mut wrong = value.is_array().then(|| Misfit { field: String::new() });
    for part in candidates {
        let mut attempt = value.clone();
        match fits(shape, part, &mut attempt) {
            Ok(()) => {
                *value = attempt;
                return Ok(());
            }
            Err(misfit) => wrong = Some(misfit),
        }
    }
    // Other misfits are reported by the type's reader.
    wrong.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::{super::operation::Schemas, *};
    use serde_json::json;

    fn schemas() -> Schemas {
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
        vec![("Whole".into(), whole), ("Times".into(), times)]
    }

    fn shape() -> Shape {
        Shape::made("Whole", schemas)
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
            assert_eq!(body(&shape(), &mut sent.clone()), Err(Misfit { field: field.into() }), "{sent}");
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
}
