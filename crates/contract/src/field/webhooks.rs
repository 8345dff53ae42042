//! How the fields of webhooks are read and described.

use crate::{
    form::{Context, Fault, Field},
    schema::HasSchema,
    webhooks::{EndpointAddress, SigningSecret},
};
use domain::{notices::Kind, outgoing::Address, webhooks::Events};
use serde_json::{Value, json};

impl HasSchema for SigningSecret {
    fn schema() -> Value {
        json!({ "type": "string" })
    }
}

impl HasSchema for EndpointAddress {
    fn schema() -> Value {
        Address::schema()
    }
}

impl Field for EndpointAddress {
    const READS_BLANK: bool = true;

    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Address::parse(text).map(Self).map_err(Fault::EndpointAddress)
    }
}

impl HasSchema for Events {
    fn schema() -> Value {
        json!({ "type": "array", "items": Kind::schema(), "minItems": 1 })
    }
}

impl Field for Events {
    fn read(text: &str, context: &Context) -> Result<Self, Fault> {
        Self::read_texts(&[text], context)
    }

    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        Self::new(Vec::read_json(value, context)?).ok_or(Fault::Events)
    }

    fn read_texts(texts: &[&str], context: &Context) -> Result<Self, Fault> {
        // The choice between two versions sends them in one field.
        let each: Vec<_> = texts.iter().flat_map(|text| text.split(',')).filter(|text| !text.is_empty()).collect();
        Self::new(Vec::read_texts(&each, context)?).ok_or(Fault::Events)
    }
}
