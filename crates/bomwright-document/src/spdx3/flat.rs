//! Elements that stand inside others, brought side by side.
//!
//! Where SPDX 3 names an element, JSON-LD allows the element itself. Once all are side by side, the rest of the reader
//! need not know where each stood.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::wire_in::Element;
use crate::lenient::{List, Text};

/// An element where another one names it: its name, or all of it.
#[derive(Debug)]
pub(super) enum Named<'a> {
    /// Its name; empty where there is none.
    Id(Text<'a>),
    /// All of it. Only [`flatten`] meets this.
    Whole(Box<Element<'a>>),
}

impl Default for Named<'_> {
    fn default() -> Self {
        Self::Id(Text::default())
    }
}

impl<'a> Named<'a> {
    /// The name.
    pub(super) fn id(&self) -> &Text<'a> {
        match self {
            Self::Id(id) => id,
            Self::Whole(element) => &element.spdx_id,
        }
    }

    /// The name.
    pub(super) fn into_id(self) -> Text<'a> {
        match self {
            Self::Id(id) => id,
            Self::Whole(element) => element.spdx_id,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Named<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<'a>(PhantomData<&'a str>);
        impl<'de: 'a, 'a> Visitor<'de> for Reader<'a> {
            type Value = Named<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an element or its name")
            }
            fn visit_borrowed_str<E: Error>(self, id: &'de str) -> Result<Named<'a>, E> {
                Ok(Named::Id(Text(Cow::Borrowed(id))))
            }
            fn visit_str<E: Error>(self, id: &str) -> Result<Named<'a>, E> {
                Ok(Named::Id(Text(Cow::Owned(id.to_owned()))))
            }
            fn visit_map<A: MapAccess<'de>>(self, element: A) -> Result<Named<'a>, A::Error> {
                let element = Element::deserialize(MapAccessDeserializer::new(element))?;
                Ok(Named::Whole(Box::new(element)))
            }
            // What is neither names nothing.
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Named<'a>, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Named::default())
            }
            fn visit_bool<E: Error>(self, _: bool) -> Result<Named<'a>, E> {
                Ok(Named::default())
            }
            fn visit_u64<E: Error>(self, _: u64) -> Result<Named<'a>, E> {
                Ok(Named::default())
            }
            fn visit_i64<E: Error>(self, _: i64) -> Result<Named<'a>, E> {
                Ok(Named::default())
            }
            fn visit_f64<E: Error>(self, _: f64) -> Result<Named<'a>, E> {
                Ok(Named::default())
            }
            fn visit_unit<E: Error>(self) -> Result<Named<'a>, E> {
                Ok(Named::default())
            }
        }
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

/// All of `elements` and those inside them, each after the one that it stood in. An element that stood inside another
/// and has no name gets one, so that it can be named.
pub(super) fn flatten(elements: Vec<Element<'_>>) -> Vec<Element<'_>> {
    let mut all = Vec::with_capacity(elements.len());
    let mut nameless = 0;
    // `serde_json` has bounded how deep elements stand in one another; here the depth does not matter.
    let mut rest = elements;
    rest.reverse();
    while let Some(mut element) = rest.pop() {
        let Element {
            creation_info,
            created_by,
            created_using,
            element: parts,
            originated_by,
            supplied_by,
            root_element,
            data_license,
            from,
            to,
            ..
        } = &mut element;
        for one in [creation_info, supplied_by, data_license, from] {
            take(one, &mut rest, &mut nameless);
        }
        for list in [created_by, created_using, parts, originated_by, root_element, to] {
            take_all(list, &mut rest, &mut nameless);
        }
        all.push(element);
    }
    all
}

fn take_all<'a>(list: &mut List<Named<'a>>, out: &mut Vec<Element<'a>>, nameless: &mut usize) {
    for one in &mut list.0 {
        take(one, out, nameless);
    }
}

/// Leaves the name where the element was.
fn take<'a>(one: &mut Named<'a>, out: &mut Vec<Element<'a>>, nameless: &mut usize) {
    if let Named::Whole(element) = one {
        let mut element = std::mem::take(&mut **element);
        if element.spdx_id.is_empty() {
            *nameless += 1;
            element.spdx_id = Text(Cow::Owned(format!("_:inside-{nameless}")));
        }
        *one = Named::Id(element.spdx_id.clone());
        out.push(element);
    }
}
