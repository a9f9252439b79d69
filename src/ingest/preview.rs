//! Shows how files would be read, without writing.

use std::ops::ControlFlow;
use std::path::{Component, Path, PathBuf};

use super::read::read;
use super::reading::Manner;
use super::{Options, Preview};
use crate::article::Date;
use crate::error::Error;
use crate::source::{self, WalkOptions};

/// Maximum number of articles shown per source file.
const ARTICLES: usize = 3;

/// Shows how [`run`](super::run) would read each file of `options.paths`, without writing.
///
/// # Errors
/// [`Error::MissingPath`] when a path does not exist, [`Error::Argument`].
pub fn preview(options: &Options, sink: &mut dyn FnMut(Preview)) -> Result<(), Error> {
    let reading = options.reading.clone().unwrap_or_default();
    let manner = Manner::new(&reading)?;
    for path in &options.paths {
        let walking = WalkOptions {
            hidden: reading.hidden,
            no_ignore: reading.no_ignore,
            follow_links: reading.follow_links,
            threads: options.threads,
            ..WalkOptions::default()
        };
        // Show `./news` as `news`, and the content of `.` without a prefix.
        let shown: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
        let walked = source::walk(path, Path::new(""), &walking).map_err(|_| Error::MissingPath(path.clone()))?;
        let below = |found: PathBuf| {
            found.strip_prefix(path).map_or(found.clone(), |below| match below.iter().next() {
                Some(_) => shown.join(below),
                None => shown.clone(),
            })
        };
        for (path, reason) in walked.unreadable {
            let path = source::display_path(&below(path));
            sink(Preview { path, skips: vec![(0, reason.to_string())], ..Preview::default() });
        }
        for file in walked.files {
            let file = source::SourceFile { path: below(file.path), ..file };
            preview_file(&file, &manner, options.today, sink);
        }
    }
    Ok(())
}

fn preview_file(file: &source::SourceFile, manner: &Manner, today: Date, sink: &mut dyn FnMut(Preview)) {
    let mut shown: Option<Preview> = None;
    read(file, manner, &|_| (), &mut |batch| {
        let path = match batch.entry.inner.as_str() {
            "" => source::display_path(&file.path),
            inner => format!("{}!/{inner}", source::display_path(&file.path)),
        };
        if shown.as_ref().is_some_and(|p| p.path != path) {
            shown.take().into_iter().for_each(&mut *sink);
        }
        let format = batch.entry.format.map(|format| format.name);
        let preview = shown.get_or_insert_with(|| Preview { path, format, ..Preview::default() });
        for (number, outcome) in batch.articles(manner, today) {
            match outcome {
                Ok(article) => {
                    preview.articles += 1;
                    if preview.first.len() < ARTICLES {
                        preview.first.push((number.record.max(1), article));
                    }
                }
                Err(reason) => preview.skips.push((number.record, reason.to_string())),
            }
        }
        ControlFlow::Continue(())
    });
    shown.into_iter().for_each(sink);
}
