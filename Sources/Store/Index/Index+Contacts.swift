import Host
import Wire

/// A node that this one has met or was told of by its owner.
public struct Contact: Equatable, Sendable {
    /// Its name.
    public let key: NodeKey
    /// Where it was last, newest first, as the owner or a session gave it.
    public var addresses: [String]
    /// Whether names without a key part may mean its layers.
    public var isTrusted: Bool
    /// What it calls itself; not proven.
    public var label: String?
    /// Milliseconds since 1970; 0 if it was never met.
    public var lastSeen: UInt64
    /// Its channel key at the last session, for the short handshake.
    public var transportKey: [UInt8]?
    /// The cipher suite that went with it.
    public var suite: UInt8?

    /// A contact that was not met yet.
    public init(key: NodeKey, addresses: [String] = []) {
        self.key = key
        self.addresses = addresses
        isTrusted = false
        lastSeen = 0
    }
}

extension Index {
    /// Keeps a contact as given.
    public func put(_ contact: Contact) throws(StoreError) {
        precondition(contact.addresses.allSatisfy { !$0.contains("\n") })
        _ = try connection.withLock { connection throws(StoreError) in
            try connection.run(
                "INSERT OR REPLACE INTO contacts VALUES(?, ?, ?, ?, ?, ?, ?)",
                [
                    SQLValue(contact.key), .text(contact.addresses.joined(separator: "\n")),
                    SQLValue(contact.isTrusted), SQLValue(contact.label),
                    SQLValue(contact.lastSeen), SQLValue(contact.transportKey),
                    contact.suite.map { .integer(Int64($0)) } ?? .null,
                ])
        }
    }

    /// One contact; nil if the key is not known.
    public func contact(_ key: NodeKey) throws(StoreError) -> Contact? {
        try contacts(where: "key=?", [SQLValue(key)]).first
    }

    /// All contacts, last seen first.
    public func contacts() throws(StoreError) -> [Contact] {
        try contacts(where: "1", [])
    }

    private func contacts(
        where condition: String, _ values: [SQLValue]
    ) throws(StoreError) -> [Contact] {
        try connection.withLock { connection throws(StoreError) in
            try connection.query(
                """
                SELECT key, addresses, trusted, label, last_seen, transport, suite FROM contacts
                WHERE \(condition) ORDER BY last_seen DESC, key
                """, values
            ) { row throws(StoreError) in
                var contact = Contact(key: try row.nodeKey(0))
                contact.addresses = row.text(1).split(separator: "\n").map(String.init)
                contact.isTrusted = row.integer(2) != 0
                contact.label = row.isNull(3) ? nil : row.text(3)
                contact.lastSeen = row.number(4)
                contact.transportKey = row.isNull(5) ? nil : row.bytes(5)
                contact.suite = row.isNull(6) ? nil : UInt8(truncatingIfNeeded: row.integer(6))
                return contact
            }
        }
    }

    /// Trusts a key or no longer, in the transaction of its journal entry.
    static func setTrust(
        _ key: NodeKey, isTrusted: Bool, _ connection: SQLiteConnection
    ) throws(StoreError) {
        try connection.run(
            """
            INSERT INTO contacts(key, addresses, trusted, last_seen) VALUES(?, '', ?, 0)
            ON CONFLICT(key) DO UPDATE SET trusted=excluded.trusted
            """, [SQLValue(key), SQLValue(isTrusted)])
    }

    // MARK: Own records

    /// The next sequence of this node's record in a slot. Durable before it is given out, and
    /// never below the clock, so that a node restored from a backup still supersedes itself.
    public func nextSequence(
        _ type: RecordType, _ slot: Slot, now: UInt64
    ) throws(StoreError) -> UInt64 {
        try connection.withLock { connection throws(StoreError) in
            let place: [SQLValue] = [.integer(Int64(type.rawValue)), .blob(slot.bytes)]
            let last = try connection.first(
                "SELECT sequence FROM slots WHERE type=? AND slot=?", place
            ) { $0.number(0) }
            let next = max((last ?? 0) + 1, now)
            try connection.run(
                "INSERT OR REPLACE INTO slots VALUES(?, ?, ?)", place + [SQLValue(bits: next)])
            return next
        }
    }
}
