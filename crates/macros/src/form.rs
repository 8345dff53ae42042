//! `#[derive(Form)]`: the fields of an operation's request.

use super::{doc, fields};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, DeriveInput, Error, Path, Result};

pub fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let form = &input.ident;
    let (schema, about) = (fields::schema_name(form), doc::text(&input.attrs));
    if about.is_empty() {
        return Err(Error::new_spanned(form, "describe the form: its `///` is in the API's description"));
    }
    let (mut infos, mut reads, mut names, mut words) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (name, field) in fields::named(input)? {
        let (kind, word) = (&field.ty, name.to_string());
        infos.push(fields::info(name, field, "of_form")?);
        reads.push(quote!(let #name = reader.field::<#kind>(#word);));
        words.push(word);
        names.push(name);
    }
    let check = check(&input.attrs)?.into_iter();
    Ok(quote! {
        #[cfg(feature = "server")]
        impl crate::form::Form for #form {
            fn read(
                fields: &crate::form::Fields,
                context: &crate::form::Context,
                _: &::domain::actor::Proof,
            ) -> ::std::result::Result<Self, crate::form::Faults> {
                let mut reader = crate::form::Reader::new(fields, context);
                #(#reads)*
                reader.refuse_others(&[#(#words),*]);
                let (#(Some(#names),)*) = (#(#names,)*) else { return Err(reader.faults) };
                let form = Self { #(#names),* };
                #(reader.check(#check(&form));)*
                reader.finish(form)
            }

            const NAME: ::std::option::Option<&'static str> = Some(#schema);

            fn schemas() -> crate::schema::Schemas {
                let mut schemas = ::std::vec::Vec::new();
                crate::schema::object(&mut schemas, #schema, #about, ::std::vec![#(#infos),*], true);
                schemas
            }
        }
    })
}

/// `#[form(check = in_order)]`: a rule about several fields.
fn check(attributes: &[Attribute]) -> Result<Option<Path>> {
    let mut found = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("form")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("check") {
                return Err(meta.error("expected `check = function`"));
            }
            found = Some(meta.value()?.parse()?);
            Ok(())
        })?;
    }
    Ok(found)
}
