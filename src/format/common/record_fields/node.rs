//! A record as names and values, shared by JSON, front matter and table rows.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

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

impl<'a> From<&'a Value> for Node<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null | Value::Bool(_) => Self::Nothing,
            Value::Number(number) => Self::Text(Cow::Owned(number.to_string())),
            Value::String(text) => Self::Text(Cow::Borrowed(text)),
            Value::Array(values) => Self::List(values.iter().map(Self::from).collect()),
            Value::Object(map) => {
                Self::Map(map.iter().map(|(name, value)| (Cow::Borrowed(name.as_str()), Self::from(value))).collect())
            }
        }
    }
}

/// Parses a record and keeps only the values of known names; skipping the others is much faster.
pub(crate) struct Known<'f>(pub &'f FieldMap);

impl<'de> DeserializeSeed<'de> for Known<'_> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<'de>, D::Error> {
        deserializer.deserialize_any(Reader { known: Some(self.0) })
    }
}

impl<'de> Deserialize<'de> for Node<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader { known: None })
    }
}

struct Reader<'f> {
    known: Option<&'f FieldMap>,
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
        match self.known {
            Some(fields) => {
                while let Some(node) = values.next_element_seed(Known(fields))? {
                    list.push(node);
                }
            }
            None => {
                while let Some(node) = values.next_element()? {
                    list.push(node);
                }
            }
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node<'de>, A::Error> {
        let mut map = Vec::with_capacity(8);
        while let Some(Name(name)) = entries.next_key()? {
            if self.known.is_some_and(|fields| !fields.knows(&name)) {
                entries.next_value::<IgnoredAny>()?;
            } else {
                map.push((name, entries.next_value()?));
            }
        }
        Ok(Node::Map(map))
    }
}

/// A key; serde's own `Cow` never borrows.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameReader;
        impl<'de> Visitor<'de> for NameReader {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(NameReader)
    }
}
