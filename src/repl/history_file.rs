//! Where the lines that were typed are kept.

use std::ffi::OsString;
use std::fs::DirBuilder;
use std::io;
use std::path::{Path, PathBuf};

use etcetera::{BaseStrategy, choose_base_strategy};

/// The variable that names another file; set but empty, it means that nothing is kept.
const VARIABLE: &str = "TRAILHOUND_HISTORY";

/// The file of the history: that of `TRAILHOUND_HISTORY`, or `trailhound/history` in the user's data folder, which is
/// `~/.local/share` on Linux and macOS and `%APPDATA%` on Windows. None where nothing is to be kept, or where the user
/// has no home.
pub fn history_file() -> Option<PathBuf> {
    let data_folder = choose_base_strategy().ok().map(|strategy| strategy.data_dir());
    chosen(std::env::var_os(VARIABLE), data_folder)
}

fn chosen(variable: Option<OsString>, data_folder: Option<PathBuf>) -> Option<PathBuf> {
    match variable {
        Some(path) if path.is_empty() => None,
        Some(path) => Some(PathBuf::from(path)),
        None => data_folder.map(|folder| folder.join("trailhound").join("history")),
    }
}

/// Makes the folder of the file, which nobody but the user may look into: queries name what is being investigated.
pub(super) fn prepare(file: &Path) -> io::Result<()> {
    let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_comes_first_and_may_be_empty() {
        let data = || Some(PathBuf::from("/home/ann/.local/share"));
        assert_eq!(chosen(None, data()), Some("/home/ann/.local/share/trailhound/history".into()));
        assert_eq!(chosen(Some("/tmp/h".into()), data()), Some("/tmp/h".into()));
        assert_eq!(chosen(Some("".into()), data()), None);
        assert_eq!(chosen(None, None), None);
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_is_the_users_alone() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().expect("a folder");
        let file = home.path().join("share/trailhound/history");
        prepare(&file).expect("made");
        prepare(&file).expect("already there");
        let mode = std::fs::metadata(file.parent().expect("a parent")).expect("a folder").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
