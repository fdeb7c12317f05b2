//! The example logs: one day at a made-up company, with an intrusion in it.
//!
//! Three hosts of Northwind, all times UTC on 2024-05-14:
//!
//! - `WKS-FIN-07`, the finance workstation of `m.keller`, a local administrator without UAC:
//!   Security (4688 version 2), Sysmon and System logs. Here a document's macro starts it all.
//! - `WKS-DEV-02`, the workstation of the developer `j.novak`: Security 4688 version 2. Command
//!   lines are recorded from 15:00 on only; before, the field is there and empty.
//! - `SRV-APP-01`, a server: its Security log begins where the intruder cleared it, at 15:51; what
//!   was before is in a collector's ForwardedEvents, until forwarding was stopped at 15:48.
//!
//! The module `intrusion` lists each step. Everything is made from fixed lists and a seeded
//! generator, so the files are the same wherever and whenever they are written.

mod intrusion;
mod logs;
mod machine;
mod ordinary_day;
mod other_events;
mod programs;

use std::io;
use std::path::{Path, PathBuf};

use super::identity::Sid;
use super::process_events::Account;
use machine::{DOMAIN_SID, Machine, User};

pub use intrusion::SCRIPT;

/// Writes the example logs into `directory`, which is made if it is not there, and gives their
/// paths. Files of the same names are overwritten.
///
/// # Errors
/// The directory or a file cannot be written.
pub fn write_scene(directory: &Path) -> io::Result<Vec<PathBuf>> {
    std::fs::create_dir_all(directory)?;
    let mut paths = Vec::new();
    let mut save = |name: &str, log: Vec<u8>| -> io::Result<()> {
        let path = directory.join(name);
        std::fs::write(&path, log)?;
        paths.push(path);
        Ok(())
    };

    let mut finance = finance();
    let mut launches = ordinary_day::on_finance(&mut finance);
    launches.extend(intrusion::on_finance());
    let others = other_events::on_finance(&mut finance);
    let day = finance.run(launches, others)?;
    save("WKS-FIN-07_Security.evtx", logs::security(&finance, &day)?)?;
    save("WKS-FIN-07_Sysmon.evtx", logs::sysmon(&finance, &day)?)?;
    save("WKS-FIN-07_System.evtx", logs::system(&mut finance)?)?;

    let mut developer = developer();
    let mut launches = ordinary_day::on_developer(&mut developer);
    launches.extend(intrusion::on_developer());
    let others = other_events::on_developer(&mut developer);
    let day = developer.run(launches, others)?;
    save("WKS-DEV-02_Security.evtx", logs::security_with_late_command_lines(&developer, &day)?)?;

    let mut server = server();
    let mut launches = ordinary_day::on_server(&mut server);
    launches.extend(intrusion::on_server());
    let others = other_events::on_server(&mut server);
    let day = server.run(launches, others)?;
    save("ForwardedEvents.evtx", logs::forwarded(&server, &day)?)?;
    save("SRV-APP-01_Security.evtx", logs::security_after_clearing(&server, &day)?)?;
    Ok(paths)
}

fn domain_user(name: &'static str, relative_id: u32, logon_id: u64) -> Account {
    let parts = [DOMAIN_SID.as_slice(), &[relative_id]].concat();
    Account { sid: Sid::new(5, &parts), name: name.into(), domain: "NORTHWIND".into(), logon_id }
}

fn finance() -> Machine {
    let keller =
        User { account: domain_user("m.keller", 1147, 0x5_2c1f), session: 1, elevation: 1936, integrity: 12288 };
    let support = User {
        account: Account {
            sid: Sid::new(5, &[21, 2_211_044_813, 390_155_207, 3_048_811_120, 1004]),
            name: "Supp0rt".into(),
            domain: "WKS-FIN-07".into(),
            logon_id: 0x41_a7d3,
        },
        session: 2,
        elevation: 1938,
        integrity: 8192,
    };
    Machine::new("WKS-FIN-07.northwind.example", vec![keller, support])
}

fn developer() -> Machine {
    let novak = User { account: domain_user("j.novak", 1162, 0x6_0e88), session: 1, elevation: 1938, integrity: 8192 };
    Machine::new("WKS-DEV-02.northwind.example", vec![novak, administrator(0x3f_9c02)])
}

fn server() -> Machine {
    let at_desktop = administrator(0x1d_44b1);
    Machine::new("SRV-APP-01.northwind.example", vec![at_desktop, administrator(0x2e_8f60)])
}

/// The domain administrator, in another session each time.
fn administrator(logon_id: u64) -> User {
    User {
        account: domain_user("a.brandt", 1105, logon_id),
        session: if logon_id == 0x1d_44b1 { 2 } else { 0 },
        elevation: 1936,
        integrity: 12288,
    }
}
