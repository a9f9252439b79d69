//! Names that crawlers, APIs and content systems use for the fields of an article.

/// A field of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    Id,
    Title,
    Body,
    /// Used if there is no body.
    Summary,
    Published,
    Source,
    Byline,
    Section,
    Language,
    Url,
}

/// The fields that a user can map.
const TARGETS: [(&str, Fact); 9] = [
    ("id", Fact::Id),
    ("title", Fact::Title),
    ("body", Fact::Body),
    ("published", Fact::Published),
    ("source", Fact::Source),
    ("byline", Fact::Byline),
    ("section", Fact::Section),
    ("language", Fact::Language),
    ("url", Fact::Url),
];

/// The names of each field, most specific first; see [`folded`] for how they are compared.
const NAMES: [(Fact, &str); 10] = [
    (Fact::Id, "id guid docno _id docid articleid newsid storyid identifier uri"),
    (
        Fact::Title,
        "title headline hed heading articletitle headlinetext dctitle og:title dc:title titre titel titulo título \
         titolo 标题 標題 タイトル name subject",
    ),
    (
        Fact::Body,
        "body text content articlebody maintext fulltext bodytext articletext contenttext plaintext cleanedtext \
         cleantext rawtext contents article story paragraphs contentplain content:encoded bodyxhtml contenthtml bodyhtml \
         htmlbody articlehtml html rawhtml texte contenu texto inhalt testo 正文 内容 內容 本文",
    ),
    (
        Fact::Summary,
        "description summary abstract excerpt lead leadparagraph snippet teaser standfirst trailtext subtitle dek",
    ),
    (
        Fact::Published,
        "published date datepublished publishedat publicationdate pubdate datepublish publishdate publisheddate \
         publishedon publishedtime publishtime publisheddatetime datetimepub webpublicationdate displaydate issued \
         dateissued article:publishedtime dc:date dcdate pubtime posted postedat posteddate dateposted docdate \
         firstcreated firstpublished firstpublishedat versioncreated createdat createdate datecreated created datetime \
         timestamp time updated updatedat modified datemodified isodate fecha datum data 日期 seendate",
    ),
    (
        Fact::Source,
        "source publisher outlet publication newspaper sitename site sourcename publishername newsoutlet journal paper \
         medium og:sitename channel pub feedname feedtitle sourcetitle sourcedomain domain provider feed quelle fuente \
         来源",
    ),
    (
        Fact::Byline,
        "byline author authors by creator creators writer writers reporter journalist authorname dc:creator contributor \
         contributors auteur autor autore 作者",
    ),
    (
        Fact::Section,
        "section sectionname articlesection category categories desk rubric topic channelname department newsdesk \
         pillarname rubrique ressort 栏目",
    ),
    (Fact::Language, "language lang inlanguage languagecode locale dc:language"),
    (Fact::Url, "url link canonicalurl canonical permalink weburl href sourceurl articleurl pageurl originalurl uri"),
];

/// Names of objects that contain an article or metadata.
const WRAPPERS: &str = "article data _source doc document news item story meta metadata attributes fields post entry \
    record result response content properties payload articles items results docs documents hits entries stories extra params";

/// Names of fields with the kind of a record.
const KEPT: &str = "version feed";

/// Which name in a record means which field of an article.
///
/// Names are compared without regard to case, blanks, `_` and `-`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldMap {
    /// Folded names and their meaning, sorted by name.
    names: Vec<(String, Role)>,
}

/// The meaning of a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Role {
    /// A field, and how specific the name is: lower is more specific.
    pub fact: Option<(Fact, u16)>,
    /// A second field for the same name, used if the first is known otherwise.
    pub also: Option<(Fact, u16)>,
    /// An object that contains fields.
    pub wrapper: bool,
}

impl Default for FieldMap {
    /// The built-in table.
    fn default() -> Self {
        let mut map = Self { names: Vec::with_capacity(320) };
        for (fact, names) in NAMES {
            for (name, rank) in names.split_ascii_whitespace().zip(100..) {
                let role = map.role_mut(name);
                let slot = if role.fact.is_none() { &mut role.fact } else { &mut role.also };
                *slot = Some((fact, rank));
            }
        }
        for name in KEPT.split_ascii_whitespace() {
            map.role_mut(name);
        }
        for name in WRAPPERS.split_ascii_whitespace() {
            map.role_mut(name).wrapper = true;
        }
        map
    }
}

