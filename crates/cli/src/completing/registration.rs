//! The scripts that make shells request completions from this program.

use std::io;
use std::path::Path;

use clap::ValueEnum;
use clap_complete::env::Shells;

use crate::completing::VARIABLE;
use crate::shell;

/// The shells that can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell")]
    Pwsh,
    Elvish,
}

/// For bash from 3.2 on. Readline has words end at `=`, so that `--option=value` comes as three; candidates
/// are read line by line, and nothing in them is expanded. They come quoted.
const BASH: &str = r#"_plansync_complete() {
    local index=0 joins= is_joined= reply word
    local -a words
    words=()
    for ((index = 0; index <= COMP_CWORD; index++)); do
        word="${COMP_WORDS[index]}"
        is_joined=
        if [[ ${#words[@]} -gt 1 && ( -n $joins || $word == = ) ]]; then
            words[${#words[@]}-1]+="$word"
            is_joined=1
        else
            words+=("$word")
        fi
        joins=
        [[ $word == = ]] && joins=1
    done
    COMPREPLY=()
    while IFS= read -r reply; do
        [[ -n $is_joined ]] && reply="${reply#*=}"
        COMPREPLY+=("$reply")
    done < <(VARIABLE=bash _CLAP_COMPLETE_INDEX=$((${#words[@]} - 1)) \
        PROGRAM -- "${words[@]}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o bashdefault -F _plansync_complete plansync
"#;

/// The script for a shell, in which this program is asked.
pub(crate) fn registration(shell: Shell, program: &Path) -> io::Result<String> {
    let program = program.to_string_lossy();
    let name = match shell {
        Shell::Bash => {
            let script = BASH.replace("PROGRAM", &shell::word(&program));
            return Ok(script.replace("VARIABLE", VARIABLE));
        }
        Shell::Zsh => "zsh",
        Shell::Fish => "fish",
        Shell::Pwsh => "powershell",
        Shell::Elvish => "elvish",
    };
    let mut script = Vec::new();
    if let Some(shell) = Shells::builtins().completer(name) {
        shell.write_registration(VARIABLE, "plansync", "plansync", &program, &mut script)?;
    }
    Ok(String::from_utf8_lossy(&script).into_owned())
}
