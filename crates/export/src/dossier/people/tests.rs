//! Whom a text names.

use super::*;

fn people(others: &[(Who, &str, &str)], own: &str) -> People {
    let learner: LearnerId = "0190a1b2-0000-7000-8000-000000000001".parse().unwrap();
    let mut people = Collecting::except(learner);
    people.add(Who::Learner, &learner.to_string(), own);
    for (who, id, name) in others {
        people.add(*who, id, name);
    }
    people.complete().unwrap()
}

fn replaced(people: &People, text: &str, is_note: bool) -> String {
    people.replaced(text, is_note, |who, id| {
        format!("<{who:?} {}>", id.unwrap_or("?"))
    })
}

const OTHER: &str = "0190a1b2-0000-7000-8000-00000000000a";

#[test]
fn names_and_ids_are_found_in_notes_as_whole_words() {
    let people = people(
        &[
            (Who::Administrator, "alice", "Ann"),
            (Who::Administrator, "bo", "Ann Leeson"),
            (Who::Administrator, "li", "李雷"),
            (Who::Learner, OTHER, "İnci Öz"),
        ],
        "Lee Park",
    );
    for (text, expected) in [
        ("Ann said so", "<Administrator alice> said so"),
        (
            "ANN LEESON, (alice)",
            "<Administrator bo>, (<Administrator alice>)",
        ),
        ("Ann Leesons", "<Administrator bo>s"),
        ("李雷说", "<Administrator li>说"),
        ("Annual, malice, boat", "Annual, malice, boat"),
        (
            "as İnci ÖZ asked",
            "as <Learner 0190a1b2-0000-7000-8000-00000000000a> asked",
        ),
        ("Lee Park herself", "Lee Park herself"),
    ] {
        assert_eq!(replaced(&people, text, true), expected, "{text}");
    }
}

#[test]
fn the_id_of_another_learner_is_found_in_every_text() {
    let people = people(&[(Who::Learner, OTHER, "Bea")], "Lee");
    for id in [
        OTHER.to_owned(),
        OTHER.to_uppercase(),
        OTHER.replace('-', ""),
    ] {
        let text = format!("x{id}y Bea");
        let expected = format!("x<Learner {OTHER}>y Bea");
        assert_eq!(replaced(&people, &text, false), expected);
        assert!(people.names_somebody(&text, false));
    }
    assert!(!people.names_somebody("Bea", false));
    assert!(people.names_somebody("Bea", true));
}

#[test]
fn a_name_that_the_learner_has_too_stays_and_one_of_several_is_nobodys() {
    let people = people(
        &[
            (Who::Learner, OTHER, "Lee"),
            (Who::Learner, "0190a1b2-0000-7000-8000-00000000000b", "Bea"),
            (Who::Learner, "0190a1b2-0000-7000-8000-00000000000c", "Bea"),
        ],
        "Lee",
    );
    assert_eq!(
        replaced(&people, "Lee and Bea", true),
        "Lee and <Learner ?>"
    );
}

#[test]
fn a_name_is_found_however_it_is_composed_and_spaced() {
    let people = people(
        &[
            (Who::Administrator, "z", "Zo\u{eb} Berg"),
            (Who::Administrator, "r", "Rene\u{301}"),
            (Who::Administrator, "k", "김민준"),
        ],
        "Lee",
    );
    for (text, expected) in [
        ("Zoe\u{308} Berg's", "<Administrator z>'s"),
        ("(ZOE\u{308}\u{a0} \tBERG)", "(<Administrator z>)"),
        ("by \u{ff3a}oe\u{3000}Berg", "by <Administrator z>"),
        (
            "Ren\u{e9}, RENE\u{301}",
            "<Administrator r>, <Administrator r>",
        ),
        ("Rene\u{301}e", "Rene\u{301}e"),
        ("김민준이", "<Administrator k>이"),
    ] {
        assert_eq!(replaced(&people, text, true), expected, "{text}");
        assert_eq!(
            people.names_somebody(text, true),
            text != expected,
            "{text}"
        );
    }
}

#[test]
fn the_id_of_an_erased_learner_is_found_without_a_name() {
    let people = people(&[(Who::Learner, OTHER, "")], "Lee");
    assert_eq!(
        replaced(&people, OTHER, false),
        format!("<Learner {OTHER}>")
    );
}
