//! The languages of articles: codes, names and scripts.

/// A language, or undetermined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(u8);

/// A script, as far as it distinguishes languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named as Unicode names it")]
pub enum Script {
    Latin,
    Cyrillic,
    Greek,
    Armenian,
    Hebrew,
    Arabic,
    Devanagari,
    Tamil,
    Hangul,
    Other,
}

impl Script {
    /// The script of a character.
    pub fn of(letter: char) -> Self {
        match letter as u32 {
            ..=0x2ff | 0x1e00..=0x1eff | 0xff21..=0xff5a => Self::Latin,
            0x370..=0x3ff | 0x1f00..=0x1fff => Self::Greek,
            0x400..=0x52f => Self::Cyrillic,
            0x531..=0x58f => Self::Armenian,
            0x590..=0x5ff | 0xfb1d..=0xfb4f => Self::Hebrew,
            0x600..=0x6ff | 0xfb50..=0xfdff | 0xfe70..=0xfefe => Self::Arabic,
            0x900..=0x97f => Self::Devanagari,
            0xb80..=0xbff => Self::Tamil,
            0x1100..=0x11ff | 0xac00..=0xd7af => Self::Hangul,
            _ => Self::Other,
        }
    }

    /// The language whose rules apply to a word in this script when the language of the text uses another script.
    pub fn first_language(self) -> Language {
        Language::of(match self {
            Self::Latin => Some("en"),
            Self::Cyrillic => Some("ru"),
            Self::Greek => Some("el"),
            Self::Armenian => Some("hy"),
            Self::Hebrew => Some("he"),
            Self::Arabic => Some("ar"),
            Self::Devanagari => Some("hi"),
            Self::Tamil => Some("ta"),
            Self::Hangul => Some("ko"),
            Self::Other => None,
        })
    }
}

impl Language {
    /// The language with this code in the index; undetermined without a code.
    pub fn of(code: Option<&str>) -> Self {
        let at = code.and_then(|code| ROWS.binary_search_by_key(&code, |row| row.code).ok());
        at.map_or(Self(0), |at| Self(at as u8 + 1))
    }

    /// The language for a code, a tag such as `en-US`, or a name such as `German` or `Deutsch`; undetermined for `und`.
    pub fn named(text: &str) -> Option<Self> {
        let text = text.trim();
        let lower = text.to_lowercase();
        if matches!(lower.as_str(), "und" | "undetermined") {
            return Some(Self::default());
        }
        let primary = lower.split(['-', '_', '.', ',', ';', ' ']).next().unwrap_or_default();
        let row = ROWS.iter().find(|row| row.name.eq_ignore_ascii_case(text) || row.own_name == lower);
        let known = |row: &&Row| row.code == primary || row.long_codes.split(' ').any(|code| code == primary);
        row.or_else(|| ROWS.iter().find(known)).map(|row| Self::of(Some(row.code)))
    }

    fn row(self) -> Option<&'static Row> {
        ROWS.get(usize::from(self.0).checked_sub(1)?)
    }

    /// Its number, at most 127; 0 is undetermined.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Its two-letter code (ISO 639-1).
    pub fn code(self) -> Option<&'static str> {
        self.row().map(|row| row.code)
    }

    /// Its name in English.
    pub fn name(self) -> &'static str {
        self.row().map_or("undetermined", |row| row.name)
    }

    /// Number of languages, including undetermined.
    pub fn count() -> usize {
        ROWS.len() + 1
    }

    /// Whether the language is written in this script.
    pub fn writes(self, script: Script) -> bool {
        let Some(row) = self.row() else { return false };
        let own = row.own_name.chars().next().map_or(Script::Other, Script::of);
        own == script || row.code == "sr" && script == Script::Latin
    }
}

/// The language code for a text in metadata. An unknown language keeps its own code.
pub fn language_code(text: &str) -> Option<String> {
    if let Some(code) = Language::named(text).and_then(Language::code) {
        return Some(code.to_owned());
    }
    let lower = text.trim().to_lowercase();
    let primary = lower.split(['-', '_', '.', ',', ';']).next().unwrap_or_default();
    let valid = matches!(primary.len(), 2 | 3) && primary.bytes().all(|byte| byte.is_ascii_lowercase());
    (valid && !matches!(primary, "und" | "mul" | "mis" | "zxx" | "xx")).then(|| primary.to_owned())
}

/// A known language.
struct Row {
    code: &'static str,
    /// Codes of ISO 639-2 and 639-3, separated by blanks.
    long_codes: &'static str,
    name: &'static str,
    /// Its name in itself, in lower case.
    own_name: &'static str,
}

const fn row(code: &'static str, long_codes: &'static str, name: &'static str, own_name: &'static str) -> Row {
    Row { code, long_codes, name, own_name }
}

