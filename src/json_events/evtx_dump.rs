//! What `evtx_dump` of the `evtx` crate writes, of all its versions, and with `--separate-json-attributes`.

use super::gathered::Gathered;
use super::leaves::Leaves;
use crate::event_log::SystemField;

/// Fills in the fields. A JSON null is an element without content here, which the reader of EVTX gives as an empty text.
pub(super) fn gather(leaves: &Leaves, out: &mut Gathered) {
    for (path, text) in leaves.iter() {
        let Some(path) = path.strip_prefix("Event.") else { continue };
        let path = path.strip_suffix(".#text").unwrap_or(path);
        if let Some(name) = path.strip_prefix("EventData.") {
            out.data(name, text.unwrap_or_default());
        } else if let (Some(name), Some(text)) = (path.strip_prefix("System."), text) {
            system(name, text, out);
        }
    }
}

fn system(name: &str, text: &str, out: &mut Gathered) {
    let field = match name {
        "Provider.#attributes.Name" | "Provider_attributes.Name" => SystemField::Provider,
        "Provider.#attributes.Guid" | "Provider_attributes.Guid" => SystemField::ProviderGuid,
        "EventID" => SystemField::EventId,
        "Version" => SystemField::Version,
        "EventRecordID" => SystemField::EventRecordId,
        "Channel" => SystemField::Channel,
        "Computer" => SystemField::Computer,
        "TimeCreated.#attributes.SystemTime" | "TimeCreated_attributes.SystemTime" => {
            // Old versions write no zone, and mean UTC.
            return out.time([Some(text)], || Some(0));
        }
        _ => return,
    };
    out.system(field, text);
}
