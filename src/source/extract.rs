//! External programs that extract text from files in unsupported formats.
//!
//! Owns the command, its limits, and the temporary copy of an archive member. No shell is used: words of the command
//! become arguments, so a file name cannot do harm.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crate::error::SkipReason;
use crate::file_name::{extension, without_compression};

/// Maximum size of the extracted text. A long book has 5 MB.
const TEXT_BYTES_MAX: usize = 64 << 20;

/// Maximum size of a file that is copied for a program.
const COPY_BYTES_MAX: u64 = 1 << 30;

/// Maximum running time. Text recognition of a newspaper page takes half a minute.
const SECONDS_MAX: Duration = Duration::from_secs(120);

/// Bytes of stderr that are read.
const COMPLAINT_BYTES_MAX: usize = 4 << 10;

/// Characters of an error message that are shown.
const COMPLAINT_CHARS_MAX: usize = 200;

/// Prefix of the label of a program. No format has this name.
const LABEL: &str = "extract ";

/// Interval of checking whether a program that closed its output has exited.
const PATIENCE: Duration = Duration::from_millis(5);

/// A program for files with one extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extractor {
    extension: String,
    words: Vec<String>,
    seconds_max: Duration,
}

impl Extractor {
    /// Parses `EXT=COMMAND`. Words that contain blanks are quoted. `{}` stands for the path of the file, which is
    /// appended if `{}` is missing.
    ///
    /// # Errors
    /// A message that says what is missing.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (extension, command) = text.split_once('=').ok_or("write it as `EXT=COMMAND`")?;
        let extension = extension.trim().trim_start_matches('.').to_lowercase();
        if extension.is_empty() || extension.contains(['/', '.']) {
            return Err("name one extension before the `=`, such as `djvu`".into());
        }
        let mut words = words(command)?;
        if words.is_empty() {
            return Err("name a program after the `=`".into());
        }
        if !words.iter().any(|word| word.contains("{}")) {
            words.push("{}".into());
        }
        Ok(Self { extension, words, seconds_max: SECONDS_MAX })
    }

    /// Whether it handles files of this name.
    pub fn fits(&self, name: &str) -> bool {
        extension(&without_compression(name)) == self.extension
    }

    /// The label stored in the index.
    pub fn label(&self) -> String {
        format!("{LABEL}{}={}", self.extension, self.words.join(" "))
    }

    /// Runs the program on a file and returns the text.
    ///
    /// # Errors
    /// [`SkipReason::CommandFailed`] with the first line of stderr, [`SkipReason::TooLarge`].
    pub fn text_of(&self, path: &Path) -> Result<Vec<u8>, SkipReason> {
        // A path that begins with a hyphen would be parsed as an option.
        let path = if path.is_relative() { Path::new(".").join(path) } else { path.to_owned() };
        let argument = |word: &String| match word.split_once("{}") {
            None => word.into(),
            Some((before, after)) => {
                let mut argument = std::ffi::OsString::from(before);
                argument.push(&path);
                argument.push(after.replace("{}", &path.to_string_lossy()));
                argument
            }
        };
        let mut command = Command::new(&self.words[0]);
        command.args(self.words[1..].iter().map(argument));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|error| self.failed(error.to_string()))?;
        let outcome = self.watch(&mut child);
        if outcome.is_err() {
            stop(&mut child);
        }
        outcome
    }

    /// Runs the program on a copy of the input, such as an archive member.
    ///
    /// # Errors
    /// As for [`text_of`](Self::text_of), and [`SkipReason::Unreadable`] when the copy cannot be written.
    pub fn text_of_bytes(&self, name: &str, input: impl Read) -> Result<Vec<u8>, SkipReason> {
        let copy = Copy::new(&self.extension).map_err(|error| SkipReason::Unreadable(error.to_string()))?;
        let mut input = input.take(COPY_BYTES_MAX + 1);
        let bytes = io::copy(&mut input, &mut &copy.file).map_err(|error| super::reason(&error))?;
        if bytes > COPY_BYTES_MAX {
            return Err(SkipReason::TooLarge { what: "the file", limit_bytes: COPY_BYTES_MAX });
        }
        let here = copy.path.to_string_lossy().into_owned();
        self.text_of(&copy.path).map_err(|reason| match reason {
            // Show the name of the original in place of the copy.
            SkipReason::CommandFailed { command, detail } => {
                SkipReason::CommandFailed { command, detail: detail.replace(&here, name) }
            }
            reason => reason,
        })
    }

    fn failed(&self, detail: String) -> SkipReason {
        SkipReason::CommandFailed { command: self.words.join(" "), detail }
    }

    /// Waits for a program to exit, within the limits of time and size.
    fn watch(&self, child: &mut Child) -> Result<Vec<u8>, SkipReason> {
        let end = Instant::now() + self.seconds_max;
        let text = read_aside(child.stdout.take(), TEXT_BYTES_MAX + 1);
        let complaint = read_aside(child.stderr.take(), COMPLAINT_BYTES_MAX);
        let late = || self.failed(format!("stopped after {} seconds", self.seconds_max.as_secs()));
        let left = || end.saturating_duration_since(Instant::now());
        let text = text.recv_timeout(left()).map_err(|_| late())?;
        if text.len() > TEXT_BYTES_MAX {
            return Err(SkipReason::TooLarge { what: "the program's text", limit_bytes: TEXT_BYTES_MAX as u64 });
        }
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if left().is_zero() => return Err(late()),
                Ok(None) => std::thread::sleep(PATIENCE),
                Err(error) => return Err(self.failed(error.to_string())),
            }
        };
        if status.success() {
            return Ok(text);
        }
        let complaint = complaint.recv_timeout(left()).unwrap_or_default();
        let complaint = String::from_utf8_lossy(&complaint).into_owned();
        let said = complaint.lines().map(str::trim).find(|line| !line.is_empty());
        let said = said.map(|line| line.chars().filter(|c| !c.is_control()).take(COMPLAINT_CHARS_MAX).collect());
        Err(self.failed(said.unwrap_or_else(|| status.to_string())))
    }
}

