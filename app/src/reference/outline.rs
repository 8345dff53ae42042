//! The API description reduced to what its pages show. Server only.
//!
//! Invariant: everything comes from the document; missing parts are left out.

use super::{Content, Field, Group, Line, Operation, Reference, Shape, Summary};
use serde_json::Value;
use std::collections::BTreeSet;

/// The page of `document` for this group, or its index for an empty name; `None` for an unknown group.
pub(super) fn outline(document: &Value, group: &str) -> Option<Reference> {
    let tags = document["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    let content = if group.is_empty() {
        Content::Index(paragraphs(&document["info"]["description"]))
    } else {
        whole(document, tags.iter().find(|tag| to_text(&tag["name"]).to_lowercase() == group)?)
    };
    Some(Reference { groups: tags.iter().map(|tag| summary(document, tag)).collect(), content })
}

/// A group with the full description of its operations, and their types.
fn whole(document: &Value, tag: &Value) -> Content {
    let mut named = BTreeSet::new();
    let operations = operations(document, tag).map(|(path, method, operation)| {
        name_schemas(document, operation, &mut named);
        one(document, path, method, operation)
    });
    let operations = operations.collect();
    let shapes = document["components"]["schemas"].as_object().into_iter().flatten();
    let shapes = shapes.filter(|(name, _)| named.contains(&format!("#/components/schemas/{name}")));
    let shapes = shapes.map(|(name, schema)| Shape { name: name.clone(), fields: fields(schema) });
    let group = Group { name: to_text(&tag["name"]), about: to_text(&tag["description"]), operations };
    Content::Group(group, shapes.collect())
}

fn summary(document: &Value, tag: &Value) -> Summary {
    let lines = operations(document, tag).map(|(path, method, operation)| Line {
        id: to_text(&operation["operationId"]),
        method: method.to_ascii_uppercase(),
        path: path.clone(),
        summary: to_text(&operation["summary"]),
    });
    Summary { name: to_text(&tag["name"]), about: to_text(&tag["description"]), lines: lines.collect() }
}

/// Operations of a tag: path, method and operation, in the order of their paths.
fn operations<'a>(
    document: &'a Value,
    tag: &'a Value,
) -> impl Iterator<Item = (&'a String, &'a String, &'a Value)> {
    let all = document["paths"].as_object().into_iter().flatten().flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (path, method, operation))
    });
    all.filter(|(.., operation)| operation["tags"][0] == tag["name"])
}

/// Adds the schemas that `value` refers to, recursively.
fn name_schemas(document: &Value, value: &Value, named: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(reference) = fields.get("$ref").and_then(Value::as_str)
                && named.insert(reference.to_owned())
            {
                name_schemas(document, resolved(document, value), named);
            }
            fields.values().for_each(|field| name_schemas(document, field, named));
        }
        Value::Array(items) => items.iter().for_each(|item| name_schemas(document, item, named)),
        _ => {}
    }
}

/// What `value` refers to, or itself.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

fn to_text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn paragraphs(value: &Value) -> Vec<String> {
    to_text(value).split("\n\n").map(str::to_owned).filter(|part| !part.is_empty()).collect()
}

fn one(document: &Value, path: &str, method: &str, operation: &Value) -> Operation {
    let sent = operation["parameters"].as_array().into_iter().flatten();
    let sent = sent.map(|parameter| resolved(document, parameter)).map(|parameter| Field {
        name: to_text(&parameter["name"]),
        kind: kind(&parameter["schema"]),
        required: parameter["required"] == true,
        about: to_text(&parameter["description"]),
    });
    let body = &operation["requestBody"]["content"];
    let body = body.is_object().then(|| Field {
        name: "body".to_owned(),
        kind: carried(body),
        required: true,
        about: String::new(),
    });
    let answers = operation["responses"].as_object().into_iter().flatten();
    let answers = answers.map(|(status, response)| (status, resolved(document, response)));
    let answers = answers.map(|(status, response)| Field {
        name: status.clone(),
        kind: carried(&response["content"]),
        required: false,
        about: to_text(&response["description"]),
    });
    Operation {
        id: to_text(&operation["operationId"]),
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        summary: to_text(&operation["summary"]),
        about: paragraphs(&operation["description"]),
        sends: sent.chain(body).collect(),
        answers: answers.collect(),
    }
}

/// Content of a body: a type, or media types. Refusals are described by their codes.
fn carried(content: &Value) -> String {
    let kinds = content.as_object().into_iter().flatten();
    let kinds = kinds.filter_map(|(name, media)| match name.as_str() {
        "application/json" => Some(kind(&media["schema"])),
        "application/problem+json" => None,
        file => Some(file.to_owned()),
    });
    kinds.collect::<Vec<_>>().join(" | ")
}

fn fields(schema: &Value) -> Vec<Field> {
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties
        .map(|(name, schema)| Field {
            name: name.clone(),
            kind: kind(schema),
            required: required.iter().any(|text| text == name.as_str()),
            about: to_text(&schema["description"]),
        })
        .collect()
}

/// `integer`, `string · date-time`, `Person`, `list of Person`, or the values of an enum.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        return name.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(parts) = schema["oneOf"].as_array().or(schema["allOf"].as_array()) {
        return parts.iter().map(kind).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" | ");
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(to_text).collect::<Vec<_>>().join(" | ");
    }
    if schema["items"].is_object() {
        return format!("list of {}", kind(&schema["items"]));
    }
    if schema["properties"]["items"].is_object() {
        // A page of a list.
        return kind(&schema["properties"]["items"]);
    }
    let message = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(to_text).collect::<Vec<_>>().join(" | "),
        kind => to_text(kind),
    };
    match schema["format"].as_str().filter(|format| *format == "date-time") {
        Some(format) => format!("{message} · {format}"),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn schema_kind_is_summarized() {
        for (schema, message) in [
            (json!({ "$ref": "#/components/schemas/Person" }), "Person"),
            (json!({ "type": "array", "items": { "$ref": "#/x/Person" } }), "list of Person"),
            (json!({ "type": ["string", "null"], "format": "date-time" }), "string | null · date-time"),
            (json!({ "type": "string", "enum": ["a", "b"] }), "a | b"),
            (json!({ "oneOf": [{ "type": "null" }, { "$ref": "#/x/Person" }] }), "null | Person"),
            (json!(null), ""),
        ] {
            assert_eq!(kind(&schema), message, "{schema}");
        }
    }

    #[test]
    fn body_is_described_by_type_or_media_types() {
        let person = json!({ "schema": { "$ref": "#/x/Person" } });
        for (content, message) in [
            (json!({ "application/json": person }), "Person"),
            (json!({ "image/jpeg": {}, "image/png": {} }), "image/jpeg | image/png"),
            (json!({ "application/problem+json": person }), ""),
        ] {
            assert_eq!(carried(&content), message, "{content}");
        }
    }
}
