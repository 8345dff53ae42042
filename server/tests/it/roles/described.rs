//! Values beside the API's description of them.
//!
//! Not here: the rules for the description itself, which are in `openapi.rs`.

use api::DOCUMENT;
use serde_json::{Map, Value};

/// The value that a reference leads to, or the value itself.
pub fn resolved(value: &Value) -> &Value {
    let reference = value["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
    reference.map_or(value, |pointer| DOCUMENT.pointer(pointer).unwrap())
}

/// The entries of an object; none, if it is none.
pub fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

/// The items of an array; none, if it is none.
pub fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The types that a schema allows.
pub fn kinds(schema: &Value) -> Vec<&str> {
    schema["type"].as_str().into_iter().chain(items(&schema["type"]).filter_map(Value::as_str)).collect()
}

pub fn has_kind(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

/// Where a value differs from its schema. Strict like redocly: properties that are not described are faults. Patterns
/// and formats are left out.
pub fn faults(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let schema = resolved(schema);
    if schema["oneOf"].is_array() {
        let fitting = items(&schema["oneOf"]).filter(|part| faults(part, value, at).is_empty()).count();
        return if fitting == 1 { Vec::new() } else { vec![format!("{at}: {value} fits {fitting} of oneOf")] };
    }
    let kinds = kinds(schema);
    if !kinds.is_empty() && !kinds.iter().any(|kind| has_kind(value, kind)) {
        return vec![format!("{at}: {value} is not of type {kinds:?}")];
    }
    let mut found = Vec::new();
    if schema["enum"].is_array() && !items(&schema["enum"]).any(|word| word == value) {
        found.push(format!("{at}: {value} is not in {}", schema["enum"]));
    }
    let size = value.as_f64();
    let length = value.as_str().map(|text| text.chars().count());
    let count = value.as_array().map(Vec::len);
    let whole = |size: Option<usize>| size.and_then(|size| u32::try_from(size).ok()).map(f64::from);
    for (size, least, most) in [
        (size, "minimum", "maximum"),
        (whole(length), "minLength", "maxLength"),
        (whole(count), "minItems", "maxItems"),
    ] {
        let is_low = size.zip(schema[least].as_f64()).is_some_and(|(size, least)| size < least);
        let is_high = size.zip(schema[most].as_f64()).is_some_and(|(size, most)| size > most);
        if is_low || is_high {
            found.push(format!("{at}: {value} is beyond {least} or {most}"));
        }
    }
    for (index, item) in items(value).enumerate() {
        found.extend(faults(&schema["items"], item, &format!("{at}[{index}]")));
    }
    for (name, field) in entries(value) {
        let others = &schema["additionalProperties"];
        match schema["properties"].get(name) {
            Some(part) => found.extend(faults(part, field, &format!("{at}.{name}"))),
            None if others.is_object() => found.extend(faults(others, field, &format!("{at}.{name}"))),
            None if schema["properties"].is_object() => found.push(format!("{at}: {name} is not described")),
            None => {}
        }
    }
    if value.is_object() {
        let missing =
            items(&schema["required"]).filter_map(Value::as_str).filter(|name| value.get(name).is_none());
        found.extend(missing.map(|name| format!("{at}: {name} is missing")));
    }
    found
}
