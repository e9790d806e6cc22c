/// The forms of text as JSON Schemas.
///
/// A pattern never refuses what `accepts` takes; where a regular expression cannot say a rule, it
/// says what it can. JSON Schema counts characters, which are never more than bytes.
extension TextForm {
    /// Characters that no text may hold, as a class of ECMA 262.
    private static let refused =
        #"\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f-\u1160\u17b4-\u17b5\u180b-\u180f"#
        + #"\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0"#
        + #"\ufff0-\ufffb\ufffe\uffff"#

    private static let numbers = #"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"#
    private static let prerelease =
        #"(-(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"#
        + #"(\.(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*)?"#
    private static let build = #"(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?"#

    /// The schema of a text of this form.
    var jsonSchema: JSONValue {
        switch self {
        case .plain(let max): Self.text("^[^\(Self.refused)]*$", max: max)
        case .path: Self.text(#"^[^/\\\#(Self.refused)]+(/[^/\\\#(Self.refused)]+)*$"#, max: 512)
        case .name:
            Self.text(
                #"^(?!.*(--|\.\.|\.git$))[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?$"#,
                max: LayerName.bytesMax)
        case .label:
            Self.text("^(?!.*--)[a-z0-9]([a-z0-9-]*[a-z0-9])?$", max: LayerName.labelBytesMax)
        case .version: Self.text("^\(Self.numbers)\(Self.prerelease)\(Self.build)$", max: 32)
        case .range: Self.text(#"^[0-9A-Za-z.+<>=~^*| -]+$"#, max: 256)
        case .decimal:
            Self.text(#"^(-?(0|[1-9][0-9]*)\.[0-9]*[1-9]|0|-?[1-9][0-9]*)$"#, max: 64)
        case .date: Self.text("^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$", max: 10)
        case .digest: Self.text("^[0-9a-f]{64}$", max: 64)
        case .key: Self.text("^[a-z2-7]{52}$", max: 52)
        case .hexadecimal(let bytes): Self.text("^[0-9a-f]{\(2 * bytes)}$", max: 2 * bytes)
        case .licence: Self.text("^[A-Za-z0-9.+: ()-]+$", max: 512)
        case .language: Self.text("^[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8})*$", max: 35)
        }
    }

    /// The schema of a name outside the standard, `x-…`.
    static let privateName = text("^x-[a-z0-9-]{1,62}$", max: 64)

    private static func text(_ pattern: String, max: Int) -> JSONValue {
        [
            "type": "string", "minLength": 1, "maxLength": .integer(Int64(max)),
            "pattern": .string(pattern),
        ]
    }
}
