//! Windows paths as text: cutting one into folder and name, and reading one as Windows would resolve it.
//!
//! A log spells the same file in many ways: `C:\Windows\cmd.exe`, `\??\C:\Windows\cmd.exe`,
//! `\Device\HarddiskVolume3\Windows\cmd.exe`, `%SystemRoot%\cmd.exe`, with `/`, doubled separators, `..` and 8.3 names.
//! [`WindowsPath`] brings them to one form, folders below the root of the volume, without allocation.
//! Source: Microsoft, "File path formats on Windows systems" and "Naming Files, Paths, and Namespaces".

/// Folders that are kept of one path. Deeper ones are counted, for `..`, and not compared with anything.
const KEPT_FOLDERS: usize = 32;

fn is_separator(character: char) -> bool {
    character == '\\' || character == '/'
}

/// The text without the double quotes around it; no Windows name holds one.
pub(super) fn unquoted(path: &str) -> &str {
    match path.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"').unwrap_or(rest),
        None => path,
    }
}

/// Cuts a path into its folder and its name, both as written.
///
/// Separators at the end are passed over. The folder never loses the path's root (`C:\`, `\\host\share`, `\\?\C:\`),
/// and a root has an empty name. The name keeps an alternate data stream.
pub(super) fn split(path: &str) -> (&str, &str) {
    let path = unquoted(path);
    let root = root_length(path);
    let body = path[root..].trim_end_matches(is_separator);
    let name_start = body.rfind(is_separator).map_or(0, |position| position + 1);
    let folder = path[..root + name_start].trim_end_matches(is_separator);
    (&path[..folder.len().max(root)], &body[name_start..])
}

/// How many bytes at the start name the volume and not a folder on it.
fn root_length(path: &str) -> usize {
    let bytes = path.as_bytes();
    let separator = |index: usize| bytes.get(index).is_some_and(|byte| is_separator(char::from(*byte)));
    let namespace = separator(0)
        && separator(3)
        && (matches!(bytes.get(1..3), Some(b"??")) || separator(1) && matches!(bytes.get(2), Some(b'?' | b'.')));
    if namespace {
        let rest = &path[4..];
        let is_unc = rest.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("UNC\\"));
        return 4 + if is_unc { 4 + share_length(&rest[4..]) } else { drive_length(rest) };
    }
    if separator(0) && separator(1) {
        return 2 + share_length(&path[2..]);
    }
    if separator(0) { 1 } else { drive_length(path) }
}

/// The bytes of `host\share`.
fn share_length(text: &str) -> usize {
    let Some(host) = text.find(is_separator) else { return text.len() };
    text[host + 1..].find(is_separator).map_or(text.len(), |share| host + 1 + share)
}

/// The bytes of `C:\` or `C:`, 0 where the text starts with no drive.
fn drive_length(text: &str) -> usize {
    match text.as_bytes() {
        [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic() => 3,
        [letter, b':', ..] if letter.is_ascii_alphabetic() => 2,
        _ => 0,
    }
}

/// The name that a program goes by: no folder, no `.exe`, no blank or dot at its end, of a stream the stream's name.
pub(super) fn program_name(path: &str) -> &str {
    let (_, name) = split(path.trim());
    let name = name.rsplit(':').next().unwrap_or(name).trim_end_matches([' ', '.']);
    without_exe(name)
}

/// The name without an `.exe` at its end.
pub(super) fn without_exe(name: &str) -> &str {
    let stem = name.len().wrapping_sub(4);
    match name.get(stem..) {
        Some(end) if end.eq_ignore_ascii_case(".exe") => &name[..stem],
        _ => name,
    }
}

/// What a path starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A name and nothing else, as `Registry` and `System`.
    Name,
    /// A path whose start is not known, as `bin\a.exe` and `C:a.exe`.
    Relative,
    /// The root of a disk's volume, however it is spelled.
    Disk,
    /// A network share.
    Share,
    /// A drive of the client of a remote desktop session, `\\tsclient\C`.
    RemoteDesktop,
    /// A volume shadow copy.
    ShadowCopy,
    /// Any other device: `\\.\…`, an optical drive, a RAM disk, a named pipe.
    Device,
}

/// A path as Windows resolves it.
pub(super) struct WindowsPath<'a> {
    /// What the folders start from.
    pub(super) origin: Origin,
    /// The last part; empty where the text ends in a separator.
    pub(super) name: &'a str,
    /// Whether a part behind the drive holds a colon, which names an alternate data stream.
    pub(super) has_stream: bool,
    /// Whether a folder's name ends in a blank or a dot, which Windows never creates by itself.
    pub(super) has_blank_folder: bool,
    folders: [&'a str; KEPT_FOLDERS],
    depth: usize,
}

