//! One event in every shape that a record can have.

use serde_json::json;

use super::*;

fn template_shapes() -> Vec<Shape> {
    let bodies = [BodyShape::Fragment, BodyShape::BareInstance, BodyShape::InlineElements, BodyShape::OuterTemplate];
    let nulls = [NullFields::Normal, NullFields::Optional, NullFields::Dependent];
    let mut shapes = Vec::new();
    for body in bodies {
        for nulls in nulls {
            for literal_provider in [false, true] {
                shapes.push(Shape::Template(TemplateShape { body, literal_provider, nulls }));
            }
        }
    }
    shapes
}

fn forwarded(time_digits: usize) -> Shape {
    Shape::Forwarded {
        time_digits,
        rendering: Some(Rendering {
            culture: "en-US".into(),
            message: "A <b> & c".into(),
            level: "Information".into(),
            keyword: "Audit Success".into(),
            ..Rendering::default()
        }),
    }
}

fn all_shapes() -> Vec<Shape> {
    let mut shapes = template_shapes();
    shapes.extend([forwarded(7), forwarded(9)]);
    shapes
}

#[test]
fn system_is_the_same_in_every_shape() {
    for shape in all_shapes() {
        let events = [sample(vec![field("Only", "x")], shape.clone())];
        let records = read(written(&events));
        let system = &records[0]["Event"]["System"];
        let provider = &system["Provider"]["#attributes"];
        assert_eq!(provider["Name"], "Sample-Provider", "{shape:?}");
        let guid = plain(&provider["Guid"]).to_lowercase();
        assert_eq!(guid, "{12345678-9abc-def0-0102-030405060708}");
        for (name, text) in [
            ("EventID", "4242"),
            ("Version", "3"),
            ("Level", "4"),
            ("Task", "77"),
            ("Opcode", "9"),
            ("Keywords", "0x8020000000000000"),
            ("EventRecordID", "9000000000"),
            ("Channel", "Sample/Operational"),
            ("Computer", "HOST-1.sample.example"),
        ] {
            assert_eq!(plain(&system[name]), text, "{name} in {shape:?}");
        }
        let time = plain(&system["TimeCreated"]["#attributes"]["SystemTime"]);
        let time = time.trim_end_matches('Z').trim_end_matches('0');
        assert_eq!(time, "2024-05-14T06:50:00.1234567", "{shape:?}");
        let execution = &system["Execution"]["#attributes"];
        assert_eq!(plain(&execution["ProcessID"]), "700");
        assert_eq!(plain(&execution["ThreadID"]), "704");
        let user = &system["Security"]["#attributes"]["UserID"];
        assert_eq!(user, "S-1-5-18");
    }
}

#[test]
fn correlation_stands_in_every_shape() {
    for shape in all_shapes() {
        let mut event = sample(vec![field("Only", "x")], shape.clone());
        event.activity_id = Some(Guid::new(1, 0, 0, [0; 8]));
        event.related_activity_id = Some(Guid::new(2, 0, 0, [0; 8]));
        event.qualifiers = Some(0x4000);
        let records = read(written(&[event]));
        let system = &records[0]["Event"]["System"];
        let correlation = &system["Correlation"]["#attributes"];
        let own = plain(&correlation["ActivityID"]);
        assert_eq!(own, "{00000001-0000-0000-0000-000000000000}", "{shape:?}");
        let related = plain(&correlation["RelatedActivityID"]);
        assert_eq!(related, "{00000002-0000-0000-0000-000000000000}");
        let event_id = &system["EventID"];
        assert_eq!(plain(&event_id["#attributes"]["Qualifiers"]), "16384");
        assert_eq!(plain(&event_id["#text"]), "4242", "{shape:?}");
    }
}

#[test]
fn text_with_markup_is_whole_in_every_shape() {
    let texts = ["a & b", "<x> && </x>", "&", "ends with >", "\"quoted\" 'too'", "tab\tand\r\nlines", ""];
    for shape in all_shapes() {
        for text in texts {
            let events = [sample(vec![field("One", text), field("Two", "2")], shape.clone())];
            let records = read(written(&events));
            let data = &records[0]["Event"]["EventData"];
            assert_eq!(plain(&data["One"]), text, "{shape:?}");
            assert_eq!(plain(&data["Two"]), "2", "{shape:?}");
        }
    }
}

#[test]
fn rendering_follows_the_data() {
    let records = read(written(&[sample(vec![field("Only", "x")], forwarded(7))]));
    let rendering = &records[0]["Event"]["RenderingInfo"];
    assert_eq!(rendering["#attributes"]["Culture"], "en-US");
    assert_eq!(rendering["Message"], "A <b> & c");
    assert_eq!(rendering["Keywords"]["Keyword"], "Audit Success");
}

#[test]
fn user_data_has_its_own_element_in_every_shape() {
    for shape in all_shapes() {
        let mut event = sample(Vec::new(), shape.clone());
        event.payload = Payload::UserData {
            element: "LogFileCleared".into(),
            namespace: "http://sample.example/log".into(),
            fields: vec![field("SubjectUserName", "anna"), field("Channel", "Sample")],
        };
        let records = read(written(&[event]));
        let cleared = &records[0]["Event"]["UserData"]["LogFileCleared"];
        assert_eq!(cleared["SubjectUserName"], "anna", "{shape:?}");
        assert_eq!(cleared["Channel"], "Sample", "{shape:?}");
    }
}

#[test]
fn events_without_payload() {
    for shape in all_shapes() {
        let mut event = sample(Vec::new(), shape.clone());
        event.payload = Payload::None;
        let records = read(written(&[event]));
        assert_eq!(plain(&records[0]["Event"]["System"]["EventID"]), "4242");
        assert!(records[0]["Event"].get("EventData").is_none(), "{shape:?}");
    }
}

#[test]
fn null_fields_stay_or_go_as_asked() {
    let null = |size| Value::Null { declared: ValueKind::UInt64, size };
    for (nulls, stays) in [(NullFields::Normal, true), (NullFields::Optional, true), (NullFields::Dependent, false)] {
        for body in [BodyShape::Fragment, BodyShape::BareInstance, BodyShape::OuterTemplate] {
            let shape = Shape::Template(TemplateShape { body, nulls, ..TemplateShape::default() });
            let fields =
                vec![field("Before", "1"), field("Empty", null(0)), field("Garbage", null(8)), field("After", "2")];
            let records = read(written(&[sample(fields, shape)]));
            let data = &records[0]["Event"]["EventData"];
            assert_eq!(data["Before"], "1");
            assert_eq!(data["After"], "2", "the filler of a NULL is no value");
            for name in ["Empty", "Garbage"] {
                assert_eq!(data.get(name).is_some(), stays, "{name} {nulls:?} {body:?}");
                assert_eq!(plain(&data[name]), "");
            }
        }
    }
}

#[test]
fn data_without_names_and_bytes() {
    let mut event = sample(Vec::new(), Shape::default());
    event.payload =
        Payload::EventData { fields: vec![field("", "first"), field("", "second")], binary: Some(vec![0xab, 0xcd]) };
    let records = read(written(&[event]));
    let data = &records[0]["Event"]["EventData"];
    assert_eq!(data["Data"]["#text"], json!(["first", "second"]));
    assert_eq!(data["Binary"], "ABCD");
}
