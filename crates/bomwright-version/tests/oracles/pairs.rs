//! Random pairs of versions, made to be hard: mostly well formed, close to each other, with odd numbers and words.

use bomwright_version::Scheme;

/// Two strings to compare.
pub(crate) type Pair = (String, String);

/// The pairs for a scheme; always the same ones.
pub(crate) fn pairs(scheme: Scheme) -> Vec<Pair> {
    let mut random = Random(0x5eed);
    // A process a pair is slow; strict schemes refuse many pairs.
    let count = if scheme == Scheme::Deb { 9_000 } else { 14_000 };
    (0..count).map(|_| random.pair(scheme)).collect()
}

/// Splitmix64: enough to be unpredictable for a version parser.
struct Random(u64);

const SMALL: &[&str] = &["0", "1", "2", "9", "10", "11", "00", "01", "02", "010"];
const LARGE: &[&str] = &[
    "20240101",
    "20240101123456",
    "2147483647",
    "2147483648",
    "4294967296",
    "9007199254740990",
    "9007199254740991",
    "9007199254740992",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "100000000000000000000000",
    "100000000000000000000001",
];

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// A word of a list that is separated by spaces; an underlined space is written `␣`, nothing at all `∅`.
    fn word(&mut self, from: &str) -> String {
        let words: Vec<&str> = from.split(' ').collect();
        self.pick(&words).replace('␣', " ").replace('∅', "")
    }

    fn number(&mut self) -> String {
        if self.chance(93) { self.pick(SMALL).to_owned() } else { self.pick(LARGE).to_owned() }
    }

    /// A number without leading zeros.
    fn plain_number(&mut self) -> String {
        let number = self.number();
        let plain = number.trim_start_matches('0');
        if plain.is_empty() { "0".to_owned() } else { plain.to_owned() }
    }

    fn several(&mut self, most: usize, separator: &str, item: impl Fn(&mut Self) -> String) -> String {
        let count = 1 + self.below(most);
        (0..count).map(|_| item(self)).collect::<Vec<_>>().join(separator)
    }

    fn maybe(&mut self, percent: usize, part: impl Fn(&mut Self) -> String) -> String {
        if self.chance(percent) { part(self) } else { String::new() }
    }

    fn pair(&mut self, scheme: Scheme) -> Pair {
        let left = self.version(scheme);
        let right = if self.chance(40) { self.version(scheme) } else { left.clone() };
        // dpkg gets strings as arguments, so nothing may look like an option; and a blank is a version to some tools, but
        // never to us.
        let safe = |text: String| {
            if text.starts_with('-') || text.trim().is_empty() { format!("0{text}") } else { text }
        };
        let left = if self.chance(15) { self.mutated(&left, scheme) } else { left };
        let mut right = if self.chance(30) { self.mutated(&right, scheme) } else { right };
        while left == right {
            right = self.mutated(&right, scheme);
        }
        (safe(left), safe(right))
    }

    /// One or two characters inserted, removed or replaced; some of the results are no versions any more.
    fn mutated(&mut self, text: &str, scheme: Scheme) -> String {
        let alphabet = match scheme {
            Scheme::Deb => "0 1 9 ~ + . - : a Z rc _ * ~~ 0. .0 -0",
            Scheme::Rpm => "0 1 9 ~ ^ + . _ a Z rc ~~ ^^ 0. .0 ..",
            Scheme::Pep440 => "0 1 9 . - _ a b c rc .dev post ! + v 1! .0 .0.0 +a +1 ␣",
            Scheme::Npm => "0 1 9 . - + a Z -- 0. .0 v -0 01 ␣ 9007199254740992 9007199254740993",
            Scheme::Gem => "0 1 9 . - a Z pre .0 .0.a .a -1 ␣ b0",
            Scheme::Maven => "0 1 9 . - a b m x sp ga final -0 .0 -1 .alpha -x _ -- .. rc2",
            Scheme::Go => "0 1 9 . - + a v go rc .0 -0 +incompatible",
            Scheme::Alpm => "0 1 9 a Z rc 00 10",
            Scheme::Composer => "0 1 9 . - _ + a b p rc dev x .0 .0.0 -dev -RC1 @dev ␣",
            _ => "0 1 .",
        };
        if self.chance(10) {
            // One more or less, where a double can't tell.
            return text.replace("9007199254740992", "9007199254740993");
        }
        let mut chars: Vec<char> = text.chars().collect();
        for _ in 0..=self.below(2) {
            let place = self.below(chars.len() + 1);
            // Removing a character could leave two separators together, where libalpm has no order.
            let removable = place < chars.len() && scheme != Scheme::Alpm;
            let removed = if removable { self.below(2) } else { 0 };
            let inserted = if self.chance(70) { self.word(alphabet) } else { String::new() };
            chars.splice(place..place + removed, inserted.chars());
        }
        chars.into_iter().collect()
    }

    fn version(&mut self, scheme: Scheme) -> String {
        match scheme {
            Scheme::Deb => self.deb(),
            Scheme::Rpm => self.rpm(),
            Scheme::Pep440 => self.pep440(),
            Scheme::Npm => self.npm(),
            Scheme::Gem => self.gem(),
            Scheme::Maven => self.maven(),
            Scheme::Go => self.go(),
            Scheme::Alpm => self.alpm(),
            Scheme::Composer => self.composer(),
            other => panic!("nothing is known to check {other} against"),
        }
    }

    /// Numbers, words and punctuation in any order.
    fn jumble(&mut self, most: usize, pieces: &str) -> String {
        self.several(most, "", |random| if random.chance(40) { random.number() } else { random.word(pieces) })
    }

    fn deb(&mut self) -> String {
        let epoch = self.maybe(15, |random| random.word("0: 1: 2: 00: +1: 10: 2147483647: 2147483648: x: :"));
        let revision = self
            .maybe(40, |random| format!("-{}", random.jumble(3, "~ + . a deb12u ubuntu b ~bpo +b build")));
        let upstream = self.jumble(6, ". . . ~ ~~ + - a b Z rc beta +dfsg +git +really ~rc ~~a : _");
        format!("{epoch}{upstream}{revision}")
    }

    /// Always in rpm's grammar: rpm orders anything at all, so there is nothing that it would refuse.
    fn rpm(&mut self) -> String {
        let epoch = self.maybe(15, |random| random.word("0: 1: 2: 00: 10:"));
        let release =
            self.maybe(50, |random| format!("-{}", random.jumble(3, "~ ^ . a el9 fc40 .module+ _ ^git")));
        let version = self.jumble(6, ". . . ~ ~~ ^ ^^ + _ a b Z rc beta ~rc ^git ^2024 .a a.");
        format!("{epoch}{version}{release}")
    }

    fn pep440(&mut self) -> String {
        let separator = ". - _ ∅ ∅";
        let start = self.maybe(20, |random| random.word("v V 0! 1! 2! v1! ␣ ␣v"));
        let release = self.several(4, ".", Self::number);
        let suffix = |random: &mut Self, words: &str| {
            let number = random.maybe(70, Self::number);
            [random.word(separator), random.word(words), random.word(separator), number].concat()
        };
        let pre = self.maybe(40, |random| suffix(random, "a b c rc alpha beta pre preview A RC"));
        let post = self.maybe(30, |random| {
            if random.chance(30) {
                format!("-{}", random.number())
            } else {
                suffix(random, "post rev r POST")
            }
        });
        let dev = self.maybe(30, |random| suffix(random, "dev DEV"));
        let local = self.maybe(25, |random| {
            let segment = |random: &mut Self| {
                if random.chance(50) { random.number() } else { random.word("a b abc ABC 1a a1 ubuntu g0") }
            };
            format!("+{}", random.several(3, ".", segment))
        });
        let end = self.maybe(3, |random| random.word("␣ .* .x"));
        [start, release, pre, post, dev, local, end].concat()
    }

    fn semver_tail(&mut self) -> String {
        let identifier = |random: &mut Self| {
            if random.chance(50) {
                random.plain_number()
            } else {
                random.word("a b A Z - -- -1 0a a0 alpha beta rc 1-1 x-y")
            }
        };
        let pre = self.maybe(55, |random| format!("-{}", random.several(4, ".", identifier)));
        let build = self.maybe(15, |random| format!("+{}", random.several(3, ".", identifier)));
        pre + &build
    }

    fn npm(&mut self) -> String {
        let start = self.maybe(10, |random| random.word("v V = ␣ ␣v v␣"));
        let numbers = [self.plain_number(), self.plain_number(), self.plain_number()].join(".");
        format!("{start}{numbers}{}", self.semver_tail())
    }

    fn go(&mut self) -> String {
        if self.chance(20) {
            let end = self.word("∅ .0 .1 .10 rc1 rc2 rc10 beta1 alpha1");
            let minor = self.word("0 1 9 20 21 22 30");
            return format!("go1.{minor}{end}");
        }
        let numbers = [self.plain_number(), self.plain_number(), self.plain_number()];
        let shown = if self.chance(85) { 3 } else { 1 + self.below(3) };
        let tail = if self.chance(35) {
            self.word("-20240101000000-abcdefabcdef -0.20240101000000-abcdefabcdef -rc.1.0.20240102000000-000000000000 +incompatible -0.20240101000000-abcdefabcdef+incompatible")
        } else {
            self.semver_tail()
        };
        format!("{}{}{tail}", self.word("v v v ∅"), numbers[..shown].join("."))
    }

    fn gem(&mut self) -> String {
        let segment = |random: &mut Self| {
            if random.chance(70) {
                random.number()
            } else {
                random.word("a b rc pre beta A a1 1a 0a rc10 b2c")
            }
        };
        let start = self.number();
        let rest = self.maybe(90, |random| format!(".{}", random.several(4, ".", segment)));
        let tail = self.maybe(20, |random| {
            format!("-{}", random.several(3, ".", |random| random.word("1 0 a pre - rc-1 x86 0a 00")))
        });
        start + &rest + &tail
    }

    fn maven(&mut self) -> String {
        let words = "alpha beta milestone rc cr snapshot SNAPSHOT ga final RELEASE sp a b m x foo RC1 a1 b2 m3 jre8 v2024 Final xyz redhat";
        let item = |random: &mut Self| if random.chance(65) { random.number() } else { random.word(words) };
        let mut version = self.number();
        for _ in 0..self.below(5) {
            version += &self.word(". . . - - ∅");
            version += &item(self);
        }
        version
    }

    /// Always in the part of pacman's grammar where libalpm has an order: one separator at a time, none at the ends.
    fn alpm(&mut self) -> String {
        let segments = |random: &mut Self, most| {
            let mut text = random.number();
            for _ in 0..random.below(most) {
                text += &random.word(". . + _ ∅ ∅");
                text += &if random.chance(60) { random.number() } else { random.word("a b Z rc beta r git") };
            }
            text
        };
        let epoch = self.maybe(15, |random| random.word("0: 1: 2: 00: 10:"));
        let version = segments(self, 5);
        let release = self.maybe(80, |random| format!("-{}", segments(random, 2)));
        epoch + &version + &release
    }

    fn composer(&mut self) -> String {
        let start = self.maybe(20, |random| random.word("v v V"));
        let date = |random: &mut Self| {
            random.word("20240101 202401 2024-01-02 2024.01.02 2024-01 2024.01.02.03.04 20240101123456 2024:01:02 20240101-1 20240101.12 2010-01-02-10-20-30.5")
        };
        let numbers = if self.chance(15) { date(self) } else { self.several(4, ".", Self::number) };
        if self.chance(8) {
            return format!("{start}{numbers}{}", self.word(".x-dev .x.x-dev x-dev .*-dev -dev"));
        }
        let stability = self.maybe(45, |random| {
            let word = random.word("alpha a beta b RC rc patch pl p stable BETA foo");
            let numbers = random.maybe(65, |random| random.several(2, ".", Self::number));
            [random.word(". _ - - ∅"), word, random.word(". - ∅ ∅ ∅"), numbers].concat()
        });
        let end = self.maybe(15, |random| random.word("-dev .dev dev +build +a.b-1 @stable"));
        [start, numbers, stability, end].concat()
    }
}
