//! The glyphs of a page, with positions, from the operators of its content streams.
//!
//! Owns the text state and the limits of interpretation. Pictures are only counted; colours, paths and clipping are
//! ignored. Invisible text is included: it is the result of text recognition under a scan (ISO 32000-1, 9).

use hayro_font::hayro_cmap::BfString;
use hayro_font::hayro_syntax::content::TypedIter;
use hayro_font::hayro_syntax::content::ops::TypedInstruction as Op;
use hayro_font::hayro_syntax::object::{Array, Dict, Name, Number, Object, Stream};
use hayro_font::hayro_syntax::page::{Page, Resources};
use hayro_font::kurbo::{Affine, Point, Vec2};
use hayro_font::{CMapResolverFn, Font, FontCache, FontGlyph, FontQuery, FontResolverFn, UNITS_PER_EM};

use super::guard::Budget;

/// Maximum nesting of forms; layouts need three or four.
const FORMS_DEEP_MAX: u32 = 16;

/// Maximum number of saved graphics states; the PDF limit for programs is 28.
const STATES_MAX: usize = 512;

/// Maximum size of a replacement text for a glyph; longer ones describe whole passages.
const ACTUAL_TEXT_BYTES_MAX: usize = 16;

/// A glyph with its position on the page, in points from the upper left, in the direction of its line.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    /// Its characters; two or three for a ligature.
    pub(super) text: Box<str>,
    /// Start position on its line.
    pub(super) start: f32,
    /// Start position of the next glyph.
    pub(super) end: f32,
    /// Position of its baseline, downwards.
    pub(super) base: f32,
    /// Its size: the height of a line.
    pub(super) size: f32,
    /// Quarter turns of the direction of its line.
    pub(super) turns: u8,
}

/// The content of a page.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// Glyphs in drawing order.
    pub(super) glyphs: Vec<Glyph>,
    /// Number of glyphs with unknown characters.
    pub(super) unknown: usize,
    /// Number of pictures.
    pub(super) pictures: usize,
}

/// Reads the pages of a document.
pub(super) struct Reader<'a> {
    fonts: FontCache<'a>,
    font_programs: FontResolverFn,
    maps: CMapResolverFn,
}

impl<'a> Reader<'a> {
    /// Nothing has been read yet.
    pub(super) fn new() -> Self {
        Self {
            fonts: FontCache::new(),
            font_programs: std::sync::Arc::new(|query| match query {
                FontQuery::Standard(font) => Some(font.get_font_data()),
                FontQuery::Fallback(font) => Some(font.pick_standard_font().get_font_data()),
            }),
            maps: std::sync::Arc::new(hayro_cmap::load_embedded),
        }
    }

    /// The content of a page; incomplete if the budget is exhausted.
    pub(super) fn page(&self, page: &Page<'a>, budget: &mut Budget) -> Content {
        let mut bytes = Vec::new();
        if let Some(stream) = page.raw().get::<Stream<'_>>("Contents") {
            bytes = budget.decoded(&stream);
        } else if let Some(parts) = page.raw().get::<Array<'_>>("Contents") {
            for part in parts.iter::<Stream<'_>>() {
                bytes.extend(budget.decoded(&part));
                bytes.push(b'\n');
            }
        }
        let turned = Affine::new(page.initial_transform(true).as_coeffs());
        let (width, height) = page.render_dimensions();
        let mut run = Run {
            reader: self,
            budget,
            content: Content::default(),
            state: State { transform: turned, scale: 1.0, ..State::default() },
            saved: Vec::new(),
            matrix: Affine::IDENTITY,
            line: Affine::IDENTITY,
            actual: Vec::new(),
            edge: Point::new(f64::from(width), f64::from(height)),
        };
        run.stream(&bytes, page.resources(), 0);
        run.content
    }
}

/// The part of the graphics state that affects text.
#[derive(Clone, Default)]
struct State<'a> {
    transform: Affine,
    font: Option<Font<'a>>,
    size: f64,
    letter_space: f64,
    word_space: f64,
    scale: f64,
    leading: f64,
    rise: f64,
}

/// A page being interpreted.
struct Run<'r, 'a> {
    reader: &'r Reader<'a>,
    budget: &'r mut Budget,
    content: Content,
    state: State<'a>,
    saved: Vec<State<'a>>,
    matrix: Affine,
    line: Affine,
    /// Replacement texts of open marked content; empty once used.
    actual: Vec<Option<Box<str>>>,
    edge: Point,
}

