use super::*;

fn parse<T>(line: &str, look: impl FnOnce(Document<'_>) -> T) -> T {
    look(Tape::new().parse(line.as_bytes()).unwrap())
}

fn error(line: &[u8]) -> (usize, &'static str) {
    let error = Tape::new().parse(line).unwrap_err();
    (error.column, error.reason)
}

#[test]
fn values_keep_their_text() {
    parse(
        r#" {"a": 1.0, "b": [1e2 , -0, "x\u0041"], "c": {}} "#,
        |document| {
            let root = document.root;
            assert_eq!(document.fault, None);
            assert_eq!(root.field("a").unwrap().raw(), "1.0");
            let list: Vec<&str> = root.field("b").unwrap().items().map(Json::raw).collect();
            assert_eq!(list, ["1e2", "-0", r#""x\u0041""#]);
            assert_eq!(root.field("c").unwrap().fields().count(), 0);
            assert!(root.field("d").is_none());
        },
    );
}

#[test]
fn only_integer_literals_of_64_bits_are_integers() {
    let integer = |text: &str| parse(text, |document| document.root.integer());
    assert_eq!(integer("100"), Some(100));
    assert_eq!(integer("-0"), Some(0));
    assert_eq!(integer("9223372036854775807"), Some(i64::MAX));
    assert_eq!(integer("-9223372036854775808"), Some(i64::MIN));
    for no in [
        "9223372036854775808",
        "-9223372036854775809",
        "100.0",
        "1e2",
        "\"100\"",
        "true",
    ] {
        assert_eq!(integer(no), None, "{no}");
    }
    assert_eq!(integer("100000000000000000000"), None);
}

#[test]
fn strings_are_borrowed_unless_escaped() {
    use std::borrow::Cow;
    let string = |text: &str| parse(text, |document| document.root.string().map(Cow::into_owned));
    assert_eq!(string(r#""plain é""#).as_deref(), Some("plain é"));
    assert_eq!(
        string(r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#).as_deref(),
        Some("\"\\/\u{8}\u{c}\n\r\té😀")
    );
    for half in [
        r#""\ud83d""#,
        r#""\ude00x""#,
        r#""\ud83d\u0041""#,
        r#""\ud83dxx""#,
    ] {
        assert_eq!(string(half), None, "{half}");
    }
}

#[test]
fn what_is_not_json_has_a_column_and_a_reason() {
    assert_eq!(error(b"{"), (2, "expected a key in double quotes"));
    assert_eq!(error(b"[1 2]"), (4, "expected `,` or `]`"));
    assert_eq!(error(br#"{"a" 1}"#), (6, "expected `:`"));
    assert_eq!(error("[\"é\", x]".as_bytes()), (7, "expected a JSON value"));
    assert_eq!(error(b"[01]"), (3, "a number with a leading zero"));
    assert_eq!(error(b"[\"a\xff\"]"), (4, "not UTF-8"));
    assert_eq!(
        error(b"{} {}"),
        (4, "expected the end of the line after the value")
    );
    for bad in [
        "",
        "nul",
        "[1,]",
        "{\"a\":1,}",
        "+1",
        ".5",
        "1.",
        "1e",
        "-",
        "--1",
        "[",
        "]",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\t\"",
        "'a'",
        "{a:1}",
        "\u{feff}{}",
        "NaN",
        "[1}",
        "{\"a\":1]",
        "\"abc",
        "\"abcdefgh",
        "truex",
        "{\"a\":}",
        "\"\\",
        "\"\\u12",
    ] {
        let _ = error(bad.as_bytes());
    }
}

#[test]
fn a_key_given_twice_is_a_fault_with_a_place() {
    for (line, path) in [
        (r#"{"a":1,"b":{"c":1,"d":2,"c":3}}"#, "b.c"),
        (r#"{"a":[0,{"x":1,"\u0078":2}]}"#, "a[1].x"),
        (r#"{"a":1,"a":{"b":1,"b":1}}"#, "a"),
    ] {
        parse(line, |document| {
            let Some(Fault::DuplicateKey(offset)) = document.fault else {
                panic!("{line}")
            };
            assert_eq!(document.root.path_to(offset), path);
        });
    }
    let many: Vec<String> = (0..1000).map(|n| format!("\"k{n}\":{n}")).collect();
    let line = format!("{{{}}}", many.join(","));
    assert_eq!(parse(&line, |document| document.fault), None);
    let line = format!("{{{},\"k500\":0}}", many.join(","));
    assert!(matches!(
        parse(&line, |document| document.fault),
        Some(Fault::DuplicateKey(_))
    ));
}

#[test]
fn nesting_is_a_fault_only_beyond_the_limit() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!(parse(&nested(MAX_DEPTH), |document| document.fault), None);
    for depth in [MAX_DEPTH + 1, MAX_DEPTH + 2, 100_000] {
        let fault = parse(&nested(depth), |document| document.fault);
        assert_eq!(fault, Some(Fault::TooDeep(MAX_DEPTH)));
    }
    let objects = "{\"a\":".repeat(200) + "1" + &"}".repeat(200);
    assert!(matches!(
        parse(&objects, |document| document.fault),
        Some(Fault::TooDeep(_))
    ));
    assert_eq!(
        error("[".repeat(1000).as_bytes()).1,
        "the line ends where a JSON value was expected"
    );
}

mod laws {
    use super::*;
    use proptest::prelude::*;

    /// JSON text of every kind, spaces and escapes included.
    fn json() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_string()),
            Just("true".to_string()),
            "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?",
            "\"([ -!#-\\[\\]-~éß漢😀]|\\\\[\"\\\\/bfnrt]|\\\\u00[0-9a-f]{2}){0,20}\"",
        ];
        leaf.prop_recursive(5, 40, 6, |inner| {
            let key = "\"[a-z]{1,3}\"";
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6)
                    .prop_map(|items| format!("[{}]", items.join(" , "))),
                prop::collection::btree_map(key, inner, 0..6).prop_map(|fields| {
                    let fields: Vec<String> = fields
                        .iter()
                        .map(|(key, value)| format!("{key} : {value}"))
                        .collect();
                    format!("{{{}}}", fields.join(","))
                }),
            ]
        })
    }

    /// Print a cursor back with the writer's own spelling.
    fn print(json: Json<'_>, out: &mut Vec<u8>) {
        match json.kind() {
            Kind::String => print_string(out, &json.string().unwrap()),
            Kind::Array => {
                out.push(b'[');
                for (index, item) in json.items().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    print(item, out);
                }
                out.push(b']');
            }
            Kind::Object => {
                out.push(b'{');
                for (index, (key, value)) in json.fields().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    print(key, out);
                    out.push(b':');
                    print(value, out);
                }
                out.push(b'}');
            }
            _ => out.extend_from_slice(json.raw().as_bytes()),
        }
    }

    proptest! {
        /// Printing what was parsed, parsing it and printing again changes nothing.
        #[test]
        fn prop_parse_and_print_are_inverse(text in json()) {
            let mut tape = Tape::new();
            let mut printed = Vec::new();
            print(tape.parse(text.as_bytes()).unwrap().root, &mut printed);
            let mut again = Vec::new();
            print(tape.parse(&printed).unwrap().root, &mut again);
            prop_assert_eq!(&printed, &again);
            let before: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            let after: serde_json::Value = serde_json::from_slice(&printed).unwrap_or_default();
            prop_assert_eq!(before, after);
        }

        /// The same lines are JSON here as elsewhere.
        #[test]
        fn prop_grammar_agrees_with_serde_json(text in "[\\[\\]{}:,\"\\\\a0-9.eE+ tn-]{0,24}") {
            let ours = Tape::new().parse(text.as_bytes()).is_ok();
            let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(ours, theirs, "{}", text);
        }

        /// No bytes make the scanner panic.
        #[test]
        fn prop_any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Tape::new().parse(&bytes);
        }
    }
}
