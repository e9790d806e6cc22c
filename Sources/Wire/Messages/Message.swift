/// One control message of an established channel: a type byte, then its fields.
///
/// Numbers are unsigned LEB128 varints unless a type says otherwise. A type below 128 that this
/// node does not know ends the session; from 128 up it is ignored, so that new versions can
/// add messages that old ones need not understand.
public enum Message: Equatable, Sendable {
    /// First message of both sides.
    case introduction(Introduction)
    /// Asks for a `pong` with the same number.
    case ping(UInt64)
    /// Answers a `ping`.
    case pong(UInt64)
    /// The sender closes, and why.
    case goodbye(reason: String)
    /// The sender's next frame is under its next key.
    case rekey
    /// Asks for the ids of records after one, in order.
    case identifiersRequest(after: Digest?)
    /// A page of record ids.
    case identifiers(IdentifierPage)
    /// Asks for records by id.
    case recordsRequest([Digest])
    /// Records: news, or what was asked for. Each is decoded by itself, so that a bad one can
    /// be blamed alone.
    case records([[UInt8]])
    /// Asks for the first symbols of the peer's catalogue.
    case sketchRequest(SketchRequest)
    /// Answers `sketchRequest`.
    case sketch(SketchFrame)
    /// Asks for records by the first 8 bytes of their ids.
    case itemsRequest([UInt64])
    /// Asks what the peer has of a blob of a layer.
    case open(layer: Digest, blob: Digest)
    /// Answers `open`; also sent when more groups arrive.
    case holding(Holding)
    /// More groups of a blob came to a peer that answered `open`. Not answered.
    case holdingChange(HoldingChange)
    /// The sender fetches a public layer that the peer has, gives out what it has of it, and would
    /// like to know who else does. Answered by `seekers`, now and when others come.
    case seek(layer: Digest)
    /// Nodes that fetch a layer too and give out what they have of it.
    case seekers(layer: Digest, [PeerAddress])
    /// Asks for a layer's signatures.
    case envelopeRequest(layer: Digest)
    /// A layer's DSSE envelope without payload; empty when absent.
    case envelope(layer: Digest, bytes: [UInt8])
    /// Asks for a page of a blob's group values.
    case groupsRequest(layer: Digest, blob: Digest, page: UInt64)
    /// A page of group values with its proof (`GroupPage`); empty when absent.
    case groups(blob: Digest, page: UInt64, bytes: [UInt8])
    /// Asks for bytes of one group.
    case get(GroupRequest)
    /// Announces so many payload bytes that follow as payload frames.
    case data(request: UInt64, byteCount: UInt64)
    /// The same where they are the coded form of the group.
    case coded(request: UInt64, GroupCoding, byteCount: UInt64)
    /// A request that is not answered with data.
    case reject(request: UInt64, reason: RejectReason, retryMilliseconds: UInt64)
    /// The sender no longer wants the answer.
    case cancel(request: UInt64)
    /// A statement about a layer in its DSSE envelope, such as that its terms are accepted. Not
    /// answered.
    case statement([UInt8])
    /// Tags by which members of closed circles recognise each other (`CircleTag`), among random
    /// ones. Not answered.
    case tags([[UInt8]])
    /// A root, revocation list or membership of an organisation in its DSSE envelope, to a peer
    /// that belongs to it. Not answered.
    case credential([UInt8])
    /// Asks the peer to keep sealed blobs: a signed request in its DSSE envelope.
    case hold([UInt8])
    /// Answers `hold`: 1 accepted, 2 refused with a reason, 3 all of it is here. Answers `holdEnd`:
    /// 4 nothing of it is here.
    case holdAnswer(contract: Digest, UInt8, String)
    /// Says as the publisher of a contract that it is over.
    case holdEnd(contract: Digest)
    /// The sender shows its journal to a peer that shall bear witness. Answered by `cosignature`.
    case checkpoint(CheckpointOffer)
    /// Answers `checkpoint`.
    case cosignature(WitnessWord)
    /// Asks for layers, of a node that has the whole catalogue. Answered by `searchAnswer`.
    case search(SearchRequest)
    /// Answers `search`.
    case searchAnswer(SearchAnswer)
    /// Asks the peer to show that it has a blob. Answered by `challengeAnswer`.
    case challenge(StorageChallenge)
    /// Answers `challenge`.
    case challengeAnswer(ChallengeAnswer)
    /// A leaf that an answer shows, sent before it.
    case challengeLeaf(ChallengeLeaf)
    /// Says how a challenge ended that the peer answered. Not answered.
    case receipt(StorageReceipt)
    /// Asks which of these layers, of which the peer told by a grant, the sender may still know of.
    /// Answered by `grantAnswer`.
    case grantQuestion([Digest])
    /// Answers `grantQuestion`: those that it may not know of, or that are not here.
    case grantAnswer([Digest])
    /// What neighbours in the overlay say to each other.
    case neighbour(NeighbourMessage)
    /// News among the members of a closed circle.
    case circle(CircleMessage)
    /// Whether a node can be called from outside.
    case reach(ReachMessage)
    /// What relays and their clients say.
    case relay(RelayMessage)
    /// How two relayed nodes get a connection of their own.
    case punch(PunchMessage)
    /// How the peer reaches the sender by datagrams from now on. Not answered.
    case datagrams(DatagramOffer)
    /// A type from 128 up that this version does not know.
    case unknown(type: UInt8)

