//! The API's description as validators of others read it: the rules of spectral and redocly that a document like ours can
//! break, so that it stays clean in both without either of them.
//!
//! Not here: whether answers are as described, which `crate::roles::look_up` checks wherever a test sends a request.

use crate::roles::described::{entries, faults, has_kind, items, kinds, resolved};
use api::DOCUMENT;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The keywords that schemas of the document use; [`faults`] and the tests below know each of them.
const KEYWORDS: [&str; 21] = [
    "$ref",
    "additionalProperties",
    "default",
    "description",
    "enum",
    "example",
    "examples",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "oneOf",
    "pattern",
    "properties",
    "propertyNames",
    "required",
    "type",
];

/// Adds a schema and all schemas inside it.
fn inside<'a>(at: &str, schema: &'a Value, found: &mut Vec<(String, &'a Value)>) {
    found.push((at.to_owned(), schema));
    for (name, part) in entries(&schema["properties"]) {
        inside(&format!("{at}.{name}"), part, found);
    }
    for keyword in ["items", "additionalProperties", "propertyNames"] {
        if schema[keyword].is_object() {
            inside(&format!("{at}.{keyword}"), &schema[keyword], found);
        }
    }
    for part in items(&schema["oneOf"]) {
        inside(&format!("{at}.oneOf"), part, found);
    }
}

/// Adds every parameter, header and content, which have a schema each.
fn holders<'a>(at: &str, value: &'a Value, found: &mut Vec<(String, &'a Value)>) {
    if value["schema"].is_object() {
        found.push((at.to_owned(), value));
        return;
    }
    for (name, part) in entries(value) {
        holders(&format!("{at}/{name}"), part, found);
    }
    for (index, part) in items(value).enumerate() {
        holders(&format!("{at}/{index}"), part, found);
    }
}

/// Every parameter, header and content of the document.
fn all_holders() -> Vec<(String, &'static Value)> {
    let mut found = Vec::new();
    holders("paths", &DOCUMENT["paths"], &mut found);
    for (name, components) in entries(&DOCUMENT["components"]).filter(|(name, _)| *name != "schemas") {
        holders(name, components, &mut found);
    }
    found
}

/// Every schema of the document, also those inside others.
fn all_schemas() -> Vec<(String, &'static Value)> {
    let mut found = Vec::new();
    for (name, schema) in entries(&DOCUMENT["components"]["schemas"]) {
        inside(name, schema, &mut found);
    }
    for (at, holder) in all_holders() {
        inside(&at, &holder["schema"], &mut found);
    }
    found
}

/// Each operation with its path and method.
fn all_operations() -> Vec<(&'static str, String, &'static Value)> {
    let mut found = Vec::new();
    for (path, methods) in entries(&DOCUMENT["paths"]) {
        found.extend(entries(methods).map(|(method, it)| (path.as_str(), format!("{method} {path}"), it)));
    }
    found
}

