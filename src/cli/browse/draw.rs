//! Draws the screen: the query, the hits next to the selected article, facets and timeline below, and the keys.
//!
//! All text from articles goes through `render`, which makes it safe for a terminal.

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Sparkline;

use super::keys::KEYS;
use super::state::{Article, Kind, LaidOut, State, Views};
use crate::render::{self, SafeText, columns, counted, flowing, initials, lines, shorten, split_at_marks, thousands};
use crate::search::{Hit, views::Timeline};

/// Minimum width for showing the article next to the hits, and facets below them.
const WIDE: u16 = 60;

/// Minimum height for showing facets, and an article below the hits.
const HIGH: u16 = 16;

/// Height of facets and timeline, with headings.
const STRIP: u16 = 6;

/// Height of a hit: headline, and two lines of its passage.
const HIT: u16 = 3;

/// Number of lines shown above the passage when an article is opened.
const ABOVE: usize = 3;

const PROMPT: &str = "> ";

/// Draws the screen.
pub(super) fn screen(frame: &mut Frame<'_>, state: &mut State, color: bool) {
    let mark = if color { BOLD.fg(Color::Red) } else { BOLD.add_modifier(Modifier::UNDERLINED) };
    let area = frame.area();
    let strip = if area.height >= HIGH && area.width >= WIDE { STRIP } else { 0 };
    let [top, middle, below, bottom] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(strip),
        Constraint::Length(1),
    ])
    .areas(area);
    prompt(frame, top, state);
    if state.help {
        help(frame, middle);
    } else {
        let [list, article] = match () {
            () if area.width >= WIDE => {
                Layout::horizontal([Constraint::Percentage(48), Constraint::Fill(1)]).spacing(2).areas(middle)
            }
            () if area.height >= HIGH => {
                Layout::vertical([Constraint::Percentage(60), Constraint::Fill(1)]).spacing(1).areas(middle)
            }
            () => [middle, Rect::default()],
        };
        hits(frame, list, state, mark);
        if let Some(shown) = &mut state.article {
            self::article(frame, article, shown, mark);
        }
        if let Some(shown) = &state.views {
            views(frame, below, shown);
        }
    }
    let note = state.complaint.as_deref().filter(|_| !state.help);
    let text = note.unwrap_or("Enter print · Tab mark · ↑↓ select · ? help · Esc quit");
    put(frame, bottom, 0, Line::styled(render::safe(text).into_owned(), DIM));
}

const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
const DIM: Style = Style::new().add_modifier(Modifier::DIM);

/// A part of a text, with its highlights in the style `mark`.
fn marked_line(text: &SafeText, part: Range<usize>, style: Style, mark: Style) -> Line<'static> {
    let span = |(part, is_marked): (Range<usize>, bool)| {
        let style = if is_marked { style.patch(mark) } else { style };
        Span::styled(text.text[part].to_owned(), style)
    };
    Line::from_iter(split_at_marks(part, &text.marks).into_iter().map(span))
}

/// Draws a line in a row of an area, if the row exists.
fn put(frame: &mut Frame<'_>, area: Rect, row: u16, line: Line<'_>) {
    if row < area.height {
        frame.render_widget(line, Rect { y: area.y + row, height: 1, ..area });
    }
}

/// The query with its cursor, and the number of matches.
fn prompt(frame: &mut Frame<'_>, area: Rect, state: &State) {
    let is_current = state.found_for.as_deref() == Some(state.line.text());
    let marked = match state.marked.len() {
        0 => String::new(),
        marked => format!(" · {} marked", thousands(marked as u64)),
    };
    let found = match is_current {
        true => format!("{}{marked}", counted(state.found.total_articles, "article", "articles")),
        false => format!("…{marked}"),
    };
    let room = usize::from(area.width).saturating_sub(columns(&found) + 1 + PROMPT.len()).max(1);
    let before = render::safe(state.line.before()).into_owned();
    // If the query is long, show the part before the cursor.
    let skipped = lines(&before, room).pop().filter(|_| columns(&before) >= room).map_or(0, |line| line.start);
    let shown = &render::safe(state.line.text())[skipped.min(before.len())..];
    put(frame, area, 0, Line::from(vec![Span::styled(PROMPT, DIM), Span::styled(shorten(shown, room), BOLD)]));
    let right = columns(&found).min(area.width.into()) as u16;
    put(frame, Rect { x: area.right() - right, width: right, ..area }, 0, Line::styled(found, DIM));
    let at = PROMPT.len() + columns(before.get(skipped..).unwrap_or_default());
    frame.set_cursor_position(Position::new(area.x + (at as u16).min(area.width.saturating_sub(1)), area.y));
}

