//! Tests of what a search finds (S1, S5).

use std::iter::once;

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

use super::{Sought, folded};

#[track_caller]
fn finds(name: &str, searches: &[&str]) {
    for search in searches {
        assert!(
            Sought::new(search).is_in(name),
            "{search} should find {name}"
        );
    }
}

#[track_caller]
fn misses(name: &str, searches: &[&str]) {
    for search in searches {
        assert!(
            !Sought::new(search).is_in(name),
            "{search} should not find {name}"
        );
    }
}

#[test]
fn s1_a_name_matches_by_any_part_in_either_case() {
    finds("Élan vital", &["éLAN", "elan", "N V", "vital", ""]);
    misses("Budget", &["plan", "budgets", "b udget"]);
}

#[test]
fn s5_accents_do_not_count_in_names_or_searches() {
    let both = |text: &str| [text.nfc().collect::<String>(), text.nfd().collect()];
    for name in both("Zoë Brontë-Đặng") {
        for search in both("zoë b") {
            finds(&name, &[&search]);
        }
        finds(&name, &["ZOE", "bronte", "zoè", "ĐẶNG", "dang"]);
        misses(&name, &["zoo", "zë-"]);
    }
    for name in both("Nguyễn Thị Ánh Tuyết") {
        finds(&name, &["nguyen thi anh tuyet", "NGUYỄN", "ánh", "tuyệt"]);
    }
    for name in both("Ålesund Gonçalves") {
        finds(&name, &["ALESUND", "\u{212b}le", "goncal"]);
    }
}

#[test]
fn s5_case_is_folded_in_full() {
    finds("Straße", &["STRASSE", "straẞe", "strasse", "aß", "ss"]);
    finds("STRASSE", &["straße"]);
    for name in ["άνας", "ΆΝΑΣ", "ἄνας", "ανας"] {
        finds(name, &["ΑΝΑΣ", "ανας", "ανασ", "ΆΝΑΣ", "νΑς"]);
    }
    for part in ["ΣΑΣ", "σας", "ΣΑΣΑ", "Σ", "ς"] {
        finds("ΣΑΣΑ", &[part]);
    }
    finds("Νίκος", &["ΊΚΟΣ"]);
    finds("Щукин", &["щУК"]);
    finds("ԱՆԻ", &["անի"]);
}

/// Who writes a Turkish name in capitals, or without the key for a letter, finds it.
#[test]
fn s5_every_turkish_i_is_an_i() {
    for name in ["İstanbul", "i\u{307}stanbul", "ISTANBUL", "ıstanbul"] {
        finds(name, &["istanbul", "ISTANBUL", "İSTANBUL", "ıstanbul"]);
    }
    finds("Yıldız", &["YILDIZ", "yildiz", "Yıl"]);
}

#[test]
fn s5_ligatures_and_forms_are_their_letters() {
    finds("Moﬃtt", &["moffitt", "MOFFI", "ﬀ", "fit"]);
    finds("Ａｎｎａ　Ｌｅｅ", &["anna lee", "ＡＮＮＡ"]);
    finds("Anna Lee", &["ａｎｎａ"]);
    finds("ｶﾀｶﾅ", &["カタカナ"]);
    finds("Unit ④", &["unit 4"]);
    finds("김민준", &["김민", "기"]);
    finds("שָׁלוֹם", &["שלום"]);
    finds("مُحَمَّد", &["محمد"]);
}

#[test]
fn s5_letters_without_a_decomposition_are_found_as_people_type_them() {
    finds("Łukasz Sørensen", &["lukasz", "SORENSEN", "ŁUKASZ sø"]);
    finds("Æsa Þórðardóttir", &["aesa thordardottir", "ÞÓRÐ"]);
    finds("Cœur", &["coeur", "CŒUR"]);
    finds("Siobhán O’Brien", &["o'brien", "O’B"]);
    finds("Anne‐Marie – 2", &["anne-m", "marie - 2"]);
    finds("Ħal Ŧor", &["hal tor"]);
    finds("‘Abd ʼAlī", &["'abd 'ali"]);
}

