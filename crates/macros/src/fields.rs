//! The fields of a view or form, and what the API's description says of them.

use super::doc;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Error, Expr, Field, Fields, Ident, LitStr, Result, ext::IdentExt};

/// The named fields of a struct.
pub fn named(input: &DeriveInput) -> Result<impl Iterator<Item = (&Ident, &Field)>> {
    let no = || Error::new_spanned(&input.ident, "expected a struct with named fields");
    let Data::Struct(data) = &input.data else { return Err(no()) };
    let Fields::Named(fields) = &data.fields else { return Err(no()) };
    Ok(fields.named.iter().filter_map(|field| Some((field.ident.as_ref()?, field))))
}

/// `FieldInfo::of::<HoldId>("id", "Its id.")`, with an example from `#[field(example = 7)]`. Fields of a form are
/// `made_by` `of_form`.
pub fn info(name: &Ident, field: &Field, made_by: &str) -> Result<TokenStream> {
    let (about, kind, word) = (doc::text(&field.attrs), &field.ty, program_name(name, field)?);
    if about.is_empty() {
        return Err(Error::new_spanned(name, "describe the field: its `///` is in the API's description"));
    }
    let made_by = format_ident!("{made_by}");
    let info = quote!(crate::schema::FieldInfo::#made_by::<#kind>(#word, #about));
    Ok(match options(field)?.example {
        Some(example) => quote!(#info.example(::serde_json::json!(#example))),
        None => info,
    })
}

/// The name of a field: `type` for `r#type`.
pub fn field_name(name: &Ident) -> String {
    name.unraw().to_string()
}

/// The name that programs use, which may differ from that of pages: `#[field(programs = "type")]`.
pub fn program_name(name: &Ident, field: &Field) -> Result<String> {
    Ok(options(field)?.programs.unwrap_or_else(|| field_name(name)))
}

#[derive(Default)]
struct Options {
    example: Option<Expr>,
    programs: Option<String>,
}

fn options(field: &Field) -> Result<Options> {
    let mut options = Options::default();
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("field")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("example") {
                options.example = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("programs") {
                options.programs = Some(meta.value()?.parse::<LitStr>()?.value());
            } else {
                return Err(meta.error("expected `example = value` or `programs = \"name\"`"));
            }
            Ok(())
        })?;
    }
    Ok(options)
}

/// The name in the API's description: that of the type, without `View`.
pub fn schema_name(name: &Ident) -> String {
    let name = name.to_string();
    name.strip_suffix("View").unwrap_or(&name).to_owned()
}
