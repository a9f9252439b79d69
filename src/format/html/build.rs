//! Builds the tree of a web page from the tokens of `html5gum`.
//!
//! Tokens follow the WHATWG standard (entities, raw text, comments). The tree follows the rules of the standard that
//! decide where text belongs (implied end tags, void elements, misnested inline elements, table cells as boundaries),
//! and omits those that only move elements for rendering.

use std::borrow::Cow;
use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use super::dom::{Attr, Dom, Kind, NONE, Node, NodeId, ROOT, Tag};

/// Maximum number of open elements. Browsers stop at 512 too, and pages written by people stay below 60.
pub(super) const DEPTH_MAX: usize = 512;

/// Maximum number of nested inline elements: old pages leave hundreds of `<font>` open.
const INLINE_DEPTH_MAX: usize = 200;

/// Maximum number of attributes kept per element; more are a mistake.
const ATTRIBUTES_MAX: u32 = 32;

/// Maximum number of double-quoted attributes in a row that are passed to the tokenizer unchanged. Real elements have
/// fewer, and the stack has room for the recursion.
const RUN_MAX: u32 = 64;

/// Each of them may be closed by the end tag of another.
const HEADINGS: &[Tag] = &[Tag::H1, Tag::H2, Tag::H3, Tag::H4, Tag::H5, Tag::H6];

impl Dom {
    /// Parses a page. Never fails; takes time in proportion to the length.
    pub(super) fn parse(html: &str) -> Self {
        let mut builder = Builder::new(html.len());
        let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
            builder.event(&event);
            None
        });
        emitter.naively_switch_states(true);
        // A string as input cannot fail.
        let _ = Tokenizer::new_with_emitter(&*with_breaks(html), emitter).finish();
        let mut dom = builder.dom;
        for id in (1..dom.nodes.len()).rev() {
            let Node { parent, end, .. } = dom.nodes[id];
            let parent = &mut dom.nodes[parent as usize];
            parent.end = parent.end.max(end);
        }
        dom
    }
}