fn assert_none(found: &[String]) {
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_example_matches_its_schema() {
    let mut found = Vec::new();
    for (at, schema) in all_schemas() {
        for example in schema.get("example").into_iter().chain(items(&schema["examples"])) {
            found.extend(faults(schema, example, &at));
        }
    }
    for (at, holder) in all_holders() {
        let named = entries(&holder["examples"]).map(|(_, example)| &resolved(example)["value"]);
        for example in holder.get("example").into_iter().chain(named) {
            found.extend(faults(&holder["schema"], example, &at));
        }
    }
    assert_none(&found);
}

#[test]
fn enum_lists_null_exactly_where_its_type_allows_it() {
    for (at, schema) in all_schemas().into_iter().filter(|(_, schema)| schema["enum"].is_array()) {
        let lists_null = items(&schema["enum"]).any(Value::is_null);
        assert_eq!(lists_null, kinds(schema).contains(&"null"), "{at}: {schema}");
        for word in items(&schema["enum"]) {
            assert!(kinds(schema).iter().any(|kind| has_kind(word, kind)), "{at}: {word} is of another type");
        }
        let words: BTreeSet<_> = items(&schema["enum"]).map(Value::to_string).collect();
        assert_eq!(Some(words.len()), schema["enum"].as_array().map(Vec::len), "{at}: each word once");
        assert!(!words.is_empty(), "{at}: an enum of nothing");
    }
}

#[test]
fn schemas_use_known_keywords_and_describe_required_fields() {
    for (at, schema) in all_schemas() {
        for (keyword, _) in entries(schema) {
            assert!(KEYWORDS.contains(&keyword.as_str()), "{at}: the tests of this file do not know {keyword}");
        }
        assert!(!kinds(schema).contains(&"array") || schema["items"].is_object(), "{at}: an array of what?");
        for name in items(&schema["required"]).filter_map(Value::as_str) {
            assert!(schema["properties"].get(name).is_some(), "{at}: requires {name}, which it does not describe");
        }
    }
}

#[test]
fn every_component_has_a_valid_name_and_is_referenced() {
    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        found.extend(value["$ref"].as_str());
        entries(value).for_each(|(_, part)| references(part, found));
        items(value).for_each(|part| references(part, found));
    }
    let mut referenced = BTreeSet::new();
    references(&DOCUMENT, &mut referenced);
    for (kind, components) in entries(&DOCUMENT["components"]).filter(|(kind, _)| *kind != "securitySchemes") {
        for (name, _) in entries(components) {
            assert!(name.chars().all(|it| it.is_ascii_alphanumeric() || "._-".contains(it)), "{kind}: {name}");
            assert!(
                referenced.contains(format!("#/components/{kind}/{name}").as_str()),
                "{kind}: {name} is unused"
            );
        }
    }
    for reference in referenced {
        assert!(DOCUMENT.pointer(&reference[1..]).is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn every_operation_is_complete_and_its_tag_is_declared() {
    let tags: BTreeSet<_> = items(&DOCUMENT["tags"]).filter_map(|tag| tag["name"].as_str()).collect();
    let schemes = &DOCUMENT["components"]["securitySchemes"];
    let mut ids: BTreeMap<&str, String> = BTreeMap::new();
    for (_, at, operation) in all_operations() {
        for name in ["operationId", "summary", "description"] {
            assert!(operation[name].as_str().is_some_and(|it| !it.trim().is_empty()), "{at}: {name}");
        }
        let id = operation["operationId"].as_str().unwrap_or_default();
        assert!(id.chars().all(|it| it.is_ascii_alphanumeric()), "{at}: {id}");
        assert_eq!(ids.insert(id, at.clone()), None, "{at}: {id} is taken");
        let own: Vec<_> = items(&operation["tags"]).filter_map(Value::as_str).collect();
        assert!(!own.is_empty() && own.iter().all(|tag| tags.contains(tag)), "{at}: {own:?}");
        for status in ["2", "4"] {
            let mut known = entries(&operation["responses"]);
            assert!(known.any(|(code, _)| code.starts_with(status)), "{at}: no status {status}xx");
        }
        for (code, response) in entries(&operation["responses"]) {
            assert!(resolved(response)["description"].is_string(), "{at}: {code}");
        }
        let named = items(&operation["security"]).flat_map(entries);
        named.for_each(|(name, _)| assert!(schemes[name].is_object(), "{at}: {name}"));
        assert!(!at.starts_with("get ") || operation["requestBody"].is_null(), "{at}: a body with GET");
    }
    for tag in &tags {
        let mut used = all_operations().into_iter().flat_map(|(_, _, it)| items(&it["tags"]));
        assert!(used.any(|own| own == tag), "{tag} is unused");
    }
}

#[test]
fn parameters_are_declared_once_and_path_parameters_for_each_placeholder() {
    for (path, at, operation) in all_operations() {
        let parameters: Vec<_> = items(&operation["parameters"]).map(resolved).collect();
        let keys: BTreeSet<_> = parameters.iter().map(|it| (it["in"].as_str(), it["name"].as_str())).collect();
        assert_eq!(keys.len(), parameters.len(), "{at}: a parameter twice");
        let described = parameters.iter().all(|it| it["description"].is_string() && it["schema"].is_object());
        assert!(described, "{at}: a parameter without description or schema");
        let in_path: BTreeSet<_> =
            parameters.iter().filter(|it| it["in"] == "path").filter_map(|it| it["name"].as_str()).collect();
        let placeholders: BTreeSet<_> =
            path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        assert_eq!(in_path, placeholders, "{at}");
        assert!(parameters.iter().all(|it| it["in"] != "path" || it["required"] == true), "{at}");
    }
}

#[test]
fn paths_are_unambiguous_and_end_without_slash_or_query() {
    let is_placeholder = |part: &str| part.starts_with('{');
    let paths: Vec<_> = entries(&DOCUMENT["paths"]).map(|(path, _)| path.as_str()).collect();
    for (index, path) in paths.iter().enumerate() {
        assert!(path.starts_with('/') && !path.ends_with('/') && !path.contains(['?', '#']), "{path}");
        for other in &paths[..index] {
            let same_length = path.split('/').count() == other.split('/').count();
            let mut parts = path.split('/').zip(other.split('/'));
            let alike = parts.all(|(one, two)| one == two || is_placeholder(one) || is_placeholder(two));
            let placeholders = |path: &str| path.split('/').filter(|part| is_placeholder(part)).count();
            let ambiguous = same_length && alike && placeholders(path) == placeholders(other);
            assert!(!ambiguous, "{path} and {other} can be the same");
        }
    }
}

#[test]
fn faults_names_each_kind_of_difference() {
    let schema = serde_json::json!({
        "type": "object",
        "required": ["people", "state"],
        "properties": {
            "people": { "type": "array", "minItems": 1, "items": { "type": "integer", "minimum": 1 } },
            "state": { "type": ["string", "null"], "enum": ["open", null] },
            "name": { "oneOf": [{ "type": "string", "maxLength": 3 }, { "type": "null" }] },
        },
    });
    let right = serde_json::json!({ "people": [7], "state": null, "name": "Ada" });
    assert_eq!(faults(&schema, &right, "it"), Vec::<String>::new());
    for (wrong, fault) in [
        (serde_json::json!({ "people": 7, "state": null }), "it.people: 7 is not of type [\"array\"]"),
        (serde_json::json!({ "people": [], "state": null }), "it.people: [] is beyond minItems or maxItems"),
        (serde_json::json!({ "people": [0], "state": null }), "it.people[0]: 0 is beyond minimum or maximum"),
        (serde_json::json!({ "people": [7], "state": "shut" }), "it.state: \"shut\" is not in [\"open\",null]"),
        (serde_json::json!({ "people": [7] }), "it: state is missing"),
        (serde_json::json!({ "people": [7], "state": null, "x": 1 }), "it: x is not described"),
        (serde_json::json!({ "people": [7], "state": null, "name": "Long" }), "it.name: \"Long\" fits 0 of oneOf"),
        (serde_json::json!([]), "it: [] is not of type [\"object\"]"),
    ] {
        assert_eq!(faults(&schema, &wrong, "it"), [fault]);
    }
}
