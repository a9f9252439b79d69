//! Answers queries in a separate thread, so that typing never waits.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::state::Views;
use crate::cli::config::Config;
use crate::cli::queries::parse_text;
use crate::error::Error;
use crate::index::Reader;
use crate::query::Query;
use crate::search::views::{self, FacetKind, Matches};
use crate::search::{self, Marked, Options, Results};

/// How long a query waits for another key.
const PAUSE: Duration = Duration::from_millis(40);

/// The facets sent.
const FACETS: [FacetKind; 3] = [FacetKind::Source, FacetKind::Language, FacetKind::Year];

/// What the screen shows: the hits of a query, and one of the articles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Request {
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
    requests: &Receiver<Request>,
    send: &dyn Fn(Answer) -> bool,
) -> Result<(), Error> {
    let mut answered: Option<(String, Query)> = None;
    let mut sent: Option<String> = None;
    let mut views_due = false;
    loop {
        let next = if views_due { requests.recv_timeout(PAUSE) } else { requests.recv().map_err(Into::into) };
        let mut request = match next {
            Ok(request) => request,
            Err(RecvTimeoutError::Timeout) => {
                if let Some((_, query)) = &answered
                    && !send(Answer::Views(views_of(reader, query, options)?))
                {
                    return Ok(());
                }
                views_due = false;
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        while let Ok(later) = requests.recv_timeout(PAUSE) {
            request = later;
        }
        let is_new = answered.as_ref().is_none_or(|(text, _)| *text != request.text);
        if is_new {
            let (query, complaint) = parse(&request.text, config);
            let results = search::run(reader, &query, options)?;
            request.location = results.hits.first().map(|hit| hit.article.location.clone());
            if !send(Answer::Found { text: request.text.clone(), results, complaint }) {
                return Ok(());
            }
            (answered, sent, views_due) = (Some((request.text, query)), None, true);
        }
        let Some((_, query)) = &answered else { continue };
        if let Some(location) = request.location.filter(|location| sent.as_ref() != Some(location)) {
            if let Some(marked) = search::show(reader, &location, query)?.into_iter().next() {
                send(Answer::Article { location: location.clone(), marked: Box::new(marked) });
            }
            sent = Some(location);
        }
    }
}

/// The parsed query, and a problem in its text. Without words, everything, newest first.
fn parse(text: &str, config: &Config) -> (Query, Option<String>) {
    if text.trim().is_empty() {
        return (Query::Everything, None);
    }
    let parsed = parse_text(text, config);
    (parsed.query, parsed.complaints.into_iter().next().map(|complaint| complaint.message))
}

fn views_of(reader: &Reader, query: &Query, options: &Options) -> Result<Views, Error> {
    let found = Matches::of(reader, query, &options.filter, !options.ranking.collapse)?;
    let facets = FACETS.into_iter().map(|kind| Ok((kind, views::facets(reader, &found, kind)?)));
    let facets = facets.collect::<Result<Vec<_>, Error>>()?;
    Ok(Views { facets, timeline: views::timeline(reader, &[&found], None)? })
}
