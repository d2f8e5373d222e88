//! `bomwright rules`: every rule that gives a verdict or a finding.

use bomwright_origin::{detectors, generated_rules, rules};

use crate::args::Rules;
use crate::exit::{FINE, Failure};
use crate::output::Output;

/// Runs the command.
pub(crate) fn run(arguments: &Rules) -> Result<u8, Failure> {
    let generated: Vec<_> = generated_rules().collect();
    let groups: [(&str, Vec<(&str, &str)>); 3] = [
        ("Where packages and files come from", rules().collect()),
        ("Generated files, and what they are", generated),
        ("Findings about hidden things", detectors().collect()),
    ];
    Output { format: String::new(), file: None }.write(|out| {
        for (title, rules) in &groups {
            if arguments.markdown {
                writeln!(out, "## {title}\n\n| rule | meaning |\n|---|---|")?;
                for (id, about) in rules {
                    writeln!(out, "| `{id}` | {} |", about.replace('|', "\\|"))?;
                }
                writeln!(out)?;
            } else {
                let bold = anstyle::Style::new().bold();
                writeln!(out, "{bold}{title}{bold:#}")?;
                for (id, about) in rules {
                    writeln!(out, "  {id:<32} {about}")?;
                }
            }
        }
        Ok(())
    })?;
    Ok(FINE)
}
