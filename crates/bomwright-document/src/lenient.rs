//! Values of documents that other tools wrote: text that may be a number, lists that may be one item or null.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::DocumentError;

/// Text, borrowed from the document where it holds no escapes. Numbers and booleans are read as text; null,
/// lists and objects as no text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Text<'a>(pub(crate) Cow<'a, str>);

impl Text<'_> {
    /// The text without blanks around it; `None` when nothing is left.
    pub(crate) fn some(&self) -> Option<&str> {
        let text = self.0.trim();
        (!text.is_empty()).then_some(text)
    }

    /// A copy of the text as it is; `None` when it is empty.
    pub(crate) fn owned(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.clone().into_owned())
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<'a>(PhantomData<&'a str>);
        impl<'de: 'a, 'a> Visitor<'de> for Reader<'a> {
            type Value = Text<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'a>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Text<'a>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
            fn visit_string<E: Error>(self, text: String) -> Result<Text<'a>, E> {
                Ok(Text(Cow::Owned(text)))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Text<'a>, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Text<'a>, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<Text<'a>, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }
            fn visit_bool<E: Error>(self, truth: bool) -> Result<Text<'a>, E> {
                Ok(Text(Cow::Owned(truth.to_string())))
            }
            fn visit_unit<E: Error>(self) -> Result<Text<'a>, E> {
                Ok(Text::default())
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Text<'a>, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Text::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Text<'a>, A::Error> {
                while items.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Text::default())
            }
        }
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

/// A list. One object where a list should be is a list of it; null, text and numbers are the empty list.
#[derive(Debug, Clone)]
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut list = Vec::new();
        Each::new(|item| list.push(item)).deserialize(deserializer)?;
        Ok(Self(list))
    }
}

/// Reads a [`List`] and hands each item on as soon as it is read, so that they need not all be held.
pub(crate) struct Each<T, F> {
    take: F,
    item: PhantomData<T>,
}

impl<T, F: FnMut(T)> Each<T, F> {
    /// Hands the items to `take`.
    pub(crate) fn new(take: F) -> Self {
        Self { take, item: PhantomData }
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T)> DeserializeSeed<'de> for Each<T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T)> Visitor<'de> for Each<T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<Option<T>>()? {
            item.into_iter().for_each(&mut self.take);
        }
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(mut self, item: A) -> Result<(), A::Error> {
        T::deserialize(MapAccessDeserializer::new(item)).map(|item| (self.take)(item))
    }
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
}

/// Structs of a foreign document: every member may be absent, and unknown ones are passed over.
macro_rules! lenient {
    ($($(#[$meta:meta])* struct $name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* })+) => {$(
        $(#[$meta])*
        #[derive(Debug, Default, serde::Deserialize)]
        #[allow(clippy::struct_field_names, reason = "the fields are called as the format calls them")]
        #[serde(rename_all = "camelCase", default)]
        pub(crate) struct $name<'a> {
            $($(#[$attribute])* #[serde(borrow)] pub(crate) $field: $type,)*
        }
    )+};
}
pub(crate) use lenient;

/// The bytes of the document `name` as UTF-8 without a byte order mark; UTF-16 is recognised by its mark.
///
/// # Errors
/// [`DocumentError::Malformed`] where UTF-16 ends in the middle or has half of a pair. Bytes without such a mark are
/// passed on as they are.
pub(crate) fn utf8<'a>(name: &str, bytes: &'a [u8]) -> Result<Cow<'a, [u8]>, DocumentError> {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, odd) = rest.as_chunks();
        let mut text = String::with_capacity(rest.len() / 2);
        for c in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
            match c {
                Ok(c) => text.push(c),
                Err(_) => return Err(half(name, &text, "half of a surrogate pair")),
            }
        }
        if odd.is_empty() { Ok(Cow::Owned(text.into_bytes())) } else { Err(half(name, &text, "half a unit")) }
    };
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => Ok(Cow::Borrowed(rest)),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => Ok(Cow::Borrowed(bytes)),
    }
}

fn half(name: &str, before: &str, what: &str) -> DocumentError {
    DocumentError::at(name, before.as_bytes(), before.len(), format!("it is UTF-16, and here is {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_types_are_read_as_what_they_mean() {
        let texts: Vec<Text<'_>> =
            serde_json::from_str(r#"["a", 1, -2, 1.5, true, null, [1], {"a":1}, "\n"]"#).unwrap();
        let texts: Vec<_> = texts.iter().map(|text| &*text.0).collect();
        assert_eq!(texts, ["a", "1", "-2", "1.5", "true", "", "", "", "\n"]);
        lenient! { struct Item { name: Text<'a>, } }
        for (json, count) in [(r#"{"name":"x"}"#, 1), ("[{},null]", 1), ("null", 0), (r#""x""#, 0)] {
            let list: List<Item<'_>> = serde_json::from_str(json).unwrap();
            assert_eq!(list.len(), count, "{json}");
        }
    }

    #[test]
    fn byte_order_marks() {
        let read = |bytes| utf8("a", bytes).map(Cow::into_owned).map_err(|error| error.to_string());
        assert_eq!(read(b"\xef\xbb\xbf{}"), Ok(b"{}".to_vec()));
        assert_eq!(read(b"\xff\xfe{\0}\0"), Ok(b"{}".to_vec()));
        assert_eq!(read(b"\xfe\xff\0{\0}"), Ok(b"{}".to_vec()));
        assert_eq!(read(b"\xff\xfe{\0\n\0}"), Err("a:2:1: it is UTF-16, and here is half a unit".to_owned()));
        let half = "a:1:2: it is UTF-16, and here is half of a surrogate pair";
        assert_eq!(read(b"\xff\xfe{\0\x00\xd8}\0"), Err(half.to_owned()));
    }
}
