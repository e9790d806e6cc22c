/// A file key, wrapped for one X25519 key: the header of age v1 with one stanza. In front of a
/// sealed file it makes a file that `age` opens.
///
///     age-encryption.org/v1
///     -> X25519 <share>
///     <wrapped file key>
///     --- <mac>
///
/// Always 168 bytes. Of headers by others more stanzas are read, to `stanzasMax`.
public struct AgeHeader: Equatable, Sendable {
    /// Longest header that is read, in bytes: sixteen stanzas with room to spare.
    public static let bytesMax = 8_192
    /// Most stanzas that are read, each of which costs an X25519 multiplication.
    public static let stanzasMax = 16

    private static let version = "age-encryption.org/v1"
    private static let purpose = "age-encryption.org/v1/X25519"
    private static let stanza = "-> X25519 "
    private static let end = "---"
    private static let lineMax = 64

    /// The bytes, with the line feed at the end.
    public let bytes: [UInt8]
    /// Everything up to the three dashes: what the authentication code covers.
    private let covered: [UInt8]
    private let code: [UInt8]
    /// Shares and wrapped keys of the stanzas of this kind.
    private let stanzas: [(share: [UInt8], wrapped: [UInt8])]

    /// Equal bytes.
    public static func == (left: AgeHeader, right: AgeHeader) -> Bool { left.bytes == right.bytes }

    /// The header that wraps `key` for a public X25519 key of 32 bytes; nil where that is none.
    public init?(wrapping key: FileKey, for recipient: [UInt8]) {
        self.init(wrapping: key, for: recipient, secret: Sodium.random(count: 32))
    }

    /// The same with the secret of the share, which must never have been used before.
    init?(wrapping key: FileKey, for recipient: [UInt8], secret: [UInt8]) {
        guard recipient.count == 32,
            let shared = Sodium.exchange(secret: secret, publicKey: recipient)
        else { return nil }
        let share = Sodium.exchangePublicKey(secret: secret)
        let wrapped = Self.wrapped(
            key, KeyDerivation.derive(from: shared, salt: share + recipient, for: Self.purpose))
        let text =
            "\(Self.version)\n\(Self.stanza)\(Self.encode(share))\n\(Self.encode(wrapped))\n"
            + Self.end
        covered = Array(text.utf8)
        code = Self.code(over: covered, key)
        bytes = covered + Array(" \(Self.encode(code))\n".utf8)
        stanzas = [(share, wrapped)]
    }

    /// The file key, if one of the stanzas wraps it for the X25519 key of this secret and the
    /// header is as it was made; nil otherwise.
    public func unwrapped(secret: [UInt8]) -> FileKey? {
        guard secret.count == 32 else { return nil }
        let recipient = Sodium.exchangePublicKey(secret: secret)
        for stanza in stanzas {
            guard let shared = Sodium.exchange(secret: secret, publicKey: stanza.share) else {
                continue
            }
            let key = KeyDerivation.derive(
                from: shared, salt: stanza.share + recipient, for: Self.purpose)
            guard let found = Self.unwrapped(stanza.wrapped, key) else { continue }
            return Sodium.isEqual(Self.code(over: covered, found), code) ? found : nil
        }
        return nil
    }

    private static func code(over bytes: [UInt8], _ key: FileKey) -> [UInt8] {
        Sodium.hmacSha256(key: key.derived(salt: [], for: "header"), bytes)
    }

    private static let zeroNonce = [UInt8](repeating: 0, count: 12)

    private static func wrapped(_ key: FileKey, _ wrapKey: [UInt8]) -> [UInt8] {
        var wrapped = [UInt8](repeating: 0, count: FileKey.byteCount + Limits.tagBytes)
        var span = wrapped.mutableSpan
        var target = span.mutableBytes
        Sodium.seal(key.bytes.span.bytes, key: wrapKey, nonce: zeroNonce, into: &target)
        return wrapped
    }

    private static func unwrapped(_ wrapped: [UInt8], _ wrapKey: [UInt8]) -> FileKey? {
        var plain = [UInt8](repeating: 0, count: FileKey.byteCount)
        var span = plain.mutableSpan
        var target = span.mutableBytes
        guard
            Sodium.open(wrapped.span.bytes, key: wrapKey, nonce: zeroNonce, into: &target)
        else { return nil }
        return FileKey(bytes: plain)
    }

    private static func encode(_ bytes: [UInt8]) -> String { Base64.encode(bytes, isPadded: false) }

    /// The bytes of a text without padding; nil for any other way to write them.
    private static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let text = String(text)
        return Base64.decode(text).flatMap { encode($0) == text ? $0 : nil }
    }
}

extension AgeHeader {
    /// The header at the start of `bytes`, by the strict grammar of age v1; nil for anything else.
    /// Stanzas of other kinds are passed over.
    public init?(at bytes: [UInt8]) {
        var reader = HeaderLines(bytes.prefix(Self.bytesMax))
        guard reader.next() == Self.version else { return nil }
        var stanzas: [(share: [UInt8], wrapped: [UInt8])] = []
        var count = 0
        while let start = reader.offset as Int?, let line = reader.next() {
            if line.hasPrefix(Self.end) {
                guard count > 0, line.hasPrefix(Self.end + " "),
                    let code = Self.decode(line.dropFirst(4)), code.count == 32
                else { return nil }
                covered = Array(bytes[..<(start + Self.end.utf8.count)])
                self.code = code
                self.bytes = Array(bytes[..<reader.offset])
                self.stanzas = stanzas
                return
            }
            count += 1
            guard count <= Self.stanzasMax, line.hasPrefix("-> "),
                let body = Self.body(&reader)
            else { return nil }
            let words = line.dropFirst(3).split(separator: " ", omittingEmptySubsequences: false)
            guard words.allSatisfy({ Self.isWord($0) }) else { return nil }
            guard words[0] == "X25519" else { continue }
            guard words.count == 2, let share = Self.decode(words[1]),
                share.count == 32, body.count == FileKey.byteCount + Limits.tagBytes
            else { return nil }
            stanzas.append((share, body))
        }
        return nil
    }

    /// Visible ASCII, at least one character.
    private static func isWord(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (33...126).contains($0) }
    }

    /// The body of a stanza: lines of 64 digits, the last one shorter, perhaps empty.
    private static func body(_ reader: inout HeaderLines) -> [UInt8]? {
        var text = ""
        while let line = reader.next() {
            guard line.utf8.count <= lineMax else { return nil }
            text += line
            if line.utf8.count < lineMax { return decode(text) }
        }
        return nil
    }
}

/// The lines of a header, each ended by a line feed.
private struct HeaderLines {
    private let bytes: ArraySlice<UInt8>
    /// Where the next line begins.
    private(set) var offset: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        offset = bytes.startIndex
    }

    mutating func next() -> String? {
        guard let end = bytes[offset...].firstIndex(of: 0x0a) else { return nil }
        defer { offset = end + 1 }
        let line = bytes[offset..<end]
        // Nothing but visible ASCII and spaces: no carriage return, no tab, no other encoding.
        guard line.allSatisfy({ (32...126).contains($0) }) else { return nil }
        return String(decoding: line, as: UTF8.self)
    }
}
