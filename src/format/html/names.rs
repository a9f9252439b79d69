//! The names of elements and attributes that matter for reading an article, and their properties in the standard.

macro_rules! names {
    ($(#[$doc:meta])* $type:ident { $($variant:ident = $name:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum $type { $($variant,)* Other }

        impl $type {
            pub(super) fn from_name(name: &[u8]) -> Self {
                $(if name == $name.as_bytes() { return Self::$variant; })*
                Self::Other
            }
        }
    };
}

names! {
    /// The elements that matter for reading an article.
    Tag {
        Div = "div", A = "a", Span = "span", P = "p", Li = "li", Br = "br", Img = "img", Ul = "ul", Script = "script",
        Meta = "meta", Link = "link", B = "b", I = "i", Em = "em", Strong = "strong", Td = "td", Tr = "tr",
        Table = "table", Tbody = "tbody", Th = "th", H1 = "h1", H2 = "h2", H3 = "h3", H4 = "h4", H5 = "h5", H6 = "h6",
        Section = "section", Article = "article", Header = "header", Footer = "footer", Nav = "nav", Aside = "aside",
        Main = "main", Figure = "figure", Figcaption = "figcaption", Blockquote = "blockquote", Q = "q", Ol = "ol",
        Dl = "dl", Dt = "dt", Dd = "dd", Pre = "pre", Time = "time", Address = "address", Form = "form",
        Input = "input", Button = "button", Label = "label", Select = "select", Option = "option",
        Optgroup = "optgroup", Textarea = "textarea", Fieldset = "fieldset", Style = "style", Noscript = "noscript",
        Iframe = "iframe", Svg = "svg", Math = "math", Path = "path", Picture = "picture", Source = "source",
        Video = "video", Audio = "audio", Object = "object", Embed = "embed", Canvas = "canvas",
        Template = "template", Html = "html", Head = "head", Body = "body", Title = "title", Base = "base",
        Center = "center", Font = "font", Small = "small", Sup = "sup", Sub = "sub", U = "u", S = "s", Code = "code",
        Tt = "tt", Big = "big", Strike = "strike", Nobr = "nobr", Abbr = "abbr", Cite = "cite", Mark = "mark",
        Thead = "thead", Tfoot = "tfoot", Caption = "caption", Col = "col", Colgroup = "colgroup", Hr = "hr",
        Details = "details", Summary = "summary", Dialog = "dialog", Hgroup = "hgroup", Menu = "menu", Area = "area",
        Param = "param", Track = "track", Wbr = "wbr", Frame = "frame", Frameset = "frameset", Noframes = "noframes",
        Noembed = "noembed", Xmp = "xmp", Legend = "legend", Search = "search", Ins = "ins", Del = "del",
        Rp = "rp", Rt = "rt", Ruby = "ruby",
    }
}

names! {
    /// The attributes that are kept.
    Attr {
        Class = "class", Id = "id", Href = "href", Content = "content", Name = "name", Property = "property",
        Itemprop = "itemprop", Datetime = "datetime", Rel = "rel", Role = "role", Lang = "lang", Type = "type",
        Style = "style", Hidden = "hidden", AriaHidden = "aria-hidden", Itemtype = "itemtype", Title = "title",
        AriaLabel = "aria-label", DataTestid = "data-testid", DataComponent = "data-component", Alt = "alt",
        XmlLang = "xml:lang", HttpEquiv = "http-equiv",
    }
}

/// How an element takes part in the layout of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Display {
    Inline,
    /// A block of text, whose start tag ends an open paragraph.
    Block,
    /// A part of a table, a form or the page, which is also a block of text.
    Part,
}

impl Tag {
    /// Number of names.
    pub(super) const COUNT: usize = Self::Other as usize + 1;

    fn display(self) -> Display {
        use Tag::*;
        match self {
            A | Span | Br | Img | Meta | Link | B | I | Em | Strong | Q | Time | Input | Button | Label | Svg
            | Math | Path | Picture | Source | Embed | Base | Font | Small | Sup | Sub | U | S | Code | Tt | Big
            | Strike | Nobr | Abbr | Cite | Mark | Col | Area | Param | Track | Wbr | Frame | Ins | Del | Rp | Rt
            | Ruby | Other => Display::Inline,
            Td | Tr | Tbody | Th | Thead | Tfoot | Caption | Colgroup | Html | Head | Body | Title | Script | Style
            | Noscript | Iframe | Select | Option | Optgroup | Textarea | Template | Video | Audio | Object
            | Canvas => Display::Part,
            _ => Display::Block,
        }
    }

    /// Whether it begins and ends a block of text; all others are inline.
    pub(super) fn is_block(self) -> bool {
        self.display() != Display::Inline
    }

    /// Whether its start tag ends an open paragraph.
    pub(super) fn closes_p(self) -> bool {
        self.display() == Display::Block
    }

    /// Whether it has no content.
    pub(super) fn is_void(self) -> bool {
        use Tag::*;
        matches!(
            self,
            Br | Img | Meta | Link | Input | Hr | Area | Base | Col | Embed | Param | Source | Track | Wbr | Frame
        )
    }

    pub(super) fn is_heading(self) -> bool {
        self.heading_level().is_some()
    }

    /// 1 to 6 for `h1` to `h6`.
    pub(super) fn heading_level(self) -> Option<u8> {
        let level = (self as u8).checked_sub(Tag::H1 as u8)? + 1;
        (level <= 6).then_some(level)
    }

    /// Whether end tags of other elements do not close it.
    pub(super) fn is_wall(self) -> bool {
        matches!(self, Tag::Td | Tag::Th | Tag::Caption | Tag::Table | Tag::Template | Tag::Html | Tag::Object)
    }

    pub(super) fn is_table_part(self) -> bool {
        use Tag::*;
        matches!(self, Td | Th | Tr | Tbody | Thead | Tfoot | Caption | Colgroup | Table)
    }

    pub(super) fn is_head_part(self) -> bool {
        use Tag::*;
        matches!(self, Title | Meta | Link | Script | Style | Base | Noscript | Template | Head | Html)
    }
}

/// Whether this is the name of an element, in any case of letters.
pub(super) fn is_known(name: &[u8]) -> bool {
    lower(name, &mut [0; 16]).is_some_and(|name| Tag::from_name(name) != Tag::Other)
}

/// A name in lower case, if it fits in the buffer.
pub(super) fn lower<'b>(name: &[u8], buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    let lower = buffer.get_mut(..name.len())?;
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    Some(lower)
}
