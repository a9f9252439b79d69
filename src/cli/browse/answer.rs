//! Answers to what is typed, in a thread of their own: typing never waits for them.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::state::Views;
use crate::cli::config::Config;
use crate::cli::opening::today;
use crate::error::Error;
use crate::index::Reader;
use crate::query::{self, Context, Query};
use crate::search::views::{self, FacetKind, Matches};
use crate::search::{self, Marked, Options, Results};

/// How long a query waits for the next key.
const PAUSE: Duration = Duration::from_millis(40);

/// The facets that are shown.
const FACETS: [FacetKind; 3] = [FacetKind::Source, FacetKind::Language, FacetKind::Year];

/// What the screen needs: the hits of a query, and the article at a location among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) text: String,
    pub(super) location: Option<String>,
}

/// A part of what is wanted.
#[derive(Debug)]
pub(super) enum Answer {
    /// The hits of a query with this text, and how it was misunderstood.
    Found { text: String, results: Results, complaint: Option<String> },
    /// The article at a location, with what matched in it.
    Article { location: String, marked: Box<Marked> },
    /// Facets and timeline of the articles that were found.
    Views(Views),
}

/// Answers questions until nobody asks or listens; of several that wait, the last.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub(super) fn answer(
    reader: &Reader,
    options: &Options,
    config: &Config,
    asked: &Receiver<Wanted>,
    send: &dyn Fn(Answer) -> bool,
) -> Result<(), Error> {
    let mut known: Option<(String, Query)> = None;
    let mut shown: Option<String> = None;
    let mut views_wanted = false;
    loop {
        let next = if views_wanted { asked.recv_timeout(PAUSE) } else { asked.recv().map_err(Into::into) };
        let mut wanted = match next {
            Ok(wanted) => wanted,
            Err(RecvTimeoutError::Timeout) => {
                if let Some((_, query)) = &known
                    && !send(Answer::Views(views_of(reader, query, options)?))
                {
                    return Ok(());
                }
                views_wanted = false;
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        while let Ok(later) = asked.recv_timeout(PAUSE) {
            wanted = later;
        }
        let is_new = known.as_ref().is_none_or(|(text, _)| *text != wanted.text);
        if is_new {
            let (query, complaint) = understood(&wanted.text, config);
            let results = search::run(reader, &query, options)?;
            wanted.location = results.hits.first().map(|hit| hit.article.location.clone());
            if !send(Answer::Found { text: wanted.text.clone(), results, complaint }) {
                return Ok(());
            }
            (known, shown, views_wanted) = (Some((wanted.text, query)), None, true);
        }
        let Some((_, query)) = &known else { continue };
        if let Some(location) = wanted.location.filter(|location| shown.as_ref() != Some(location)) {
            if let Some(marked) = search::show(reader, &location, query)?.into_iter().next() {
                send(Answer::Article { location: location.clone(), marked: Box::new(marked) });
            }
            shown = Some(location);
        }
    }
}

/// What is asked for, and what in it was not understood. Without words it is everything, the newest first.
fn understood(text: &str, config: &Config) -> (Query, Option<String>) {
    if text.trim().is_empty() {
        return (Query::Everything, None);
    }
    let named = |name: &str| config.query(name).map(str::to_owned);
    let parsed = query::parse_in(text, &Context { today: &today, named: &named });
    (parsed.query, parsed.complaints.into_iter().next().map(|complaint| complaint.message))
}

fn views_of(reader: &Reader, query: &Query, options: &Options) -> Result<Views, Error> {
    let found = Matches::of(reader, query, &options.filter, !options.ranking.collapse)?;
    let facets = FACETS.into_iter().map(|kind| Ok((kind, views::facets(reader, &found, kind)?)));
    let facets = facets.collect::<Result<Vec<_>, Error>>()?;
    Ok(Views { facets, timeline: views::timeline(reader, &[&found], None)? })
}