/// The page with a blank, which has no meaning there, before the equals sign of every [`RUN_MAX`]th attribute in a run
/// of double-quoted attributes.
///
/// The tokenizer recurses for each attribute of such a run and returns only at its end: some thousands overflow the
/// stack. A blank before the equals sign makes it return.
fn with_breaks(html: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    // Text between two quotation marks is a value or the space between values; both are followed.
    let (mut runs, mut start) = ([0_u32; 2], 0);
    for (count, quote) in memchr::memchr_iter(b'"', html.as_bytes()).enumerate() {
        let between = html[start..quote].trim_ascii_end();
        start = quote + 1;
        let run = &mut runs[count % 2];
        match between.strip_suffix('=').filter(|name| !name.contains('>')) {
            Some(_) => *run += 1,
            None => *run = 0,
        }
        if *run == RUN_MAX {
            *run = 0;
            let equals = html[..quote].trim_ascii_end().len() - 1;
            out.push_str(&html[copied..equals]);
            out.push(' ');
            copied = equals;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(html);
    }
    out.push_str(&html[copied..]);
    Cow::Owned(out)
}

/// The state of the builder.
struct Builder {
    dom: Dom,
    /// Open elements, root first.
    stack: Vec<(NodeId, Tag)>,
    /// Number of open elements by name, so that the stack is searched only for names on it.
    open: [u16; Tag::COUNT],
    pending: Option<Tag>,
    pending_attrs: u32,
    /// Whether the value of the last attribute comes next.
    waits: bool,
    foreign: usize,
}

impl Builder {
    fn new(bytes: usize) -> Self {
        let mut nodes = Vec::with_capacity(bytes / 40 + 1);
        nodes.push(Node { kind: Kind::Element { tag: Tag::Other, attrs: (0, 0) }, parent: NONE, end: 1 });
        let (attrs, text) = (Vec::with_capacity(bytes / 80), String::with_capacity(bytes / 2));
        Self {
            dom: Dom { nodes, attrs, text, too_deep: false },
            stack: vec![(ROOT, Tag::Other)],
            open: [0; Tag::COUNT],
            pending: None,
            pending_attrs: 0,
            waits: false,
            foreign: 0,
        }
    }

    fn event(&mut self, event: &CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.pending = Some(Tag::from_name(name));
                self.pending_attrs = self.dom.attrs.len() as u32;
                self.waits = false;
            }
            CallbackEvent::AttributeName { name } => {
                let attr = Attr::from_name(name);
                let count = self.dom.attrs.len() as u32 - self.pending_attrs;
                self.waits = attr != Attr::Other && self.pending.is_some() && count < ATTRIBUTES_MAX;
                if self.waits {
                    let at = self.dom.text.len() as u32;
                    self.dom.attrs.push((attr, at, at));
                }
            }
            CallbackEvent::AttributeValue { value } => {
                if std::mem::take(&mut self.waits) && self.fits(value) {
                    let (start, end) = self.store(value);
                    if let Some(last) = self.dom.attrs.last_mut() {
                        (last.1, last.2) = (start, end);
                    }
                }
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                if let Some(tag) = self.pending.take() {
                    self.start(tag, *self_closing);
                }
            }
            CallbackEvent::EndTag { name } => {
                self.pending = None;
                self.end(Tag::from_name(name));
            }
            CallbackEvent::String { value } => self.string(value),
            CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
    }

    /// Offsets are 32 bits; records are far smaller than 4 GB, so this only guards the arithmetic.
    fn fits(&self, value: &[u8]) -> bool {
        self.dom.text.len() + 3 * value.len() < u32::MAX as usize
    }

    fn store(&mut self, value: &[u8]) -> (u32, u32) {
        let start = self.dom.text.len() as u32;
        self.dom.text.push_str(&String::from_utf8_lossy(value));
        (start, self.dom.text.len() as u32)
    }

    fn top(&self) -> (NodeId, Tag) {
        self.stack.last().copied().unwrap_or((ROOT, Tag::Other))
    }

    fn append(&mut self, kind: Kind) -> NodeId {
        let (parent, _) = self.top();
        let id = self.dom.nodes.len() as NodeId;
        self.dom.nodes.push(Node { kind, parent, end: id + 1 });
        id
    }

    fn string(&mut self, value: &[u8]) {
        if value.is_empty() || !self.fits(value) {
            return;
        }
        let blank = value.iter().all(u8::is_ascii_whitespace);
        let (_, top) = self.top();
        if top == Tag::Head && !blank {
            self.pop();
        }
        if blank && matches!(top, Tag::Head | Tag::Html | Tag::Table | Tag::Tbody | Tag::Tr | Tag::Ul | Tag::Ol) {
            return;
        }
        let (start, end) = self.store(value);
        self.append(Kind::Text { start, end });
    }

    fn start(&mut self, tag: Tag, self_closing: bool) {
        if self.top().1 == Tag::Head && !tag.is_head_part() {
            self.pop();
        }
        // These may occur once.
        if matches!(tag, Tag::Html | Tag::Head | Tag::Body) && self.is_open(tag)
            || tag == Tag::Head && self.is_open(Tag::Body)
        {
            return;
        }
        if self.foreign == 0 {
            self.close_implied(tag);
        }
        let attrs = (self.pending_attrs, self.dom.attrs.len() as u32);
        let deep = self.stack.len() >= DEPTH_MAX;
        let flat = deep || (!tag.is_block() && self.stack.len() >= INLINE_DEPTH_MAX);
        self.dom.too_deep |= deep && tag.is_block();
        let id = self.append(Kind::Element { tag, attrs });
        if tag.is_void() || flat || (self_closing && self.foreign > 0) {
            return;
        }
        if matches!(tag, Tag::Svg | Tag::Math) {
            if self_closing {
                return;
            }
            self.foreign += 1;
        }
        self.stack.push((id, tag));
        self.open[tag as usize] += 1;
    }

    /// Closes the elements that a start tag ends implicitly.
    fn close_implied(&mut self, tag: Tag) {
        use Tag::*;
        if tag.closes_p() {
            self.close_up_to(&[P], |t| t.is_wall() || t == Button);
        }
        match tag {
            Li => self.close_up_to(&[Li], |t| t.is_wall() || matches!(t, Ul | Ol | Menu | Nav)),
            Dt | Dd => self.close_up_to(&[Dt, Dd], |t| t.is_wall() || t == Dl),
            Option | Optgroup => self.close_up_to(&[Option], |t| t.is_wall() || t == Select),
            Tr => self.close_up_to(&[Tr], |t| t == Table),
            Td | Th => self.close_up_to(&[Td, Th], |t| matches!(t, Table | Tr)),
            Tbody | Thead | Tfoot => self.close_up_to(&[Tbody, Thead, Tfoot], |t| t == Table),
            A => self.end_inline(A),
            _ if tag.is_heading() && self.top().1.is_heading() => self.pop(),
            _ => {}
        }
    }

    fn is_open(&self, tag: Tag) -> bool {
        self.open[tag as usize] > 0
    }

    /// Pops elements up to and including the innermost of `wanted`, unless a `wall` comes first.
    fn close_up_to(&mut self, wanted: &[Tag], wall: impl Fn(Tag) -> bool) {
        if !wanted.iter().any(|tag| self.is_open(*tag)) {
            return;
        }
        let found = self.stack[1..].iter().rposition(|(_, tag)| wanted.contains(tag) || wall(*tag));
        if let Some(at) = found.map(|at| at + 1)
            && wanted.contains(&self.stack[at].1)
        {
            self.truncate(at);
        }
    }

    fn end(&mut self, tag: Tag) {
        match tag {
            Tag::Br => {
                self.pending_attrs = self.dom.attrs.len() as u32;
                self.start(Tag::Br, false);
            }
            Tag::Html | Tag::Body => {}
            // Names of unknown elements are not stored, so only the innermost one can be meant.
            Tag::Other if self.stack.len() > 1 && self.top().1 == Tag::Other => self.pop(),
            Tag::Other => {}
            Tag::Svg | Tag::Math => self.close_up_to(&[tag], Tag::is_wall),
            _ if self.foreign > 0 && !tag.is_block() => self.close_up_to(&[tag], |t| t.is_wall() || t == Tag::Svg),
            _ if tag.is_heading() => self.close_up_to(HEADINGS, Tag::is_wall),
            _ if tag.is_table_part() => self.close_up_to(&[tag], |t| t == Tag::Table && tag != Tag::Table),
            _ if tag.is_block() => self.close_up_to(&[tag], Tag::is_wall),
            _ => self.end_inline(tag),
        }
    }

    /// Ends an inline element. Blocks that were opened within it stay open, and it is removed from between.
    fn end_inline(&mut self, tag: Tag) {
        let found = self.stack.iter().rposition(|(_, open)| *open == tag || open.is_wall());
        let Some(at) = found.filter(|at| self.is_open(tag) && self.stack[*at].1 == tag) else { return };
        if self.stack[at + 1..].iter().any(|(_, open)| open.is_block()) {
            self.stack.remove(at);
            self.open[tag as usize] -= 1;
        } else {
            self.truncate(at);
        }
    }

    fn pop(&mut self) {
        self.truncate(self.stack.len().saturating_sub(1).max(1));
    }

    fn truncate(&mut self, len: usize) {
        while self.stack.len() > len {
            let Some((_, tag)) = self.stack.pop() else { return };
            self.open[tag as usize] -= 1;
            if matches!(tag, Tag::Svg | Tag::Math) {
                self.foreign = self.foreign.saturating_sub(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::dom::Visit;
    use super::*;

    /// The tree as nested lists of letters: elements with their content in brackets, and text.
    fn shape(html: &str) -> String {
        let dom = Dom::parse(html);
        let mut out = String::new();
        for visit in dom.walk(ROOT) {
            match visit {
                Visit::Enter(ROOT) | Visit::Leave(ROOT) => {}
                Visit::Enter(id) => match dom.node(id).kind {
                    Kind::Text { .. } => out.push_str(dom.text(id)),
                    Kind::Element { tag, .. } => out.push_str(&format!("{tag:?}[")),
                },
                Visit::Leave(_) => out.push(']'),
            }
        }
        out
    }

    #[test]
    fn any_number_of_attributes_is_read() {
        for attribute in ["a=\"1\" ", "a=\"1\"", "a = \n\"1\"/", "a='1' ", "a=1 ", "a ", "/", "=", "\"", "a=\">\" "] {
            let run = attribute.repeat(20_000);
            for page in [format!("<p {run}>x"), format!("</p {run}>x"), format!("<!-- <a b=\" --><p {run}>x")] {
                let dom = Dom::parse(&page);
                assert!(dom.text.contains('x'), "{attribute}");
            }
        }
        assert!(matches!(with_breaks("<p a=\"1\" b=\"2\">c=\"3\""), Cow::Borrowed(_)));
        let run = "<p a= \"1\">".repeat(100);
        assert_eq!(with_breaks(&run), run);
        let breaks = with_breaks(&"a= \"1\"".repeat(130)).into_owned();
        assert_eq!((breaks.len(), breaks.matches("a = \"1\"").count()), (130 * 6 + 2, 2));
    }

    #[test]
    fn trees_follow_the_standard_where_it_decides_about_text() {
        for (html, want) in [
            ("<p>one<p>two", "P[one]P[two]"),
            ("<UL><LI>one<li>two</UL>x", "Ul[Li[one]Li[two]]x"),
            ("<ul><li>a<ul><li>b</ul><li>c</ul>", "Ul[Li[aUl[Li[b]]]Li[c]]"),
            ("<a href=1><div>in</a>still</div>out", "A[Div[instill]]out"),
            ("<table><tr><td><p>a</div>b<td>c</table>d", "Table[Tr[Td[P[ab]]Td[c]]]d"),
            ("<b>x<p>y</b>z</p>w", "B[xP[yz]]w"),
            ("a<br>b</br>c<img src=x>d", "aBr[]bBr[]cImg[]d"),
            ("<svg><path d=1 /><path></svg>x", "Svg[Path[]Path[]]x"),
            (
                "<title>a &lt;b> c</title><script>if (a < b) '</p>'</script>t",
                "Title[a <b> c]Script[if (a < b) '</p>']t",
            ),
            ("&eacute;&#8217;&nbsp;&unknown;", "é’\u{a0}&unknown;"),
            ("<!-- gone -->x<![CDATA[y]]>", "x"),
            ("<h2>a<h3>b</h2>c", "H2[a]H3[b]c"),
        ] {
            assert_eq!(shape(html), want, "{html}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let dom = Dom::parse(&"<div>".repeat(100_000));
        assert!(dom.too_deep);
        assert_eq!(dom.walk(ROOT).count(), 200_002);
        assert!(!Dom::parse(&"<font><b>x".repeat(50_000)).too_deep);
    }
}
