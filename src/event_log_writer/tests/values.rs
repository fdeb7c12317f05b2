//! Every type of value, and the ends of what each can hold.

use serde_json::json;

use super::*;

#[test]
fn every_kind_of_value_comes_back() {
    let fields = vec![
        field("text", "Grüße, мир, 日本, 😀"),
        field("ended", Value::terminated("ended")),
        field("ansi", Value::Ansi(b"plain".to_vec())),
        field("int8", Value::Int8(-8)),
        field("uint8", Value::UInt8(8)),
        field("int16", Value::Int16(-16)),
        field("uint16", Value::UInt16(16)),
        field("int32", Value::Int32(-32)),
        field("uint32", Value::UInt32(32)),
        field("int64", Value::Int64(i64::MIN)),
        field("uint64", Value::UInt64(u64::MAX)),
        field("real32", Value::Real32(0.5)),
        field("real64", Value::Real64(-0.25)),
        field("bool", Value::Bool(true)),
        field("binary", Value::Binary(vec![0xde, 0xad])),
        field("guid", Value::Guid(Guid::new(1, 2, 3, [4; 8]))),
        field("pointer32", Value::Pointer32(0x1234)),
        field("pointer64", Value::Pointer64(0x12_3456_789a)),
        field("size32", Value::SizeT32(0xffff)),
        field("size64", Value::SizeT64(0x1_0000_0000)),
        field("filetime", Value::Filetime(TIME)),
        field("systemtime", Value::SystemTime([2024, 5, 2, 14, 9, 31, 7, 25])),
        field("sid", Value::Sid(Sid::new(5, &[21, 1, 2, 3, 500]))),
        field("hex32", Value::Hex32(0xff)),
        field("hex64", Value::Hex64(0x3e7)),
        field("null", Value::null()),
    ];
    let records = read(written(&[sample(fields, Shape::default())]));
    let expected = json!({
        "text": "Grüße, мир, 日本, 😀", "ended": "ended", "ansi": "plain",
        "int8": -8, "uint8": 8, "int16": -16, "uint16": 16, "int32": -32, "uint32": 32,
        "int64": i64::MIN, "uint64": u64::MAX, "real32": "0.5", "real64": "-0.25", "bool": true,
        "binary": "DEAD", "guid": "{00000001-0002-0003-0404-040404040404}",
        "pointer32": "0x1234", "pointer64": "0x123456789a",
        "size32": "0xffff", "size64": "0x100000000",
        "filetime": "2024-05-14T06:50:00.1234567Z", "systemtime": "2024-05-14T09:31:07.0250000Z",
        "sid": "S-1-5-21-1-2-3-500", "hex32": "0xff", "hex64": "0x3e7", "null": ""
    });
    assert_eq!(records[0]["Event"]["EventData"], expected);
}

/// The bytes themselves, since readers differ in what they show of such text.
#[test]
fn odd_text_is_written_unit_by_unit() {
    let units = vec![0x41, 0xd800, 0x42, 0, 0xdc00, 0x43, 0];
    let log = written(&[sample(vec![field("odd", Value::Text(units.clone()))], Shape::default())]);
    let bytes: Vec<u8> = units.into_iter().flat_map(u16::to_le_bytes).collect();
    let found = log.windows(bytes.len()).filter(|part| *part == bytes);
    assert_eq!(found.count(), 1);
    // The reader must get through it, whatever it makes of the surrogates.
    assert_eq!(read_lenient(log), 1);
}

/// The number of records that can be read at all.
fn read_lenient(log: Vec<u8>) -> usize {
    EvtxParser::from_buffer(log).unwrap().records_json_value().count()
}

#[test]
fn text_arrays() {
    let texts = ["one", "two", ""].map(|text| text.encode_utf16().collect());
    let fields = vec![field("list", Value::TextArray(texts.to_vec()))];
    let log = written(&[sample(fields, Shape::default())]);
    let bytes: Vec<u8> = "one\0two\0\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(log.windows(bytes.len()).any(|part| part == bytes));
    let text = read(log)[0]["Event"]["EventData"].to_string();
    assert!(text.contains("one") && text.contains("two"), "{text}");
}

#[test]
fn times_at_the_ends_of_the_range() {
    for time in [0, 1, TIME, 0x7fff_ffff_ffff_ffff, u64::MAX] {
        let mut event = sample(vec![field("Only", "x")], Shape::default());
        event.time = time;
        let log = written(&[event]);
        let header_time = &log[4096 + 512 + 16..4096 + 512 + 24];
        assert_eq!(header_time, time.to_le_bytes());
        let written_times = log.windows(8).filter(|part| *part == time.to_le_bytes()).count();
        assert!(written_times >= 2, "in the header and in System: {time:#x}");
    }
}

#[test]
fn the_longest_value_fits_and_a_longer_one_is_refused() {
    let long = |units: usize| sample(vec![field("long", Value::Text(vec![0x78; units]))], Shape::default());
    let records = read(written(&[long(30_000)]));
    let text = plain(&records[0]["Event"]["EventData"]["long"]);
    assert_eq!(text.len(), 30_000);

    let mut writer = EventLogWriter::in_memory().unwrap();
    writer.write(&long(10)).unwrap();
    let too_large = writer.write(&long(40_000)).unwrap_err();
    assert!(matches!(too_large, WriteError::ValueTooLarge { .. }));
    let too_large = writer.write(&long(32_500)).unwrap_err();
    assert!(matches!(too_large, WriteError::RecordTooLarge { .. }));
    let mut last = long(20);
    last.header_record_id = Some(2);
    writer.write(&last).unwrap();
    assert_eq!(read(writer.finish().unwrap().into_inner()).len(), 2);
}
