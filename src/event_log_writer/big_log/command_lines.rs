//! Programs of a big log and their command lines.

use super::super::Guid;
use super::super::seeded::Seeded;

/// A kind of program: its image, the kinds that start it, whether a service's account runs it, and
/// patterns of its command line with `{n}`, `{guid}`, `{hex}`, `{word}` to be filled in.
pub(super) struct Program {
    pub(super) image: &'static str,
    pub(super) parents: &'static [usize],
    pub(super) by_system: bool,
    /// How often it is started, against the others.
    weight: u64,
    patterns: &'static [&'static str],
}

/// The first are there from the beginning and are the parents of the others.
#[rustfmt::skip]
pub(super) const PROGRAMS: [Program; 24] = [
    program(r"C:\Windows\System32\services.exe", &[0], true, 0, &[r"C:\Windows\system32\services.exe"]),
    program(r"C:\Windows\System32\svchost.exe", &[0], true, 8, &[r"C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule", r"C:\Windows\System32\svchost.exe -k {word} -p -s {word}"]),
    program(r"C:\Windows\explorer.exe", &[1], false, 0, &[r"C:\Windows\Explorer.EXE"]),
    program(r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe", &[2, 3], false, 22, &[r#""C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe" --type=renderer --lang=en-US --renderer-client-id={n} --launch-time-ticks={n}{n} --field-trial-handle={n},i,{n},262144 /prefetch:1"#, r#""C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe" --single-argument https://intranet.northwind.example/{word}/{n}"#]),
    program(r"C:\Program Files\Microsoft VS Code\Code.exe", &[2, 4], false, 9, &[r#""C:\Program Files\Microsoft VS Code\Code.exe" --type=utility --utility-sub-type=node.mojom.NodeService --lang=en-US --user-data-dir="C:\Users\dev\{word}" --mojo-platform-channel-handle={n} /prefetch:8"#]),
    program(r"C:\Windows\System32\cmd.exe", &[4, 1, 5], false, 14, &[r#"C:\Windows\system32\cmd.exe /d /s /c "npm run build -- --env {word} --id {hex}""#, r"cmd.exe /c D:\build\{word}\step-{n}.cmd {guid}", r#"cmd.exe /c "copy /y D:\drop\{guid}\{word}.dll D:\stage\{n}\""#]),
    program(r"C:\Program Files\PowerShell\7\pwsh.exe", &[4, 1], false, 7, &[r#"pwsh.exe -NoProfile -File D:\ops\{word}.ps1 -RunId {guid} -Batch {n}"#, r#""C:\Program Files\PowerShell\7\pwsh.exe" -NoLogo"#]),
    program(r"C:\Program Files\Git\cmd\git.exe", &[4, 6, 5], false, 16, &[r"git.exe -c core.quotepath=false fetch origin {word}-{n}", r"git.exe show --textconv {hex}:src/{word}/{word}.cs", r#"git.exe status --porcelain --untracked-files=all"#]),
    program(r"C:\Program Files\dotnet\dotnet.exe", &[5, 6], false, 10, &[r#""C:\Program Files\dotnet\dotnet.exe" build D:\src\{word}\{word}.csproj -c Release -p:BuildId={n} --nologo"#, r#""C:\Program Files\dotnet\dotnet.exe" exec "D:\src\{word}\bin\{word}.dll" --port {n} --token {guid}"#]),
    program(r"C:\Program Files\nodejs\node.exe", &[5], false, 9, &[r#""C:\Program Files\nodejs\node.exe" D:\src\web\node_modules\.bin\{word} --cache D:\cache\{hex} --workers {n}"#]),
    program(r"C:\Windows\System32\conhost.exe", &[5, 6, 7], false, 18, &[r"\??\C:\Windows\system32\conhost.exe 0xffffffff -ForceV1", r"\??\C:\Windows\system32\conhost.exe 0x{n}"]),
    program(r"C:\Windows\System32\taskhostw.exe", &[1], true, 9, &["taskhostw.exe", "taskhostw.exe {guid}"]),
    program(r"C:\Windows\System32\backgroundTaskHost.exe", &[1], false, 8, &[r#""C:\Windows\system32\backgroundTaskHost.exe" -ServerName:App.AppX{hex}.mca"#]),
    program(r"C:\Windows\System32\RuntimeBroker.exe", &[1], false, 7, &[r"C:\Windows\System32\RuntimeBroker.exe -Embedding"]),
    program(r"C:\Windows\System32\dllhost.exe", &[1], true, 8, &[r"C:\Windows\system32\DllHost.exe /Processid:{guid}"]),
    program(r"C:\Windows\System32\wbem\WmiPrvSE.exe", &[1], true, 6, &[r"C:\Windows\system32\wbem\wmiprvse.exe -secured -Embedding", r"C:\Windows\system32\wbem\wmiprvse.exe -Embedding"]),
    program(r"C:\Windows\System32\SearchProtocolHost.exe", &[1], true, 9, &[r#""C:\Windows\system32\SearchProtocolHost.exe" Global\UsGthrFltPipeMssGthrPipe{n}_ Global\UsGthrCtrlFltPipeMssGthrPipe{n} 1 -2147483646 "Software\Microsoft\Windows Search" "C:\ProgramData\Microsoft\Search\Data" "DownLevelDaemon""#]),
    program(r"C:\Windows\System32\rundll32.exe", &[1, 2], false, 4, &[r"C:\Windows\system32\rundll32.exe C:\Windows\System32\shell32.dll,SHCreateLocalServerRunDll {guid} -Embedding", r"rundll32.exe davclnt.dll,DavSetCookie {word}.northwind.example http://{word}.northwind.example/{n}"]),
    program(r"C:\Windows\System32\msiexec.exe", &[0], true, 2, &[r"C:\Windows\system32\msiexec.exe /V", r"C:\Windows\System32\MsiExec.exe -Embedding {hex}{hex}"]),
    program(r"C:\Program Files (x86)\Microsoft\EdgeUpdate\MicrosoftEdgeUpdate.exe", &[1], true, 5, &[r#""C:\Program Files (x86)\Microsoft\EdgeUpdate\MicrosoftEdgeUpdate.exe" /ua /installsource scheduler"#, r#""C:\Program Files (x86)\Microsoft\EdgeUpdate\MicrosoftEdgeUpdate.exe" /ping {hex}{hex}{hex}"#]),
    program(r"C:\Program Files\Microsoft Office\Root\Office16\WINWORD.EXE", &[2], false, 4, &[r#""C:\Program Files\Microsoft Office\Root\Office16\WINWORD.EXE" /n "C:\Users\anna\Documents\{word} {n}.docx" /o """#]),
    program(r"C:\Program Files\Microsoft Office\Root\Office16\EXCEL.EXE", &[2], false, 4, &[r#""C:\Program Files\Microsoft Office\Root\Office16\EXCEL.EXE" "D:\Shares\{word}\{word} {n}.xlsx""#]),
    program(r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24040.4-0\MpCmdRun.exe", &[1], true, 3, &[r#""C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24040.4-0\MpCmdRun.exe" GetDeviceTicket -AccessKey {guid}"#]),
    program(r"C:\Windows\System32\reg.exe", &[5], false, 3, &[r"reg  query HKLM\SOFTWARE\{word}\{word} /v {word}"]),
];

const fn program(
    image: &'static str,
    parents: &'static [usize],
    by_system: bool,
    weight: u64,
    patterns: &'static [&'static str],
) -> Program {
    Program { image, parents, by_system, weight, patterns }
}

const WORDS: [&str; 24] = [
    "orders", "billing", "ledger", "portal", "report", "stock", "worker", "agent", "monitor", "import", "export",
    "archive", "search", "login", "mailer", "printer", "planner", "payroll", "backup", "catalog", "gateway", "metrics",
    "session", "tracker",
];

/// Ready-made lines of each program, for those that occur again and again.
const REPEATED_LINES: usize = 24;

/// Chooses programs and makes command lines.
pub(super) struct CommandLines {
    /// A program's number as often as its weight.
    drawn: Vec<usize>,
    /// For each program lines in UTF-16, ready to be copied.
    repeated: Vec<Vec<Vec<u8>>>,
    empty: Vec<u8>,
}

impl CommandLines {
    pub(super) fn new(random: &mut Seeded) -> Self {
        let mut drawn = Vec::new();
        let mut repeated = Vec::new();
        for (number, program) in PROGRAMS.iter().enumerate() {
            drawn.extend((0..program.weight).map(|_| number));
            let lines = (0..REPEATED_LINES).map(|_| utf16(&fill(program, random)));
            repeated.push(lines.collect());
        }
        Self { drawn, repeated, empty: Vec::new() }
    }

    /// The number of a program to start.
    pub(super) fn draw(&self, random: &mut Seeded) -> usize {
        let place = random.index(self.drawn.len());
        self.drawn.get(place).copied().unwrap_or(1)
    }

    /// A line of that program which others have too.
    pub(super) fn repeated(&self, program: usize, random: &mut Seeded) -> &[u8] {
        let lines = self.repeated.get(program);
        lines.and_then(|lines| lines.get(random.index(REPEATED_LINES))).unwrap_or(&self.empty)
    }

    /// A line that no other event has: `serial` is part of it.
    pub(super) fn unique(&self, program: &Program, serial: u64, random: &mut Seeded) -> String {
        let mut line = fill(program, random);
        line.push_str(" --correlation ");
        push_number(serial, 36, &mut line);
        line
    }
}

pub(super) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn fill(program: &Program, random: &mut Seeded) -> String {
    let place = random.index(program.patterns.len());
    let pattern = program.patterns.get(place).copied().unwrap_or_default();
    let mut line = String::with_capacity(pattern.len() + 96);
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        line.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            rest = after;
            break;
        };
        match name {
            "n" => push_number(random.below(100_000), 10, &mut line),
            "hex" => push_number(random.next(), 16, &mut line),
            "guid" => line.push_str(&Guid(random.sixteen()).to_string()),
            _ => line.push_str(WORDS[random.index(WORDS.len())]),
        }
        rest = after;
    }
    line.push_str(rest);
    line
}

/// Faster than `format!` where no optimiser is at work.
fn push_number(mut number: u64, base: u64, text: &mut String) {
    let mut digits = [0_u8; 64];
    let mut start = digits.len();
    loop {
        start -= 1;
        let digit = u8::try_from(number % base).unwrap_or(0);
        digits[start] = if digit < 10 { b'0' + digit } else { b'a' + digit - 10 };
        number /= base;
        if number == 0 {
            break;
        }
    }
    for digit in &digits[start..] {
        text.push(char::from(*digit));
    }
}
