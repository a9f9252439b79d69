//! Similar articles: an article as a query, and the articles to leave out.

use tantivy::DocAddress;

use super::collapse;
use super::constants::SIMILAR_TERMS;
use super::feedback::{Model, Sample};
use super::rescore::Candidate;
use super::statistics::Statistics;
use crate::analysis::{Language, Signature, SignatureBuilder, analyse, stored_text};
use crate::article::Article;
use crate::error::Error;
use crate::index::{Reader, stated_day};

/// The article to find similar ones for.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// The article with this id or location.
    Indexed(String),
    /// An article that is not in the index.
    Article(Box<Article>),
}

/// Articles left out of the results: the article itself and its copies.
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

/// The articles to leave out of the results, and the model of the subject.
pub(super) fn prepare(statistics: &Statistics<'_>, subject: &Subject) -> Result<(Hidden, Model), Error> {
    let reader = statistics.reader;
    let (at, text, title_bytes, day, language) = match subject {
        Subject::Indexed(id) => {
            let at = *reader.places(id)?.first().ok_or_else(|| Error::UnknownArticle { id: id.clone() })?;
            let stored = reader.article(at)?;
            let day = stated_day(&stored.article);
            (Some(at), stored.text, stored.title_bytes, day, stored.article.language)
        }
        Subject::Article(article) => {
            (None, stored_text(article), article.title.len(), stated_day(article), article.language.clone())
        }
    };
    let mut signature = SignatureBuilder::new(&text, title_bytes, day);
    let language = Language::of(language.as_deref());
    analyse(&text, title_bytes, language, &mut reader.words(), &mut |token| signature.push(&token));
    let sample = Sample { text: &text, title_bytes, language, share: 1.0 };
    let model = Model::of_text(statistics, &sample, SIMILAR_TERMS)?;
    Ok((Hidden { at, signature: signature.finish() }, model))
}
