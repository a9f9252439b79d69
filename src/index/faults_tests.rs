//! Power failures and full disks: a reader finds the last commit.
//!
//! The simulated directory keeps only what POSIX guarantees: bytes are durable after their file was synced, and names
//! after their folder was. At each step, it records what a power failure would leave. Anything that was not synced may
//! or may not be there.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, FileSlice, Lock, OwnedBytes, TerminatingWrite, WatchCallback,
    WatchHandle, WritePtr,
};

use super::directory::Durable;
use super::{ArticlePlace, Location, Reader, SegmentBuilder, Writer, WriterOptions, article_version};
use crate::article::Article;
use crate::error::Error;

/// A file: its bytes, and how many of them are synced.
#[derive(Debug, Clone, Default)]
struct Inode {
    bytes: Arc<Mutex<Vec<u8>>>,
    synced: Arc<Mutex<usize>>,
}

#[derive(Debug, Default)]
struct State {
    names: BTreeMap<PathBuf, Inode>,
    synced_names: BTreeMap<PathBuf, Inode>,
    /// Number of completed commits.
    commits: usize,
    /// The state after a power failure at each step, with the number of commits completed before.
    images: Vec<(usize, BTreeMap<PathBuf, Vec<u8>>)>,
    /// Whether states are recorded.
    watched: bool,
    random: u64,
    /// Bytes that can still be written.
    room: Option<usize>,
}

#[derive(Debug, Clone, Default)]
struct Disk(Arc<Mutex<State>>);

impl State {
    fn coin(&mut self) -> bool {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.random >> 63 == 1
    }

    fn take_image(&mut self) {
        if !self.watched {
            return;
        }
        let names: Vec<PathBuf> = self.names.keys().chain(self.synced_names.keys()).cloned().collect();
        let mut image = BTreeMap::new();
        for name in names {
            let inode = if self.coin() { self.names.get(&name) } else { self.synced_names.get(&name) };
            let Some(inode) = inode.cloned() else { continue };
            let bytes = inode.bytes.lock().unwrap();
            let length = if self.coin() { bytes.len() } else { *inode.synced.lock().unwrap() };
            image.insert(name, bytes[..length].to_vec());
        }
        let commits = self.commits;
        self.images.push((commits, image));
    }

    fn spend(&mut self, bytes: usize) -> io::Result<()> {
        match &mut self.room {
            Some(room) if *room < bytes => Err(io::Error::from_raw_os_error(super::engine::STORAGE_FULL)),
            Some(room) => {
                *room -= bytes;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl Disk {
    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.0.lock().unwrap();
        state.take_image();
        state
    }

    fn of(image: &BTreeMap<PathBuf, Vec<u8>>) -> Self {
        let disk = Self::default();
        for (name, bytes) in image {
            let synced = Arc::new(Mutex::new(bytes.len()));
            let inode = Inode { bytes: Arc::new(Mutex::new(bytes.clone())), synced };
            disk.0.lock().unwrap().names.insert(name.clone(), inode);
        }
        disk
    }

    fn read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let state = self.0.lock().unwrap();
        let inode = state.names.get(path).ok_or_else(|| OpenReadError::FileDoesNotExist(path.to_owned()))?;
        Ok(inode.bytes.lock().unwrap().clone())
    }
}

struct Open(Disk, Inode);

impl Write for Open {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.state().spend(bytes.len())?;
        self.1.bytes.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl TerminatingWrite for Open {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        let _step = self.0.state();
        *self.1.synced.lock().unwrap() = self.1.bytes.lock().unwrap().len();
        Ok(())
    }
}

impl Directory for Disk {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        Ok(Arc::new(self.open_read(path)?))
    }

    fn open_read(&self, path: &Path) -> Result<FileSlice, OpenReadError> {
        Ok(FileSlice::new(Arc::new(OwnedBytes::new(self.read(path)?))))
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        let gone = self.state().names.remove(path);
        gone.map(|_| ()).ok_or_else(|| DeleteError::FileDoesNotExist(path.to_owned()))
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(self.0.lock().unwrap().names.contains_key(path))
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let inode = Inode::default();
        if self.0.lock().unwrap().names.contains_key(path) {
            return Err(OpenWriteError::FileAlreadyExists(path.to_owned()));
        }
        self.state().names.insert(path.to_owned(), inode.clone());
        Ok(BufWriter::new(Box::new(Open(self.clone(), inode))))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.read(path)
    }

    /// Writes a new file, syncs it, and renames it.
    fn atomic_write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        state.spend(bytes.len())?;
        let synced = Arc::new(Mutex::new(bytes.len()));
        state.names.insert(path.to_owned(), Inode { bytes: Arc::new(Mutex::new(bytes.to_vec())), synced });
        Ok(())
    }

