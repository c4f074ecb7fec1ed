//! A dossier as one page that a person understands, in HTML without anything from elsewhere.

use std::io::Write;

use crate::error::ExportError;
use crate::workspace::Workspace;

/// A table of the page.
struct Section {
    heading: &'static str,
    about: &'static str,
    columns: &'static [&'static str],
    select: &'static str,
}

/// The sections, in order. Times are shown to the second.
const SECTIONS: &[Section] = &[
    Section {
        heading: "What is stored about you",
        about: "Your record: name, case owner, groups, tutors and programmes.",
        columns: &["what", "value"],
        select: "SELECT 'Name', CASE WHEN name IS NULL AND is_erased THEN '(erased)' ELSE name END FROM learners \
             WHERE learner = ?1
             UNION ALL SELECT 'Id', ?1
             UNION ALL SELECT 'Case owner', case_owner FROM learners WHERE learner = ?1 AND case_owner IS NOT NULL
             UNION ALL SELECT 'Group', group_id FROM learner_groups WHERE learner = ?1
             UNION ALL SELECT 'Tutor', administrator FROM tutors WHERE learner = ?1
             UNION ALL SELECT 'Programme', coalesce(p.name, e.programme) || ' (' || replace(e.status, '_', ' ') || ')'
             FROM enrolments e JOIN programmes p USING (programme) WHERE e.learner = ?1",
    },
    Section {
        heading: "Your plan",
        about: "The activities of your learning plan.",
        columns: &["activity", "type", "due", "progress", "pieces of evidence", "responsible", "instructions"],
        select: "SELECT name, replace(component_type, '_', ' '), due_date, replace(status, '_', ' '), \
             evidence_submitted, owner, instructions FROM components WHERE learner = ?1 ORDER BY number",
    },
    Section {
        heading: "What was changed in your plan",
        about: "Every value that was set or changed, by whom, and the reason that was given. The position is the place \
                in the log of your training provider.",
        columns: &["when", "position", "by whom", "activity", "what", "before", "after", "reason"],
        select: "SELECT substr(replace(at, 'T', ' '), 1, 19), position, actor || CASE WHEN sync IS NULL THEN '' ELSE \
             ', from another plan' END, component_name, replace(attribute, '_', ' '), before, after, reason \
             FROM history WHERE learner = ?1 ORDER BY position, component, attribute",
    },
    Section {
        heading: "What was taken over from other plans",
        about: "Changes of another plan that were to be taken over into yours, and whether they were.",
        columns: &["when", "by whom", "activity", "outcome", "why not"],
        select: "SELECT substr(replace(s.started_at, 'T', ' '), 1, 19), s.requested_by, c.name, o.outcome, w.meaning \
             FROM outcomes o JOIN syncs s USING (sync) JOIN change_sets c USING (sync, component) \
             LEFT JOIN codes w ON w.list = 'reason' AND w.code = o.reason WHERE o.learner = ?1 \
             ORDER BY s.started_position, o.component",
    },
    Section {
        heading: "Who had your record open",
        about: "When your record was opened to work on it.",
        columns: &["from", "until", "by whom"],
        select: "SELECT substr(replace(opened_at, 'T', ' '), 1, 19), substr(replace(closed_at, 'T', ' '), 1, 19), \
             administrator FROM records WHERE learner = ?1 ORDER BY coalesce(opened_position, closed_position)",
    },
    Section {
        heading: "Entries of the log that concern you",
        about: "Each entry with its hash. With an anchor of the log, which your training provider or an auditor keeps, \
                the file `proofs` shows that the log has these entries at these places.",
        columns: &["position", "when", "by whom", "what", "hash"],
        select: "SELECT c.position, substr(replace(c.at, 'T', ' '), 1, 19), c.actor, e.kind, p.leaf_hash FROM commits c \
             LEFT JOIN events e USING (position) LEFT JOIN proofs p USING (position) ORDER BY c.position, e.number",
    },
];

