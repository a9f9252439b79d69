//! The interactive view in a terminal of 80 columns and 24 rows, run by tmux: sends keys and reads screens.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test fails by panicking, and says when it is skipped")]

use std::process::Command;
use std::time::{Duration, Instant};

use crate::common::Scratch;

/// Maximum time to wait for a screen; test machines are busy.
const WAIT: Duration = Duration::from_secs(60);

/// A terminal with a shell command running in it.
struct Terminal {
    socket: String,
}

impl Terminal {
    /// Starts a terminal; none if tmux is not installed.
    fn start(scratch: &Scratch, line: &str) -> Option<Self> {
        let terminal = Self { socket: scratch.root.join("tmux").to_string_lossy().into_owned() };
        let start = ["-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", line];
        let mut command = terminal.tmux(&start);
        command.current_dir(&scratch.root).env("NUTGRAF_INDEX", "index").env("NUTGRAF_CONFIG", "/dev/null");
        command.env("TERM", "xterm-256color").env("LC_ALL", "C.UTF-8").env_remove("TMUX");
        match command.status() {
            Ok(status) => status.success().then_some(terminal),
            Err(_) => {
                eprintln!("skipped: there is no tmux");
                None
            }
        }
    }

    fn tmux(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("tmux");
        command.args(["-u", "-S", &self.socket]).args(arguments);
        command
    }

    fn keys(&self, keys: &[&str]) {
        assert!(self.tmux(&[&["send-keys"], keys].concat()).status().unwrap().success());
    }

    /// The screen, once it shows all of these texts.
    fn screen(&self, texts: &[&str]) -> String {
        let started = Instant::now();
        loop {
            let screen = self.tmux(&["capture-pane", "-p"]).output().unwrap().stdout;
            let screen = String::from_utf8(screen).unwrap();
            if texts.iter().all(|text| screen.contains(text)) {
                return screen;
            }
            assert!(started.elapsed() < WAIT, "{texts:?} are not all in\n{screen}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.tmux(&["kill-server"]).status();
    }
}

const WIRE: &str = r#"{"id":"w1","title":"Ferry strike ends","date":"2021-03-04","source":"Capital Wire","language":"en","text":"The ferry strike ended on Monday after the harbour council met the union in the old customs house."}
{"id":"w2","title":"Ferry fares \u001b[2J rise","date":"2022-03-05","source":"Harbour Post","language":"en","text":"Ferry fares rise in April, the company said on Friday, by a tenth for cars and by a fifth for coaches."}
{"id":"w3","title":"東京のフェリー","date":"2023-03-06","source":"港新聞","language":"ja","text":"東京湾のフェリー ferry は月曜日から運休している。"}
"#;

fn indexed() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("news/wire.jsonl", WIRE);
    scratch.done(&["index", "--quiet", "news"], "index");
    scratch
}

#[test]
fn what_is_typed_is_searched_and_what_is_marked_is_printed() {
    let scratch = indexed();
    let nutgraf = env!("CARGO_BIN_EXE_nutgraf");
    let line = format!("stty -g > before; {nutgraf} browse fer > out; echo $? > code; stty -g > after; exec cat");
    let Some(terminal) = Terminal::start(&scratch, &line) else { return };
    terminal.screen(&["> fer", "0 articles", "no article matches"]);
    terminal.keys(&["ry"]);
    let screen = terminal
        .screen(&["> ferry", "3 articles", "Ferry strike ends", "東京のフェリー", "source", "2023", "Monday after"]);
    assert!(screen.contains("Capital Wire") && screen.contains("Ferry fares [2J rise"), "{screen}");
    // An incomplete query also has hits.
    terminal.keys(&[" (strike"]);
    terminal.screen(&["> ferry (strike", "3 articles", "no closing parenthesis"]);
    terminal.keys(&["C-u"]);
    terminal.screen(&["> ", "3 articles", "2023-03-06"]);
    terminal.keys(&["?"]);
    terminal.screen(&["quit without printing"]);
    terminal.keys(&["q"]);
    terminal.keys(&["fares -strike"]);
    terminal.screen(&["> fares -strike", "1 article"]);
    terminal.keys(&["Tab"]);
    terminal.keys(&["C-u"]);
    terminal.keys(&["strike"]);
    terminal.screen(&["> strike", "1 article · 1 marked"]);
    terminal.keys(&["Tab"]);
    terminal.screen(&["2 marked"]);
    terminal.tmux(&["resize-window", "-x", "30", "-y", "10"]).status().unwrap();
    terminal.screen(&["> strike", "2 marked"]);
    terminal.keys(&["Enter"]);
    let started = Instant::now();
    while !scratch.root.join("after").exists() && started.elapsed() < WAIT {
        std::thread::sleep(Duration::from_millis(20));
    }
    let read = |name: &str| std::fs::read_to_string(scratch.root.join(name)).unwrap();
    assert_eq!(read("out"), "news/wire.jsonl#2\nnews/wire.jsonl#1\n");
    assert_eq!(read("code"), "0\n");
    assert_eq!(read("before"), read("after"), "the terminal is as it was");
    assert_eq!(terminal.screen(&[]).trim(), "", "the screen is given back");
    let shown = scratch.done(&["show", read("out").lines().next().unwrap()], "index");
    assert!(shown.contains("Ferry fares"), "{shown}");
}

#[test]
fn leaving_prints_nothing_and_errors_leave_the_terminal_alone() {
    let scratch = indexed();
    let nutgraf = env!("CARGO_BIN_EXE_nutgraf");
    let line = format!(
        "{nutgraf} browse ferry --source capital > out; echo left $?; {nutgraf} browse --index none; echo failed $?; exec cat"
    );
    let Some(terminal) = Terminal::start(&scratch, &line) else { return };
    terminal.screen(&["1 article"]);
    terminal.keys(&["C-c"]);
    terminal.screen(&["left 130", "error: ", "failed 2"]);
    assert_eq!(std::fs::read_to_string(scratch.root.join("out")).unwrap(), "");
}

#[test]
fn without_a_terminal_it_says_so() {
    let scratch = indexed();
    let mut command = Command::new("setsid");
    command.args([env!("CARGO_BIN_EXE_nutgraf"), "browse", "--index", "index"]).current_dir(&scratch.root);
    command.stdin(std::process::Stdio::null());
    // Without `setsid`, the terminal of the test run would be used.
    let Ok(output) = command.output() else { return };
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("terminal"), "{told}");
}
