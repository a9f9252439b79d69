//! The merge policy: merges segments of similar size, as many as fit the memory limit.
//!
//! Merging an article costs a third of indexing it, so segments are merged no earlier than queries need: the small ones
//! of updates eight at a time, the full ones of a large run when there are sixteen. An index of 100,000 articles of 380
//! words has four to six segments, none of them merged. The benchmark results have the figures of larger ones.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tantivy::index::{SegmentId, SegmentMeta};
use tantivy::merge_policy::{LogMergePolicy, MergeCandidate, MergePolicy};

/// Share of deleted documents at which a segment is rewritten, since they slow down every query.
const DELETED_SHARE_MAX: f32 = 0.3;

/// Minimum number of segments in a merge, unless they have many deleted documents. Merging fewer would repeat work.
const SEGMENTS_MIN: usize = 4;

/// Average size of a segment in bytes from which it counts as large.
const LARGE_BYTES: u64 = 24 << 20;

/// Minimum number of large segments before any of them are merged.
const LARGE_SEGMENTS_MIN: usize = 16;

/// Tantivy's merge policy with a limit on the bytes of a merge.
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

    /// Sizes of the segments in the folder, by name.
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

/// A segment as the policy sees it.
#[derive(Debug, Clone, Copy)]
struct Sized {
    id: SegmentId,
    bytes: u64,
    /// Whether it has many deleted documents.
    is_sparse: bool,
}

/// The smallest segments that fit together, if a merge is worthwhile.
fn fitting(mut segments: Vec<Sized>, bytes_max: u64) -> Option<MergeCandidate> {
    segments.sort_by_key(|segment| (segment.bytes, segment.id));
    let (all, mut bytes) = (segments.len(), 0);
    let is_sparse = segments.iter().any(|segment| segment.is_sparse);
    let total: u64 = segments.iter().map(|segment| segment.bytes).sum();
    if total > LARGE_BYTES * all as u64 && all < LARGE_SEGMENTS_MIN && !is_sparse {
        return None;
    }
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
        let large = |count| {
            let segments = (0..count).map(|n| Sized { id: id(n), bytes: LARGE_BYTES + 1, is_sparse: false });
            fitting(segments.collect(), 6 * LARGE_BYTES).map(|candidate| candidate.0.len())
        };
        assert_eq!((large(LARGE_SEGMENTS_MIN - 1), large(LARGE_SEGMENTS_MIN)), (None, Some(5)));
    }
}