fn hits(frame: &mut Frame<'_>, area: Rect, state: &mut State, mark: Style) {
    state.page = usize::from(area.height / HIT).max(1);
    state.first = state.first.min(state.selected).max((state.selected + 1).saturating_sub(state.page));
    if state.found.hits.is_empty() && state.found_for.is_some() {
        return put(frame, area, 0, Line::styled("no article matches", DIM));
    }
    let shown = state.found.hits.iter().enumerate().skip(state.first).take(state.page + 1);
    for (row, (place, hit)) in (0..).step_by(HIT.into()).zip(shown) {
        let rest = Rect { y: area.y + row.min(area.height), height: area.height.saturating_sub(row), ..area };
        let is_marked = state.marked.contains(&hit.article.location);
        self::hit(frame, rest, hit, (place == state.selected, is_marked), mark);
    }
}

/// A hit: whether it is selected and marked, its date, headline, and the best part of its passage.
fn hit(frame: &mut Frame<'_>, area: Rect, hit: &Hit, (is_selected, is_marked): (bool, bool), mark: Style) {
    let sign = match (is_selected, is_marked) {
        (_, true) => "* ",
        (true, false) => "▌ ",
        (false, false) => "  ",
    };
    let day = format!("{} ", render::date(hit.article.published.as_ref()));
    let width = usize::from(area.width).saturating_sub(2);
    let title = initials(flowing(&hit.article.title, &hit.article.title_highlights));
    let room = width.saturating_sub(columns(&day)).max(1);
    let shown = shorten(&title.text, room);
    let kept = shown.trim_end_matches('…').len().min(title.text.len());
    let style = if is_selected { BOLD.add_modifier(Modifier::REVERSED) } else { BOLD };
    let mut line = marked_line(&title, 0..kept, style, mark);
    line.spans.push(Span::styled(shown[kept..].to_owned(), style));
    line.spans.splice(0..0, [Span::styled(sign, BOLD), Span::styled(day, if is_selected { style } else { DIM })]);
    put(frame, area, 0, line);
    let text = render::excerpt(render::passage(hit, 0), width.max(1), usize::from(HIT - 1));
    for (row, part) in (1..HIT).zip(lines(&text.text, width.max(1))) {
        let mut line = marked_line(&text, part, Style::new(), mark);
        line.spans.insert(0, Span::raw("  "));
        put(frame, area, row, line);
    }
}

fn article(frame: &mut Frame<'_>, area: Rect, article: &mut Article, mark: Style) {
    let width = usize::from(area.width).max(1);
    if article.laid_out.as_ref().is_none_or(|laid_out| laid_out.width != width) {
        let (laid_out, passage) = lay_out(article, width);
        article.scroll = if article.passage > 0 { passage.saturating_sub(ABOVE) } else { 0 };
        article.laid_out = Some(laid_out);
    }
    let Some(laid_out) = &article.laid_out else { return };
    article.page = usize::from(area.height).max(1);
    article.scroll = article.scroll.min(laid_out.lines.len().saturating_sub(article.page));
    for (row, (place, part)) in (0..area.height).zip(&laid_out.lines[article.scroll..]) {
        let (kind, text) = &laid_out.paragraphs[*place];
        let style = match kind {
            Kind::Headline => BOLD,
            Kind::Facts => DIM,
            Kind::Text => Style::new(),
        };
        put(frame, area, row, marked_line(text, part.clone(), style, mark));
    }
}

