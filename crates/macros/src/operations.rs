//! `operations!`: the table of a noun, one row for each operation.

use super::doc;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{
    Attribute, Error, Expr, ExprClosure, Ident, LitStr, Pat, PatType, Result, ReturnType, Token, Type, bracketed,
    parenthesized,
    parse::{Parse, ParseStream},
    parse_quote,
    punctuated::Punctuated,
};

const METHODS: [(&str, &str); 5] =
    [("GET", "Get"), ("POST", "Post"), ("PUT", "Put"), ("PATCH", "Patch"), ("DELETE", "Delete")];

pub struct Table {
    tag: Ident,
    rows: Vec<Row>,
}

struct Row {
    docs: Vec<Attribute>,
    summary: String,
    description: String,
    verb: Ident,
    path: Option<LitStr>,
    name: Ident,
    /// In the order of the path.
    ids: Vec<(Ident, Type)>,
    version: Option<Type>,
    form: Option<Type>,
    answer: Type,
    options: Options,
}

#[derive(Default)]
struct Options {
    page: Option<LitStr>,
    then: Option<LitStr>,
    link: Option<Ident>,
    scope: Option<Ident>,
    errors: Vec<LitStr>,
    makes: Option<Creation>,
    invites: Option<Ident>,
    lists: Option<List>,
    gives: bool,
    versioned: bool,
    once: bool,
}

impl Parse for Table {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let word: Ident = input.parse()?;
        if word != "tag" {
            return Err(Error::new(word.span(), "expected `tag Name;`"));
        }
        let tag = input.parse()?;
        input.parse::<Token![;]>()?;
        let mut rows = Vec::new();
        while !input.is_empty() {
            rows.push(input.parse()?);
        }
        Ok(Self { tag, rows })
    }
}

impl Parse for Row {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let docs = input.call(Attribute::parse_outer)?;
        let verb: Ident = input.parse()?;
        let mut paragraphs = doc::paragraphs(&docs).into_iter();
        let (summary, description) = (paragraphs.next().unwrap_or_default(), paragraphs.collect::<Vec<_>>());
        let path = if verb == "READ" || verb == "CHANGE" {
            None
        } else if METHODS.iter().any(|(method, _)| verb == method) {
            Some(input.parse::<LitStr>()?)
        } else {
            let known = METHODS.map(|(method, _)| method).join(", ");
            return Err(Error::new(
                verb.span(),
                format!("expected {known}, or READ or CHANGE for an operation of pages alone"),
            ));
        };
        if path.is_some() && (summary.is_empty() || description.is_empty()) {
            return Err(Error::new(
                verb.span(),
                "describe it: the first paragraph of its `///` is the summary in the API's description, the rest \
                 the text below",
            ));
        }
        input.parse::<Token![=>]>()?;
        let name: Ident = input.parse()?;
        let arguments;
        parenthesized!(arguments in input);
        let (mut ids, mut version, mut form) = (Vec::new(), None, None);
        for Argument { name, kind } in Punctuated::<Argument, Token![,]>::parse_terminated(&arguments)? {
            if name == "form" {
                form = Some(kind);
            } else if name == "version" {
                version = Some(kind);
            } else {
                ids.push((name, kind));
            }
        }
        if let Some(path) = &path {
            as_many(path, &name, &ids)?;
        }
        input.parse::<Token![->]>()?;
        let answer = input.parse()?;
        let options = Options::parse(input)?;
        if path.is_none() && options.page.is_none() {
            return Err(Error::new(name.span(), "an operation of pages alone needs `page \"noun/verb\"`"));
        }
        if verb == "GET" && form.is_some() && options.lists.is_none() {
            return Err(Error::new(
                name.span(),
                "only the filters of a list are sent in a query: it needs `lists …`",
            ));
        }
        input.parse::<Token![;]>()?;
        let description = description.join("\n\n");
        Ok(Self { docs, summary, description, verb, path, name, ids, version, form, answer, options })
    }
}

