//! `nutgraf browse`: hits as you type. Keys change a state (`keys`, `state`), a thread answers queries (`answer`), and
//! the state is drawn (`draw`).
//!
//! The screen is drawn on the terminal of stderr or of the process, so that stdout can be a pipe.

mod answer;
mod draw;
mod keys;
mod state;

use std::fs::OpenOptions;
use std::io::{self, IsTerminal as _, Write};
use std::panic::{set_hook, take_hook};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use anyhow::Context as _;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{self, DisableBracketedPaste, EnableBracketedPaste, Event, KeyCode, KeyModifiers};
use ratatui::crossterm::terminal::{self, EnterAlternateScreen, LeaveAlternateScreen};
use ratatui::crossterm::{cursor, execute};

use self::answer::{Answer, Request};
use self::keys::Next;
use self::state::State;
use super::args::{BrowseArgs, Common};
use super::config::Config;
use super::opening::{here, open, text_of};
use super::{Status, failure, options, output};
use crate::error::Error;
use crate::render;
use crate::search::{Options, Page, Ranking};

/// A message to the main loop.
enum Message {
    Event(io::Result<Event>),
    Answer(Answer),
    /// No more answers will come, for this reason.
    Ended(anyhow::Error),
}

pub(super) fn run(args: &BrowseArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    let options = Options {
        filter: options::filter(&args.filter)?,
        ranking: Ranking {
            sort: args.sort.into(),
            collapse: !args.filter.copies,
            synonyms: options::synonyms(&args.ranking, &reader.location().folder)?,
            ..options::ranking(&args.ranking)?
        },
        page: Page { limit: args.limit, here: here()?, ..Page::default() },
    };
    let config = Config::of(common)?;
    let (ask, requests) = channel();
    let (send, messages) = channel();
    let (answers, names) = (send.clone(), common.clone());
    thread::spawn(move || {
        let send_answer = |answer| answers.send(Message::Answer(answer)).is_ok();
        let answer = || Ok(answer::answer(&reader, &options, &config, &requests, &send_answer)?);
        if let Err(error) = failure::catch_panics(&names, answer) {
            let _ = answers.send(Message::Ended(error));
        }
    });
    let mut state = State::with(&text_of(&args.words));
    let then = {
        let mut screen = Screen::open()?;
        // It ends with the process, since reading keys cannot be interrupted.
        thread::spawn(move || while send.send(Message::Event(event::read())).is_ok() {});
        show(&mut screen.terminal, &mut state, &messages, &ask, output::is_colored(common.color, true))?
    };
    if then == Next::Quit {
        return Ok(Status::Interrupted);
    }
    output::data(|out| {
        state.selection().into_iter().try_for_each(|location| match args.null {
            true => write!(out, "{location}\0"),
            false => writeln!(out, "{}", render::safe(location)),
        })
    })?;
    Ok(Status::Done)
}

/// The main loop: draws, waits and acts until the user chooses or leaves.
fn show(
    terminal: &mut Terminal<CrosstermBackend<Box<dyn Write>>>,
    state: &mut State,
    messages: &Receiver<Message>,
    ask: &Sender<Request>,
    color: bool,
) -> anyhow::Result<Next> {
    let mut last_request = None;
    loop {
        let request = Request {
            text: state.line.text().to_owned(),
            location: state.hit().map(|hit| hit.article.location.clone()),
        };
        if last_request.as_ref() != Some(&request) {
            let _ = ask.send(request.clone());
            last_request = Some(request);
        }
        terminal.draw(|frame| draw::screen(frame, state, color)).context("cannot draw on the terminal")?;
        // Handle all waiting messages before drawing.
        let first = messages.recv().context("the terminal was closed")?;
        for message in std::iter::once(first).chain(messages.try_iter()) {
            match message {
                Message::Answer(Answer::Found { text, results, complaint }) => {
                    state.set_results(text, results, complaint);
                }
                Message::Answer(Answer::Article { location, marked }) => state.set_article(location, *marked),
                Message::Answer(Answer::Views(views)) => state.views = Some(views),
                Message::Ended(error) => return Err(error),
                Message::Event(event) => {
                    let event = event.context("cannot read from the terminal")?;
                    if event.as_key_press_event().is_some_and(|key| {
                        key.code == KeyCode::Char('l') && key.modifiers.contains(KeyModifiers::CONTROL)
                    }) {
                        terminal.clear().context("cannot draw on the terminal")?;
                    }
                    match keys::act(state, &event) {
                        Next::Continue => {}
                        then => return Ok(then),
                    }
                }
            }
        }
    }
}

/// The terminal in full-screen mode. It is restored on drop, also after a panic.
struct Screen {
    terminal: Terminal<CrosstermBackend<Box<dyn Write>>>,
}

impl Screen {
    fn open() -> anyhow::Result<Self> {
        let mut out = tty().map_err(no_terminal)?;
        terminal::enable_raw_mode().map_err(no_terminal)?;
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            restore();
            before(panic);
        }));
        let opened = execute!(out, EnterAlternateScreen, EnableBracketedPaste);
        match opened.and_then(|()| Terminal::new(CrosstermBackend::new(out))) {
            Ok(terminal) => Ok(Self { terminal }),
            Err(error) => {
                restore();
                Err(no_terminal(error).into())
            }
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

fn no_terminal(source: io::Error) -> Error {
    Error::io("use", "the terminal")(source)
}

fn restore() {
    let _ = terminal::disable_raw_mode();
    if let Ok(mut out) = tty() {
        let _ = execute!(out, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
    }
}

/// Where to draw, since stdout may be a pipe.
fn tty() -> io::Result<Box<dyn Write>> {
    match io::stderr().is_terminal() {
        true => Ok(Box::new(io::stderr())),
        false => Ok(Box::new(OpenOptions::new().write(true).open("/dev/tty")?)),
    }
}
