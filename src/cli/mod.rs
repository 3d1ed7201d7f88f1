//! The command line: the only place that prints. One file per command.

mod audit;
mod check;
mod clean;
mod compare;
mod compare_files;
mod completions;
mod compute;
mod diagnose;
mod findings;
mod folder;
mod indicators;
mod init;
mod man;
mod plan;
mod planning;
mod power;
mod progress;
mod render;
mod report;
mod scaffold;
mod table;
mod terminal;

use clap::{Args, CommandFactory, Parser, Subcommand};
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use terminal::{Done, Fault, Terminal, Verdict};

/// Evaluates co-development programmes: what they delivered, how they worked and what they changed between people and
/// institutions, from tables of programme data and indicator definitions.
#[derive(Debug, Parser)]
#[command(
    name = "codev",
    version,
    propagate_version = true,
    max_term_width = 100,
    arg_required_else_help = true
)]
#[command(after_help = "Examples:
  codev init my-evaluation --from projects.csv survey.csv
  codev check my-evaluation
  codev report my-evaluation
  codev compare my-evaluation
  codev power --effect 0.2 --icc 0.05 --per-cluster 20
  codev indicators list --kind process

Exit codes: 0 done; 1 done, with findings of level error; 2 wrong usage or unreadable input.")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

/// Options of every command.
#[derive(Debug, Args)]
struct Global {
    /// Threads to compute with; the results are the same with any number [default: one per core]
    #[arg(long, global = true, value_name = "N", help_heading = "Everywhere")]
    threads: Option<NonZeroUsize>,
    /// Say nothing but results and errors
    #[arg(long, short, global = true, help_heading = "Everywhere")]
    quiet: bool,
    /// Print findings (and lists) as JSON, one object per line
    #[arg(long, global = true, help_heading = "Everywhere")]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Check(check::Check),
    Audit(audit::Audit),
    Compute(compute::Compute),
    Report(report::Report),
    Render(render::Render),
    Compare(Box<compare::Compare>),
    Plan(plan::Plan),
    Power(Box<power::Power>),
    Diagnose(diagnose::Diagnose),
    Indicators(indicators::Indicators),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Runs the command line `args` (the program's name first) and says how it ended.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(usage) => {
            usage_printed(&usage);
            return ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(2));
        }
    };
    let terminal = Terminal::new(cli.global.quiet, cli.global.json);
    keep_memory();
    if let Some(threads) = cli.global.threads {
        // Fails only if a pool exists already, as in a program that uses the library; then that one is used.
        let _ = rayon::ThreadPoolBuilder::new()
            .num_threads(threads.get())
            .build_global();
    }
    match dispatch(&cli.command, &terminal) {
        Ok(Verdict::Fine) | Err(Fault::Closed) => ExitCode::SUCCESS,
        Ok(Verdict::Errors) => ExitCode::from(1),
        Err(Fault::Stop(stop)) => {
            terminal.stop(&stop);
            ExitCode::from(2)
        }
    }
}

/// Says what was wrong with the usage, or what help was asked for. Arguments may be names of files, which may hold anything.
fn usage_printed(usage: &clap::Error) {
    let plain = usage.render().to_string();
    // A reader of the help text that went away (`| head`) is no fault.
    let _ = match plain.chars().any(|c| clean::steers(c) && c != '\n') {
        true => Terminal::new(false, false).usage(&plain),
        false => usage.print(),
    };
}

/// Has memory that was freed kept for what comes next, instead of being given back and asked for again: the GNU allocator raises
/// its limits to the largest block that it has seen freed. Simulations spend a tenth of their time on it otherwise.
fn keep_memory() {
    const BLOCK: usize = 24 << 20;
    drop(std::hint::black_box(Vec::<u8>::with_capacity(BLOCK)));
}

fn dispatch(command: &Command, terminal: &Terminal) -> Done {
    match command {
        Command::Init(command) => command.run(terminal),
        Command::Check(command) => command.run(terminal),
        Command::Audit(command) => command.run(terminal),
        Command::Compute(command) => command.run(terminal),
        Command::Report(command) => command.run(terminal),
        Command::Render(command) => command.run(terminal),
        Command::Compare(command) => command.run(terminal),
        Command::Plan(command) => command.run(terminal),
        Command::Power(command) => command.run(terminal),
        Command::Diagnose(command) => command.run(terminal),
        Command::Indicators(command) => command.run(terminal),
        Command::Completions(command) => command.run(terminal),
        Command::Man(command) => command.run(terminal),
    }
}

/// The definition of the command line, for completions, man pages and tests.
pub fn definition() -> clap::Command {
    Cli::command()
}
