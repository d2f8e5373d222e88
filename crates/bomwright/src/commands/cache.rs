//! `bomwright cache`: what is kept between scans.

use bomwright_image::Limits;

use crate::args::{Cache, CacheAction};
use crate::exit::{FINE, Failure};
use crate::output::Output;

/// Runs the command.
pub(crate) fn run(arguments: &Cache) -> Result<u8, Failure> {
    let cache = crate::load::cache(&Limits::default(), false).ok_or_else(|| {
        Failure::new("there is no cache directory").hint("set XDG_CACHE_HOME or HOME to an absolute path")
    })?;
    let place = cache.directory().display().to_string();
    let (verb, usage) = match arguments.action {
        CacheAction::Show => ("holds", cache.usage()),
        CacheAction::Clear => ("freed", cache.clear()),
    };
    let usage = usage.map_err(|error| Failure::io(&place, &error))?;
    let text = format!("{place}: {verb} {} layers, {} bytes\n", usage.layers, usage.bytes);
    Output { format: String::new(), file: None }.write(|out| out.write_all(text.as_bytes()))?;
    Ok(FINE)
}
