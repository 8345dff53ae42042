//! Renders Markdown as HTML that is safe on every page.
//!
//! Invariant: every element in the output is allowed by [`kept`], and none has attributes except links, whose
//! address begins with one of [`ADDRESSES`]. HTML in the input is text, so it never has to be parsed to be made
//! harmless. Not here: images, tables, footnotes.
//!
//! `pulldown-cmark` parses; only events for a fixed list of elements pass, and headings become lower than those of
//! the page. `ammonia` was rejected: it would add an HTML parser to clean up what cannot occur here.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use text::markup::escaped;

/// Allowed beginnings of link addresses: other sites, and pages of this one.
const ADDRESSES: [&str; 5] = ["https://", "http://", "mailto:", "tel:", "/"];
/// Depth of nested elements; deeper ones are rendered at this depth.
const DEPTH: usize = 8;
/// Bytes of addresses in one text: a short one may name a long address often.
const LINKED: usize = 8_000;

/// `text` as HTML.
#[must_use]
pub fn rendered(text: &str) -> String {
    let mut sieve = Sieve::default();
    let mut html = String::with_capacity(text.len() * 2);
    html::push_html(&mut html, Parser::new_ext(text, Options::empty()).filter_map(|event| sieve.pass(event)));
    html
}

/// The filter of allowed elements.
#[derive(Debug, Default)]
struct Sieve {
    /// The closing tag of each open element, if it was allowed.
    open: Vec<Option<TagEnd>>,
    depth: usize,
    /// Bytes of addresses so far.
    linked: usize,
}

