//! What happens on the three hosts anyway: boot, services, logons, documents, builds, updates.
//!
//! Nothing here should look like an intrusion more than real days do. On purpose there are:
//! an installer that the developer starts from Downloads and that unpacks itself into %TEMP%;
//! an inventory script with `-ExecutionPolicy Bypass -File`, which is not an encoded command;
//! `net user` and `net localgroup` that only list; shells that an editor and a build start.

use super::super::filetime::{self, SECOND};
use super::super::seeded::Seeded;
use super::machine::{DAY, Launch, Machine, Who};

/// A time of day.
type Clock = (u64, u64, u64);

const USER: Who = Who::User(0);

/// Starts once: time, label, parent, image, command line, who, lifetime in seconds (0: to the end).
type Once = (Clock, &'static str, &'static str, &'static str, &'static str, Who, u64);

/// Starts again and again: count, from hour, to hour, parent, image, command line, who, longest
/// lifetime in seconds. `{n}`, `{guid}` and `{hex}` in the command line are made anew each time.
type Routine = (u64, u64, u64, &'static str, &'static str, &'static str, Who, u64);

/// The first processes of a system, without the time: label, parent, image, command line, who.
type System = (&'static str, &'static str, &'static str, &'static str, Who);

#[rustfmt::skip]
const BOOT: [System; 25] = [
    ("registry", "System", "Registry", "", Who::System),
    ("smss", "System", r"C:\Windows\System32\smss.exe", r"\SystemRoot\System32\smss.exe", Who::System),
    ("csrss", "smss", r"C:\Windows\System32\csrss.exe", r"%SystemRoot%\system32\csrss.exe ObjectDirectory=\Windows SharedSection=1024,20480,768 Windows=On SubSystemType=Windows ServerDll=basesrv,1 ServerDll=winsrv:UserServerDllInitialization,3 ServerDll=sxssrv,4 ProfileControl=Off MaxRequestThreads=16", Who::System),
    ("wininit", "smss", r"C:\Windows\System32\wininit.exe", "wininit.exe", Who::System),
    ("winlogon", "smss", r"C:\Windows\System32\winlogon.exe", "winlogon.exe", Who::System),
    ("services", "wininit", r"C:\Windows\System32\services.exe", r"C:\Windows\system32\services.exe", Who::System),
    ("lsass", "wininit", r"C:\Windows\System32\lsass.exe", r"C:\Windows\system32\lsass.exe", Who::System),
    ("fontdrvhost", "wininit", r"C:\Windows\System32\fontdrvhost.exe", r#""fontdrvhost.exe""#, Who::System),
    ("svchost_dcom", "services", r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k DcomLaunch -p", Who::System),
    ("svchost_rpc", "services", r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k RPCSS -p", Who::NetworkService),
    ("svchost_gpsvc", "services", r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k netsvcs -p -s gpsvc", Who::System),
    ("svchost_schedule", "services", r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule", Who::System),
    ("svchost_eventlog", "services", r"C:\Windows\System32\svchost.exe", r"C:\Windows\System32\svchost.exe -k LocalServiceNetworkRestricted -p -s EventLog", Who::LocalService),
    ("svchost_profsvc", "services", r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k netsvcs -p -s ProfSvc", Who::System),
    ("svchost_dnscache", "services", r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k NetworkService -p -s Dnscache", Who::NetworkService),
    ("svchost_dhcp", "services", r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k LocalServiceNetworkRestricted -p -s Dhcp", Who::LocalService),
    ("svchost_time", "services", r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k LocalService -s W32Time", Who::LocalService),
    ("svchost_wmi", "services", r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k netsvcs -p -s Winmgmt", Who::System),
    ("svchost_update", "services", r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k netsvcs -p -s wuauserv", Who::System),
    ("spooler", "services", r"C:\Windows\System32\spoolsv.exe", r"C:\Windows\System32\spoolsv.exe", Who::System),
    ("svchost_firewall", "services", r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k LocalServiceNoNetworkFirewall -p", Who::LocalService),
    ("defender", "services", r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24040.4-0\MsMpEng.exe", r#""C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24040.4-0\MsMpEng.exe""#, Who::System),
    ("indexer", "services", r"C:\Windows\System32\SearchIndexer.exe", r"C:\Windows\system32\SearchIndexer.exe /Embedding", Who::System),
    ("sysmon", "services", r"C:\Windows\Sysmon64.exe", r"C:\Windows\Sysmon64.exe", Who::System),
    ("health", "services", r"C:\Windows\System32\SecurityHealthService.exe", r"C:\Windows\system32\SecurityHealthService.exe", Who::System),
];

#[rustfmt::skip]
const WORKSTATION: [Routine; 15] = [
    (11, 7, 16, "svchost_dcom", r"C:\Windows\System32\RuntimeBroker.exe", r"C:\Windows\System32\RuntimeBroker.exe -Embedding", USER, 900),
    (9, 7, 16, "svchost_dcom", r"C:\Windows\System32\backgroundTaskHost.exe", r#""C:\Windows\system32\backgroundTaskHost.exe" -ServerName:App.AppX{hex}.mca"#, USER, 40),
    (8, 7, 16, "svchost_dcom", r"C:\Windows\System32\dllhost.exe", r"C:\Windows\system32\DllHost.exe /Processid:{guid}", USER, 15),
    (5, 7, 16, "svchost_dcom", r"C:\Windows\System32\wbem\WmiPrvSE.exe", r"C:\Windows\system32\wbem\wmiprvse.exe -secured -Embedding", Who::NetworkService, 600),
    (6, 7, 16, "svchost_schedule", r"C:\Windows\System32\taskhostw.exe", "taskhostw.exe", USER, 120),
    (4, 7, 16, "svchost_schedule", r"C:\Windows\System32\taskhostw.exe", "taskhostw.exe -RegisterDevice -ProtectionStateChanged -FreeNetworkOnly", Who::System, 30),
    (5, 8, 16, "svchost_schedule", r"C:\Program Files (x86)\Microsoft\EdgeUpdate\MicrosoftEdgeUpdate.exe", r#""C:\Program Files (x86)\Microsoft\EdgeUpdate\MicrosoftEdgeUpdate.exe" /ua /installsource scheduler"#, Who::System, 12),
    (8, 7, 16, "indexer", r"C:\Windows\System32\SearchProtocolHost.exe", r#""C:\Windows\system32\SearchProtocolHost.exe" Global\UsGthrFltPipeMssGthrPipe{n}_ Global\UsGthrCtrlFltPipeMssGthrPipe{n} 1 -2147483646 "Software\Microsoft\Windows Search" "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT; MS Search 4.0 Robot)" "C:\ProgramData\Microsoft\Search\Data\Temp\usgthrsvc" "DownLevelDaemon""#, Who::System, 90),
    (8, 7, 16, "indexer", r"C:\Windows\System32\SearchFilterHost.exe", r#""C:\Windows\system32\SearchFilterHost.exe" 0 {n} {n} {n} 8192 {n} {n}"#, Who::System, 90),
    (4, 8, 16, "svchost_gpsvc", r"C:\Windows\System32\gpupdate.exe", r#""C:\Windows\system32\gpupdate.exe" /target:computer"#, Who::System, 6),
    (3, 8, 16, "svchost_schedule", r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24040.4-0\MpCmdRun.exe", r#""C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24040.4-0\MpCmdRun.exe" Scan -ScheduleJob -ScanTrigger 55"#, Who::System, 200),
    (9, 8, 16, "edge", r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe", r#""C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe" --type=renderer --lang=en-US --device-scale-factor=1 --renderer-client-id={n} --time-ticks-at-unix-epoch=-17156{n} --field-trial-handle={n},i,1183{n},262144 --variations-seed-version /prefetch:1"#, USER, 1800),
    (2, 9, 16, "svchost_update", r"C:\Windows\System32\MoUsoCoreWorker.exe", r"C:\Windows\System32\mousocoreworker.exe -Embedding", Who::System, 120),
    (2, 8, 16, "services", r"C:\Windows\servicing\TrustedInstaller.exe", r"C:\Windows\servicing\TrustedInstaller.exe", Who::System, 300),
    (2, 8, 16, "spooler", r"C:\Windows\System32\PrintIsolationHost.exe", r"C:\Windows\system32\PrintIsolationHost.exe -Embedding", Who::System, 200),
];

#[rustfmt::skip]
const FINANCE_ONCE: [Once; 12] = [
    ((7, 34, 20), "userinit", "winlogon", r"C:\Windows\System32\userinit.exe", r"C:\Windows\system32\userinit.exe", USER, 26),
    ((7, 34, 21), "explorer", "userinit", r"C:\Windows\explorer.exe", r"C:\Windows\Explorer.EXE", USER, 0),
    ((7, 34, 58), "", "explorer", r"C:\Program Files\Microsoft OneDrive\OneDrive.exe", r#""C:\Program Files\Microsoft OneDrive\OneDrive.exe" /background"#, USER, 0),
    ((7, 35, 10), "teams", "explorer", r"C:\Program Files\WindowsApps\MSTeams_24091.214.2846.1452_x64__8wekyb3d8bbwe\ms-teams.exe", r#""C:\Program Files\WindowsApps\MSTeams_24091.214.2846.1452_x64__8wekyb3d8bbwe\ms-teams.exe" msteams:system-initiated"#, USER, 0),
    ((7, 37, 2), "outlook", "explorer", r"C:\Program Files\Microsoft Office\Root\Office16\OUTLOOK.EXE", r#""C:\Program Files\Microsoft Office\Root\Office16\OUTLOOK.EXE" "#, USER, 0),
    ((7, 41, 33), "edge", "explorer", r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe", r#""C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe" --profile-directory=Default"#, USER, 0),
    ((8, 5, 44), "excel", "explorer", r"C:\Program Files\Microsoft Office\Root\Office16\EXCEL.EXE", r#""C:\Program Files\Microsoft Office\Root\Office16\EXCEL.EXE" "C:\Users\m.keller\Documents\Budget 2024\Q2 forecast.xlsx""#, USER, 9000),
    ((9, 12, 9), "word", "explorer", r"C:\Program Files\Microsoft Office\Root\Office16\WINWORD.EXE", r#""C:\Program Files\Microsoft Office\Root\Office16\WINWORD.EXE" /n "C:\Users\m.keller\Documents\Dunning letter May.docx" /o """#, USER, 1900),
    ((9, 20, 27), "", "word", r"C:\Windows\splwow64.exe", r"C:\Windows\splwow64.exe 8192", USER, 120),
    ((10, 2, 51), "", "explorer", r"C:\Program Files\Adobe\Acrobat DC\Acrobat\Acrobat.exe", r#""C:\Program Files\Adobe\Acrobat DC\Acrobat\Acrobat.exe" "C:\Users\m.keller\Documents\Invoices\RE-2024-0388.pdf""#, USER, 700),
    ((12, 30, 16), "", "svchost_schedule", r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", r#"powershell.exe -NoProfile -ExecutionPolicy Bypass -File "C:\Program Files\Northwind IT\inventory.ps1""#, Who::System, 33),
    ((14, 55, 40), "", "explorer", r"C:\Windows\System32\notepad.exe", r#""C:\Windows\system32\NOTEPAD.EXE" C:\Users\m.keller\Documents\todo.txt"#, USER, 600),
];

#[rustfmt::skip]
const DEVELOPER_ONCE: [Once; 16] = [
    ((8, 21, 7), "userinit", "winlogon", r"C:\Windows\System32\userinit.exe", r"C:\Windows\system32\userinit.exe", USER, 25),
    ((8, 21, 8), "explorer", "userinit", r"C:\Windows\explorer.exe", r"C:\Windows\Explorer.EXE", USER, 0),
    ((8, 22, 40), "edge", "explorer", r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe", r#""C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe" --profile-directory=Default"#, USER, 0),
    ((8, 24, 3), "code", "explorer", r"C:\Program Files\Microsoft VS Code\Code.exe", r#""C:\Program Files\Microsoft VS Code\Code.exe" "D:\src\orders""#, USER, 0),
    ((8, 24, 11), "terminal", "explorer", r"C:\Program Files\WindowsApps\Microsoft.WindowsTerminal_1.19.11213.0_x64__8wekyb3d8bbwe\WindowsTerminal.exe", r#""C:\Program Files\WindowsApps\Microsoft.WindowsTerminal_1.19.11213.0_x64__8wekyb3d8bbwe\WindowsTerminal.exe" "#, USER, 0),
    ((8, 24, 12), "powershell", "terminal", r"C:\Program Files\PowerShell\7\pwsh.exe", r#""C:\Program Files\PowerShell\7\pwsh.exe" -NoLogo"#, USER, 0),
    ((8, 31, 0), "npm", "code", r"C:\Program Files\nodejs\node.exe", r#""C:\Program Files\nodejs\node.exe" "C:\Program Files\nodejs\node_modules\npm\bin\npm-cli.js" run watch"#, USER, 0),
    ((9, 12, 2), "installer", "explorer", r"C:\Users\j.novak\Downloads\Git-2.45.0-64-bit.exe", r#""C:\Users\j.novak\Downloads\Git-2.45.0-64-bit.exe" "#, USER, 95),
    ((9, 12, 5), "", "installer", r"C:\Users\j.novak\AppData\Local\Temp\is-4K2QF.tmp\Git-2.45.0-64-bit.tmp", r#""C:\Users\j.novak\AppData\Local\Temp\is-4K2QF.tmp\Git-2.45.0-64-bit.tmp" /SL5="$2A0B1C,66022417,832512,C:\Users\j.novak\Downloads\Git-2.45.0-64-bit.exe" "#, USER, 92),
    ((12, 30, 16), "", "svchost_schedule", r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", r#"powershell.exe -NoProfile -ExecutionPolicy Bypass -File "C:\Program Files\Northwind IT\inventory.ps1""#, Who::System, 31),
    ((15, 10, 22), "net", "powershell", r"C:\Windows\System32\net.exe", r#""C:\Windows\system32\net.exe" user j.novak /domain"#, USER, 1),
    ((15, 10, 22), "", "net", r"C:\Windows\System32\net1.exe", r"C:\Windows\system32\net1 user j.novak /domain", USER, 1),
    ((15, 11, 5), "net", "powershell", r"C:\Windows\System32\net.exe", r#""C:\Windows\system32\net.exe" localgroup administrators"#, USER, 1),
    ((15, 11, 5), "", "net", r"C:\Windows\System32\net1.exe", r"C:\Windows\system32\net1 localgroup administrators", USER, 1),
    ((15, 20, 41), "", "powershell", r"C:\Windows\System32\OpenSSH\ssh.exe", r#""C:\Windows\System32\OpenSSH\ssh.exe" build@ci-01.northwind.example"#, USER, 1200),
    ((15, 32, 10), "", "explorer", r"C:\Windows\System32\notepad.exe", r#""C:\Windows\system32\notepad.exe" D:\src\orders\README.md"#, USER, 200),
];

#[rustfmt::skip]
const DEVELOPER_ROUTINE: [Routine; 6] = [
    (34, 9, 16, "code", r"C:\Program Files\Git\cmd\git.exe", r#""C:\Program Files\Git\cmd\git.exe" -c core.quotepath=false status --porcelain --untracked-files=all"#, USER, 2),
    (10, 9, 16, "powershell", r"C:\Program Files\Git\cmd\git.exe", r#""C:\Program Files\Git\cmd\git.exe" log --oneline -n {n}"#, USER, 2),
    (12, 9, 16, "npm", r"C:\Windows\System32\cmd.exe", r#"C:\Windows\system32\cmd.exe /d /s /c "tsc --build tsconfig.{n}.json""#, USER, 12),
    (9, 9, 16, "powershell", r"C:\Program Files\dotnet\dotnet.exe", r#""C:\Program Files\dotnet\dotnet.exe" build D:\src\orders\Orders.sln -c Debug --nologo"#, USER, 60),
    (5, 9, 16, "powershell", r"C:\Program Files\dotnet\dotnet.exe", r#""C:\Program Files\dotnet\dotnet.exe" test --filter Category=Unit -- RunConfiguration.MaxCpuCount={n}"#, USER, 90),
    (3, 9, 16, "code", r"C:\Program Files\Python312\python.exe", r#""C:\Program Files\Python312\python.exe" D:\src\orders\tools\seed.py --rows {n}"#, USER, 30),
];

#[rustfmt::skip]
const SERVER_ONCE: [Once; 9] = [
    ((10, 14, 41), "winlogon_rdp", "smss", r"C:\Windows\System32\winlogon.exe", "winlogon.exe", Who::System, 2400),
    ((10, 14, 52), "userinit", "winlogon_rdp", r"C:\Windows\System32\userinit.exe", r"C:\Windows\system32\userinit.exe", USER, 24),
    ((10, 14, 53), "explorer", "userinit", r"C:\Windows\explorer.exe", r"C:\Windows\Explorer.EXE", USER, 2300),
    ((10, 15, 30), "manager", "explorer", r"C:\Windows\System32\ServerManager.exe", r#""C:\Windows\system32\ServerManager.exe" "#, USER, 2200),
    ((10, 16, 12), "", "explorer", r"C:\Windows\System32\mmc.exe", r#""C:\Windows\system32\mmc.exe" "C:\Windows\system32\services.msc" "#, USER, 900),
    ((10, 31, 2), "", "manager", r"C:\Windows\System32\mmc.exe", r#""C:\Windows\system32\mmc.exe" C:\Windows\system32\eventvwr.msc /s"#, USER, 600),
    ((12, 30, 16), "", "svchost_schedule", r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", r#"powershell.exe -NoProfile -ExecutionPolicy Bypass -File "C:\Program Files\Northwind IT\inventory.ps1""#, Who::System, 40),
    ((13, 5, 0), "", "services", r"C:\Windows\System32\msiexec.exe", r"C:\Windows\system32\msiexec.exe /V", Who::System, 610),
    ((16, 2, 11), "", "svchost_schedule", r"C:\Windows\System32\wsqmcons.exe", r"C:\Windows\System32\wsqmcons.exe", Who::System, 20),
];

#[rustfmt::skip]
const SERVER_ROUTINE: [Routine; 7] = [
    (6, 8, 16, "svchost_dcom", r"C:\Windows\System32\wbem\WmiPrvSE.exe", r"C:\Windows\system32\wbem\wmiprvse.exe -Embedding", Who::System, 700),
    (9, 7, 16, "svchost_was", r"C:\Windows\System32\inetsrv\w3wp.exe", r#"c:\windows\system32\inetsrv\w3wp.exe -ap "Orders" -v "v4.0" -l "webengine4.dll" -a \\.\pipe\iisipm{guid} -h "C:\inetpub\temp\apppools\Orders\Orders.config" -w "" -m 0 -t 20 -ta 0"#, Who::NetworkService, 1700),
    (9, 7, 16, "svchost_schedule", r"C:\Windows\System32\Robocopy.exe", r"C:\Windows\system32\Robocopy.exe D:\Orders\Export E:\Backup\Orders\{n} /MIR /R:2 /W:5", Who::System, 50),
    (6, 7, 16, "svchost_schedule", r"C:\Windows\System32\taskhostw.exe", "taskhostw.exe", Who::System, 60),
    (5, 7, 16, "svchost_dcom", r"C:\Windows\System32\dllhost.exe", r"C:\Windows\system32\DllHost.exe /Processid:{guid}", Who::System, 12),
    (4, 7, 16, "svchost_schedule", r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24040.4-0\MpCmdRun.exe", r#""C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24040.4-0\MpCmdRun.exe" SignatureUpdate -ScheduleJob"#, Who::System, 100),
    (4, 8, 16, "svchost_gpsvc", r"C:\Windows\System32\gpupdate.exe", r#""C:\Windows\system32\gpupdate.exe" /target:computer"#, Who::System, 6),
];

/// The finance workstation, booted at 07:31.
pub(super) fn on_finance(machine: &mut Machine) -> Vec<Launch> {
    let mut launches = boot((7, 31, 4), false);
    launches.extend((0..).zip(&FINANCE_ONCE).map(once));
    routines(&WORKSTATION, &mut machine.random, &mut launches);
    launches
}

/// The developer's workstation, booted at 08:18.
pub(super) fn on_developer(machine: &mut Machine) -> Vec<Launch> {
    let mut launches = boot((8, 18, 30), false);
    launches.extend((0..).zip(&DEVELOPER_ONCE).map(once));
    routines(&WORKSTATION, &mut machine.random, &mut launches);
    routines(&DEVELOPER_ROUTINE, &mut machine.random, &mut launches);
    launches
}

/// The server, which has been up since long before.
pub(super) fn on_server(machine: &mut Machine) -> Vec<Launch> {
    let mut launches = boot((0, 0, 0), true);
    launches.push(Launch {
        label: "svchost_was",
        unlogged: true,
        ..once((
            0,
            &(
                (0, 1, 0),
                "svchost_was",
                "services",
                r"C:\Windows\System32\svchost.exe",
                r"C:\Windows\system32\svchost.exe -k iissvcs",
                Who::System,
                0,
            ),
        ))
    });
    launches.extend((0..).zip(&SERVER_ONCE).map(once));
    routines(&SERVER_ROUTINE, &mut machine.random, &mut launches);
    launches
}

fn boot(clock: Clock, unlogged: bool) -> Vec<Launch> {
    let start = filetime::from_utc(DAY, clock);
    let mut at = start;
    BOOT.iter()
        .map(|(label, parent, image, command_line, who)| {
            at += SECOND / 3 + 48_611;
            Launch {
                at,
                label,
                parent,
                image: (*image).to_owned(),
                command_line: (*command_line).to_owned(),
                who: *who,
                lifetime: None,
                unlogged,
            }
        })
        .collect()
}

/// The place in the list sets the fraction of the second, below one for lists of up to 90.
fn once((place, step): (u64, &Once)) -> Launch {
    let (clock, label, parent, image, command_line, who, seconds) = step;
    Launch {
        at: filetime::from_utc(DAY, *clock) + 1_113_007 + place * 97_213,
        label,
        parent,
        image: (*image).to_owned(),
        command_line: (*command_line).to_owned(),
        who: *who,
        lifetime: (*seconds > 0).then_some(seconds * SECOND),
        unlogged: false,
    }
}

/// Spreads each routine over its hours. A start before the parent's own is moved behind it.
fn routines(routines: &[Routine], random: &mut Seeded, launches: &mut Vec<Launch>) {
    for (count, from, to, parent, image, command_line, who, longest) in routines {
        let parents = launches.iter().filter(|launch| launch.label == *parent);
        let parent_start = parents.map(|launch| launch.at).min().unwrap_or(0);
        let open = filetime::from_utc(DAY, (*from, 30, 0)).max(parent_start + 60 * SECOND);
        let close = filetime::from_utc(DAY, (*to, 25, 0));
        for _ in 0..*count {
            launches.push(Launch {
                at: random.between(open, close),
                label: "",
                parent,
                image: (*image).to_owned(),
                command_line: expand(command_line, random),
                who: *who,
                lifetime: Some(random.between(SECOND / 3, longest * SECOND)),
                unlogged: false,
            });
        }
    }
}

/// Fills in the places of a command line.
fn expand(pattern: &str, random: &mut Seeded) -> String {
    let mut text = String::with_capacity(pattern.len() + 40);
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        let (before, place) = rest.split_at(open);
        text.push_str(before);
        let close = place.find('}').map_or(place.len(), |close| close + 1);
        let (place, after) = place.split_at(close);
        match place {
            "{n}" => text.push_str(&random.between(2, 980).to_string()),
            "{hex}" => text.push_str(&format!("{:016x}", random.next())),
            "{guid}" => {
                let guid = super::super::Guid(random.sixteen()).to_string();
                text.push_str(&guid.to_uppercase());
            }
            other => text.push_str(other),
        }
        rest = after;
    }
    text.push_str(rest);
    text
}
