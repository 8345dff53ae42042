//! Doc comments as text for the API's description.

use syn::{Attribute, Expr, Lit, Meta};

/// The paragraphs of a `///` comment, each as one line.
pub fn paragraphs(attributes: &[Attribute]) -> Vec<String> {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(line) => Some(line.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    let lines: Vec<String> = lines.collect();
    let paragraphs = lines.split(String::is_empty).filter(|paragraph| !paragraph.is_empty());
    paragraphs.map(|paragraph| paragraph.join(" ")).collect()
}

/// The whole comment as one line.
pub fn text(attributes: &[Attribute]) -> String {
    paragraphs(attributes).join(" ")
}
