//! Answers queries in a separate thread, so that typing never waits.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::state::Views;
use crate::cli::asking::parsed;
use crate::cli::config::Config;
use crate::error::Error;
use crate::index::Reader;
use crate::query::Query;
use crate::search::views::{self, FacetKind, Matches};
use crate::search::{self, Marked, Options, Results};

/// How long a query waits for another key.
const PAUSE: Duration = Duration::from_millis(40);

/// The facets shown.
const FACETS: [FacetKind; 3] = [FacetKind::Source, FacetKind::Language, FacetKind::Year];

/// What the screen shows: the hits of a query, and one of the articles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) text: String,
    pub(super) location: Option<String>,
}

/// A part of the answer.
#[derive(Debug)]
pub(super) enum Answer {
    /// The hits of a query, and a problem in its text.
    Found { text: String, results: Results, complaint: Option<String> },
    /// An article with its matches.
    Article { location: String, marked: Box<Marked> },
    /// Facets and timeline of the matching articles.
    Views(Views),
}

/// Answers requests until there are no more. Only the last of several waiting requests is answered.
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

/// The parsed query, and a problem in its text. Without words, everything, newest first.
fn understood(text: &str, config: &Config) -> (Query, Option<String>) {
    if text.trim().is_empty() {
        return (Query::Everything, None);
    }
    let parsed = parsed(text, config);
    (parsed.query, parsed.complaints.into_iter().next().map(|complaint| complaint.message))
}

fn views_of(reader: &Reader, query: &Query, options: &Options) -> Result<Views, Error> {
    let found = Matches::of(reader, query, &options.filter, !options.ranking.collapse)?;
    let facets = FACETS.into_iter().map(|kind| Ok((kind, views::facets(reader, &found, kind)?)));
    let facets = facets.collect::<Result<Vec<_>, Error>>()?;
    Ok(Views { facets, timeline: views::timeline(reader, &[&found], None)? })
}
