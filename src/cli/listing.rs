//! Prints lists in the requested form.

use super::args::{Common, RowsOutput};
use super::{output, pager};
use crate::render::Listing;

/// Prints a list in the requested form.
pub(super) fn print(list: &dyn Listing, form: &RowsOutput, common: &Common) -> anyhow::Result<()> {
    if form.json {
        output::data(|out| list.json(out))
    } else if form.jsonl {
        output::data(|out| list.jsonl(out))
    } else if form.csv {
        output::data(|out| list.csv(out))
    } else {
        pager::text(common, |out| list.text(out, &output::style(common)))
    }
}
