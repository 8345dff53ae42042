//! `#[derive(Form)]`: the fields of an operation's request.

use super::{doc, fields};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, DeriveInput, Error, Ident, Path, Result};

pub fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let form = &input.ident;
    let (schema, about) = (fields::schema_name(form), doc::text(&input.attrs));
    if about.is_empty() {
        return Err(Error::new_spanned(form, "describe the form: its `///` is in the API's description"));
    }
    let Options { check, is_part, pages } = options(&input.attrs)?;
    let (made_by, method) = if is_part { ("of", quote!(required)) } else { ("of_form", quote!(field)) };
    let (mut infos, mut reads, mut names, mut words) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (name, field) in fields::named(input)? {
        let (kind, page, program) = (&field.ty, fields::field_name(name), fields::program_name(name, field)?);
        infos.push(fields::info(name, field, made_by)?);
        reads.push(quote!(let #name = reader.#method::<#kind>(#page, #program);));
        words.push(program);
        names.push(name);
    }
    let check = check.into_iter();
    let read = quote! {
        #(#reads)*
        reader.refuse_others(&[#(#words),*]);
        let (#(Some(#names),)*) = (#(#names,)*) else { return Err(reader.faults) };
        let form = Self { #(#names),* };
        #(reader.check(#check(&form));)*
        reader.finish(form)
    };
    let schemas = quote!(crate::schema::object(schemas, #schema, #about, ::std::vec![#(#infos),*], true););
    Ok(if is_part {
        part(form, &schema, &read, &schemas, pages.as_ref())
    } else {
        whole(form, &schema, &read, &schemas)
    })
}

fn whole(form: &Ident, schema: &str, read: &TokenStream, schemas: &TokenStream) -> TokenStream {
    quote! {
        #[cfg(feature = "server")]
        impl crate::form::Form for #form {
            fn read(
                fields: &crate::form::Fields,
                context: &crate::form::Context,
                _: &::domain::actor::Proof,
            ) -> ::std::result::Result<Self, crate::form::Faults> {
                let mut reader = crate::form::Reader::new(fields, context);
                #read
            }

            const NAME: ::std::option::Option<&'static str> = Some(#schema);

            fn schemas() -> crate::schema::Schemas {
                let mut all = ::std::vec::Vec::new();
                let schemas = &mut all;
                #schemas
                all
            }
        }
    }
}

/// An object within a form. `pages` is how they write one as text.
fn part(
    form: &Ident,
    schema: &str,
    read: &TokenStream,
    schemas: &TokenStream,
    pages: Option<&Path>,
) -> TokenStream {
    let text =
        pages.map_or_else(|| quote!(Err(crate::form::Fault::Mismatch)), |parse| quote!(#parse(text, context)));
    quote! {
        #[cfg(feature = "server")]
        impl crate::schema::HasSchema for #form {
            fn schema() -> ::serde_json::Value {
                crate::schema::reference(#schema)
            }

            fn collect(schemas: &mut crate::schema::Schemas) {
                #schemas
            }
        }

        #[cfg(feature = "server")]
        impl crate::form::Field for #form {
            #[allow(unused_variables, reason = "not every object is sent by pages")]
            fn read(text: &str, context: &crate::form::Context) -> ::std::result::Result<Self, crate::form::Fault> {
                #text
            }

            fn read_part(
                value: &::serde_json::Value,
                context: &crate::form::Context,
                path: &str,
            ) -> ::std::result::Result<Self, crate::form::Faults> {
                crate::form::Reader::part(value, context, path, |mut reader| { #read })
            }
        }
    }
}

#[derive(Default)]
struct Options {
    /// A rule about several fields.
    check: Option<Path>,
    is_part: bool,
    /// Reads the text of a page.
    pages: Option<Path>,
}

/// `#[form(check = in_order)]`, and `#[form(part)]` for an object within a form, which pages send as text with
/// `#[form(part, pages = function)]`.
fn options(attributes: &[Attribute]) -> Result<Options> {
    let mut options = Options::default();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("form")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("part") {
                options.is_part = true;
            } else if meta.path.is_ident("check") {
                options.check = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("pages") {
                options.pages = Some(meta.value()?.parse()?);
            } else {
                return Err(meta.error("expected `check = function`, `part` or `pages = function`"));
            }
            Ok(())
        })?;
    }
    Ok(options)
}
