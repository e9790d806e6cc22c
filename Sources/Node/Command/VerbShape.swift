/// What a verb takes on the command line and what its help says: one table for the parser and for
/// `--help`.
struct VerbShape {
    /// One operand.
    struct Operand {
        /// How it is called in the usage line.
        let name: String
        /// Whether it must be there.
        let isRequired: Bool
        /// Whether more of its kind may follow; only the last one.
        var isRepeated = false

        static func required(_ name: String) -> Operand { Operand(name: name, isRequired: true) }
        static func optional(_ name: String) -> Operand { Operand(name: name, isRequired: false) }
        static func optionalMany(_ name: String) -> Operand {
            Operand(name: name, isRequired: false, isRepeated: true)
        }
        static func many(_ name: String) -> Operand {
            Operand(name: name, isRequired: true, isRepeated: true)
        }
    }

    /// One option.
    struct Option {
        /// What it takes.
        enum Value: Equatable {
            /// Nothing.
            case none
            /// One value, called so in the usage line.
            case one(String)
            /// A value each time it is given.
            case many(String)
            /// A value or nothing.
            case maybe(String)
        }

        /// Its name without the two hyphens.
        let name: String
        /// Other names that mean the same.
        let aliases: [String]
        /// What it takes.
        let value: Value
        /// What it means.
        let meaning: String
        /// Whether its part exists; if not it is refused and not shown.
        let isBuilt: Bool

        init(
            _ name: String, _ value: Value, _ meaning: String, aliases: [String] = [],
            isBuilt: Bool = true
        ) {
            self.name = name
            self.value = value
            self.meaning = meaning
            self.aliases = aliases
            self.isBuilt = isBuilt
        }
    }

    /// The verb.
    let name: String
    /// What it does, in one line.
    let summary: String
    /// What one should know, in one paragraph.
    let paragraph: String
    /// Command lines with what they do.
    let examples: [(line: String, meaning: String)]
    /// What it takes without hyphens.
    let operands: [Operand]
    /// What it takes with hyphens.
    let options: [Option]

    /// Options that every verb has.
    static let everywhere: [Option] = [
        Option("json", .none, "print one JSON object"),
        Option("help", .none, "show this help"),
    ]

    /// The option of that name or alias.
    func option(named name: String) -> Option? {
        (options + Self.everywhere).first { $0.name == name || $0.aliases.contains(name) }
    }
}
