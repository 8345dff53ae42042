//! `#[view]`: an answer that pages and programs read alike.

use super::{doc, fields};
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{DeriveInput, Error, Fields, GenericArgument, PathArguments, Result, Type, parse_quote};

pub fn expand(mut input: DeriveInput) -> Result<TokenStream> {
    let name = input.ident.clone();
    let (schema, about) = (fields::schema_name(&name), doc::text(&input.attrs));
    if about.is_empty() {
        return Err(Error::new_spanned(&name, "describe the view: its `///` is in the API's description"));
    }
    let infos = fields::named(&input)?.map(|(name, field)| fields::info(name, field, "of"));
    let infos = infos.collect::<Result<Vec<_>>>()?;
    if let syn::Data::Struct(data) = &mut input.data
        && let Fields::Named(named) = &mut data.fields
    {
        for field in &mut named.named {
            field.attrs.retain(|attribute| !attribute.path().is_ident("field"));
            if let Some(module) = writer(&field.ty) {
                field.attrs.push(parse_quote!(#[serde(with = #module)]));
            } else if has_moment(field.ty.to_token_stream()) {
                let message = "programs would not get this in RFC 3339; use `Moment` or `Option<Moment>`";
                return Err(Error::new_spanned(&field.ty, message));
            }
        }
    }
    Ok(quote! {
        #[derive(Debug, Clone, PartialEq, Eq, ::serde::Serialize, ::serde::Deserialize)]
        #input

        #[cfg(feature = "server")]
        impl crate::schema::HasSchema for #name {
            fn schema() -> ::serde_json::Value {
                crate::schema::reference(#schema)
            }

            fn collect(schemas: &mut crate::schema::Schemas) {
                crate::schema::object(schemas, #schema, #about, ::std::vec![#(#infos),*], false);
            }
        }
    })
}

/// Whether an instant is somewhere in this type.
fn has_moment(kind: TokenStream) -> bool {
    kind.into_iter().any(|token| match token {
        TokenTree::Ident(name) => name == "Moment",
        TokenTree::Group(group) => has_moment(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// The module that writes a field of this type, if programs get text where pages get the value.
fn writer(kind: &Type) -> Option<&'static str> {
    let Type::Path(path) = kind else { return None };
    let last = path.path.segments.last()?;
    match (last.ident.to_string().as_str(), &last.arguments) {
        ("Moment", _) => Some("crate::instant"),
        ("Date" | "Feed" | "Resource", _) => Some("crate::as_text"),
        ("Option", PathArguments::AngleBracketed(inside)) => match inside.args.first()? {
            GenericArgument::Type(inside) => match writer(inside)? {
                "crate::instant" => Some("crate::instant::optional"),
                _ => Some("crate::as_text::optional"),
            },
            _ => None,
        },
        _ => None,
    }
}
