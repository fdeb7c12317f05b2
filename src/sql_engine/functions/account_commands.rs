//! Finds the commands that create an account or add one to a group, and the account's name.
//!
//! `net` and `net1` (`user`, `localgroup`, `group`), `dsadd user`, `wmic useraccount create`, and PowerShell's
//! `New-LocalUser`, `New-ADUser`, `Add-LocalGroupMember`, `Add-ADGroupMember`, wherever they stand in a line.

use std::borrow::Cow;

use memchr::memchr_iter;

use super::command_line_words::{Mention, Mentions, Word, Words, match_letters, mentions, without_escapes};

/// A command that creates an account or adds one to a group.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AccountCommand {
    /// The account, where the command names one.
    pub(super) account: Option<String>,
}

type Reader = fn(&mut Words) -> Option<AccountCommand>;

/// The programs and commands, each with what reads the words behind it.
const COMMANDS: [(&str, Reader); 8] = [
    ("net", read_net),
    ("net1", read_net),
    ("dsadd", read_dsadd),
    ("wmic", read_wmic),
    ("new-localuser", read_new_user),
    ("new-aduser", read_new_user),
    ("add-localgroupmember", read_add_member),
    ("add-adgroupmember", read_add_member),
];

const NAMES: [&str; COMMANDS.len()] = {
    let mut names = [""; COMMANDS.len()];
    let mut number = 0;
    while number < names.len() {
        names[number] = COMMANDS[number].0;
        number += 1;
    }
    names
};

/// The first command of a line that creates an account or adds one to a group.
pub(super) fn find_account_command(command_line: &str) -> Option<AccountCommand> {
    if !may_hold_a_command(command_line) {
        return None;
    }
    let text = without_escapes(command_line);
    let mut found_commands = Mentions::new(&text, &NAMES);
    while let Some(mention) = found_commands.next() {
        if is_asked_about(mention, &text) {
            continue;
        }
        let mut words = mention.words(&text);
        let command = COMMANDS[mention.name].1(&mut words);
        if command.is_some() {
            return command;
        }
        found_commands.skip_to(words.offset());
    }
    None
}

/// `Get-Help New-LocalUser` creates nothing.
fn is_asked_about(mention: Mention, text: &str) -> bool {
    mention.follows_one_of(text, &["get-help", "get-command", "help", "gcm"])
}

/// A quick look for what each of the commands needs, without taking the line apart.
fn may_hold_a_command(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_dropped = |byte: u8| matches!(byte, b'"' | b'^' | b'`');
    let cmdlet = || {
        memchr_iter(b'-', bytes).any(|dash| {
            ["-localuser", "-aduser", "-localgroupmember", "-adgroupmember"]
                .iter()
                .any(|noun| match_letters(bytes, dash, noun, is_dropped).is_some())
        })
    };
    let add = || {
        memchr_iter(b'/', bytes).any(|slash| match_letters(bytes, slash, "/a", is_dropped).is_some())
            || mentions(text, "-add")
    };
    add() && mentions(text, "net")
        || cmdlet()
        || mentions(text, "dsadd")
        || mentions(text, "useraccount") && mentions(text, "create")
}

/// `net user NAME [PASSWORD] /add`, `net localgroup GROUP NAME… /add`, with the switches anywhere.
fn read_net(words: &mut Words) -> Option<AccountCommand> {
    let kind = words.next()?.text.to_ascii_lowercase();
    let position_of_account = match kind.as_str() {
        "user" | "users" => 0,
        "localgroup" | "localgroups" | "group" | "groups" => 1,
        _ => return None,
    };
    let mut adds = false;
    let mut plain_words = 0;
    let mut account = None;
    for word in words {
        let (plain, switches) = split_switches(&word);
        if let Some(plain) = plain {
            if plain_words == position_of_account && !plain.is_empty() {
                account = Some(plain.to_owned());
            }
            plain_words += 1;
        }
        adds |= switches.split('/').any(is_add) || word.text.eq_ignore_ascii_case("-add");
    }
    // The group alone is created, or has no account to add; a user without a name is nothing.
    (adds && plain_words > 0).then_some(AccountCommand { account })
}

/// Takes `name/add/domain` apart: net.exe starts a switch at every slash.
fn split_switches<'a>(word: &'a Word) -> (Option<&'a str>, &'a str) {
    match word.text.find('/') {
        Some(0) => (None, &word.text[1..]),
        Some(slash) if !word.is_quoted => (Some(&word.text[..slash]), &word.text[slash + 1..]),
        _ if word.text.eq_ignore_ascii_case("-add") => (None, ""),
        _ => (Some(&word.text), ""),
    }
}

/// `add` and the abbreviations that net.exe takes for it.
fn is_add(switch: &str) -> bool {
    let switch = switch.trim_end();
    !switch.is_empty() && "add".get(..switch.len()).is_some_and(|start| start.eq_ignore_ascii_case(switch))
}

