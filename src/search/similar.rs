//! Likeness: an article as a query, and what is left out of its answer.

use tantivy::DocAddress;

use super::collapse;
use super::constants::SIMILAR_TERMS;
use super::feedback::{Model, Sample};
use super::rescore::Candidate;
use super::statistics::Statistics;
use crate::analysis::{Language, Signature, SignatureBuilder, analyse, stored_text};
use crate::article::Article;
use crate::error::Error;
use crate::index::Reader;

/// What similar articles are looked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// The article that bears this identifier.
    Indexed(String),
    /// An article from elsewhere.
    Article(Box<Article>),
}

/// What is left out of a list: the article itself and its copies.
pub(super) struct Hidden {
    at: Option<DocAddress>,
    signature: Option<Signature>,
}

impl Hidden {
    pub(super) fn leave_out(&self, reader: &Reader, ranked: &mut Vec<Candidate>) -> Result<(), Error> {
        ranked.retain(|candidate| Some(candidate.doc) != self.at);
        match &self.signature {
            Some(signature) => collapse::without(reader, signature, ranked),
            None => Ok(()),
        }
    }
}

/// What is to be hidden, and what the subject is about.
pub(super) fn understood(
    reader: &Reader,
    statistics: &Statistics<'_>,
    subject: &Subject,
) -> Result<(Hidden, Model), Error> {
    let (at, text, title_bytes, language) = match subject {
        Subject::Indexed(id) => {
            let at = *reader.places(id)?.first().ok_or_else(|| Error::UnknownArticle { id: id.clone() })?;
            let stored = reader.article(at)?;
            (Some(at), stored.text, stored.title_bytes, stored.article.language)
        }
        Subject::Article(article) => (None, stored_text(article), article.title.len(), article.language.clone()),
    };
    let mut signature = SignatureBuilder::new(&text, title_bytes);
    let language = Language::of(language.as_deref());
    analyse(&text, title_bytes, language, &mut reader.words(), &mut |token| signature.push(&token));
    let sample = Sample { text: &text, title_bytes, language, share: 1.0 };
    let model = Model::of_text(reader, statistics, &sample, SIMILAR_TERMS)?;
    Ok((Hidden { at, signature: signature.finish() }, model))
}