/// The lines of an article at a width, and the first line of its passage.
fn lay_out(article: &Article, width: usize) -> (LaidOut, usize) {
    let stored = &article.marked.stored;
    let part = |range| render::article_part(&article.marked, range);
    let facts = [
        Some(render::date(stored.article.published.as_ref())),
        stored.article.source.clone(),
        stored.article.byline.clone(),
        Some(article.location.clone()),
    ];
    let facts = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let facts = SafeText { text: render::safe(&facts).into_owned(), marks: Vec::new() };
    let mut laid_out = LaidOut { width, paragraphs: Vec::new(), lines: Vec::new() };
    let mut passage = 0;
    let mut add = |kind, text: SafeText, blank: bool| {
        let place = laid_out.paragraphs.len();
        laid_out.lines.extend(lines(&text.text, width).into_iter().map(|line| (place, line)));
        laid_out.lines.extend(blank.then_some((place, 0..0)));
        laid_out.paragraphs.push((kind, text));
        laid_out.lines.len()
    };
    if stored.title_bytes > 0 {
        add(Kind::Headline, part(0..stored.title_bytes), false);
    }
    add(Kind::Facts, facts, true);
    let mut start = stored.title_bytes;
    for line in stored.text.get(start..).unwrap_or_default().split_inclusive('\n') {
        let end = start + line.len();
        if !line.trim().is_empty() {
            let next = add(Kind::Text, part(start..end), true);
            if end <= article.passage {
                passage = next;
            }
        }
        start = end;
    }
    (laid_out, passage)
}

fn views(frame: &mut Frame<'_>, area: Rect, views: &Views) {
    let parts = [Constraint::Fill(4), Constraint::Length(10), Constraint::Length(13), Constraint::Fill(5)];
    let [source, language, year, time] = Layout::horizontal(parts).spacing(2).areas(area);
    for (area, (kind, facets)) in [source, language, year].into_iter().zip(&views.facets) {
        put(frame, area, 0, Line::styled(kind.name(), DIM));
        for (row, facet) in (1..area.height.saturating_sub(1)).zip(facets) {
            let count = thousands(facet.articles);
            let room = usize::from(area.width).saturating_sub(columns(&count) + 1);
            let name = shorten(&render::safe(facet.value.as_deref().unwrap_or("-")), room).into_owned();
            let blanks = " ".repeat(usize::from(area.width).saturating_sub(columns(&name) + columns(&count)));
            put(frame, area, row, Line::raw(format!("{name}{blanks}{count}")));
        }
        let more = facets.len().saturating_sub(usize::from(area.height.saturating_sub(2)));
        if more > 0 {
            let more = format!("{} more", thousands(more as u64));
            put(frame, area, area.height.saturating_sub(1), Line::styled(more, DIM));
        }
    }
    timeline(frame, time, &views.timeline);
}

/// The number of articles over time as bars, with several periods per bar if necessary.
fn timeline(frame: &mut Frame<'_>, area: Rect, timeline: &Timeline) {
    let (Some(first), Some(last)) = (timeline.periods.first(), timeline.periods.last()) else { return };
    let width = usize::from(area.width).max(1);
    let articles: Vec<u64> = timeline.periods.iter().map(|p| p.articles.first().copied().unwrap_or(0)).collect();
    let together = articles.len().div_ceil(width);
    let bars: Vec<u64> = articles.chunks(together).map(|periods| periods.iter().sum()).collect();
    let unit = timeline.unit.name();
    let heading = if together > 1 { format!("by {together} {unit}s") } else { format!("by {unit}") };
    put(frame, area, 0, Line::styled(heading, DIM));
    let wide = (width / bars.len()).max(1);
    let data: Vec<u64> = bars.iter().flat_map(|bar| std::iter::repeat_n(*bar, wide)).collect();
    let chart = Rect { y: area.y + 1, height: area.height.saturating_sub(2), ..area };
    frame.render_widget(Sparkline::default().data(&data), chart);
    let (first, last) = (first.start.to_string(), last.start.to_string());
    let blanks = " ".repeat(data.len().min(width).saturating_sub(columns(&first) + columns(&last)).max(1));
    let text = if bars.len() > 1 { format!("{first}{blanks}{last}") } else { first };
    put(frame, area, area.height.saturating_sub(1), Line::styled(text, DIM));
}

