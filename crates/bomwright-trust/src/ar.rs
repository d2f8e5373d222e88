//! The archive format that a `.deb` is (deb(5), ar(5)).
//!
//! A line `!<arch>`, then members: 60 bytes of header in fixed columns (name, time, owner, group, mode, size,
//! two bytes of magic), the content, and a line feed where the content's length is odd. Only the plain names of
//! deb(5) are read, not the tables of long names that linkers use.

use std::io::{self, Read};

const MAGIC: &[u8; 8] = b"!<arch>\n";

/// Reads the members of an archive one after the other.
pub(crate) struct Archive<R> {
    inner: R,
    /// Bytes of the last member that were not read yet.
    left: u64,
    /// Whether a byte follows the last member to even it out.
    is_odd: bool,
}

/// The name and length of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) size: u64,
}

impl<R: Read> Archive<R> {
    /// An archive that begins where `inner` does.
    pub(crate) fn new(mut inner: R) -> io::Result<Self> {
        let mut magic = [0; 8];
        inner.read_exact(&mut magic)?;
        if &magic == MAGIC {
            Ok(Self { inner, left: 0, is_odd: false })
        } else {
            Err(invalid("not an ar archive"))
        }
    }

    /// The next member and its content; `None` at the end. What was not read of the last one is passed over.
    pub(crate) fn next_member(&mut self) -> io::Result<Option<(Member, impl Read)>> {
        let passed = io::copy(&mut (&mut self.inner).take(self.left), &mut io::sink())?;
        if passed != self.left {
            return Err(invalid("a member ends too early"));
        }
        // At the end of the archive this byte may be left away.
        io::copy(&mut (&mut self.inner).take(u64::from(self.is_odd)), &mut io::sink())?;
        let Some(member) = self.header()? else { return Ok(None) };
        (self.left, self.is_odd) = (member.size, !member.size.is_multiple_of(2));
        Ok(Some((member, Content { left: &mut self.left, inner: &mut self.inner })))
    }

    fn header(&mut self) -> io::Result<Option<Member>> {
        let mut header = Vec::new();
        (&mut self.inner).take(60).read_to_end(&mut header)?;
        if header.is_empty() {
            return Ok(None);
        }
        let column = |from: usize, to: usize| {
            header.get(from..to).and_then(|bytes| std::str::from_utf8(bytes).ok()).map(str::trim_end)
        };
        if column(58, 60) != Some("`") || header.get(59) != Some(&b'\n') {
            return Err(invalid("the header of a member breaks the format"));
        }
        let name = column(0, 16).map(|name| name.trim_end_matches('/').to_owned());
        let size = column(48, 58).filter(|size| size.bytes().all(|it| it.is_ascii_digit()));
        match (name, size.and_then(|size| size.parse().ok())) {
            (Some(name), Some(size)) => Ok(Some(Member { name, size })),
            _ => Err(invalid("the name or size of a member breaks the format")),
        }
    }

    /// What the archive is read from.
    pub(crate) fn into_inner(self) -> R {
        self.inner
    }
}

/// The content of one member.
struct Content<'a, R> {
    inner: &'a mut R,
    left: &'a mut u64,
}

impl<R: Read> Read for Content<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.by_ref().take(*self.left).read(buffer)?;
        *self.left = self.left.saturating_sub(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}

pub(crate) fn invalid(reason: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str, content: &str) -> String {
        let padding = if content.len().is_multiple_of(2) { "" } else { "\n" };
        format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n{content}{padding}", 0, 0, 0, 100_644, content.len())
    }

    fn names(bytes: &[u8]) -> io::Result<Vec<String>> {
        let mut archive = Archive::new(bytes)?;
        let mut all = Vec::new();
        while let Some((member, mut content)) = archive.next_member()? {
            let mut text = String::new();
            content.read_to_string(&mut text)?;
            all.push(format!("{} {text}", member.name));
        }
        Ok(all)
    }

    #[test]
    fn members_of_odd_length_are_evened_out() {
        let whole = format!("!<arch>\n{}{}", member("debian-binary", "2.0"), member("b/", "xy"));
        assert_eq!(names(whole.as_bytes()).unwrap(), ["debian-binary 2.0", "b xy"]);
        let last = format!("!<arch>\n{}", member("a", "x"));
        assert_eq!(names(last.trim_end().as_bytes()).unwrap(), ["a x"]);
    }

    #[test]
    fn what_is_not_read_is_passed_over() {
        let bytes = format!("!<arch>\n{}{}", member("a", "long content"), member("b", "z"));
        let mut archive = Archive::new(bytes.as_bytes()).unwrap();
        assert_eq!(archive.next_member().unwrap().unwrap().0.name, "a");
        let mut text = String::new();
        archive.next_member().unwrap().unwrap().1.read_to_string(&mut text).unwrap();
        assert_eq!(text, "z");
        assert!(archive.next_member().unwrap().is_none());
    }

    #[test]
    fn damage_is_an_error() {
        let whole = format!("!<arch>\n{}", member("a", "content"));
        for cut in [1, 7, 30, 67] {
            assert!(names(&whole.as_bytes()[..cut]).is_err(), "{cut}");
        }
        assert!(names(whole.replace('`', "'").as_bytes()).is_err());
        assert!(names(whole.replace("7 ", "-1").as_bytes()).is_err());
        let short = format!("!<arch>\n{}", member("a", "content").replace("7         ", "9999999999"));
        assert!(Archive::new(short.as_bytes()).unwrap().next_member().unwrap().is_some());
        let mut archive = Archive::new(short.as_bytes()).unwrap();
        archive.next_member().unwrap();
        assert!(archive.next_member().is_err());
    }
}