#[test]
fn s5_what_nobody_sees_does_not_count() {
    finds("علی\u{200c}رضا", &["علیرضا"]);
    finds(
        "Ann\u{ad}abel\u{200b}",
        &["annabel", "\u{feff}Annabel\u{200e}"],
    );
    let hidden = "\u{202a}A\u{202c}d\u{2060}a\u{2064} \u{2066}L\u{2069}ee\u{200f}";
    finds(hidden, &["ada lee"]);
}

#[test]
fn s5_slugs_are_found_by_their_words() {
    for search in ["on break", "ON_BREAK", "on-b", "n B", ""] {
        assert!(Sought::new(search).is_in_slug("on_break"), "{search}");
    }
    assert!(Sought::new("adv eve").is_in_slug("Adv-Evening"));
    assert!(!Sought::new("onbreak").is_in_slug("on_break"));
    assert!(!Sought::new("on break").is_in("on_break"));
}

/// That each character can be folded by itself: whatever normalisation reorders is left out.
#[test]
fn what_is_reordered_is_a_mark() {
    let reordered = |c: &char| canonical_combining_class(*c) != 0;
    let others = ('\0'..=char::MAX).filter(|c| reordered(c) && !is_combining_mark(*c));
    assert_eq!(others.collect::<String>(), "");
}

#[test]
fn what_is_folded_stays_as_it_is() {
    let moved = ('\0'..=char::MAX).filter(|c| {
        let once = folded(c.encode_utf8(&mut [0; 4]));
        folded(&once) != once
    });
    assert_eq!(moved.collect::<String>(), "");
}

/// But for letters with the Greek iota below, which is a mark in lower case and a letter in capitals, and
/// for those that are newer than the tables of case folding.
#[test]
fn s5_no_character_is_found_by_its_case() {
    let differs = |c: &char| {
        let lower: String = c.to_lowercase().collect();
        let upper: String = c.to_uppercase().collect();
        folded(&lower) != folded(&upper)
    };
    let is_new = |c: &char| matches!(c, '\u{a7ce}'..='\u{a7d5}' | '\u{16ea0}'..='\u{16ed3}');
    let has_iota = |c: &char| once(*c).nfd().any(|part| part == '\u{345}');
    let found = ('\0'..=char::MAX).filter(differs);
    let found: Vec<char> = found.filter(|c| !is_new(c) && !has_iota(c)).collect();
    assert_eq!(found, []);
}

/// Nobody is the longer for being searched: what is kept of a name is bounded.
#[test]
fn a_folded_name_is_at_most_eleven_times_as_long() {
    let longest =
        ('\0'..=char::MAX).map(|c| folded(c.encode_utf8(&mut [0; 4])).len() / c.len_utf8());
    assert_eq!(longest.max(), Some(11));
}

/// A name with characters that search does something with, among any others.
fn name() -> impl Strategy<Value = String> {
    let awkward =
        "aAbB sSßẞςσΣİıiIéÉ\u{301}\u{323}\u{308}ệÅ\u{212b}ﬃﬁŁøæÞ’Ａｶﾞ각\u{11a8}ΐᾳ\u{345}ǆ_-";
    let awkward: Vec<char> = awkward.chars().collect();
    let letter = prop_oneof![3 => prop::sample::select(awkward), 1 => any::<char>()];
    prop::collection::vec(letter, 1..24).prop_map(|name| name.into_iter().collect())
}

proptest! {
    /// Prefixes that end within a letter and its marks too.
    #[test]
    fn s5_every_prefix_of_a_name_as_it_is_written_finds_it(name in name()) {
        for (end, _) in name.char_indices() {
            let sought = Sought::new(&name[..end]);
            prop_assert!(sought.is_in(&name) && sought.is_in_slug(&name), "{:?}", &name[..end]);
        }
        for written in [name.nfc().collect::<String>(), name.nfd().collect(), name.nfkc().collect()] {
            prop_assert!(Sought::new(&written).is_in(&name), "{written:?}");
            prop_assert!(Sought::new(&name).is_in(&written), "{written:?}");
        }
    }

    /// Character by character it is what normalisation of the whole gives.
    #[test]
    fn s5_folding_is_what_the_whole_says(name in name()) {
        let plain: String = name.nfkd().filter(|c| !is_combining_mark(*c)).collect();
        let cased = caseless::default_case_fold_str(&plain);
        prop_assert_eq!(folded(&name), folded(&cased));
    }
}