/// `dsadd user DN [-samid NAME]`.
fn read_dsadd(words: &mut Words) -> Option<AccountCommand> {
    if !words.next()?.text.eq_ignore_ascii_case("user") {
        return None;
    }
    let mut from_dn = None;
    let mut from_switch = None;
    while let Some(word) = words.next() {
        if is_switch(&word.text, "samid") {
            from_switch = words.next().map(|value| value.text.into_owned());
        } else if from_dn.is_none() && !word.text.starts_with(['-', '/']) {
            from_dn = Some(common_name(&word.text).to_owned());
        }
    }
    Some(AccountCommand { account: from_switch.or(from_dn) })
}

fn is_switch(word: &str, name: &str) -> bool {
    word.strip_prefix(['-', '/']).is_some_and(|switch| switch.eq_ignore_ascii_case(name))
}

/// The value of the first part of `CN=name,OU=…`.
fn common_name(distinguished_name: &str) -> &str {
    let first = distinguished_name.split(',').next().unwrap_or_default();
    first.split_once('=').map_or(first, |(_, value)| value).trim()
}

/// `wmic useraccount create name="x"`, `wmic … path win32_useraccount call create …`.
fn read_wmic(words: &mut Words) -> Option<AccountCommand> {
    // Another class ends the reading, so that a command within (`process call create "net user …"`) is still found.
    let class = words.find(|word| !word.text.starts_with('/') && !word.text.eq_ignore_ascii_case("path"))?;
    if !["useraccount", "win32_useraccount"].iter().any(|name| class.text.eq_ignore_ascii_case(name)) {
        return None;
    }
    while let Some(word) = words.next() {
        if word.text.eq_ignore_ascii_case("where") {
            // What stands behind is a condition and may hold any word.
            words.next();
        } else if word.text.eq_ignore_ascii_case("create") {
            return Some(AccountCommand { account: words.find_map(|word| assigned_name(&word.text)) });
        }
    }
    None
}

/// The value in `…,name='x',…`.
fn assigned_name(word: &str) -> Option<String> {
    word.split(',').find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim_matches(['"', '\'', '\\', ' ']);
        (name.trim().eq_ignore_ascii_case("name") && !value.is_empty()).then(|| value.to_owned())
    })
}

/// The parameters of a cmdlet as far as they tell the account.
#[derive(Default)]
struct CmdletArguments<'a> {
    named: Vec<(String, Cow<'a, str>)>,
    positional: Vec<Cow<'a, str>>,
}

/// Parameters of the four cmdlets that take no value.
const SWITCHES: [&str; 10] = [
    "accountneverexpires",
    "confirm",
    "debug",
    "disabled",
    "nopassword",
    "passthru",
    "passwordneverexpires",
    "usermaynotchangepassword",
    "verbose",
    "whatif",
];

impl<'a> CmdletArguments<'a> {
    fn read(words: &mut Words<'a>) -> Self {
        let mut arguments = Self::default();
        while let Some(word) = words.next() {
            let Some(name) = word.text.strip_prefix('-').filter(|_| !word.is_quoted) else {
                // `@parameters` holds what is not written here.
                if !word.text.starts_with('@') {
                    arguments.positional.push(word.text);
                }
                continue;
            };
            let (name, glued_value) = name.split_once(':').unwrap_or((name, ""));
            let name = name.to_ascii_lowercase();
            if !glued_value.is_empty() {
                arguments.named.push((name, Cow::Owned(glued_value.to_owned())));
            } else if !SWITCHES.contains(&name.as_str())
                && let Some(value) = words.next()
            {
                arguments.named.push((name, value.text));
            }
        }
        arguments
    }

    /// The value of a parameter, which may be shortened down to some letters; the first of a list.
    fn named(&self, full: &str, shortest: usize) -> Option<String> {
        let is_it = |name: &str| name.len() >= shortest && full.starts_with(name);
        self.named.iter().find(|(name, _)| is_it(name)).and_then(|(_, value)| first_of_list(value))
    }

    fn positional(&self, number: usize) -> Option<String> {
        self.positional.get(number).and_then(|value| first_of_list(value))
    }
}

fn first_of_list(value: &str) -> Option<String> {
    let first = value.split(',').next().unwrap_or_default().trim_matches(['\'', '"', ' ', '@', '(', ')']);
    (!first.is_empty()).then(|| first.to_owned())
}

/// `New-LocalUser [-Name] NAME …`, `New-ADUser [-Name] NAME [-SamAccountName NAME] …`.
fn read_new_user(words: &mut Words) -> Option<AccountCommand> {
    let arguments = CmdletArguments::read(words);
    let account =
        arguments.named("samaccountname", 2).or_else(|| arguments.named("name", 2)).or_else(|| arguments.positional(0));
    Some(AccountCommand { account })
}

/// `Add-LocalGroupMember [-Group] GROUP [-Member] NAME`, `Add-ADGroupMember [-Identity] GROUP [-Members] NAME`.
fn read_add_member(words: &mut Words) -> Option<AccountCommand> {
    let arguments = CmdletArguments::read(words);
    let group_is_named = ["group", "identity", "sid"].iter().any(|name| arguments.named(name, 1).is_some());
    let account = arguments.named("members", 1).or_else(|| arguments.positional(if group_is_named { 0 } else { 1 }));
    Some(AccountCommand { account })
}

#[cfg(test)]
mod tests;
