//! The elements of a list as they are typed: separated by commas, or as a JSON array.

/// The elements, in order. An element that has a comma in it needs the JSON array.
///
/// # Errors
/// A message, if the text begins as a JSON array and is none of text.
pub(crate) fn elements(text: &str) -> Result<Vec<String>, &'static str> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).map_err(|_| {
            "a list separated by commas, such as `K1,K2`, or a JSON array of text, such as `[\"K1\",\"K2\"]`"
        });
    }
    let given = text.split(',').map(str::trim);
    let given = given.filter(|one| !one.is_empty());
    Ok(given.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::elements;

    #[test]
    fn a_list_is_separated_by_commas_or_is_a_json_array() {
        let cases = [
            ("K1, K2", &["K1", "K2"][..]),
            ("", &[]),
            ("a,,b,", &["a", "b"]),
            (r#"["a", "b, c"]"#, &["a", "b, c"]),
            (" []", &[]),
            ("form [2].pdf", &["form [2].pdf"]),
        ];
        for (text, expected) in cases {
            assert_eq!(elements(text).unwrap(), expected, "{text}");
        }
        for wrong in ["[K1,K2]", "[1]", "[\"a\"", "[a] b"] {
            let refused = elements(wrong).unwrap_err();
            assert!(refused.contains("such as `K1,K2`"), "{wrong}: {refused}");
        }
    }
}