impl<'a> Run<'_, 'a> {
    fn stream(&mut self, bytes: &[u8], resources: &Resources<'a>, depth: u32) {
        let mut ops = TypedIter::new(bytes);
        let marks = self.actual.len();
        let saved = self.saved.len();
        while let Some(op) = ops.next() {
            if !self.budget.operator() {
                break;
            }
            self.operator(op, resources, depth);
        }
        self.actual.truncate(marks);
        self.saved.truncate(saved);
    }

    fn operator(&mut self, op: Op<'_, '_>, resources: &Resources<'a>, depth: u32) {
        match op {
            Op::SaveState(_) if self.saved.len() < STATES_MAX => self.saved.push(self.state.clone()),
            Op::RestoreState(_) => self.state = self.saved.pop().unwrap_or_else(|| self.state.clone()),
            Op::Transform(t) => self.state.transform *= affine([&t.0, &t.1, &t.2, &t.3, &t.4, &t.5]),
            Op::BeginText(_) => (self.matrix, self.line) = (Affine::IDENTITY, Affine::IDENTITY),
            Op::SetTextMatrix(t) => {
                self.line = affine([&t.0, &t.1, &t.2, &t.3, &t.4, &t.5]);
                self.matrix = self.line;
            }
            Op::NextLine(n) => self.next_line(n.0.as_f64(), n.1.as_f64()),
            Op::NextLineAndSetLeading(n) => {
                self.state.leading = -n.1.as_f64();
                self.next_line(n.0.as_f64(), n.1.as_f64());
            }
            Op::NextLineUsingLeading(_) => self.next_leading(),
            Op::TextFont(font) => {
                self.state.font = resources.get_font(font.0).and_then(|dict| self.font(&dict));
                self.state.size = font.1.as_f64();
            }
            Op::SetGraphicsState(name) => {
                if let Some(font) = resources.get_ext_g_state(name.0).and_then(|state| state.get::<Array<'_>>("Font")) {
                    self.font_of_state(&font);
                }
            }
            Op::CharacterSpacing(space) => self.state.letter_space = space.0.as_f64(),
            Op::WordSpacing(space) => self.state.word_space = space.0.as_f64(),
            Op::HorizontalScaling(scale) => self.state.scale = scale.0.as_f64() / 100.0,
            Op::TextLeading(leading) => self.state.leading = leading.0.as_f64(),
            Op::TextRise(rise) => self.state.rise = rise.0.as_f64(),
            Op::ShowText(text) => self.show(text.0.as_bytes()),
            Op::NextLineAndShowText(text) => {
                self.next_leading();
                self.show(text.0.as_bytes());
            }
            Op::ShowTextWithParameters(text) => {
                self.state.word_space = text.0.as_f64();
                self.state.letter_space = text.1.as_f64();
                self.next_leading();
                self.show(text.2.as_bytes());
            }
            Op::ShowTexts(parts) => {
                for part in parts.0.iter::<Object<'_>>() {
                    match part {
                        Object::String(text) => self.show(text.as_bytes()),
                        Object::Number(number) => self.adjust(number.as_f64()),
                        _ => {}
                    }
                }
            }
            Op::XObject(object) => self.object(object.0, resources, depth),
            Op::InlineImage(_) => self.content.pictures += 1,
            Op::BeginMarkedContent(_) => self.mark(None),
            Op::BeginMarkedContentWithProperties(mark) => {
                let text = match mark.1 {
                    Object::Dict(dict) => actual_text(dict),
                    Object::Name(name) => resources.properties.get::<Dict<'_>>(name).and_then(|d| actual_text(&d)),
                    _ => None,
                };
                self.mark(text);
            }
            Op::EndMarkedContent(_) => {
                self.actual.pop();
            }
            _ => {}
        }
    }

    fn mark(&mut self, text: Option<Box<str>>) {
        if self.actual.len() < STATES_MAX {
            self.actual.push(text);
        }
    }

    fn next_line(&mut self, right: f64, up: f64) {
        self.line *= Affine::translate((right, up));
        self.matrix = self.line;
    }

    fn next_leading(&mut self) {
        self.next_line(0.0, -self.state.leading);
    }

    fn font(&self, dict: &Dict<'a>) -> Option<Font<'a>> {
        self.reader.fonts.font(dict, &self.reader.font_programs, &self.reader.maps)
    }

    fn font_of_state(&mut self, entry: &Array<'a>) {
        let mut parts = entry.flex_iter();
        if let Some(dict) = parts.next::<Dict<'a>>() {
            self.state.font = self.font(&dict);
            self.state.size = parts.next::<Number>().map_or(1.0, |n| n.as_f64());
        }
    }

    fn adjust(&mut self, thousandths: f64) {
        let state = &self.state;
        let by = -thousandths / f64::from(UNITS_PER_EM) * state.size;
        let horizontal = state.font.as_ref().is_none_or(Font::is_horizontal);
        let by = if horizontal { Vec2::new(by * state.scale, 0.0) } else { Vec2::new(0.0, by) };
        self.matrix *= Affine::translate(by);
    }

    fn show(&mut self, bytes: &[u8]) {
        let state = self.state.clone();
        let Some(font) = &state.font else { return };
        let horizontal = font.is_horizontal();
        let mut at = 0;
        while at < bytes.len() {
            let (code, taken) = font.read_code(bytes, at);
            at += taken.max(1);
            let advance = font.code_advance(code) / f64::from(UNITS_PER_EM) * state.size;
            let space = state.letter_space + if code == 32 && taken == 1 { state.word_space } else { 0.0 };
            let (advance, whole) = match horizontal {
                true => (Vec2::new(advance.x * state.scale, 0.0), Vec2::new((advance.x + space) * state.scale, 0.0)),
                false => (Vec2::new(0.0, advance.y), Vec2::new(0.0, advance.y + space)),
            };
            let text = match font.glyph(font.map_code(code), code) {
                FontGlyph::Outline(glyph) => glyph.as_unicode(),
                FontGlyph::Type3(glyph) => glyph.as_unicode(),
            };
            self.place(text, advance, &state);
            self.matrix *= Affine::translate(whole);
        }
    }

    /// Adds a glyph at the position of the text matrix.
    fn place(&mut self, text: Option<BfString>, advance: Vec2, state: &State<'_>) {
        // The first glyph of marked content has its text, and the others have none.
        let known = match self.actual.iter_mut().rev().flatten().next() {
            Some(text) => Some(std::mem::take(text)),
            None => text.and_then(|text| readable(&text)),
        };
        let Some(text) = known else {
            self.content.unknown += 1;
            return;
        };
        let full = state.transform * self.matrix * Affine::translate((0.0, state.rise));
        let [a, b, c, d, ..] = full.as_coeffs();
        let from = full * Point::ZERO;
        let along = full * Point::new(advance.x, advance.y) - from;
        // The direction of the line: for a glyph without width, that of its matrix.
        let way = if along.hypot() > 1e-6 { along } else { Vec2::new(a, b) };
        let size = state.size.abs() * if advance.y == 0.0 { c.hypot(d) } else { a.hypot(b) };
        let seen = (-1.0..=self.edge.x + 1.0).contains(&from.x) && (-1.0..=self.edge.y + 1.0).contains(&from.y);
        if !seen || !size.is_finite() || size < 0.5 || !self.budget.glyph() {
            return;
        }
        let (turns, start, base) = if way.x.abs() >= way.y.abs() {
            // A mirrored line is read as drawn.
            if way.x >= 0.0 { (0, from.x, from.y) } else { (2, -from.x, -from.y) }
        } else if way.y > 0.0 {
            (1, from.y, -from.x)
        } else {
            (3, -from.y, from.x)
        };
        let (start, end) = (start as f32, (start + along.hypot()) as f32);
        self.content.glyphs.push(Glyph { text, start, end, base: base as f32, size: size as f32, turns });
    }

    fn object(&mut self, name: &Name<'_>, resources: &Resources<'a>, depth: u32) {
        let Some(stream) = resources.get_x_object(name) else { return };
        let dict = stream.dict();
        if dict.get::<Name<'_>>("Subtype").is_some_and(|kind| kind.as_ref() == b"Image") {
            self.content.pictures += 1;
            return;
        }
        if depth >= FORMS_DEEP_MAX {
            return;
        }
        let bytes = self.budget.decoded(&stream);
        let own = dict.get::<Dict<'a>>("Resources").map(Resources::new);
        let matrix = dict.get::<[f64; 6]>("Matrix").map_or(Affine::IDENTITY, Affine::new);
        let outer = (self.state.clone(), self.matrix, self.line);
        self.state.transform *= matrix;
        self.stream(&bytes, own.as_ref().unwrap_or(resources), depth + 1);
        (self.state, self.matrix, self.line) = outer;
    }
}