/// Reads a pipe to its end in a separate thread. Errors beyond the limit are read and dropped; text beyond it is not
/// read.
fn read_aside(pipe: Option<impl Read + Send + 'static>, limit: usize) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.by_ref().take(limit as u64).read_to_end(&mut bytes);
            if limit <= COMPLAINT_BYTES_MAX {
                // A program with a full stderr pipe would block forever.
                let _ = io::copy(&mut pipe, &mut io::sink());
            }
        }
        let _ = sender.send(bytes);
    });
    receiver
}

/// Kills a program and its child processes.
fn stop(child: &mut Child) {
    if cfg!(unix) {
        let group = format!("-{}", child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Splits a command into words at blanks outside quotes.
fn words(command: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in command.chars() {
        match quote {
            Some(mark) if c == mark => quote = None,
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    if let Some(mark) = quote {
        return Err(format!("the quote {mark} is not closed"));
    }
    words.extend(word);
    Ok(words)
}

/// A temporary copy of a file, deleted on drop.
struct Copy {
    path: PathBuf,
    file: File,
}

impl Copy {
    fn new(extension: &str) -> io::Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("nutgraf-{}-{number}.{extension}", std::process::id()));
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            // The document may be unpublished: only the user may read it.
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            match options.open(&path) {
                Ok(file) => return Ok(Self { path, file }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn text(command: &str) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it's $(a) file.xyz");
        std::fs::write(&path, "The ferry is back.").unwrap();
        let extractor = Extractor::parse(&format!("xyz={command}")).unwrap();
        extractor.text_of(&path).map(|t| String::from_utf8(t).unwrap()).map_err(|reason| reason.to_string())
    }

    #[test]
    fn the_program_gives_the_text() {
        assert_eq!(text("cat").unwrap(), "The ferry is back.");
        assert_eq!(text("sh -c 'cat \"$0\"; echo END' {}").unwrap(), "The ferry is back.END\n");
        let bytes = Extractor::parse("xyz=cat").unwrap().text_of_bytes("a.xyz", &b"from an archive"[..]);
        assert_eq!(bytes.unwrap(), b"from an archive");
    }

    #[test]
    fn failures_are_reported() {
        let complaint = text("sh -c 'echo; echo \"no such \u{1b}[1mpage\" >&2; exit 3'").unwrap_err();
        assert!(complaint.ends_with("failed on it: no such [1mpage"), "{complaint}");
        assert!(text("false").unwrap_err().contains("exit status: 1"));
        assert!(text("/no/such/program").unwrap_err().contains("No such file"));
        let missing = Extractor::parse("xyz=cat").unwrap().text_of(Path::new("/no/such/file"));
        assert_eq!(missing.unwrap_err().code(), "command-failed");
    }

    #[test]
    fn a_program_that_does_not_end_is_stopped() {
        let mut extractor = Extractor::parse("xyz=sh -c 'sleep 600 & sleep 600'").unwrap();
        extractor.seconds_max = Duration::from_millis(50);
        let reason = extractor.text_of(Path::new("/dev/null")).unwrap_err();
        assert!(reason.to_string().contains("stopped after"), "{reason}");
        let endless = Extractor::parse("xyz=yes").unwrap().text_of(Path::new("x")).unwrap_err();
        assert_eq!(endless.code(), "too-large");
    }

    #[test]
    fn commands_are_parsed() {
        for (text, expected) in [
            ("djvu=djvutxt", Ok("extract djvu=djvutxt {}")),
            (".DJVU= djvutxt  --page '1 2' {} -", Ok("extract djvu=djvutxt --page 1 2 {} -")),
            ("djvutxt", Err("write it as `EXT=COMMAND`")),
            ("=djvutxt", Err("name one extension before the `=`, such as `djvu`")),
            ("djvu= ", Err("name a program after the `=`")),
            ("djvu=a 'b", Err("the quote ' is not closed")),
        ] {
            let found = Extractor::parse(text);
            assert_eq!(
                found.as_ref().map(Extractor::label).map_err(String::as_str),
                expected.map(str::to_owned),
                "{text}"
            );
        }
        let extractor = Extractor::parse("djvu=x").unwrap();
        assert!(extractor.fits("a/b.DjVu") && extractor.fits("b.djvu.gz") && !extractor.fits("djvu"));
    }
}