impl<'a> WindowsPath<'a> {
    /// Reads a path. Any text gives something; blanks and double quotes around it are passed over.
    pub(super) fn parse(text: &'a str) -> Self {
        let text = unquoted(text.trim()).trim();
        let (origin, prefix, mut rest) = start_of(text);
        let mut path = Self {
            origin,
            name: "",
            has_stream: false,
            has_blank_folder: false,
            folders: [""; KEPT_FOLDERS],
            depth: 0,
        };
        prefix.iter().for_each(|folder| path.push(folder));
        let mut last = None;
        while let Some(part) = next_part(&mut rest) {
            path.has_stream |= part.contains(':');
            match part {
                "." => {}
                ".." => last = if last.is_some() { None } else { path.pop().and(None) },
                _ => {
                    if let Some(folder) = last.replace(part) {
                        path.push(folder);
                    }
                }
            }
        }
        match last {
            Some(folder) if text.ends_with(is_separator) => path.push(folder),
            Some(name) => path.name = name,
            None => {}
        }
        path
    }

    /// The folders below the origin, outermost first, without blanks and dots at their ends.
    pub(super) fn folders(&self) -> &[&'a str] {
        &self.folders[..self.depth.min(KEPT_FOLDERS)]
    }

    fn push(&mut self, folder: &'a str) {
        let name = folder.trim_end_matches([' ', '.', '\u{a0}']);
        self.has_blank_folder |= name.len() != folder.len();
        if let Some(place) = self.folders.get_mut(self.depth) {
            *place = name;
        }
        self.depth += 1;
    }

    fn pop(&mut self) -> Option<&'a str> {
        self.depth = self.depth.checked_sub(1)?;
        self.folders.get(self.depth).copied()
    }
}

/// Takes the next part off the front; doubled separators count once.
fn next_part<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let text = rest.trim_start_matches(is_separator);
    let end = text.find(is_separator).unwrap_or(text.len());
    *rest = &text[end..];
    (end > 0).then(|| &text[..end])
}

/// The origin, the folders that the start stands for, and what is left to be read.
type Start<'a> = (Origin, &'static [&'static str], &'a str);

fn start_of(text: &str) -> Start<'_> {
    let leading = text.bytes().take_while(|byte| is_separator(char::from(*byte))).take(2).count();
    let mut after = text;
    let Some(first) = next_part(&mut after) else { return (Origin::Relative, &[], "") };
    let is = |name: &str| first.eq_ignore_ascii_case(name);
    match leading {
        _ if is("??") => object_name(after),
        0 if drive_length(text) == 3 || text.len() == 2 && drive_length(text) == 2 => (Origin::Disk, &[], &text[2..]),
        0 if drive_length(text) == 2 => (Origin::Relative, &[], &text[2..]),
        0 if first.starts_with(['%', '$']) => variable(first, text, after),
        0 if first.len() == text.len() => (Origin::Name, &[], text),
        0 => (Origin::Relative, &[], text),
        _ if is("?") || is("GLOBAL??") || is("DosDevices") => object_name(after),
        2 if is(".") => (Origin::Device, &[], without_drive(after)),
        _ if is("Device")
            && (leading == 1 || starts_with(after.trim_start_matches(is_separator), "HarddiskVolume")) =>
        {
            device(after)
        }
        1 if is("SystemRoot") => (Origin::Disk, &["windows"], after),
        1 => (Origin::Disk, &[], text),
        _ => share(first, after),
    }
}

/// The text without a drive at its start, `Windows\a.exe` for `\C:\Windows\a.exe`.
fn without_drive(text: &str) -> &str {
    let mut after = text;
    let is_drive = next_part(&mut after).is_some_and(|part| part.len() == 2 && drive_length(part) == 2);
    if is_drive { after } else { text }
}

/// What follows `\\?\` or `\??\`.
fn object_name(text: &str) -> Start<'_> {
    let mut after = text;
    let Some(first) = next_part(&mut after) else { return (Origin::Device, &[], "") };
    if drive_length(first) == 2 && first.len() == 2 || starts_with(first, "Volume{") {
        return (Origin::Disk, &[], after);
    }
    if first.eq_ignore_ascii_case("UNC") {
        let host = next_part(&mut after).unwrap_or("");
        return share(host, after);
    }
    if first.eq_ignore_ascii_case("GLOBALROOT") {
        let mut inner = after;
        if next_part(&mut inner).is_some_and(|part| part.eq_ignore_ascii_case("Device")) {
            return device(inner);
        }
    }
    (Origin::Device, &[], after)
}

