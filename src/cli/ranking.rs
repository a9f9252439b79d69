//! The options that change the ranking, for `query` and `eval` alike: what is measured is what is searched.

use super::args::RankingArgs;
use crate::error::Error;
use crate::search::Options;

/// Options of a search with the ranking that these arguments ask for, all others at their defaults.
///
/// # Errors
/// [`Error::Argument`] where a value cannot be understood.
pub(super) fn options(args: &RankingArgs) -> Result<Options, Error> {
    Ok(Options { feedback: !args.no_feedback, ..Options::default() })
}
