//! The words of dates: months, weekdays and time zones in the languages of news.

/// What follows the number of a day.
pub(super) const ORDINALS: [&str; 9] = ["st", "nd", "rd", "th", "er", "ère", "o", "a", "e"];

/// What stands between the parts of a date.
pub(super) const PARTICLES: [&str; 7] = ["of", "de", "del", "di", "do", "d", "r"];

/// Zones that newspapers name, with their minutes east of UTC; `IST` and its like are left out as ambiguous.
pub(super) const ZONES: [(&str, i32); 27] = [
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("ut", 0),
    ("wet", 0),
    ("bst", 60),
    ("west", 60),
    ("cet", 60),
    ("mez", 60),
    ("cest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("sast", 120),
    ("eest", 180),
    ("msk", 180),
    ("hkt", 480),
    ("sgt", 480),
    ("jst", 540),
    ("kst", 540),
    ("aest", 600),
    ("aedt", 660),
    ("est", -300),
    ("edt", -240),
    ("cdt", -300),
    ("mst", -420),
    ("pst", -480),
    ("pdt", -420),
];

const WEEKDAYS: &str = "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun \
    lundi mardi mercredi jeudi vendredi samedi dimanche montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag \
    lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì sabato domenica \
    mandag tirsdag onsdag torsdag fredag lørdag søndag måndag tisdag lördag söndag \
    poniedziałek wtorek środa czwartek piątek sobota niedziela segunda terça quarta quinta sexta feira maandag dinsdag woensdag donderdag vrijdag zaterdag zondag";

/// The names of each month and their abbreviations in lower case.
const MONTHS: [&str; 12] = [
    "january jan janvier janv januar jänner januari enero ene gennaio gen janeiro stycznia styczeń sty января янв январь січня ledna leden ocak január tammikuuta ianuarie ιανουαρίου يناير",
    "february feb février fevrier févr fév februar februari febrero febbraio fevereiro fev feber lutego luty февраля фев февраль лютого února únor şubat február helmikuuta februarie φεβρουαρίου فبراير",
    "march mar mars märz maerz mrz maart marzo março marts marca marzec març марта мар март березня března březen mart március maaliskuuta martie maret μαρτίου مارس",
    "april apr avril avr abril abr aprile kwietnia kwiecień kwi апреля апр апрель квітня dubna duben nisan április huhtikuuta aprilie απριλίου أبريل ابريل",
    "may mai mei maj mayo maggio mag maio maja мая май травня května květen mayıs május toukokuuta μαΐου مايو",
    "june jun juin juni junio giugno giu junho czerwca czerwiec cze июня июн июнь червня června červen haziran június kesäkuuta iunie ιουνίου يونيو",
    "july jul juillet juil juli julio luglio lug julho lipca lipiec lip июля июл июль липня července červenec temmuz július heinäkuuta iulie ιουλίου يوليو",
    "august aug août aout augustus agosto ago augusti sierpnia sierpień sie августа авг август серпня srpna srpen ağustos augusztus elokuuta agustus αυγούστου أغسطس",
    "september sep sept septembre septiembre setiembre settembre sett setembro września wrzesień wrz сентября сен сент сентябрь вересня září eylül szeptember syyskuuta septembrie σεπτεμβρίου سبتمبر",
    "october oct octobre oktober okt octubre ottobre ott outubro października październik paź октября окт октябрь жовтня října říjen ekim október lokakuuta octombrie οκτωβρίου أكتوبر اكتوبر",
    "november nov novembre noviembre novembro listopada listopad lis ноября ноя ноябрь листопада listopadu kasım marraskuuta noiembrie νοεμβρίου نوفمبر",
    "december dec décembre decembre déc dezember dez diciembre dic dicembre dezembro grudnia grudzień gru декабря дек декабрь грудня prosince prosinec aralık joulukuuta decembrie desember des δεκεμβρίου ديسمبر",
];

/// The number of the month with this name in lower case.
pub(super) fn month(word: &str) -> Option<u64> {
    MONTHS.iter().zip(1..).find(|(names, _)| names.split(' ').any(|name| name == word)).map(|(_, month)| month)
}

/// Whether a word in lower case is a weekday in a language of Western Europe.
pub(super) fn is_weekday(word: &str) -> bool {
    WEEKDAYS.split_ascii_whitespace().any(|name| name == word)
}