impl Sieve {
    fn pass<'a>(&mut self, event: Event<'a>) -> Option<Event<'a>> {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                let begin = self.linked(&dest_url);
                self.open.push(begin.as_ref().map(|_| TagEnd::Link));
                begin
            }
            Event::Start(tag) => {
                let tag = allowed_tag(tag).filter(|_| self.depth < DEPTH);
                self.depth += usize::from(tag.is_some());
                self.open.push(tag.as_ref().map(Tag::to_end));
                tag.map(Event::Start)
            }
            Event::End(_) => match self.open.pop().flatten()? {
                TagEnd::Link => Some(Event::InlineHtml("</a>".into())),
                end => {
                    self.depth -= 1;
                    Some(Event::End(end))
                }
            },
            Event::Html(input) | Event::InlineHtml(input) => Some(Event::Text(input)),
            // A typed line break stays one.
            Event::SoftBreak => Some(Event::HardBreak),
            Event::Text(_) | Event::Code(_) | Event::HardBreak | Event::Rule => Some(event),
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => None,
        }
    }

    /// The start of a link, if its address is harmless.
    fn linked<'a>(&mut self, address: &str) -> Option<Event<'a>> {
        let is_plain = !address.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\');
        let begins = |with: &&str| address.get(..with.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(with));
        let is_known = ADDRESSES.iter().any(begins) && !address.starts_with("//");
        self.linked = self.linked.saturating_add(address.len());
        (is_plain && is_known && self.linked <= LINKED).then(|| {
            let address = escaped(address);
            Event::InlineHtml(CowStr::from(format!(r#"<a href="{address}" rel="noopener">"#)))
        })
    }
}

/// The rendered form of a tag, if it is allowed. Headings go below those of the page.
fn allowed_tag(tag: Tag<'_>) -> Option<Tag<'_>> {
    match tag {
        Tag::Paragraph | Tag::HtmlBlock => Some(Tag::Paragraph),
        Tag::Heading { level, .. } => {
            let level = match level {
                HeadingLevel::H1 => HeadingLevel::H3,
                HeadingLevel::H2 => HeadingLevel::H4,
                HeadingLevel::H3 => HeadingLevel::H5,
                _ => HeadingLevel::H6,
            };
            Some(Tag::Heading { level, id: None, classes: Vec::new(), attrs: Vec::new() })
        }
        Tag::BlockQuote(_) => Some(Tag::BlockQuote(None)),
        Tag::CodeBlock(_) => Some(Tag::CodeBlock(CodeBlockKind::Indented)),
        Tag::List(_) | Tag::Item | Tag::Emphasis | Tag::Strong => Some(tag),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::announcements::TEXT;
    use proptest::prelude::*;
    use std::time::{Duration, Instant};

    #[test]
    fn markdown_is_rendered() {
        let text =
            "# Open day\nCome **all**\nbring *friends*\n\n- one\n- two\n\n3. three\n\n> said\n\n`x<y`\n\n---";
        let html = rendered(text);
        for part in [
            "<h3>Open day</h3>",
            "<p>Come <strong>all</strong><br />\nbring <em>friends</em></p>",
            "<li>one</li>",
            r#"<ol start="3">"#,
            "<blockquote>\n<p>said</p>",
            "<code>x&lt;y</code>",
            "<hr />",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert_eq!(rendered("###### deep"), "<h6>deep</h6>\n");
        assert_eq!(rendered("## two\n### three\n#### four"), "<h4>two</h4>\n<h5>three</h5>\n<h6>four</h6>\n");
        assert_eq!(rendered("# a {#id .class onclick=x}"), "<h3>a {#id .class onclick=x}</h3>\n");
    }

    #[test]
    fn only_allowed_link_schemes_are_rendered() {
        for (input, address) in [
            ("[a](https://example.org/x?a=1&b=2)", "https://example.org/x?a=1&amp;b=2"),
            ("[a](/machines/7 \"onclick\")", "/machines/7"),
            ("<https://example.org>", "https://example.org"),
            ("[a](mailto:us@example.org)", "mailto:us@example.org"),
            ("[a](HTTPS://example.org/'x')", "HTTPS://example.org/&#39;x&#39;"),
            ("[a][1]\n\n[1]: http://example.org", "http://example.org"),
        ] {
            let html = rendered(input);
            assert!(html.contains(&format!(r#"<a href="{address}" rel="noopener">"#)), "{input}: {html}");
            assert_eq!(html.matches('"').count(), 4, "no other attribute: {html}");
        }
        for input in [
            "[a](javascript:alert(1))",
            "[a](JaVaScRiPt:alert(1))",
            "[a](<java\tscript:alert(1)>)",
            "[a](&#106;avascript:alert(1))",
            "[a](\u{1}javascript:alert(1))",
            "[a](data:text/html;base64,PHNjcmlwdD4=)",
            "[a](vbscript:x)",
            "[a](//evil.example)",
            "[a](/\\evil.example)",
            "[a](</\t/evil.example>)",
            "<javascript:alert(1)>",
            "[a](x.html)",
            "[a](#id)",
            "[a]()",
        ] {
            let html = rendered(input);
            assert!(!html.contains("<a") && !html.contains("href="), "{input}: {html}");
        }
        assert_eq!(rendered("[words](javascript:x)"), "<p>words</p>\n", "what the link says stays");
    }

    #[test]
    fn typed_markup_is_escaped() {
        for input in [
            "<script>alert(1)</script>",
            "a <b onclick=alert(1)>c</b>",
            "<img src=x onerror=alert(1)>",
            "<div>\n\n<style>*{}</style>\n",
            "<!-- --!><svg onload=x>",
            "<iframe srcdoc='<script>'>",
            "<a href=\"javascript:x\">",
            "<p",
            "</div></section></body>",
            "<![CDATA[<x>]]>",
            "<?php x ?>",
            "``` \"><script>\nx\n```",
            "![<img onerror=x>](https://example.org/a.png)",
            "&lt;script&gt;",
            "<https://example.org/\"onmouseover=x>",
        ] {
            only_ours(&rendered(input), input);
        }
        assert_eq!(rendered("<b>x</b>"), "<p>&lt;b&gt;x&lt;/b&gt;</p>\n");
        assert_eq!(rendered("![Map](https://example.org/a.png)"), "<p>Map</p>\n", "an image is its words");
    }

    /// Every tag is one that the sieve writes, and each that is opened is closed.
    fn only_ours(html: &str, input: &str) {
        let mut open = Vec::new();
        for piece in html.split('<').skip(1) {
            let (tag, _) = piece.split_once('>').unwrap_or_else(|| panic!("{input:?}: an unclosed tag in {html}"));
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            let is_fine = match name {
                "a" => {
                    let address = attributes
                        .strip_prefix("href=\"")
                        .and_then(|rest| rest.strip_suffix("\" rel=\"noopener\""));
                    address.is_some_and(|address| !address.contains('"'))
                }
                "ol" => attributes.is_empty() || attributes.starts_with("start=\""),
                "br" | "hr" => attributes == "/",
                "p" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "pre" | "code" | "ul" | "li" | "em"
                | "strong" => attributes.is_empty(),
                _ => name.starts_with('/'),
            };
            assert!(is_fine, "{input:?}: <{tag}> in {html}");
            if let Some(name) = name.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name), "{input:?}: {html}");
            } else if !matches!(name, "br" | "hr") {
                open.push(name);
            }
        }
        assert_eq!(open, Vec::<&str>::new(), "{input:?}: {html}");
    }

    #[test]
    fn hostile_markdown_is_bounded_in_time_and_size() {
        let begun = Instant::now();
        let mut longest = 0;
        for piece in [
            "[",
            "]",
            "![",
            "](",
            "[a](",
            ">",
            "> ",
            "- ",
            "1. ",
            "*",
            "**a ",
            "_a*",
            "`",
            "``a",
            "<",
            "<a ",
            "</",
            "&",
            "&#",
            "\\",
            "~~~",
            "#",
            "|",
            "\t",
            "[^",
            "[a]: x\n",
            "<!--",
            "<![CDATA[",
            "<?",
            "a\n> ",
            "<x@y.",
            "*a_b`c[",
        ] {
            let text: String = piece.chars().cycle().take(TEXT).collect();
            let html = rendered(&text);
            only_ours(&html, piece);
            longest = longest.max(html.len());
        }
        let mut named = format!("[a]: https://example.org/{}\n\n", "x".repeat(TEXT / 2));
        named.push_str(&"[a]".repeat((TEXT - named.len()) / 3));
        longest = longest.max(rendered(&named).len());
        // A sieve or parser that is quadratic in any of these takes minutes without optimisation.
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        assert!(longest < TEXT * 12, "{longest}");
    }

    #[test]
    fn deep_nesting_is_flattened() {
        let html = rendered(&format!("{} x", ">".repeat(TEXT - 2)));
        assert_eq!(html.matches("<blockquote>").count(), DEPTH);
        assert!(html.contains('x'), "{html}");
    }

    proptest! {
        #[test]
        fn output_contains_only_allowed_elements(input in "[\\[\\]()<>!*_`#&;:/\\\\\"'\n\t -=a-c1.~|{}]{0,200}") {
            only_ours(&rendered(&input), &input);
        }
    }
}
