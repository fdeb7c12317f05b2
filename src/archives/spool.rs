//! An archive within an archive that needs to be sought in: in memory if it is small, else in a file without a name.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use super::limits::Budget;
use super::meter::Metered;
use super::report::{Failure, Reason};

/// What is kept in memory at most.
const IN_MEMORY: usize = 8 << 20;

/// Bytes that can be sought in. The file has no name, and is gone when this is dropped.
pub(super) struct Spool {
    place: Place,
    on_disk: u64,
    budget: Arc<Budget>,
}

enum Place {
    Memory(Cursor<Vec<u8>>),
    Disk(File),
}

impl Spool {
    /// Takes up all that can be read, begun by `head`. What could not be read is in the failure of the source.
    ///
    /// # Errors
    /// Where there is no room for it.
    pub(super) fn fill(head: Vec<u8>, source: &mut Metered<'_>, folder: &Path) -> Result<Self, Failure> {
        let budget = Arc::clone(source.meter().budget());
        let mut memory = head;
        let wanted = (IN_MEMORY + 1).saturating_sub(memory.len()) as u64;
        // An error here is remembered by the source: what came before it is worth a look.
        let _ = source.by_ref().take(wanted).read_to_end(&mut memory);
        let mut spool = Self { place: Place::Memory(Cursor::default()), on_disk: 0, budget };
        if memory.len() <= IN_MEMORY {
            spool.place = Place::Memory(Cursor::new(memory));
            return Ok(spool);
        }
        let mut file = tempfile::tempfile_in(folder).map_err(|error| no_room(&error))?;
        let mut buffer = memory;
        let mut length = buffer.len();
        while length > 0 {
            spool.budget.take_spool(length as u64).map_err(|reason| Failure::new(reason, ""))?;
            spool.on_disk += length as u64;
            file.write_all(&buffer[..length]).map_err(|error| no_room(&error))?;
            buffer.resize(1 << 18, 0);
            length = read_some(source, &mut buffer);
        }
        file.rewind().map_err(|error| no_room(&error))?;
        spool.place = Place::Disk(file);
        Ok(spool)
    }
}

/// Reads, and takes an error for the end: the source remembers it.
fn read_some(source: &mut Metered<'_>, buffer: &mut [u8]) -> usize {
    loop {
        match source.read(buffer) {
            Ok(length) => return length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return 0,
        }
    }
}

fn no_room(error: &io::Error) -> Failure {
    Failure::new(Reason::SpoolSpace, error.to_string())
}

impl Drop for Spool {
    fn drop(&mut self) {
        self.budget.give_spool_back(self.on_disk);
    }
}

impl Read for Spool {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.place {
            Place::Memory(memory) => memory.read(buffer),
            Place::Disk(file) => file.read(buffer),
        }
    }
}

impl Seek for Spool {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        match &mut self.place {
            Place::Memory(memory) => memory.seek(position),
            Place::Disk(file) => file.seek(position),
        }
    }
}
