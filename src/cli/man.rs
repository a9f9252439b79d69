//! `nutgraf man`: the manual as one page, each command a chapter of it.

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
    Ok(String::from_utf8_lossy(&page).into_owned())
}