/// What surrounds the sections. No script and nothing from elsewhere.
const HEAD: &str = "<!DOCTYPE html>
<html lang=\"en\"><head><meta charset=\"utf-8\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">
<meta name=\"viewport\" content=\"width=device-width\"><title>Dossier</title>
<style>body{font:16px/1.5 sans-serif;max-width:80rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;font-size:14px}th,td{text-align:left;vertical-align:top;border-bottom:1px solid #ccc;padding:.25rem .5rem;overflow-wrap:anywhere;white-space:pre-wrap}
th{white-space:nowrap}</style></head><body>
";

/// Writes the page of a dossier.
///
/// # Errors
/// If it cannot be read or written.
pub fn page(dossier: &Workspace, learner: &str, to: &mut impl Write) -> Result<(), ExportError> {
    to.write_all(HEAD.as_bytes())?;
    let fact = |name: &str| -> Result<String, ExportError> {
        let found = dossier.texts("SELECT value FROM export WHERE name = ?", &[name])?;
        Ok(found.into_iter().next().unwrap_or_default())
    };
    let name = dossier.texts(
        "SELECT name FROM learners WHERE learner = ? AND name IS NOT NULL",
        &[learner],
    )?;
    let name = name
        .into_iter()
        .next()
        .unwrap_or_else(|| learner.to_owned());
    writeln!(to, "<h1>{}</h1>", Escaped(&name))?;
    writeln!(
        to,
        "<p>Everything that plansync has recorded about this learner, up to position {} of the log ({} UTC). Other \
         people have no names here: <i>administrator 1</i> is the same person everywhere, and so is \
         <i>learner 1</i>. <i>system</i> is a program, such as an import.</p>",
        Escaped(&fact("position")?),
        Escaped(
            &fact("position_at")?
                .replace('T', " ")
                .chars()
                .take(19)
                .collect::<String>()
        ),
    )?;
    for section in SECTIONS {
        write_section(dossier, section, learner, to)?;
    }
    to.write_all(b"</body></html>\n")?;
    Ok(())
}

fn write_section(
    dossier: &Workspace,
    section: &Section,
    learner: &str,
    to: &mut impl Write,
) -> Result<(), ExportError> {
    writeln!(to, "<h2>{}</h2>\n<p>{}</p>", section.heading, section.about)?;
    let mut statement = dossier.connection().prepare(section.select)?;
    let parameters: &[&str] = if statement.parameter_count() == 0 {
        &[]
    } else {
        &[learner]
    };
    let mut rows = statement.query(rusqlite::params_from_iter(parameters))?;
    let mut count = 0_u64;
    while let Some(row) = rows.next()? {
        if count == 0 {
            to.write_all(b"<table><thead><tr>")?;
            for column in section.columns {
                write!(to, "<th>{column}</th>")?;
            }
            to.write_all(b"</tr></thead><tbody>\n")?;
        }
        count += 1;
        to.write_all(b"<tr>")?;
        for place in 0..section.columns.len() {
            match row.get_ref(place)? {
                rusqlite::types::ValueRef::Integer(number) => write!(to, "<td>{number}</td>")?,
                rusqlite::types::ValueRef::Text(text) => {
                    write!(to, "<td>{}</td>", Escaped(&String::from_utf8_lossy(text)))?;
                }
                rusqlite::types::ValueRef::Null
                | rusqlite::types::ValueRef::Real(_)
                | rusqlite::types::ValueRef::Blob(_) => to.write_all(b"<td></td>")?,
            }
        }
        to.write_all(b"</tr>\n")?;
    }
    let end: &[u8] = if count == 0 {
        b"<p>Nothing.</p>\n"
    } else {
        b"</tbody></table>\n"
    };
    to.write_all(end)?;
    Ok(())
}

/// Text in HTML, which ends neither its element nor its direction.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<bdi>")?;
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => write!(f, "{other}")?,
            }
        }
        f.write_str("</bdi>")
    }
}

#[cfg(test)]
mod tests {
    use super::Escaped;

    #[test]
    fn a_text_stays_within_its_element() {
        let text = "</td><script>alert('\"&\u{202e}";
        let expected = "<bdi>&lt;/td&gt;&lt;script&gt;alert(&#39;&quot;&amp;\u{202e}</bdi>";
        assert_eq!(Escaped(text).to_string(), expected);
    }
}