    /// Why a request gets no data. `absent` is also the answer when the peer must not know.
    public enum RejectReason: UInt8, Sendable {
        /// Not here, or not for you.
        case absent = 1
        /// Come back after the time given.
        case busy = 2
        /// The node is going down.
        case stopping = 3
        /// The stored bytes failed their own check on the way out.
        case damaged = 4
    }

    enum Kind {
        static let introduction: UInt8 = 1
        static let ping: UInt8 = 2
        static let pong: UInt8 = 3
        static let goodbye: UInt8 = 4
        static let rekey: UInt8 = 5
        static let identifiersRequest: UInt8 = 16
        static let identifiers: UInt8 = 17
        static let recordsRequest: UInt8 = 18
        static let records: UInt8 = 19
        static let open: UInt8 = 32
        static let holding: UInt8 = 33
        static let envelopeRequest: UInt8 = 34
        static let envelope: UInt8 = 35
        static let groupsRequest: UInt8 = 36
        static let groups: UInt8 = 37
        static let get: UInt8 = 38
        static let data: UInt8 = 39
        static let reject: UInt8 = 40
        static let cancel: UInt8 = 41
        static let firstOptional: UInt8 = 128
        static let statement: UInt8 = 128
        static let tags: UInt8 = 129
        static let credential: UInt8 = 130
        static let hold: UInt8 = 131
        static let holdAnswer: UInt8 = 132
        static let holdEnd: UInt8 = 133
        static let checkpoint: UInt8 = 134
        static let cosignature: UInt8 = 135
        static let sketchRequest: UInt8 = 136
        static let sketch: UInt8 = 137
        static let itemsRequest: UInt8 = 138
        static let holdingChange: UInt8 = 153
        static let seek: UInt8 = 154
        static let seekers: UInt8 = 155
        static let search: UInt8 = 156
        static let searchAnswer: UInt8 = 157
        static let grantQuestion: UInt8 = 158
        static let grantAnswer: UInt8 = 159
        static let challenge: UInt8 = 170
        static let challengeAnswer: UInt8 = 171
        static let challengeLeaf: UInt8 = 172
        static let receipt: UInt8 = 173
        static let getCoded: UInt8 = 180
        static let coded: UInt8 = 181
        static let datagrams: UInt8 = 182
        static let getPart: UInt8 = 183
        static let optional = NeighbourMessage.Kind.all.union(ReachMessage.Kind.all)
            .union(RelayMessage.Kind.all).union([
                CircleMessage.Kind.circle,
                statement, tags, credential, hold, holdAnswer, holdEnd, checkpoint, cosignature,
                sketchRequest, sketch, itemsRequest, PunchMessage.Kind.punch, holdingChange, seek,
                seekers, search, searchAnswer, challenge, challengeAnswer, challengeLeaf, receipt,
                getCoded, coded, datagrams, getPart, grantQuestion, grantAnswer,
            ])
    }

