import Host
import Wire

/// A person's or lab's key that outlives machines: its public half, and how its signer is
/// reached. The home keeps no secret of it, unless the owner had the key made here.
public struct Identity: Equatable, Sendable {
    /// Where the secret key is.
    public enum Place: Equatable, Sendable {
        /// In a file that only the owner can read.
        case file(path: String)
        /// In an SSH agent: at this socket, or at the one of the session that asks.
        case agent(socket: String?)
        /// Behind a program: its path and arguments.
        case command([String])
    }

    /// Longest name.
    public static let nameBytesMax = 32
    /// Most words of a command, and bytes of one.
    static let (wordsMax, wordBytesMax) = (32, 1_024)

    /// What the owner calls it.
    public let name: String
    /// The public key.
    public let key: NodeKey
    /// Where its secret is.
    public let place: Place

    /// An identity; nil if the name or a path could not be kept.
    public init?(name: String, key: NodeKey, place: Place) {
        let words: [String] =
            switch place {
            case .file(let path): [path]
            case .agent(let socket): socket.map { [$0] } ?? []
            case .command(let words): words
            }
        guard Self.isName(name), words.count <= Self.wordsMax,
            words.allSatisfy({ word in
                word.utf8.count <= Self.wordBytesMax && PlainText.isPlain(word)
            })
        else { return nil }
        switch place {
        case .file(let path): guard path.hasPrefix("/") else { return nil }
        case .agent(let socket): guard socket?.hasPrefix("/") ?? true else { return nil }
        case .command(let words): guard words.first?.hasPrefix("/") == true else { return nil }
        }
        self.name = name
        self.key = key
        self.place = place
    }

    /// Lower-case letters, digits, `-` and `_`, a letter or digit first.
    public static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != 0x2d, first != 0x5f else { return false }
        return text.utf8.count <= nameBytesMax
            && text.utf8.allSatisfy { byte in
                (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2d
                    || byte == 0x5f
            }
    }

    private static let head = "plasmid-identity-1"

    /// The lines of its file.
    var lines: [String] {
        var lines = [Self.head, "key \(key.base32)"]
        switch place {
        case .file(let path): lines.append("file \(path)")
        case .agent(let socket): lines.append(socket.map { "agent \($0)" } ?? "agent")
        case .command(let words): lines += words.map { "command \($0)" }
        }
        return lines
    }

    /// The identity of a file's lines; nil for anything that `lines` does not write.
    init?(name: String, lines: [String]) {
        guard lines.count >= 3, lines[1].hasPrefix("key "),
            let key = NodeKey(base32: String(lines[1].dropFirst(4)))
        else { return nil }
        let rest = Array(lines.dropFirst(2))
        let place: Place
        if rest[0].hasPrefix("file ") {
            place = .file(path: String(rest[0].dropFirst(5)))
        } else if rest[0] == "agent" {
            place = .agent(socket: nil)
        } else if rest[0].hasPrefix("agent ") {
            place = .agent(socket: String(rest[0].dropFirst(6)))
        } else {
            place = .command(rest.map { String($0.dropFirst(8)) })
        }
        self.init(name: name, key: key, place: place)
        guard self.lines == lines else { return nil }
    }
}