/// Known languages, sorted by code.
const ROWS: &[Row] = &[
    row("af", "afr", "Afrikaans", "afrikaans"),
    row("am", "amh", "Amharic", "አማርኛ"),
    row("ar", "ara arb", "Arabic", "العربية"),
    row("az", "aze azj", "Azerbaijani", "azərbaycanca"),
    row("be", "bel", "Belarusian", "беларуская"),
    row("bg", "bul", "Bulgarian", "български"),
    row("bn", "ben", "Bengali", "বাংলা"),
    row("bs", "bos", "Bosnian", "bosanski"),
    row("ca", "cat", "Catalan", "català"),
    row("cs", "ces cze", "Czech", "čeština"),
    row("cy", "cym wel", "Welsh", "cymraeg"),
    row("da", "dan", "Danish", "dansk"),
    row("de", "deu ger", "German", "deutsch"),
    row("el", "ell gre", "Greek", "ελληνικά"),
    row("en", "eng", "English", "english"),
    row("eo", "epo", "Esperanto", "esperanto"),
    row("es", "spa", "Spanish", "español"),
    row("et", "est ekk", "Estonian", "eesti"),
    row("eu", "eus baq", "Basque", "euskara"),
    row("fa", "fas per pes", "Persian", "فارسی"),
    row("fi", "fin", "Finnish", "suomi"),
    row("fr", "fra fre", "French", "français"),
    row("ga", "gle", "Irish", "gaeilge"),
    row("gl", "glg", "Galician", "galego"),
    row("gu", "guj", "Gujarati", "ગુજરાતી"),
    row("he", "heb iw", "Hebrew", "עברית"),
    row("hi", "hin", "Hindi", "हिन्दी"),
    row("hr", "hrv", "Croatian", "hrvatski"),
    row("hu", "hun", "Hungarian", "magyar"),
    row("hy", "hye arm", "Armenian", "հայերեն"),
    row("id", "ind in", "Indonesian", "bahasa indonesia"),
    row("is", "isl ice", "Icelandic", "íslenska"),
    row("it", "ita", "Italian", "italiano"),
    row("ja", "jpn", "Japanese", "日本語"),
    row("jv", "jav", "Javanese", "basa jawa"),
    row("ka", "kat geo", "Georgian", "ქართული"),
    row("kk", "kaz", "Kazakh", "қазақша"),
    row("km", "khm", "Khmer", "ខ្មែរ"),
    row("kn", "kan", "Kannada", "ಕನ್ನಡ"),
    row("ko", "kor", "Korean", "한국어"),
    row("la", "lat", "Latin", "latina"),
    row("lo", "lao", "Lao", "ລາວ"),
    row("lt", "lit", "Lithuanian", "lietuvių"),
    row("lv", "lav lvs", "Latvian", "latviešu"),
    row("mk", "mkd mac", "Macedonian", "македонски"),
    row("ml", "mal", "Malayalam", "മലയാളം"),
    row("mr", "mar", "Marathi", "मराठी"),
    row("ms", "msa may zsm", "Malay", "bahasa melayu"),
    row("my", "mya bur", "Burmese", "မြန်မာ"),
    row("ne", "nep npi", "Nepali", "नेपाली"),
    row("nl", "nld dut", "Dutch", "nederlands"),
    row("no", "nor nob nb nno nn", "Norwegian", "norsk"),
    row("or", "ori ory", "Odia", "ଓଡ଼ିଆ"),
    row("pa", "pan", "Punjabi", "ਪੰਜਾਬੀ"),
    row("pl", "pol", "Polish", "polski"),
    row("ps", "pus", "Pashto", "پښتو"),
    row("pt", "por", "Portuguese", "português"),
    row("ro", "ron rum mo", "Romanian", "română"),
    row("ru", "rus", "Russian", "русский"),
    row("si", "sin", "Sinhala", "සිංහල"),
    row("sk", "slk slo", "Slovak", "slovenčina"),
    row("sl", "slv", "Slovenian", "slovenščina"),
    row("sn", "sna", "Shona", "chishona"),
    row("sq", "sqi alb als", "Albanian", "shqip"),
    row("sr", "srp", "Serbian", "српски"),
    row("st", "sot", "Sesotho", "sesotho"),
    row("sv", "swe", "Swedish", "svenska"),
    row("sw", "swa swh", "Swahili", "kiswahili"),
    row("ta", "tam", "Tamil", "தமிழ்"),
    row("te", "tel", "Telugu", "తెలుగు"),
    row("th", "tha", "Thai", "ไทย"),
    row("tk", "tuk", "Turkmen", "türkmençe"),
    row("tl", "tgl fil", "Tagalog", "tagalog"),
    row("tr", "tur", "Turkish", "türkçe"),
    row("uk", "ukr", "Ukrainian", "українська"),
    row("ur", "urd", "Urdu", "اردو"),
    row("uz", "uzb uzn", "Uzbek", "oʻzbekcha"),
    row("vi", "vie", "Vietnamese", "tiếng việt"),
    row("yi", "yid ydd ji", "Yiddish", "ייִדיש"),
    row("zh", "zho chi cmn", "Chinese", "中文"),
    row("zu", "zul", "Zulu", "isizulu"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_code_tag_and_name() {
        assert!(ROWS.is_sorted_by_key(|row| row.code) && ROWS.len() < 127);
        for (text, expected) in [
            ("en", Some("en")),
            ("en-US", Some("en")),
            (" DE_at ", Some("de")),
            ("German", Some("de")),
            ("français", Some("fr")),
            ("Русский", Some("ru")),
            ("Bahasa Indonesia", Some("id")),
            ("chi", Some("zh")),
            ("cmn-Hant", Some("zh")),
            ("nb", Some("no")),
            ("zh_Hans", Some("zh")),
            ("tlh", Some("tlh")),
            ("und", None),
            ("Klingon", None),
            ("", None),
        ] {
            assert_eq!(language_code(text).as_deref(), expected, "{text}");
        }
    }
}
