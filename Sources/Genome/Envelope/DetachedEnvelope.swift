import Wire

extension Envelope {
    /// The envelope with an empty payload: how signatures travel and are kept beside a document
    /// that has its own place, so that its bytes exist only once.
    public var detached: [UInt8] {
        Envelope(payloadType: payloadType, payload: [], entries: entries).encode()
    }

    /// Puts a document back into its detached envelope; nothing is checked but the form.
    public init(detached bytes: [UInt8], payload: [UInt8]) throws(GenomeError) {
        let envelope = try Envelope.decode(bytes, payloadMax: 0)
        self.init(payloadType: envelope.payloadType, payload: payload, entries: envelope.entries)
    }
}

extension Manifest {
    /// The manifest of `bytes`, once the signature of the publisher it names was found in the
    /// detached envelope.
    public static func verified(
        _ bytes: [UInt8], envelope: [UInt8]
    ) throws(GenomeError) -> Manifest {
        try verified(in: Envelope(detached: envelope, payload: bytes))
    }

    /// Throws unless the signature of the publisher it names is in the detached envelope.
    public func requireSignature(in envelope: [UInt8]) throws(GenomeError) {
        _ = try Self.verified(in: Envelope(detached: envelope, payload: bytes)) { _ in self }
    }
}
