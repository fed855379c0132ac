//! Where files are found when nobody says so.

use std::path::PathBuf;

use super::Env;

const STATE_FILE: &str = "gridsync.sqlite";

/// The operator's home folder.
pub(super) fn home(env: &Env) -> Option<PathBuf> {
    env.path("HOME")
}

/// Where configuration is looked for after the current folder.
pub(super) fn config_file(env: &Env) -> Option<PathBuf> {
    Some(base_folder(env, "XDG_CONFIG_HOME", ".config")?.join("gridsync/config.toml"))
}

/// Where the state is kept: in systemd's folder for the service (the first, if it names several),
/// else with the operator's other state. `None` where there is no home folder.
pub(super) fn state_file(env: &Env) -> Option<PathBuf> {
    if let Some(folders) = env.get("STATE_DIRECTORY") {
        let first = std::env::split_paths(folders).next().unwrap_or_default();
        return Some(first.join(STATE_FILE));
    }
    Some(
        base_folder(env, "XDG_STATE_HOME", ".local/state")?
            .join("gridsync")
            .join(STATE_FILE),
    )
}

/// Where runs for one target find each other, whatever state file each uses: beside the default
/// state file.
pub(super) fn lock_folder(env: &Env) -> Option<PathBuf> {
    Some(state_file(env)?.with_file_name("locks"))
}

/// A folder of the XDG base directories, which count only when they are absolute.
fn base_folder(env: &Env, variable: &str, below_home: &str) -> Option<PathBuf> {
    let named = env.path(variable).filter(|path| path.is_absolute());
    named.or_else(|| Some(home(env)?.join(below_home)))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn state_is_kept_where_systemd_says_then_xdg_then_home() {
        let env = Env::default().with("HOME", "/home/ada");
        assert_eq!(
            state_file(&env).as_deref(),
            Some(Path::new("/home/ada/.local/state/gridsync/gridsync.sqlite"))
        );
        let env = env.with("XDG_STATE_HOME", "/xdg");
        assert_eq!(
            state_file(&env).as_deref(),
            Some(Path::new("/xdg/gridsync/gridsync.sqlite"))
        );
        let env = env.with("STATE_DIRECTORY", "/var/lib/gridsync:/var/lib/other");
        assert_eq!(
            state_file(&env).as_deref(),
            Some(Path::new("/var/lib/gridsync/gridsync.sqlite"))
        );
    }

    #[test]
    fn a_relative_xdg_folder_does_not_count() {
        let env = Env::default()
            .with("HOME", "/home/ada")
            .with("XDG_CONFIG_HOME", "conf");
        assert_eq!(
            config_file(&env).as_deref(),
            Some(Path::new("/home/ada/.config/gridsync/config.toml"))
        );
    }

    #[test]
    fn without_a_home_there_is_no_default() {
        assert_eq!(state_file(&Env::default()), None);
    }
}
