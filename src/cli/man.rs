//! `nutgraf man`: prints one manual page with a section for each command.

use std::io;

use clap::CommandFactory as _;
use clap_mangen::Man;

use super::args::Cli;
use super::{Status, output};

pub(super) fn run() -> anyhow::Result<Status> {
    let page = page()?;
    output::data(|out| out.write_all(page.as_bytes()))?;
    Ok(Status::Done)
}

fn page() -> io::Result<String> {
    let mut program = Cli::command();
    program.build();
    let mut page = Vec::new();
    Man::new(program.clone()).render(&mut page)?;
    for command in program.get_subcommands() {
        let name = format!("nutgraf {}", command.get_name());
        page.extend(format!(".SH \"{}\"\n", name.to_uppercase()).into_bytes());
        let chapter = Man::new(command.clone().bin_name(name));
        let mut text = Vec::new();
        chapter.render_synopsis_section(&mut text)?;
        chapter.render_description_section(&mut text)?;
        chapter.render_options_section(&mut text)?;
        chapter.render_extra_section(&mut text)?;
        page.extend(String::from_utf8_lossy(&text).replace(".SH ", ".SS ").into_bytes());
    }
    let mut page = String::from_utf8_lossy(&page).into_owned();
    // Commands are sections of this page, and the text after the options is examples.
    for command in program.get_subcommands() {
        let name = command.get_name();
        page = page.replace(&format!("nutgraf\\-{name}(1)"), &format!("\\fBnutgraf {name}\\fR"));
    }
    for (old, new) in
        [("EXTRA\nExamples:\n", "EXAMPLES\n"), ("EXTRA\nA short tour:\n", "EXAMPLES\n"), ("EXTRA\n", "EXAMPLES\n")]
    {
        page = page.replace(old, new);
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_refers_to_its_own_chapters() {
        let page = page().expect("memory");
        assert!(!page.contains("(1)\n") && !page.contains("EXTRA"), "{page}");
        assert!(page.contains("\\fBnutgraf index\\fR") && page.contains(".SH \"NUTGRAF INDEX\""));
    }
}
