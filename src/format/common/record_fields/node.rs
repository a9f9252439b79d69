//! A record as names and values, shared by JSON, front matter and table rows.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::FieldMap;

/// A value of a record. It borrows its text if the record has it unescaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node<'a> {
    /// A text, or a number as written.
    Text(Cow<'a, str>),
    /// Several values.
    List(Vec<Node<'a>>),
    /// Named values in the order of the record.
    Map(Vec<(Cow<'a, str>, Node<'a>)>),
    /// Null, true or false.
    Nothing,
}

impl<'a> Node<'a> {
    /// The value of a name, which must match exactly.
    pub(crate) fn get(&self, name: &str) -> Option<&Node<'a>> {
        let Self::Map(entries) = self else { return None };
        entries.iter().find(|(key, _)| key == name).map(|(_, node)| node)
    }
}

/// Reads a value. With a map of fields, only values of known names are kept; skipping the others is much faster.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'f>(pub Option<&'f FieldMap>);

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Deserialize<'de> for Node<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reader(None).deserialize(deserializer)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(number.to_string())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(number.to_string())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node<'de>, E> {
        Ok(Node::Nothing)
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        Ok(Node::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Node<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(node) = values.next_element_seed(self)? {
            list.push(node);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node<'de>, A::Error> {
        let mut map = Vec::with_capacity(8);
        while let Some(Name(name)) = entries.next_key()? {
            if self.0.is_some_and(|fields| !fields.knows(&name)) {
                entries.next_value::<IgnoredAny>()?;
            } else {
                map.push((name, entries.next_value()?));
            }
        }
        Ok(Node::Map(map))
    }
}

/// A key. Without the attribute, a `Cow` is never borrowed.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