    /// The bytes of the message.
    public var bytes: [UInt8] {
        var writer = Writer()
        if !writeSession(to: &writer), !writeGossip(to: &writer), !writeSketch(to: &writer),
            !writeCircle(to: &writer), !writeReach(to: &writer), !writeSharing(to: &writer),
            !writeSearch(to: &writer), !writeGrants(to: &writer), !writeChallenge(to: &writer),
            !writeCoding(to: &writer)
        {
            writeTransfer(to: &writer)
        }
        return writer.bytes
    }

    private func writeSession(to writer: inout Writer) -> Bool {
        switch self {
        case .introduction(let introduction):
            writer.write(Kind.introduction)
            introduction.encode(to: &writer)
        case .ping(let number):
            writer.write(Kind.ping)
            writer.write(number)
        case .pong(let number):
            writer.write(Kind.pong)
            writer.write(number)
        case .goodbye(let reason):
            writer.write(Kind.goodbye)
            writer.writeText(reason)
        case .rekey: writer.write(Kind.rekey)
        case .neighbour(let message): message.encode(to: &writer)
        case .unknown(let type): writer.write(type)
        default: return false
        }
        return true
    }

    private func writeGossip(to writer: inout Writer) -> Bool {
        switch self {
        case .identifiersRequest(let after):
            writer.write(Kind.identifiersRequest)
            if let after { writer.write(after) }
        case .identifiers(let page):
            writer.write(Kind.identifiers)
            page.encode(to: &writer)
        case .recordsRequest(let ids):
            writer.write(Kind.recordsRequest)
            writer.writeVarint(UInt64(ids.count))
            for id in ids { writer.write(id) }
        case .records(let records):
            writer.write(Kind.records)
            writer.writeVarint(UInt64(records.count))
            for record in records { writer.writeCounted(record) }
        default: return false
        }
        return true
    }

    private func writeTransfer(to writer: inout Writer) {
        switch self {
        case .open(let layer, let blob):
            writer.write(Kind.open)
            writer.write(layer)
            writer.write(blob)
        case .holding(let holding):
            writer.write(Kind.holding)
            holding.encode(to: &writer)
        case .envelopeRequest(let layer):
            writer.write(Kind.envelopeRequest)
            writer.write(layer)
        case .envelope(let layer, let bytes):
            writer.write(Kind.envelope)
            writer.write(layer)
            writer.write(bytes)
        case .groupsRequest(let layer, let blob, let page):
            writer.write(Kind.groupsRequest)
            writer.write(layer)
            writer.write(blob)
            writer.writeVarint(page)
        case .groups(let blob, let page, let bytes):
            writer.write(Kind.groups)
            writer.write(blob)
            writer.writeVarint(page)
            writer.write(bytes)
        case .get(let request):
            writer.write(Kind.get)
            request.encode(to: &writer)
        case .data(let request, let byteCount):
            writer.write(Kind.data)
            writer.writeVarint(request)
            writer.writeVarint(byteCount)
        case .reject(let request, let reason, let retry):
            writer.write(Kind.reject)
            writer.writeVarint(request)
            writer.write(reason.rawValue)
            writer.writeVarint(retry)
        case .cancel(let request):
            writer.write(Kind.cancel)
            writer.writeVarint(request)
        default: preconditionFailure("every message is of one of these kinds")
        }
    }