/// What follows `\Device\`.
fn device(text: &str) -> Start<'_> {
    let mut after = text;
    let Some(name) = next_part(&mut after) else { return (Origin::Device, &[], "") };
    let is_any = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
    if starts_with(name, "HarddiskVolumeShadowCopy") {
        return (Origin::ShadowCopy, &[], after);
    }
    // A container's disk is a VHD under a device name of its own; users mount VHDs as ordinary volumes.
    let is_disk = starts_with(name, "HarddiskVolume") || starts_with(name, "VhdHardDisk{");
    if is_disk || is_any(&["BootDevice", "BootPartition", "SystemPartition"]) {
        return (Origin::Disk, &[], after);
    }
    if starts_with(name, "Harddisk") {
        next_part(&mut after);
        return (Origin::Disk, &[], after);
    }
    if is_any(&["Mup", "LanmanRedirector", "WebDavRedirector", "RdpDr"]) {
        // `\Device\Mup\;LanmanRedirector\;Z:0000\host\share`: what starts with a semicolon is the redirector's.
        let mut host = next_part(&mut after).unwrap_or("");
        while host.starts_with(';') {
            host = next_part(&mut after).unwrap_or("");
        }
        return share(host, after);
    }
    (Origin::Device, &[], after)
}

/// What follows `\\host`. Of an administrative share, `C$` or `ADMIN$`, the folders behind it are known.
fn share<'a>(host: &str, text: &'a str) -> Start<'a> {
    let origin = if host.eq_ignore_ascii_case("tsclient") { Origin::RemoteDesktop } else { Origin::Share };
    let mut after = text;
    match next_part(&mut after).map(str::as_bytes) {
        Some([letter, b'$']) if letter.is_ascii_alphabetic() => (origin, &[], after),
        Some(name) if name.eq_ignore_ascii_case(b"ADMIN$") => (origin, &["windows"], after),
        _ => (origin, &[], text),
    }
}

/// A path that starts with `%NAME%` or `$env:NAME`.
fn variable<'a>(first: &str, text: &'a str, after: &'a str) -> Start<'a> {
    let inner = first.strip_prefix('%').and_then(|rest| rest.strip_suffix('%'));
    let inner = inner.or_else(|| if starts_with(first, "$env:") { first.get(5..) } else { None });
    let Some(name) = inner else { return (Origin::Relative, &[], text) };
    let folders: Option<&'static [&'static str]> = match name.to_ascii_lowercase().as_str() {
        "temp" | "tmp" => Some(&["users", "user", "appdata", "local", "temp"]),
        "appdata" => Some(&["users", "user", "appdata", "roaming"]),
        "localappdata" => Some(&["users", "user", "appdata", "local"]),
        "userprofile" | "homepath" => Some(&["users", "user"]),
        "public" => Some(&["users", "public"]),
        "programdata" | "allusersprofile" => Some(&["programdata"]),
        "systemroot" | "windir" => Some(&["windows"]),
        "systemdrive" | "homedrive" => Some(&[]),
        "programfiles" | "programfiles(x86)" | "programw6432" => Some(&["program files"]),
        _ => None,
    };
    folders.map_or((Origin::Relative, &[], after), |folders| (Origin::Disk, folders, after))
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// Whether a part of a path is that folder, in any ASCII case or by its 8.3 name. `name` is in lower case.
pub(super) fn is_folder(part: &str, name: &str) -> bool {
    part.eq_ignore_ascii_case(name) || is_short_name(part, name)
}

/// Whether a part of a path is one of these folders.
pub(super) fn is_any_folder(part: &str, names: &[&str]) -> bool {
    names.iter().any(|name| is_folder(part, name))
}

/// `LOCALS~1` for `local settings`: six characters without blanks and dots, a tilde, a digit.
fn is_short_name(part: &str, name: &str) -> bool {
    let [stem @ .., b'~', digit @ b'1'..=b'9'] = part.as_bytes() else { return false };
    let mut letters = name.bytes().filter(|byte| !matches!(byte, b' ' | b'.'));
    if stem.len() != 6 || !stem.iter().all(|byte| letters.next() == Some(byte.to_ascii_lowercase())) {
        return false;
    }
    // Windows sets up `Program Files`, `Program Files (x86)` and `ProgramData` in this order.
    !stem.eq_ignore_ascii_case(b"progra") || (*digit >= b'3') == (name == "programdata")
}

#[cfg(test)]
mod tests;