impl FieldMap {
    /// The built-in table with additional names before its own, each written `TARGET=NAME`, such as
    /// `body=article_text`. In a NAME with dots, such as `payload.text`, the parts before the last one name the
    /// enclosing objects.
    ///
    /// # Errors
    /// A message that says what is wrong with an override and names the valid targets.
    pub fn with_overrides(overrides: &[String]) -> Result<Self, String> {
        let mut map = Self::default();
        for (text, rank) in overrides.iter().zip(0..100) {
            let (target, name) = text
                .split_once('=')
                .map(|(target, name)| (target.trim(), name.trim()))
                .filter(|(_, name)| !name.is_empty())
                .ok_or_else(|| format!("`{text}` is not of the form TARGET=NAME, such as body=article_text"))?;
            let named = TARGETS.iter().find(|(valid, _)| valid.eq_ignore_ascii_case(target)).map(|(_, fact)| *fact);
            // Other names used in records, such as `date`, are accepted too.
            let known = || Self::default().role(target).and_then(|role| role.fact).map(|(fact, _)| fact);
            let Some(fact) = named.or_else(known) else {
                let valid = TARGETS.map(|(valid, _)| format!("`{valid}`")).join(", ");
                return Err(format!("`{target}` is not a field of an article; use one of {valid}"));
            };
            let mut parts = name.rsplit('.');
            let field = parts.next().unwrap_or(name);
            let role = map.role_mut(field);
            role.fact = Some((fact, rank));
            role.also = None;
            for around in parts {
                map.role_mut(around).wrapper = true;
            }
        }
        Ok(map)
    }

    /// Whether the name can have a useful value.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.role(name).is_some()
    }

    /// Whether the name is one of a text.
    pub(crate) fn names_body(&self, name: &str) -> bool {
        self.role(name).and_then(|role| role.fact).is_some_and(|(fact, _)| fact == Fact::Body)
    }

    /// Whether the name is one of a text or a headline.
    pub(crate) fn names_text(&self, name: &str) -> bool {
        let fact = self.role(name).and_then(|role| role.fact);
        fact.is_some_and(|(fact, _)| matches!(fact, Fact::Body | Fact::Title))
    }

    /// The meaning of the name.
    pub(super) fn role(&self, name: &str) -> Option<Role> {
        let mut buffer = [0; NAME_BYTES_MAX];
        let folded = folded(name, &mut buffer)?;
        let at = self.names.binary_search_by(|(known, _)| known.as_bytes().cmp(folded)).ok()?;
        self.names.get(at).map(|(_, role)| *role)
    }

    fn role_mut(&mut self, name: &str) -> &mut Role {
        let kept = name.char_indices().filter(|character| !is_ignored(character));
        let name: String = kept.map(|(_, c)| c.to_ascii_lowercase()).collect();
        let at = match self.names.binary_search_by(|(known, _)| known.cmp(&name)) {
            Ok(at) => at,
            Err(at) => {
                self.names.insert(at, (name, Role::default()));
                at
            }
        };
        &mut self.names[at].1
    }
}

/// Maximum length of a name that is looked up.
const NAME_BYTES_MAX: usize = 64;

/// Whether naming styles differ in this character. At the start it is significant: `_source` contains an article,
/// `source` does not.
fn is_ignored((at, c): &(usize, char)) -> bool {
    *at > 0 && matches!(c, '_' | '-' | ' ')
}

/// The name in lower case without the characters in which naming styles differ; none if it is too long.
fn folded<'b>(name: &str, buffer: &'b mut [u8; NAME_BYTES_MAX]) -> Option<&'b [u8]> {
    let mut length = 0;
    for (_, byte) in name.bytes().enumerate().filter(|&(at, byte)| !is_ignored(&(at, char::from(byte)))) {
        *buffer.get_mut(length)? = byte.to_ascii_lowercase();
        length += 1;
    }
    buffer.get(..length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_style() {
        let map = FieldMap::default();
        for (name, fact) in [
            ("articleBody", Fact::Body),
            ("article_body", Fact::Body),
            ("pub-date", Fact::Published),
            ("PubDate", Fact::Published),
            ("Published Date", Fact::Published),
            ("DOCNO", Fact::Id),
            ("_id", Fact::Id),
            ("site_name", Fact::Source),
            ("inLanguage", Fact::Language),
        ] {
            assert_eq!(map.role(name).and_then(|role| role.fact).map(|(fact, _)| fact), Some(fact), "{name}");
        }
        assert!(map.role("_source").is_some_and(|role| role.wrapper));
        assert!(map.role("source").is_some_and(|role| !role.wrapper));
        for name in ["uuid", "@id", "", "keywords", &"x".repeat(1000)] {
            assert_eq!(map.role(name), None, "{name}");
        }
    }

    #[test]
    fn overrides_come_first_and_wrong_ones_are_explained() {
        let map = FieldMap::with_overrides(&["body=payload.Article_Text".into(), "title = x".into()]).expect("valid");
        assert_eq!(map.role("article-text").and_then(|role| role.fact), Some((Fact::Body, 0)));
        assert!(map.role("payload").is_some_and(|role| role.wrapper));
        for wrong in ["body", "body=", "colour=x"] {
            let message = FieldMap::with_overrides(&[wrong.into()]).expect_err(wrong);
            assert!(message.contains("body"), "{message}");
        }
    }
}
