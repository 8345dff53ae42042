//! Macros for service errors, where each variant declares its message, and for the contract: operations, forms and
//! views.
//!
//! `ServiceError` converts a variant's code, kind, message and field into `domain::problem::Problem`, and derives the
//! list of codes for the API's document, `Display` (the code, for logs), `Error`, and `From` for fields marked
//! `#[from]`. `FieldError` does the same for an error of one form field.
//!
//! Those of the contract expand inside crate `contract`, and know nothing of HTTP and Leptos: what both channels do with
//! an operation is generic code over `contract::operation::Operation`.
//!
//! Not here: sentences. A message names a text of `text::Lang`.

mod doc;
mod fields;
mod form;
mod operations;
mod view;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{
    Data, DeriveInput, Error, Expr, Field, Fields, Ident, LitStr, Result, Token, Variant, parenthesized,
    parse::{Parse, ParseStream},
    parse_macro_input,
};

/// An error of a service. One attribute for each variant:
///
/// | attribute | problem |
/// |---|---|
/// | `#[problem("hold.over", Conflict, hold_over)]` | code, `Kind`, `lang.hold_over()` |
/// | `#[problem("bulk.too-many", Invalid, bulk_too_many(&MOST.to_string()))]` | the text with arguments; fields of the variant are `_0`, `_1` or their names |
/// | `#[problem("card.invalid", Invalid, at("uid", card_form))]` | "fix the form", and the text at the field |
/// | `#[problem("hold.invalid", Invalid, each)]` | "fix the form", and a `FieldError` for each in the variant's list |
/// | `#[problem("audit.filter", Invalid, each(audit_filter_unfit))]` | the same under another text |
/// | `…, after = 5)]` | to be tried again after 5 seconds |
/// | `#[problem(with = taken(_0, lang), codes = [(Kind::Conflict, "card.taken")])]` | any expression, and the codes it may have |
/// | `#[problem(transparent)]` | the problem of the inner error |
#[proc_macro_derive(ServiceError, attributes(problem, from))]
pub fn service_error(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand_service_error(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// An error of one form field: `#[field("reason", hold_choose_reason)]`. The field's name may be an expression of the
/// variant's fields, or a list: `#[field(_0, audit_no_day)]`, `#[field(["hours", "days"], plan_every)]`.
#[proc_macro_derive(FieldError, attributes(field))]
pub fn field_error(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand_field_error(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// An answer that pages and programs read alike. The `///` of the view and of each field are in the API's description,
/// where its name is without `View`.
#[proc_macro_attribute]
pub fn view(_: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    view::expand(item).unwrap_or_else(Error::into_compile_error).into()
}

/// The fields of an operation's request: each is a `contract::form::Field`, parsed from a form or from JSON, and all
/// faults are reported by field. The `///` of each field are in the API's description, with `#[field(example = 7)]`.
///
/// A rule about several fields is `#[form(check = function)]` with `fn(&Self) -> Result<(), (&'static str, Fault)>`;
/// it runs once every field is valid. A field that programs call otherwise is `#[field(programs = "type")]`. An object
/// within a form is a struct with `#[form(part)]`; with `#[form(part, pages = function)]` pages send it as text, which
/// `fn(&str, &Context) -> Result<Self, Fault>` reads.
#[proc_macro_derive(Form, attributes(field, form))]
pub fn form(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    form::expand(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// The operations of a noun, one row for each. `crates/contract/src/holds.rs` is an example.
///
/// | part | meaning |
/// |---|---|
/// | `///` | the summary in the API's description; after an empty line, the text below |
/// | `POST "…"` | method and path in the API; `READ` or `CHANGE` without a path: only pages have it |
/// | `person: PersonId` | an id, in the order of the path; the name is that of the form's field |
/// | `version: i64` | the version that the sender has seen: a field of the form, `If-Match` in the API |
/// | `form: NewHold` | the fields of the request |
/// | `-> HoldDone` | what pages get. Programs get no content, or after `GET` the same as an object |
/// | `page "…"` | the name of its server function; without it only programs have it |
/// | `then "/holds?done=1"` | the page shown after it |
/// | `link link` | the field of the answer with a link that grants access; pages get it with the site's address |
/// | `lists holds by …` | programs get this list in the answer page by page, in the order of a closure |
/// | `makes Here as hold` | programs get the id in this field and its address, a `contract::operation::Place` |
/// | `invites invitation` | programs get the id in this field beside it: an invitation that follows at once, or none |
/// | `gives` | programs get the answer of a change as an object |
/// | `versioned` | programs get the version of the answer as `ETag` |
/// | `once` | it takes an idempotency key although it makes nothing |
#[proc_macro]
pub fn operations(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    parse_macro_input!(input as operations::Table).expand().into()
}

/// `hold_over` or `bulk_too_many(&MOST.to_string())`: a call of the reader's language.
struct Text(TokenStream);

impl Parse for Text {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        match input.parse()? {
            Expr::Path(name) => Ok(Self(quote!(lang.#name()))),
            Expr::Call(call) => {
                let (name, arguments) = (call.func, call.args);
                Ok(Self(quote!(lang.#name(#arguments))))
            }
            other => Err(Error::new_spanned(other, "a text: `name` or `name(argument)`")),
        }
    }
}

enum MessageKind {
    Text(Text),
    At(Box<Expr>, Text),
    Each(Option<Text>),
}

impl Parse for MessageKind {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let ahead = input.fork();
        let name = ahead.parse::<Ident>()?;
        if name == "at" {
            input.parse::<Ident>()?;
            let inside;
            parenthesized!(inside in input);
            let field = inside.parse()?;
            inside.parse::<Token![,]>()?;
            return Ok(Self::At(Box::new(field), inside.parse()?));
        }
        if name == "each" {
            input.parse::<Ident>()?;
            if input.peek(syn::token::Paren) {
                let inside;
                parenthesized!(inside in input);
                return Ok(Self::Each(Some(inside.parse()?)));
            }
            return Ok(Self::Each(None));
        }
        Ok(Self::Text(input.parse()?))
    }
}

enum Rule {
    Transparent,
    With { problem: Box<Expr>, codes: Option<Box<Expr>> },
    Message { code: LitStr, kind: Ident, message: MessageKind, after: Option<Box<Expr>> },
}

/// `, name = value`, if it is there.
fn option(input: ParseStream<'_>, name: &str) -> Result<Option<Box<Expr>>> {
    if input.parse::<Option<Token![,]>>()?.is_none() {
        return Ok(None);
    }
    let text: Ident = input.parse()?;
    if text != name {
        return Err(Error::new(text.span(), format!("expected `{name} = …`")));
    }
    input.parse::<Token![=]>()?;
    Ok(Some(Box::new(input.parse()?)))
}

impl Parse for Rule {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(LitStr) {
            let code = input.parse()?;
            input.parse::<Token![,]>()?;
            let kind = input.parse()?;
            input.parse::<Token![,]>()?;
            let message = input.parse()?;
            let after = option(input, "after")?;
            return Ok(Self::Message { code, kind, message, after });
        }
        let name: Ident = input.parse()?;
        if name == "transparent" {
            return Ok(Self::Transparent);
        }
        if name != "with" {
            return Err(Error::new(name.span(), "expected a code, `with` or `transparent`"));
        }
        input.parse::<Token![=]>()?;
        let problem = Box::new(input.parse()?);
        let codes = option(input, "codes")?;
        Ok(Self::With { problem, codes })
    }
}

/// The pattern of a variant: its fields are `_0`, `_1` or their names.
fn pattern(variant: &Variant) -> TokenStream {
    let name = &variant.ident;
    match &variant.fields {
        Fields::Unit => quote!(Self::#name),
        Fields::Unnamed(fields) => {
            let names = (0..fields.unnamed.len()).map(|index| format_ident!("_{index}"));
            quote!(Self::#name(#(#names),*))
        }
        Fields::Named(fields) => {
            let names = fields.named.iter().map(|field| &field.ident);
            quote!(Self::#name { #(#names),* })
        }
    }
}

fn variants(input: &DeriveInput) -> Result<impl Iterator<Item = &Variant>> {
    match &input.data {
        Data::Enum(data) => Ok(data.variants.iter()),
        Data::Struct(_) | Data::Union(_) => Err(Error::new_spanned(&input.ident, "expected an enum")),
    }
}

fn rule<T: Parse>(variant: &Variant, name: &str) -> Result<T> {
    let attribute = variant.attrs.iter().find(|attribute| attribute.path().is_ident(name));
    attribute
        .ok_or_else(|| Error::new_spanned(variant, format!("say what it tells people: `#[{name}(…)]`")))?
        .parse_args()
}

fn problem(rule: &Rule) -> TokenStream {
    match rule {
        Rule::Transparent => quote!(crate::error::ServiceError::problem(_0, lang)),
        Rule::With { problem, .. } => quote!(#problem),
        Rule::Message { code, kind, message, after } => {
            let new = |text: TokenStream| quote!(::domain::problem::Problem::new(#code, ::domain::problem::Kind::#kind, #text));
            let fix = || quote!(lang.form_fix());
            let problem = match message {
                MessageKind::Text(Text(text)) => new(text.clone()),
                MessageKind::At(field, Text(text)) => {
                    let problem = new(fix());
                    quote!(#problem.field(#field, #text))
                }
                MessageKind::Each(text) => {
                    let problem = new(text.as_ref().map_or_else(fix, |Text(text)| text.clone()));
                    quote!(_0.iter().fold(#problem, |problem, error| crate::error::FieldError::add(error, problem, lang)))
                }
            };
            match after {
                Some(seconds) => quote!(#problem.after(#seconds)),
                None => problem,
            }
        }
    }
}

fn is_from(field: &Field) -> bool {
    field.attrs.iter().any(|attribute| attribute.path().is_ident("from"))
}

fn expand_service_error(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let (mut problems, mut codes, mut visible, mut conversions) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for variant in variants(input)? {
        let rule: Rule = rule(variant, "problem")?;
        let pattern = pattern(variant);
        let problem = problem(&rule);
        problems.push(quote!(#pattern => #problem));
        match &rule {
            Rule::Transparent => {
                let inside = variant.fields.iter().map(|field| &field.ty);
                codes.push(quote!(#(codes.extend(<#inside as crate::error::ServiceError>::codes());)*));
                // Converted errors have their own messages.
                let how = if variant.fields.iter().any(is_from) { quote!(Display) } else { quote!(Debug) };
                visible.push(quote!(#pattern => ::std::fmt::#how::fmt(_0, f)));
            }
            Rule::With { codes: known, .. } => {
                let known = known.iter();
                codes.push(quote!(#(codes.extend(#known);)*));
                let variant = variant.ident.to_string();
                visible.push(quote!(#pattern => f.write_str(#variant)));
            }
            Rule::Message { code, kind, .. } => {
                codes.push(quote!(codes.push((::domain::problem::Kind::#kind, #code));));
                visible.push(quote!(#pattern => f.write_str(#code)));
            }
        }
        for field in &variant.fields {
            if is_from(field) {
                let (inside, variant) = (&field.ty, &variant.ident);
                conversions.push(quote! {
                    impl ::std::convert::From<#inside> for #name {
                        fn from(error: #inside) -> Self {
                            Self::#variant(error)
                        }
                    }
                });
            }
        }
    }
    Ok(quote! {
        impl crate::error::ServiceError for #name {
            #[allow(unused_variables, reason = "not every message needs every field")]
            fn problem(&self, lang: ::text::Lang) -> ::domain::problem::Problem {
                match self { #(#problems,)* }
            }

            fn codes() -> ::std::vec::Vec<(::domain::problem::Kind, &'static str)> {
                let mut codes = ::std::vec::Vec::new();
                #(#codes)*
                codes
            }
        }

        impl ::std::fmt::Display for #name {
            #[allow(unused_variables, reason = "only the code is shown")]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self { #(#visible,)* }
            }
        }

        impl ::std::error::Error for #name {}

        #(#conversions)*
    })
}

/// `"reason", hold_choose_reason`.
struct AtField(Expr, Text);

impl Parse for AtField {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let field = input.parse()?;
        input.parse::<Token![,]>()?;
        Ok(Self(field, input.parse()?))
    }
}

fn expand_field_error(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let mut arms = Vec::new();
    for variant in variants(input)? {
        let AtField(field, Text(text)) = rule(variant, "field")?;
        let pattern = pattern(variant);
        let fields = match field {
            Expr::Array(fields) => fields.elems.into_iter().collect(),
            field => vec![field],
        };
        arms.push(quote!(#pattern => problem #(.field(#fields, #text))*));
    }
    Ok(quote! {
        impl crate::error::FieldError for #name {
            #[allow(unused_variables, reason = "not every message needs every field")]
            fn add(
                &self,
                problem: ::domain::problem::Problem,
                lang: ::text::Lang,
            ) -> ::domain::problem::Problem {
                match self { #(#arms,)* }
            }
        }
    })
}
