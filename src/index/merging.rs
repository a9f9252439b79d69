//! Which segments are merged while an index is written: as many of about one size as the memory allows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tantivy::index::{SegmentId, SegmentMeta};
use tantivy::merge_policy::{LogMergePolicy, MergeCandidate, MergePolicy};

/// The share of deleted documents from which on a segment is written anew: they cost every query a little.
const DELETED_SHARE_MAX: f32 = 0.3;

/// Segments that are merged at the least, unless they hold much that was deleted: what is merged now is merged again.
const SEGMENTS_MIN: usize = 4;

/// The engine's policy with a bound on the bytes of one merge.
#[derive(Debug)]
pub(super) struct BoundedMerges {
    inner: LogMergePolicy,
    folder: PathBuf,
    bytes_max: u64,
}

impl BoundedMerges {
    pub(super) fn new(folder: &Path, bytes_max: u64) -> Self {
        let mut inner = LogMergePolicy::default();
        inner.set_del_docs_ratio_before_merge(DELETED_SHARE_MAX);
        Self { inner, folder: folder.to_owned(), bytes_max }
    }

    /// Bytes of the segments in the folder, by name.
    fn bytes(&self) -> BTreeMap<String, u64> {
        let mut bytes = BTreeMap::new();
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let segment = name.split('.').next().unwrap_or_default().to_owned();
            *bytes.entry(segment).or_default() += entry.metadata().map_or(0, |file| file.len());
        }
        bytes
    }
}

impl MergePolicy for BoundedMerges {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let candidates = self.inner.compute_merge_candidates(segments);
        if candidates.is_empty() {
            return candidates;
        }
        let bytes = self.bytes();
        candidates
            .into_iter()
            .filter_map(|candidate| {
                let members = segments.iter().filter(|segment| candidate.0.contains(&segment.id()));
                let sized = members.map(|segment| Sized {
                    id: segment.id(),
                    bytes: bytes.get(&segment.id().uuid_string()).copied().unwrap_or(0),
                    is_sparse: segment.num_deleted_docs() as f32 > DELETED_SHARE_MAX * segment.max_doc() as f32,
                });
                fitting(sized.collect(), self.bytes_max)
            })
            .collect()
    }
}

/// A segment, as far as it matters here.
#[derive(Debug, Clone, Copy)]
struct Sized {
    id: SegmentId,
    bytes: u64,
    /// Whether much of it was deleted.
    is_sparse: bool,
}

/// The smallest of these segments that fit together, where that is worth a merge.
fn fitting(mut segments: Vec<Sized>, bytes_max: u64) -> Option<MergeCandidate> {
    segments.sort_by_key(|segment| (segment.bytes, segment.id));
    let (all, mut bytes) = (segments.len(), 0);
    segments.retain(|segment| {
        bytes += segment.bytes;
        bytes <= bytes_max
    });
    let is_worth_it = segments.len() == all || segments.len() >= SEGMENTS_MIN || segments.iter().any(|s| s.is_sparse);
    (is_worth_it && !segments.is_empty()).then(|| MergeCandidate(segments.into_iter().map(|s| s.id).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_merged_fits() {
        let id = |n: usize| SegmentId::from_uuid_string(&format!("{n:032x}")).expect("digits");
        let chosen = |sizes: &[u64], sparse: &[usize]| {
            let segments = (0..).zip(sizes);
            let segments = segments.map(|(n, &bytes)| Sized { id: id(n), bytes, is_sparse: sparse.contains(&n) });
            fitting(segments.collect(), 100).map(|candidate| candidate.0)
        };
        assert_eq!(chosen(&[10, 20, 30], &[]), Some(vec![id(0), id(1), id(2)]));
        assert_eq!(chosen(&[50, 20, 10, 20, 30], &[]), Some(vec![id(2), id(1), id(3), id(4)]));
        assert_eq!(chosen(&[60, 20, 30], &[]), None, "two are too few");
        assert_eq!(chosen(&[60, 20, 30], &[1]), Some(vec![id(1), id(2)]), "one is mostly deleted");
        assert_eq!(chosen(&[101], &[0]), None);
        assert_eq!(chosen(&[], &[]), None);
    }
}
