/// The members of a JSON object in the order of the text, no name twice.
///
/// Names are compared code point by code point: Swift's own `==` on text would take two spellings
/// of one accented letter for the same name, which RFC 8785 does not.
public struct JSONObject: Sendable {
    /// One name with its value.
    public struct Member: Sendable {
        /// The name.
        public let name: String
        /// The value.
        public var value: JSONValue

        /// A member.
        public init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The members in order.
    public private(set) var members: [Member]

    /// An object of members whose names differ; a repeated name is our own mistake.
    public init(_ members: [Member] = []) {
        precondition(
            Set(members.map { ExactText($0.name) }).count == members.count,
            "an object holds each name once")
        self.members = members
    }

    /// An object of members that the parser has compared already.
    init(distinct members: [Member]) {
        self.members = members
    }

    /// The value of that name; setting nil removes it.
    public subscript(name: String) -> JSONValue? {
        get { position(of: name).map { members[$0].value } }
        set {
            switch (position(of: name), newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// The names in order.
    public var names: [String] { members.map(\.name) }

    /// Whether there are no members.
    public var isEmpty: Bool { members.isEmpty }

    /// Number of members.
    public var count: Int { members.count }

    private func position(of name: String) -> Int? {
        members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
    }
}

extension JSONObject: Equatable {
    /// Equal when the same names have equal values, in any order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        let values = Dictionary(
            uniqueKeysWithValues: right.members.map { (ExactText($0.name), $0.value) })
        return left.members.allSatisfy { values[ExactText($0.name)] == $0.value }
    }
}

/// Text that equals only the same code points.
struct ExactText: Hashable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: ExactText, right: ExactText) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Text of the same code points hashes alike, which is all that hashing promises.
    func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }
}