impl Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut options = Self::default();
        while input.parse::<Option<Token![,]>>()?.is_some() {
            let option: Ident = input.parse()?;
            match option.to_string().as_str() {
                "page" => options.page = Some(input.parse()?),
                "then" => options.then = Some(input.parse()?),
                "link" => options.link = Some(input.parse()?),
                "scope" => options.scope = Some(input.parse()?),
                "makes" => options.makes = Some(input.parse()?),
                "invites" => options.invites = Some(input.parse()?),
                "lists" => options.lists = Some(input.parse()?),
                "gives" => options.gives = true,
                "versioned" => options.versioned = true,
                "once" => options.once = true,
                "errors" => {
                    let codes;
                    bracketed!(codes in input);
                    options.errors =
                        Punctuated::<LitStr, Token![,]>::parse_terminated(&codes)?.into_iter().collect();
                }
                _ => {
                    return Err(Error::new(
                        option.span(),
                        "expected page, then, link, scope, makes, invites, lists, gives, versioned, once or errors",
                    ));
                }
            }
        }
        Ok(options)
    }
}

/// `Here as hold`: the place, and the field of the answer that has the id.
struct Creation {
    place: Expr,
    field: Ident,
}

impl Parse for Creation {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name: Ident = input.parse()?;
        let place = if input.peek(syn::token::Paren) {
            let inside;
            parenthesized!(inside in input);
            let address: LitStr = inside.parse()?;
            parse_quote!(crate::operation::Place::#name(#address))
        } else {
            parse_quote!(crate::operation::Place::#name)
        };
        input.parse::<Token![as]>()?;
        Ok(Self { place, field: input.parse()? })
    }
}

/// `holds by |hold: &HoldView| -> i64 { hold.id.0 }`: the field of the answer that has the items, and their order.
struct List {
    field: Ident,
    item: TokenStream,
    order: TokenStream,
    place: ExprClosure,
}

impl Parse for List {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let field = input.parse()?;
        let by: Ident = input.parse()?;
        let place: ExprClosure = input.parse()?;
        let wrong = || Error::new(by.span(), "expected `by |item: &Item| -> Order { … }`");
        let Some(Pat::Type(PatType { ty, .. })) = place.inputs.first() else { return Err(wrong()) };
        let (Type::Reference(item), ReturnType::Type(_, order)) = (&**ty, &place.output) else {
            return Err(wrong());
        };
        let (item, order) = (item.elem.to_token_stream(), order.to_token_stream());
        Ok(Self { field, item, order, place })
    }
}

/// `person: PersonId`.
struct Argument {
    name: Ident,
    kind: Type,
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        Ok(Self { name, kind: input.parse()? })
    }
}

/// The parameters of the path are the ids of the operation, in their order.
fn as_many(path: &LitStr, operation: &Ident, ids: &[(Ident, Type)]) -> Result<()> {
    let parameters = path.value().split('/').filter(|part| part.starts_with('{')).count();
    if parameters == ids.len() {
        return Ok(());
    }
    let message = format!(
        "the path has {parameters} parameters and `{operation}` has {} ids; what is sent goes into `form: …`",
        ids.len(),
    );
    Err(Error::new(path.span(), message))
}

