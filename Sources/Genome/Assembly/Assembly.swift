import Wire

/// Layers that act together: in which order, how strongly, and how they connect.
public struct Assembly: Hashable, Sendable {
    /// Most members: each is also a parent, of which a layer has no more.
    public static let membersMax = 64

    /// One layer of it.
    public struct Member: Hashable, Sendable {
        /// Layer id.
        public let layer: Digest
        /// Multiplies what it adds; 1 is as it was made.
        public let influence: Double
    }

    /// How one member stands to another.
    public struct Connection: Hashable, Sendable {
        /// How they connect.
        public enum Kind: String, CaseIterable, Sendable {
            /// The text of the first stands before that of the second.
            case sequential
            /// Both adapters add to the base, the second as strongly as the connection says.
            case parallel
            /// The second is passed by, as far as the connection says.
            case skip
            /// Both adapters become one before they run.
            case merge
        }

        /// The first.
        public let from: Digest
        /// The second.
        public let to: Digest
        /// How they connect.
        public let kind: Kind
        /// 0 to 1; 1 where nothing is said.
        public let strength: Double

        /// A connection.
        public init(from: Digest, to: Digest, kind: Kind, strength: Double = 1) {
            self.from = from
            self.to = to
            self.kind = kind
            self.strength = strength
        }
    }

    /// The members, in their order.
    public let members: [Member]
    /// How they connect.
    public let connections: [Connection]

    /// An assembly as a manifest states it. Refused if a layer stands twice, a connection joins
    /// something else than two members, joins them twice, closes a circle, or its strength is not
    /// between 0 and 1.
    public init(_ json: JSONValue) throws(GenomeError) {
        var members: [Member] = []
        for entry in json["layers"]?.array ?? [] {
            guard let layer = entry.digest("layer"),
                let influence = Double(entry["weight"]?.string ?? "1")
            else { throw .field(path: "assembly.layers", .missing) }
            guard !members.contains(where: { $0.layer == layer }) else {
                throw .field(path: "assembly.layers", .duplicate(layer.hexadecimal))
            }
            members.append(Member(layer: layer, influence: influence))
        }
        guard !members.isEmpty else {
            throw .field(path: "assembly.layers", .notAllowed("one layer or more"))
        }
        self.members = members
        var connections: [Connection] = []
        var pairs = Set<[Digest]>()
        let path = "assembly.connections"
        for entry in json["connections"]?.array ?? [] {
            guard let from = entry.digest("fromLayer"), let to = entry.digest("toLayer"),
                let name = entry["connectionType"]?.string,
                let kind = Connection.Kind(rawValue: name),
                let strength = Double(entry["strength"]?.string ?? "1")
            else { throw .field(path: path, .missing) }
            let isJoining = [from, to].allSatisfy { end in
                members.contains { $0.layer == end }
            }
            guard isJoining, from != to else {
                throw .field(path: path, .notAllowed("between two layers of the assembly"))
            }
            guard (0...1).contains(strength) else {
                throw .field(path: path, .notAllowed("of a strength between 0 and 1"))
            }
            guard pairs.insert([from, to]).inserted else {
                throw .field(path: path, .duplicate("a connection of the same two layers"))
            }
            connections.append(Connection(from: from, to: to, kind: kind, strength: strength))
        }
        self.connections = connections
        if let circle = Self.circle(members.map(\.layer), connections) {
            let words = circle.map { String($0.hexadecimal.prefix(8)) }.joined(separator: " → ")
            throw .field(path: path, .notAllowed("without a circle, but there is \(words)"))
        }
    }

    /// The members in an order that the connections allow, the earliest of the list first; nil if
    /// they form a circle.
    static func ordered(_ layers: [Digest], _ connections: [Connection]) -> [Digest]? {
        let (order, rest) = sorted(layers, connections)
        return rest.isEmpty ? order : nil
    }

    /// Takes layer after layer that none of the rest leads to; what is left hangs on a circle.
    private static func sorted(
        _ layers: [Digest], _ connections: [Connection]
    ) -> (order: [Digest], rest: [Digest]) {
        var leading: [Digest: Int] = [:]
        var targets: [Digest: [Digest]] = [:]
        for layer in layers { leading[layer] = 0 }
        for connection in connections where leading[connection.from] != nil {
            guard let count = leading[connection.to] else { continue }
            leading[connection.to] = count + 1
            targets[connection.from, default: []].append(connection.to)
        }
        var rest = layers
        var order: [Digest] = []
        while let free = rest.firstIndex(where: { leading[$0] == 0 }) {
            let layer = rest.remove(at: free)
            order.append(layer)
            for target in targets[layer] ?? [] { leading[target, default: 1] -= 1 }
        }
        return (order, rest)
    }

    /// The layers of a circle, the first one again at its end; nil if there is none.
    private static func circle(
        _ layers: [Digest], _ connections: [Connection]
    ) -> [Digest]? {
        let rest = sorted(layers, connections).rest
        var path: [Digest] = Array(rest.prefix(1))
        // Each layer of the rest has another of the rest before it, so going back ends in a circle.
        while let last = path.last,
            let before = connections.first(where: { $0.to == last && rest.contains($0.from) })
        {
            if let start = path.firstIndex(of: before.from) {
                return (path[start...] + [before.from]).reversed()
            }
            path.append(before.from)
        }
        return nil
    }
}
