//! Whole numbers as values of options, and what is said if a value is none.
//!
//! The parsers of the library say of a text that an "invalid digit" was found in it, and of a number which range of the
//! program it is not in; these say what to give.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// A parser of the numbers of a range.
pub(crate) fn within<T: Number>(
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text: &str| {
        let (least, most) = (range.start(), range.end());
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("give a whole number from {least} to {most}"))
    }
}

/// A parser of this number and all above it that the type has.
pub(crate) fn at_least<T: Number>(
    least: T,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text: &str| {
        let number = text.parse().ok().filter(|number| *number >= least);
        number.ok_or_else(|| format!("give a whole number, {least} or more"))
    }
}

/// A type of whole numbers.
pub(crate) trait Number:
    FromStr + PartialOrd + Display + Clone + Send + Sync + 'static
{
}

impl Number for u16 {}
impl Number for u32 {}
impl Number for u64 {}
impl Number for usize {}
impl Number for i64 {}

#[cfg(test)]
mod tests {
    use clap::{Arg, Command};

    use super::{at_least, within};
    use crate::arguments::Arguments;
    use crate::settings::reason;

    #[test]
    fn a_number_is_taken_or_refused_with_what_to_give() {
        let parse = within(1..=1_024_u16);
        assert_eq!((parse("1"), parse("1024")), (Ok(1), Ok(1_024)));
        for wrong in ["0", "1025", "70000", "-1", "abc", "1.5", "", "1 "] {
            let said = parse(wrong).unwrap_err();
            assert_eq!(said, "give a whole number from 1 to 1024", "{wrong}");
        }
        let parse = at_least(1_i64);
        assert_eq!(parse("9223372036854775807"), Ok(i64::MAX));
        for wrong in ["0", "9223372036854775808", "1e9", "many"] {
            let said = parse(wrong).unwrap_err();
            assert_eq!(said, "give a whole number, 1 or more", "{wrong}");
        }
    }

    /// Every value that an option or an argument of any command refuses, with why.
    fn refused(command: &Command, value: &str) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for arg in command.get_arguments() {
            let only = Arg::new("value").value_parser(arg.get_value_parser().clone());
            let parser = Command::new("plansync").no_binary_name(true).arg(only);
            if arg.get_action().takes_values()
                && let Err(error) = parser.try_get_matches_from(["--", value])
            {
                all.push((
                    format!("{} {}", command.get_name(), arg.get_id()),
                    reason(&error),
                ));
            }
        }
        let inner = command.get_subcommands();
        all.extend(inner.flat_map(|inner| refused(inner, value)));
        all
    }

    #[test]
    fn no_option_says_only_what_the_library_says_of_a_text_that_is_no_number() {
        let of_library = [
            "invalid digit",
            "is not in",
            "invalid float",
            "number too",
            "from empty string",
        ];
        let command = Arguments::said();
        for value in ["abc", "-1", "1.5x", "99999999999999999999999", ""] {
            let refused = refused(&command, value);
            assert!(refused.len() > 20, "{value}: {refused:?}");
            for (option, why) in refused {
                let is_bare = of_library.iter().any(|words| why.contains(words));
                assert!(!is_bare, "{option} {value}: {why}");
            }
        }
    }
}
