//! Keys: their actions, and the help page.

use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::state::{Line, State};

/// What to do after a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Continue,
    Print,
    Quit,
}

/// Keys and actions on the help page.
pub(super) const KEYS: [(&str, &str); 12] = [
    ("Enter", "print the locations of the marked articles, or of the selected one"),
    ("Tab, Shift-Tab", "mark the article and move down, or up"),
    ("↑ ↓ PgUp PgDn", "select an article"),
    ("Shift-↑ Shift-↓", "scroll the article"),
    ("Ctrl-B Ctrl-F", "scroll it by a page"),
    ("← → Home End", "move in the query"),
    ("Ctrl-W", "delete a word"),
    ("Ctrl-U", "delete what is before the cursor"),
    ("Ctrl-L", "redraw the screen"),
    ("?, F1", "show this help; in a word, `?` is a wildcard"),
    ("Esc, Ctrl-C", "quit without printing"),
    ("", "docs/query.md describes the query language"),
];

/// Handles an event.
pub(super) fn act(state: &mut State, event: &Event) -> Next {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => press(state, *key),
        Event::Paste(text) if !state.help => {
            state.line.insert(text);
            Next::Continue
        }
        _ => Next::Continue,
    }
}

fn press(state: &mut State, key: KeyEvent) -> Next {
    let with = |modifier| key.modifiers.contains(modifier);
    if with(KeyModifiers::CONTROL) && matches!(key.code, KeyCode::Char('c' | 'd' | 'g')) {
        return Next::Quit;
    }
    if state.help {
        // Any key returns to the hits.
        state.help = false;
        return Next::Continue;
    }
    let page = isize::try_from(state.page.max(1)).unwrap_or(1);
    let lines = state.article.as_ref().map_or(1, |article| isize::try_from(article.page.max(1)).unwrap_or(1));
    match key.code {
        KeyCode::Esc => return Next::Quit,
        KeyCode::Enter if state.hit().is_some() || !state.marked.is_empty() => return Next::Print,
        KeyCode::F(1) => state.help = true,
        KeyCode::Char(c) if with(KeyModifiers::CONTROL) => match c {
            'n' | 'j' => state.go(1),
            'p' | 'k' => state.go(-1),
            'f' => state.scroll(lines),
            'b' => state.scroll(-lines),
            'a' => state.line.home(),
            'e' => state.line.end(),
            'u' => state.line.delete(Line::home),
            'w' => state.line.delete(Line::word_left),
            'h' => state.line.delete(Line::left),
            _ => {}
        },
        // No word begins with it.
        KeyCode::Char('?') if state.line.before().chars().next_back().is_none_or(char::is_whitespace) => {
            state.help = true;
        }
        KeyCode::Char(c) if !with(KeyModifiers::ALT) => state.line.insert(c.encode_utf8(&mut [0; 4])),
        KeyCode::Up if with(KeyModifiers::SHIFT) => state.scroll(-1),
        KeyCode::Down if with(KeyModifiers::SHIFT) => state.scroll(1),
        KeyCode::Up => state.go(-1),
        KeyCode::Down => state.go(1),
        KeyCode::PageUp => state.go(-page),
        KeyCode::PageDown => state.go(page),
        KeyCode::Tab => {
            state.mark();
            state.go(1);
        }
        KeyCode::BackTab => {
            state.mark();
            state.go(-1);
        }
        KeyCode::Backspace => state.line.delete(Line::left),
        KeyCode::Delete => state.line.delete(Line::right),
        KeyCode::Left => state.line.left(),
        KeyCode::Right => state.line.right(),
        KeyCode::Home => state.line.home(),
        KeyCode::End => state.line.end(),
        _ => {}
    }
    Next::Continue
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_in(state: &mut State, keys: &[KeyCode]) -> Vec<Next> {
        keys.iter().map(|key| act(state, &Event::Key(KeyEvent::new(*key, KeyModifiers::NONE)))).collect()
    }

    #[test]
    fn keys_choose_mark_and_print() {
        let mut state = State::with("export");
        state.set_results("export".into(), crate::render::sample::results(), None);
        state.page = 5;
        assert_eq!(state.selection(), ["news.zip!/a/wire.jsonl#3"]);
        type_in(&mut state, &[KeyCode::PageDown]);
        assert_eq!(state.selection(), ["a.txt"]);
        type_in(&mut state, &[KeyCode::Down, KeyCode::Tab, KeyCode::Up, KeyCode::Tab]);
        assert_eq!((state.selected, state.selection()), (1, vec!["a.txt", "news.zip!/a/wire.jsonl#3"]));
        type_in(&mut state, &[KeyCode::BackTab]);
        assert_eq!((state.selected, state.selection()), (0, vec!["news.zip!/a/wire.jsonl#3"]));
        assert_eq!(type_in(&mut state, &[KeyCode::Enter, KeyCode::Esc]), [Next::Print, Next::Quit]);
        let interrupt = Event::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL));
        assert_eq!(act(&mut state, &interrupt), Next::Quit);
    }

    #[test]
    fn a_question_mark_is_help_between_words_and_a_wildcard_in_one() {
        let mut state = State::with("wom");
        type_in(&mut state, &[KeyCode::Char('?'), KeyCode::Char('n'), KeyCode::Char(' ')]);
        assert_eq!((state.line.text(), state.help), ("wom?n ", false));
        type_in(&mut state, &[KeyCode::Char('?')]);
        assert!(state.help);
        type_in(&mut state, &[KeyCode::Char('x')]);
        assert_eq!((state.line.text(), state.help), ("wom?n ", false));
        // Nothing was found, so there is nothing to print.
        assert_eq!(type_in(&mut state, &[KeyCode::Enter]), [Next::Continue]);
        act(&mut state, &Event::Paste("two\nlines".into()));
        assert_eq!(state.line.text(), "wom?n two lines");
    }
}
