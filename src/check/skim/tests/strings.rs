//! Strings: formats and patterns.

use serde_json::json;

use super::{Subject, check, check_strings};

#[test]
fn formats_pass_beyond_doubt() {
    let table: [(&str, &[&str], &[&str]); 13] = [
        (
            "uuid",
            &["01234567-89ab-cdef-0123-456789ABCDEF"],
            &["0123456789abcdef0123456789abcdef", "g1234567-89ab-cdef-0123-456789abcdef"],
        ),
        (
            "date",
            &["2024-02-28", "1999-12-31", "0000-04-30"],
            &["2023-02-29", "2024-04-31", "2024-13-01", "2024-00-01", "2024-1-1", "2024-01-00", "24-01-01"],
        ),
        (
            "date-time",
            &["2024-01-31T23:59:59Z", "2024-01-31t00:00:00.123456+05:30"],
            &[
                "2024-01-31",
                "2024-01-31 00:00:00Z",
                "2024-01-31T24:00:00Z",
                "2024-01-31T00:00:00",
                "2024-01-31T00:00:00.Z",
                "2024-01-31T00:00:00+0530",
            ],
        ),
        ("time", &["12:30:00Z", "12:30:00.5-01:00"], &["12:30", "12:60:00Z", "12:30:00+24:00"]),
        ("email", &["a.b+c@example.org"], &["a", "a@b@c.d", ".a@b.c", "a..b@c.d", "a@-b.c", "\\\"a\\\"@b.c"]),
        ("hostname", &["example.org", "a-b.c1", "localhost"], &["", "a.", "-a", "a_b", "a--", "xn--a"]),
        ("ipv4", &["127.0.0.1"], &["127.0.0.256", "127.0.0", "01.2.3.4"]),
        ("ipv6", &["::1", "2001:db8::8:800:200c:417a"], &["::1::", "1"]),
        (
            "uri",
            &[
                "https://example.org",
                "http://a.b:8080/c/d?e=f&g#h",
                "about:blank",
                "urn:a:b/c",
                "a:",
                "http://a?b",
                "http://a#b",
            ],
            &["example.org", "https://", "https:///a", "https://a b/", "https://a/<b>", "https://a:x/"],
        ),
        (
            "uri-reference",
            &["", "/", "/a/b:c?d#e", "urn:x", "a", "a/b:c", "?a:b", "#", "%20"],
            &["//a:b", "a b", "/a##", "1a:b", "%2", "%", "a%#20", "/%zz"],
        ),
        ("byte", &["", "aGk=", "aGk"], &["a", "aGk*", "===="]),
        ("duration", &[], &["P1D"]),
        ("whatever", &["", "anything"], &[]),
    ];
    for (format, passing, others) in table {
        let schema = json!({ "type": "string", "format": format });
        check_strings(&schema, passing, others);
    }
    check(&json!({ "format": "uuid" }), &["1", "null"], &["\"\\u0030\""]);
}

#[test]
fn patterns_pass_where_they_are_a_row_of_characters() {
    let table: [(&str, &[&str], &[&str]); 16] = [
        ("^[A-Z]{2}-[0-9]{1,3}$", &["AB-1", "AB-123"], &["AB-1234", "ab-1", "AB-", "é", "xAB-1"]),
        (
            "^prd_[0-9a-hjkmnp-tv-z]{26}$",
            &["prd_01jx3ea2v7d8k9mnpqrst0vwxy"],
            &["prd_1", "ord_01jx3ea2v7d8k9mnpqrst0vwxy"],
        ),
        ("^/v1/prices", &["/v1/prices", "/v1/prices/1?é"], &["/v1/price", "a/v1/prices"]),
        ("^[1-9]\\d*$", &["1", "10"], &["0", "01", "1a", ""]),
        ("^[\\w.-]+@\\w+\\.[a-z]?$", &["a.b-c@d.", "a@d.e"], &["a@d", "@d.e", "a@d.ee"]),
        ("^[^/\\]]*$", &["", "a b\u{7f}"], &["a/b", "]", "é"]),
        ("^[-a]+[b-]$", &["-a-b", "aab"], &["c", "-", "aa-"]),
        ("^", &["", "é"], &[]),
        ("^a+ab$", &[], &["aab", "ab"]),
        ("[a-z]", &[], &["a"]),
        ("^(a|b)$", &[], &["a"]),
        ("^a|b", &[], &["a"]),
        ("^a.c$", &[], &["abc"]),
        ("^a+?$", &[], &["a"]),
        ("^[a--b]$", &[], &["a"]),
        ("^\\bé$", &[], &["é"]),
    ];
    for (pattern, passing, others) in table {
        let schema = json!({ "pattern": pattern });
        check_strings(&schema, passing, others);
        check(&schema, &[], &["\"\\u0061\""]);
    }
    for wrong in [
        "^[z-a]$",
        "^[a",
        "^a{",
        "^a{1",
        "^a{,2}",
        "^a{3,1}$",
        "^\\",
        "^[\\w-z]",
        "^[&&a]",
        "^*",
        "^a{99999999999999999999}",
    ] {
        assert!(!Subject::new(&json!({ "pattern": wrong })).passes(b"\"aaaa\""), "{wrong}");
    }
}
