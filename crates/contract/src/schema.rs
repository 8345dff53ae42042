//! Types as the API's description shows them, in JSON Schema.
//!
//! Invariant: a schema is generated from the type that is sent, so they cannot differ. Not here: operations.

use crate::{form::Field, operation::Id};
use domain::{
    bookings::Resource,
    time::{Date, Millis, Moment},
};
use serde_json::{Map, Value, json};

/// Schemas by name.
pub type Schemas = Vec<(String, Value)>;

/// A type that programs send or get.
pub trait HasSchema {
    /// Whether a field of this type is always there.
    const REQUIRED: bool = true;

    /// Its schema, or a reference to it.
    fn schema() -> Value;

    /// Adds the schemas that it refers to.
    fn collect(_: &mut Schemas) {}
}

/// One field of a view or form.
#[derive(Debug)]
pub struct FieldInfo {
    name: &'static str,
    required: bool,
    schema: Value,
    collect: fn(&mut Schemas),
}

impl FieldInfo {
    #[must_use]
    pub fn of<T: HasSchema>(name: &'static str, about: &str) -> Self {
        let mut schema = T::schema();
        schema["description"] = about.into();
        Self { name, required: T::REQUIRED, schema, collect: T::collect }
    }

    /// A field of a form, which a program may leave out if it has a value then.
    #[must_use]
    pub fn of_form<T: Field>(name: &'static str, about: &str) -> Self {
        Self { required: T::absent().is_none(), ..Self::of::<T>(name, about) }
    }

    #[must_use]
    pub fn example(mut self, example: Value) -> Self {
        self.schema["example"] = example;
        self
    }
}

/// Adds the schema of an object. A `strict` one has no other fields.
pub fn object(schemas: &mut Schemas, name: &str, about: &str, fields: Vec<FieldInfo>, strict: bool) {
    let required: Vec<_> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    let collect: Vec<_> = fields.iter().map(|field| field.collect).collect();
    let properties: Map<_, _> = fields.into_iter().map(|field| (field.name.to_owned(), field.schema)).collect();
    let mut schema = json!({ "type": "object", "description": about, "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    if strict {
        schema["additionalProperties"] = json!(false);
    }
    if schemas.iter().any(|(known, _)| known == name) {
        return;
    }
    schemas.push((name.to_owned(), schema));
    for collect in collect {
        collect(schemas);
    }
}

#[must_use]
pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The schema of a closed list.
#[must_use]
pub fn choice(words: impl Iterator<Item = &'static str>) -> Value {
    json!({ "type": "string", "enum": words.collect::<Vec<_>>() })
}

impl<T: HasSchema> HasSchema for Option<T> {
    const REQUIRED: bool = false;

    fn schema() -> Value {
        let mut schema = T::schema();
        if schema.get("$ref").is_some() {
            return json!({ "oneOf": [{ "type": "null" }, schema] });
        }
        if let Some(kind) = schema.get("type").cloned() {
            schema["type"] = json!([kind, "null"]);
        }
        if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
            words.push(Value::Null);
        }
        schema
    }

    fn collect(schemas: &mut Schemas) {
        T::collect(schemas);
    }
}

impl<T: HasSchema> HasSchema for Vec<T> {
    fn schema() -> Value {
        json!({ "type": "array", "items": T::schema() })
    }

    fn collect(schemas: &mut Schemas) {
        T::collect(schemas);
    }
}

impl HasSchema for String {
    fn schema() -> Value {
        json!({ "type": "string" })
    }
}

impl HasSchema for bool {
    fn schema() -> Value {
        json!({ "type": "boolean" })
    }
}

impl<T: Id> HasSchema for T {
    fn schema() -> Value {
        json!({ "type": "integer", "format": "int64" })
    }
}

/// Numbers that cannot be negative.
macro_rules! unsigned {
    ($($number:ty),+) => {$(
        impl HasSchema for $number {
            fn schema() -> Value {
                json!({ "type": "integer", "format": "int32", "minimum": 0 })
            }
        }
    )+};
}

unsigned!(u16, u32);

impl HasSchema for Moment {
    fn schema() -> Value {
        json!({ "type": "string", "format": "date-time" })
    }
}

impl HasSchema for Millis {
    fn schema() -> Value {
        Moment::schema()
    }
}

impl HasSchema for Date {
    fn schema() -> Value {
        json!({ "type": "string", "format": "date" })
    }
}

impl HasSchema for Resource {
    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^(machine|room):[1-9][0-9]{0,17}$" })
    }
}
