import Genome
import Testing

@Suite("The JSON reader")
struct JSONParserTests {
    static let values: [(String, JSONValue)] = [
        ("null", .null), ("true", .bool(true)), ("false", .bool(false)),
        ("0", .integer(0)), ("-7", .integer(-7)), ("9223372036854775807", .integer(.max)),
        ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("1.5", .double(1.5)),
        ("1e2", .double(100)), ("-0", .double(0)),
        (#""a\u00e9\ud83d\ude00\n""#, .string("aé😀\n")),
        ("[]", .array([])), (" [ 1 , 2 ] ", .array([.integer(1), .integer(2)])),
        ("{}", .object(JSONObject([]))),
        (#"{ "b" : 1 , "a" : [ null ] }"#, ["b": 1, "a": .array([.null])]),
    ]

    @Test("reads every kind of value", arguments: values)
    func readsValues(_ text: String, _ value: JSONValue) throws {
        #expect(try Fixtures.parse(text) == value)
    }

    @Test("keeps the order of members")
    func keepsOrder() throws {
        #expect(try Fixtures.parse(#"{"b":1,"a":2}"#).object?.names == ["b", "a"])
    }

    @Test(
        "says where and why bytes are not JSON",
        arguments: [
            ("", 0, JSONFault.endsEarly), ("{", 1, .endsEarly),
            (#"{"a":1,"a":2}"#, 7, .duplicateName("a")),
            (#""\ud800""#, 1, .loneSurrogate), (#""\udc00x""#, 1, .loneSurrogate),
            (#""\ud800\u0041""#, 1, .loneSurrogate), (#""\x""#, 2, .badEscape),
            ("\"\u{1}\"", 1, .control),
            ("01", 1, .trailing), ("1 2", 2, .trailing), ("+1", 0, .unexpected(43)),
            ("1.", 2, .endsEarly), ("1e", 2, .endsEarly), (".5", 0, .unexpected(46)),
            ("-", 1, .endsEarly), ("1e999", 0, .badNumber), ("[1,]", 3, .unexpected(93)),
            ("{\"a\" 1}", 5, .unexpected(49)), ("{a:1}", 1, .unexpected(97)),
            ("tru", 3, .endsEarly),
            ("NaN", 0, .unexpected(78)), ("\u{feff}1", 0, .unexpected(0xef)),
            ("'a'", 0, .unexpected(39)),
        ])
    func refuses(_ text: String, _ offset: Int, _ fault: JSONFault) {
        #expect(
            Fixtures.fault { _ = try Fixtures.parse(text) } == .json(at: offset, fault),
            "\(text)")
    }

    @Test(
        "refuses bytes that are not UTF-8",
        arguments: [
            [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22],
        ] as [[UInt8]])
    func refusesBadUTF8(_ bytes: [UInt8]) {
        #expect(
            Fixtures.fault { _ = try JSONParser.parse(bytes, limits: Fixtures.limits) }
                == .json(at: 0, .notUTF8))
    }

    @Test("two spellings of one letter are two names")
    func namesAreCodePoints() throws {
        let value = try Fixtures.parse("{\"\u{e9}\":1,\"e\u{301}\":2}")
        #expect(value.object?.count == 2)
        #expect(value["e\u{301}"]?.integer == 2)
    }

    @Test("nesting beyond 32 is refused without recursion running away")
    func refusesDepth() throws {
        let fine = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        _ = try Fixtures.parse(fine)
        let deep = String(repeating: "[", count: 100_000)
        #expect(Fixtures.fault { _ = try Fixtures.parse(deep) } == .json(at: 32, .tooDeep))
    }

    @Test("length and number of values are limited")
    func refusesSize() {
        let small = JSONLimits(bytes: 8, values: 3)
        #expect(
            Fixtures.fault { _ = try JSONParser.parse(Array("[1,2,3,4]".utf8), limits: small) }
                == .tooLarge(what: "document", limit: 8))
        #expect(
            Fixtures.fault { _ = try JSONParser.parse(Array("[1,2,3]".utf8), limits: small) }
                == .json(at: 5, .tooMany))
        let digits = String(repeating: "1", count: 2_000)
        #expect(Fixtures.fault { _ = try Fixtures.parse(digits) } == .json(at: 0, .badNumber))
    }
}
