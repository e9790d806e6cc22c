import Wire

/// What stands in for records where only their bytes matter and whom they are for.
enum NewsSample {
    /// A record's head up to its domain, so many bytes behind it, and a signature's room.
    static func bytes(_ tail: [UInt8], domain: [UInt8] = [0]) -> [UInt8] {
        [Record.version] + [UInt8](repeating: 0, count: 74) + domain + tail
            + [UInt8](repeating: 0, count: Signature.byteCount)
    }

    static func name(_ tail: [UInt8]) -> NewsName { NewsName(of: bytes(tail)) }

    /// One for everyone.
    static func open(_ tail: [UInt8]) -> RecordFor<Everyone> {
        guard let record = RecordFor<Everyone>(bytes(tail)) else {
            preconditionFailure("its domain says so")
        }
        return record
    }

    /// One for those with a tag of sixteen times this byte.
    static func closed(_ tail: [UInt8], tag: UInt8 = 7) -> RecordFor<Members> {
        let domain = [1] + [UInt8](repeating: tag, count: CircleTag.byteCount)
        guard let record = RecordFor<Members>(bytes(tail, domain: domain)) else {
            preconditionFailure("its domain says so")
        }
        return record
    }
}