impl Table {
    pub fn expand(&self) -> TokenStream {
        let rows = self.rows.iter().map(|row| row.expand(&self.tag));
        // A list that the compiler can walk: `(A, (B, ()))`.
        let all = self.rows.iter().rev().fold(quote!(()), |rest, row| {
            let name = &row.name;
            quote!((#name, #rest))
        });
        quote! {
            #(#rows)*

            /// All operations of this noun.
            pub type Operations = #all;
        }
    }
}

impl Row {
    fn expand(&self, tag: &Ident) -> TokenStream {
        let Self { docs, name, answer, .. } = self;
        let (id_names, id_types): (Vec<_>, Vec<_>) = self.ids.iter().map(|(name, kind)| (name, kind)).unzip();
        let version = self.version.iter();
        let version_name = self.version.iter().map(|_| format_ident!("version"));
        let sent: Vec<_> = id_names.iter().copied().cloned().chain(version_name.clone()).collect();
        let sent_words: Vec<_> = sent.iter().map(ToString::to_string).collect();
        let url = self.options.page.as_ref().map_or_else(String::new, |page| format!("/api/{}", page.value()));
        let on_the_server = self.on_the_server(tag, &sent, &sent_words);
        let answered = self.answered();
        quote! {
            #(#docs)*
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct #name { #(pub #id_names: #id_types,)* #(pub #version_name: #version,)* }

            impl crate::operation::Operation for #name {
                type Answer = #answer;
                const URL: &'static str = #url;

                fn write_ids(&self) -> ::std::string::String {
                    crate::operation::written(&[#((#sent_words, &self.#sent)),*])
                }

                #on_the_server
            }

            #answered
        }
    }

    /// What programs get of the answer.
    fn answered(&self) -> TokenStream {
        let name = &self.name;
        let list = self.options.lists.iter().map(|List { field, item, order, place }| {
            quote! {
                #[cfg(feature = "server")]
                impl crate::operation::List for #name {
                    type Item = #item;
                    type Place = #order;

                    fn items(answer: Self::Answer) -> ::std::vec::Vec<#item> {
                        answer.#field
                    }

                    fn place(item: &#item) -> #order {
                        (#place)(item)
                    }
                }
            }
        });
        let creation = self.options.makes.iter().map(|Creation { field, .. }| {
            quote! {
                #[cfg(feature = "server")]
                impl crate::operation::Creation for #name {
                    fn id(answer: &Self::Answer) -> i64 {
                        crate::operation::Id::number(&answer.#field)
                    }
                }
            }
        });
        quote!(#(#list)* #(#creation)*)
    }

    fn on_the_server(&self, tag: &Ident, sent: &[Ident], sent_words: &[String]) -> TokenStream {
        let Self { summary, description, options, .. } = self;
        let Options { errors, gives, once, .. } = options;
        let form = self.form.as_ref().map_or_else(|| quote!(()), |form| quote!(#form));
        let reads = self.verb == "READ" || self.verb == "GET";
        let scope = options.scope.as_ref();
        let scope = scope.map_or_else(|| quote!(None), |scope| quote!(Some(::domain::tokens::Scope::#scope)));
        let reply = if options.makes.is_some() {
            quote!(Made)
        } else if options.lists.is_some() {
            quote!(Pages)
        } else if self.path.is_some() && reads && options.versioned {
            quote!(WithVersion)
        } else if self.path.is_some() && reads || *gives {
            quote!(One)
        } else {
            quote!(Nothing)
        };
        let place =
            options.makes.as_ref().map_or_else(|| quote!(None), |Creation { place, .. }| quote!(Some(#place)));
        let route = self.path.as_ref().map_or_else(
            || quote!(None),
            |path| {
                let path = format!("/api/v1/{}", path.value());
                let method = METHODS.iter().find(|(method, _)| self.verb == method).map_or("Get", |(_, it)| it);
                let method = format_ident!("{method}");
                quote!(Some((crate::operation::Method::#method, #path)))
            },
        );
        let id = camel(&self.name.to_string());
        let ids = self.ids.iter().map(|(name, _)| name.to_string());
        let versioned = options.versioned || self.version.is_some();
        let then = options.then.as_ref().map_or_else(|| quote!(None), |address| quote!(Some(#address)));
        let link = options.link.iter().map(|field| {
            quote! {
                #[cfg(feature = "server")]
                fn link(answer: &mut Self::Answer) -> ::std::option::Option<&mut crate::form::Link> {
                    Some(&mut answer.#field)
                }
            }
        });
        let made = options.makes.iter().map(|_| {
            quote! {
                #[cfg(feature = "server")]
                fn made(answer: &Self::Answer) -> ::std::option::Option<i64> {
                    Some(<Self as crate::operation::Creation>::id(answer))
                }
            }
        });
        let invitation = options.invites.iter().map(|field| {
            quote! {
                #[cfg(feature = "server")]
                fn invitation(answer: &Self::Answer) -> ::std::option::Option<i64> {
                    answer.#field.as_ref().map(crate::operation::Id::number)
                }
            }
        });
        let has_version = self.version.is_some();
        quote! {
            #[cfg(feature = "server")]
            type Form = #form;
            #[cfg(feature = "server")]
            type Reply = crate::operation::#reply;
            #[cfg(feature = "server")]
            const ABOUT: crate::operation::Description = crate::operation::Description {
                id: #id,
                route: #route,
                ids: &[#(#ids),*],
                tag: crate::operation::Tag::#tag,
                summary: #summary,
                description: #description,
                scope: #scope,
                errors: &[#(#errors),*],
                place: #place,
                reads: #reads,
                versioned: #versioned,
                once: #once,
                then: #then,
            };
            #[cfg(feature = "server")]
            const HAS_VERSION: bool = #has_version;

            #(#link)*
            #(#made)*
            #(#invitation)*

            #[cfg(feature = "server")]
            #[allow(unused_variables, reason = "not every operation has an id")]
            fn read_ids(fields: &crate::form::Fields) -> ::std::option::Option<Self> {
                Some(Self { #(#sent: fields.id(#sent_words)?),* })
            }
        }
    }
}

/// `PlaceHold` → `placeHold`.
fn camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}