fn help(frame: &mut Frame<'_>, area: Rect) {
    for (row, (key, does)) in (1..).zip(KEYS) {
        put(frame, area, row, Line::from(vec![Span::styled(format!("  {key:18}"), BOLD), Span::raw(does)]));
    }
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::article::Article as News;
    use crate::index::StoredArticle;
    use crate::render::sample;
    use crate::search::Marked;
    use crate::search::views::{Facet, FacetKind, Period, Unit};

    /// A view with two hits, the first of them selected, with facets and a timeline.
    fn sample() -> State {
        let mut state = State::with("export rules");
        let mut results = sample::results();
        results.hits[1].passage.text = "東京都知事が、\u{1b}[31m会見した。".repeat(9);
        state.set_results("export rules".into(), results, None);
        let body = format!("{}\n\nExports of \u{9b}1mchip-making tools. 東京都知事。", "Before it. ".repeat(30));
        let text = format!("Export rules\n\n{body}");
        let at = text.find("chip").expect("there");
        let stored = StoredArticle {
            id: "8731".into(),
            location: "news.zip!/a/wire.jsonl#3".into(),
            file: "news.zip".into(),
            inner: "a/wire.jsonl".into(),
            record: 3,
            title_bytes: 12,
            article: News { title: "Export rules".into(), source: Some("Voice of America".into()), ..News::default() },
            text,
        };
        state.set_article("news.zip!/a/wire.jsonl#3".into(), Marked { stored, highlights: vec![0..6, at..at + 4] });
        let facet =
            |value: &str, articles| Facet { value: Some(value.into()), articles, with_copies: articles, archive: 9 };
        let facets = vec![
            (FacetKind::Source, vec![facet("Voice of America \u{202e}", 1200), facet("AP", 1)]),
            (FacetKind::Language, vec![facet("en", 2)]),
            (FacetKind::Year, (2001..2009).map(|year| facet(&year.to_string(), 1)).collect()),
        ];
        let period = |year, articles| Period {
            start: jiff::civil::date(year, 1, 1),
            articles: vec![articles],
            shares: vec![0.0],
        };
        let timeline = Timeline {
            unit: Unit::Year,
            periods: (1900..2023).map(|y| period(y, y as u64 % 9)).collect(),
            undated: vec![0],
            dated_by_file: vec![0],
        };
        state.views = Some(Views { facets, timeline });
        state
    }

    fn drawn(state: &mut State, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("memory");
        terminal.draw(|frame| screen(frame, state, true)).expect("memory");
        terminal.backend().to_string()
    }

    #[test]
    fn a_screen_of_80_columns_has_hits_article_facets_and_timeline() {
        let mut state = sample();
        state.mark();
        let screen = drawn(&mut state, 80, 24);
        for text in [
            "\"> export rules",
            "2 articles · 1 marked\"",
            "* 2023-07-23 Export rules",
            "  Exports of chip-making tools.",
            "source ",
            "Voice of America  1,200",
            "4 more",
            "1900-01-01",
            "2022-01-01",
            "? help",
        ] {
            assert!(screen.contains(text), "{text} in\n{screen}");
        }
        state.scroll(-100);
        assert!(drawn(&mut state, 80, 24).contains(" Before it. Before it."));
        state.help = true;
        assert!(drawn(&mut state, 80, 24).contains("  Tab, Shift-Tab    mark the article"));
    }

    #[test]
    fn screens_of_any_size_are_safe() {
        for (width, height) in [(1, 1), (2, 3), (10, 4), (20, 10), (40, 20), (59, 15), (60, 16), (200, 60), (80, 5)] {
            let mut state = sample();
            for help in [false, true] {
                (state.help, state.complaint) = (help, Some("\u{1b}[2J".repeat(30)));
                let screen = drawn(&mut state, width, height);
                assert!(!screen.chars().any(|c| c.is_control() && c != '\n'), "{width}×{height}");
            }
            state.go(1);
            state.line.insert(&"東京 ".repeat(100));
            drawn(&mut state, width, height);
        }
    }
}
