import Genome
import Host
import Store
import Wire

/// Which network a node belongs to: its name, its id, its founding peers, and the key of a
/// private swarm.
struct NetworkFile: Sendable {
    /// Longest file that is read.
    private static let bytesMax = 65_536
    private static let prefix = Array("plasmid-network-v1".utf8)

    /// Name for people.
    let name: String
    /// Nodes of different ids never meet.
    let id: Digest
    /// Peers that a new node dials.
    let founders: [Ticket]
    /// The key of a private swarm (32 bytes); nil in an open network.
    let swarmKey: [UInt8]?

    /// The open network that nodes belong to when nothing else is said.
    static let standard = NetworkFile(
        name: "plasmid", id: identifier(name: "plasmid"), founders: [], swarmKey: nil)

    /// BLAKE2b-256 of `plasmid-network-v1` and the name.
    static func identifier(name: String) -> Digest {
        guard
            let id = Digest(bytes: Sodium.blake2b(prefix + Array(name.utf8), count: 32))
        else { preconditionFailure("BLAKE2b-256 has 32 bytes") }
        return id
    }

    private init(name: String, id: Digest, founders: [Ticket], swarmKey: [UInt8]?) {
        self.name = name
        self.id = id
        self.founders = founders
        self.swarmKey = swarmKey
    }

    /// Reads `network.json`: `{"name", "id", "founders": [TICKET], "swarmKey"?}`.
    init(path: String) throws(Failure) {
        let bytes: [UInt8]
        do {
            bytes = try File(path, .read).readAll(limit: Self.bytesMax)
        } catch {
            throw Failure(.refused, "the network file \(path) cannot be read: \(error.reason)")
        }
        let json = try inGenome("reading the network file") { () throws(GenomeError) in
            try JSONParser.parse(bytes, limits: JSONLimits(bytes: Self.bytesMax))
        }
        guard let name = json["name"]?.string, PlainText.isPlain(name),
            let id = json["id"]?.string.flatMap({ Digest(hexadecimal: $0) })
        else {
            throw Failure(
                .refused, "the network file \(path) has no name or id",
                remedy: "copy bootstrap/network.json anew")
        }
        var founders: [Ticket] = []
        for text in (json["founders"]?.array ?? []).compactMap(\.string) {
            guard let ticket = try? Ticket(text: text) else {
                throw Failure(.refused, "\(path) holds a founder that is not a ticket")
            }
            founders.append(ticket)
        }
        let key = json["swarmKey"]?.string.map { Base32.decode($0) ?? [] }
        guard key == nil || key?.count == 32 else {
            throw Failure(.refused, "\(path) holds a swarm key that is not 32 bytes of base32")
        }
        self.init(name: name, id: id, founders: founders, swarmKey: key)
    }

    /// The network of a home: its own `network.json`, or the standard one.
    static func of(home: String) throws(Failure) -> NetworkFile {
        let path = home + "/network.json"
        return Directory.exists(path) ? try NetworkFile(path: path) : standard
    }
}