    fn sync_directory(&self) -> io::Result<()> {
        let mut state = self.state();
        state.synced_names = state.names.clone();
        Ok(())
    }

    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

const OPTIONS: WriterOptions = WriterOptions { threads: 1, memory_bytes: 16 << 20 };

fn nowhere() -> Location {
    Location::without_folders(Path::new("nowhere"))
}

fn writer(disk: &Disk) -> Writer {
    Writer::open_in(Durable::new(disk.clone(), Path::new("nowhere")), Path::new("nowhere"), &OPTIONS).unwrap()
}

/// An article of a source file, with its place and id.
fn article(file: &str, record: u64) -> (ArticlePlace<'_>, String, Article) {
    let article = Article { title: format!("Ferry {record}"), body: "harbour ".repeat(50), ..Article::default() };
    (ArticlePlace { file, inner: "", record, part: 0 }, format!("{file}#{record}"), article)
}

fn version(file: &str, record: u64) -> u64 {
    let (place, id, article) = article(file, record);
    article_version(place, &id, &article)
}

/// Adds an article to a source file.
fn add(builder: &mut SegmentBuilder, file: &str, record: u64) -> Result<(), Error> {
    let (place, id, article) = article(file, record);
    builder.article(place, article_version(place, &id, &article), &id, &article)
}

fn articles(disk: &Disk) -> Result<u64, Error> {
    Reader::open_in(Durable::new(disk.clone(), Path::new("nowhere")), &nowhere())?
        .totals()
        .map(|(articles, _)| articles)
}

#[test]
fn the_last_commit_survives_a_loss_of_power_at_any_step() {
    let disk = Disk::default();
    let mut writer = writer(&disk);
    let mut builder = writer.builder();
    disk.0.lock().unwrap().watched = true;
    // Enough commits for merges on the way. Each has a different number of articles.
    let (mut states, mut kept) = (vec![0], 0);
    for commit in 0..12u64 {
        let file = format!("file-{commit}");
        (0..commit + 3).for_each(|record| add(&mut builder, &file, record).unwrap());
        kept += commit + 3;
        if commit % 4 == 3 {
            writer.delete_file(&format!("file-{}", commit - 1));
            kept -= commit + 2;
        }
        states.push(kept);
        writer.commit([&mut builder]).unwrap();
        disk.0.lock().unwrap().commits += 1;
    }
    writer.close().unwrap();
    let different: std::collections::BTreeSet<&u64> = states.iter().collect();
    assert_eq!(different.len(), states.len(), "each commit must be known by its number: {states:?}");
    let images = std::mem::take(&mut disk.0.lock().unwrap().images);
    assert!(images.len() > 300, "{}", images.len());
    for (step, (commits, image)) in images.iter().enumerate() {
        let found = articles(&Disk::of(image)).unwrap_or_else(|error| panic!("step {step}, commit {commits}: {error}"));
        let now_or_next = [Some(&states[*commits]), states.get(commits + 1)];
        assert!(now_or_next.contains(&Some(&found)), "step {step}, commit {commits}: {found} of {states:?}");
        if step % 16 == 0 {
            goes_on(&Disk::of(image), found);
        }
    }
}

/// The next run continues from any state. Its deletion files have the numbers of those that were lost.
fn goes_on(disk: &Disk, found: u64) {
    let mut writer = writer(disk);
    let mut builder = writer.builder();
    (0..4).for_each(|file| writer.delete_file(&format!("file-{file}")));
    (0..3).for_each(|record| add(&mut builder, "new", record).unwrap());
    writer.commit([&mut builder]).unwrap();
    let left = articles(disk).unwrap();
    assert!(left >= 3 && left <= found + 3, "{left} of {found}");
}

#[test]
fn deletions_of_a_run_that_was_lost_are_no_obstacle() {
    let disk = Disk::default();
    let work = |writer: &mut Writer| {
        let mut builder = writer.builder();
        writer.delete_file("file-1");
        (0..2).for_each(|record| add(&mut builder, "file-2", record).unwrap());
        writer.commit([&mut builder]).unwrap();
    };
    let mut first = writer(&disk);
    let mut builder = first.builder();
    (0..5).for_each(|record| add(&mut builder, "file-1", record).unwrap());
    add(&mut builder, "file-0", 1).unwrap();
    first.commit([&mut builder]).unwrap();
    first.close().unwrap();
    let before = Disk::of(&disk.0.lock().unwrap().names.iter().map(copied).collect());
    let mut lost = writer(&disk);
    work(&mut lost);
    lost.close().unwrap();
    // All files of the lost commit are there, except the list of segments.
    for (name, inode) in disk.0.lock().unwrap().names.iter() {
        let mut state = before.0.lock().unwrap();
        if name.extension().is_some_and(|extension| extension == "del") {
            state.names.insert(name.clone(), inode.clone());
        }
    }
    let mut again = writer(&before);
    work(&mut again);
    assert_eq!(articles(&before).unwrap(), 3);
}

#[test]
fn the_first_deletion_of_a_run_is_not_lost_in_a_merge() {
    for from in 0..2 {
        let disk = Disk::default();
        let mut first = writer(&disk);
        let mut builder = first.builder();
        for file in ["file-0", "file-1", "file-2"] {
            add(&mut builder, file, 1).unwrap();
            add(&mut builder, file, 2).unwrap();
            first.commit([&mut builder]).unwrap();
        }
        first.delete_version(version("file-2", 1));
        first.delete_version(version("file-2", 2));
        add(&mut builder, "file-2", 3).unwrap();
        first.commit([&mut builder]).unwrap();
        first.close().unwrap();
        let mut second = writer(&disk);
        second.delete_file(&format!("file-{from}"));
        second.merge_all().unwrap();
        assert_eq!(articles(&disk).unwrap(), 5, "not before the commit");
        second.commit([]).unwrap();
        assert_eq!(articles(&disk).unwrap(), 3, "file-{from}");
    }
}

fn copied((name, inode): (&PathBuf, &Inode)) -> (PathBuf, Vec<u8>) {
    (name.clone(), inode.bytes.lock().unwrap().clone())
}

#[test]
fn a_full_disk_is_named_and_the_last_commit_stays() {
    let mut named = 0;
    for room in (0..24).map(|n| n * 8000) {
        let disk = Disk::default();
        let mut writer = writer(&disk);
        let mut builder = writer.builder();
        add(&mut builder, "first", 1).unwrap();
        writer.commit([&mut builder]).unwrap();
        disk.0.lock().unwrap().room = Some(room);
        let added = (0..200).try_for_each(|record| add(&mut builder, "second", record));
        let expected = match added.and_then(|()| writer.commit([&mut builder])) {
            Ok(()) => 201,
            Err(Error::Io { source, .. }) => {
                assert_eq!(source.kind(), io::ErrorKind::StorageFull);
                named += 1;
                1
            }
            Err(other) => panic!("{room}: {other}"),
        };
        assert_eq!(articles(&disk).unwrap(), expected, "{room}");
        // With free space again, the next run succeeds.
        disk.0.lock().unwrap().room = None;
        let mut writer = self::writer(&disk);
        let mut builder = writer.builder();
        add(&mut builder, "third", 1).unwrap();
        writer.commit([&mut builder]).unwrap();
        assert_eq!(articles(&disk).unwrap(), expected + 1, "{room}");
    }
    assert!((1..24).contains(&named), "{named}");
}

#[test]
fn what_is_deleted_and_added_again_stays() {
    let disk = Disk::default();
    let mut writer = writer(&disk);
    let mut builder = writer.builder();
    // No deletion has been applied yet, so that a new segment may meet earlier ones.
    (0..3).for_each(|record| add(&mut builder, "file", record).unwrap());
    writer.commit([&mut builder]).unwrap();
    for record in 0..3 {
        writer.delete_version(version("file", record));
    }
    add(&mut builder, "file", 1).unwrap();
    add(&mut builder, "file", 3).unwrap();
    writer.commit([&mut builder]).unwrap();
    assert_eq!(articles(&disk).unwrap(), 2);
    // What an earlier commit deleted can be added again.
    add(&mut builder, "file", 0).unwrap();
    writer.commit([&mut builder]).unwrap();
    assert_eq!(articles(&disk).unwrap(), 3);
}