    /// Decodes a message.
    public init(bytes: [UInt8]) throws(WireError) {
        var reader = Reader(bytes)
        let kind = try reader.readUInt8()
        guard kind < Kind.firstOptional || Kind.optional.contains(kind) else {
            self = .unknown(type: kind)
            return
        }
        if let message = try Self.readSession(kind, &reader) {
            self = message
        } else if let message = try Self.readGossip(kind, &reader) {
            self = message
        } else if let message = try Self.readSketch(kind, &reader) {
            self = message
        } else if let message = try Self.readCircle(kind, &reader) {
            self = message
        } else if let message = try Self.readReach(kind, &reader) {
            self = message
        } else if let message = try Self.readSearch(kind, &reader) {
            self = message
        } else if let message = try Self.readChallenge(kind, &reader) {
            self = message
        } else if let message = try Self.readGrants(kind, &reader) {
            self = message
        } else if let message = try Self.readCoding(kind, &reader) {
            self = message
        } else if let message = try Self.readTransfer(kind, &reader) {
            self = message
        } else if let message = try Self.readSharing(kind, &reader) {
            self = message
        } else if let message = try NeighbourMessage(kind, from: &reader) {
            self = .neighbour(message)
        } else {
            throw .unsupported("message type \(kind)")
        }
        try reader.finish()
    }

    private static func readSession(
        _ kind: UInt8, _ reader: inout Reader
    ) throws(WireError) -> Message? {
        switch kind {
        case Kind.introduction: .introduction(try Introduction(from: &reader))
        case Kind.ping: .ping(try reader.readUInt64())
        case Kind.pong: .pong(try reader.readUInt64())
        case Kind.goodbye:
            .goodbye(reason: try reader.readText(limit: Limits.reasonBytesMax, "reason"))
        case Kind.rekey: .rekey
        default: nil
        }
    }

    private static func readGossip(
        _ kind: UInt8, _ reader: inout Reader
    ) throws(WireError) -> Message? {
        switch kind {
        case Kind.identifiersRequest:
            return .identifiersRequest(after: reader.isAtEnd ? nil : try reader.readDigest())
        case Kind.identifiers: return .identifiers(try IdentifierPage(from: &reader))
        case Kind.recordsRequest:
            let count = try reader.readCount(limit: Limits.recordsPerMessageMax, "ids")
            var ids: [Digest] = []
            for _ in 0..<count { ids.append(try reader.readDigest()) }
            return .recordsRequest(ids)
        case Kind.records:
            let count = try reader.readCount(limit: Limits.recordsPerMessageMax, "records")
            var records: [[UInt8]] = []
            for _ in 0..<count {
                records.append(
                    try reader.readCounted(limit: Limits.recordBytesMax, "record"))
            }
            return .records(records)
        default: return nil
        }
    }

    private static func readTransfer(
        _ kind: UInt8, _ reader: inout Reader
    ) throws(WireError) -> Message? {
        switch kind {
        case Kind.open:
            return .open(layer: try reader.readDigest(), blob: try reader.readDigest())
        case Kind.holding: return .holding(try Holding(from: &reader))
        case Kind.envelopeRequest: return .envelopeRequest(layer: try reader.readDigest())
        case Kind.envelope:
            let layer = try reader.readDigest()
            guard reader.remaining <= Limits.envelopeBytesMax else { throw .tooLarge("envelope") }
            return .envelope(layer: layer, bytes: try reader.readBytes(reader.remaining))
        case Kind.groupsRequest:
            return .groupsRequest(
                layer: try reader.readDigest(), blob: try reader.readDigest(),
                page: try reader.readVarint())
        case Kind.groups:
            return .groups(
                blob: try reader.readDigest(), page: try reader.readVarint(),
                bytes: try reader.readBytes(reader.remaining))
        case Kind.get: return .get(try GroupRequest(from: &reader))
        case Kind.data:
            return .data(
                request: try reader.readVarint(), byteCount: try reader.readVarint())
        case Kind.reject:
            let request = try reader.readVarint()
            guard let reason = RejectReason(rawValue: try reader.readUInt8()) else {
                throw .unsupported("reject reason")
            }
            return .reject(
                request: request, reason: reason, retryMilliseconds: try reader.readVarint())
        case Kind.cancel: return .cancel(request: try reader.readVarint())
        default: return nil
        }
    }
}