fn affine(numbers: [&Number; 6]) -> Affine {
    Affine::new(numbers.map(Number::as_f64))
}

/// Replacement text for the glyphs of marked content, such as the letters of a ligature.
fn actual_text(properties: &Dict<'_>) -> Option<Box<str>> {
    let text = properties.get::<hayro_font::hayro_syntax::object::String<'_>>("ActualText")?;
    let text = super::text_string(text.as_bytes());
    (text.len() <= ACTUAL_TEXT_BYTES_MAX).then(|| text.into())
}

/// The characters of a glyph, with ligatures as letters; empty if the font says so. None for private use and control
/// codes.
fn readable(text: &BfString) -> Option<Box<str>> {
    use unicode_normalization::UnicodeNormalization as _;
    let mut single = [0; 4];
    let text: &str = match text {
        BfString::Char(c) => c.encode_utf8(&mut single),
        BfString::String(text) => text,
    };
    let unreadable = |c: char| {
        matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{fffd}')
            || c.is_control() && !c.is_whitespace()
    };
    if text.chars().any(unreadable) {
        return None;
    }
    // Ligatures of Latin and the forms of Arabic letters.
    let folded = |c: char| matches!(c, '\u{fb00}'..='\u{fb06}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
    Some(if text.chars().any(folded) { text.nfkc().collect::<String>().into() } else { text.into() })
}
