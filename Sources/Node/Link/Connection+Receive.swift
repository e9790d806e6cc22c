import Host
import Swarm
import Wire

/// A group that was asked for.
struct Expectation {
    let request: GroupRequest
    let layer: GroupLayer

    /// Bytes that the answer must have.
    var byteCount: Int {
        request.part(size: layer.size)?.byteCount
            ?? HashTree.groupRange(Int(request.group), size: layer.size).count
    }

    /// The values of the leaves that were asked for if `bytes` are these; nil if they are not.
    func leafValues(ifMatching bytes: RawSpan) -> [UInt8]? {
        if let part = request.part(size: layer.size) {
            return layer.leafValues(ifMatching: bytes, as: part)
        }
        return layer.leafValues(ifMatching: bytes, at: Int(request.group))
    }

    /// Whether an answer of so many bytes is one to the request: of the group's length, or coded
    /// as the request allows, and shorter.
    func isAnswer(_ byteCount: Int, _ coding: GroupCoding?) -> Bool {
        guard let coding else { return byteCount == self.byteCount }
        guard let accepts = request.accepts, (1..<self.byteCount).contains(byteCount) else {
            return false
        }
        return coding == .dense || accepts.parents != nil
    }
}

/// Payload that was announced and is arriving.
struct PayloadRun {
    /// What it answers; nil when nobody wants it any more and it is thrown away.
    let expectation: Expectation?
    let total: Int
    /// How its bytes are coded; nil for as they are.
    var coding: GroupCoding?
    var filled = 0
    /// Where it goes; nil while no buffer is free.
    var buffer: Buffer?
}

extension Connection {
    /// Reads what is there, up to one turn's share.
    func receive() {
        var moved = 0
        while moved < Self.readPerTurn, !isPaused, !isClosed {
            makeRoom()
            guard let socket else { return }
            do {
                switch try socket.read(into: input, inputEnd..<input.capacity) {
                case .moved(let count):
                    inputEnd += count
                    moved += count
                    takeFrames()
                    if inputEnd < input.capacity && count < 16_384 { return }
                case .wouldBlock: return
                case .closed:
                    fail("the peer closed the connection")
                    return
                }
            } catch {
                fail(error.reason)
                return
            }
        }
    }

    /// Goes on after a wait for a buffer.
    func resume() {
        guard isPaused, var run else { return }
        guard let buffer = shared.arriving.take() else { return }
        run.buffer = buffer
        self.run = run
        isPaused = false
        watch()
        takeFrames()
        if !isClosed && !isPaused { receive() }
    }

    private func makeRoom() {
        if inputStart == inputEnd {
            inputStart = 0
            inputEnd = 0
        } else if inputStart > 0 {
            input.move(from: inputStart, to: 0, count: inputEnd - inputStart)
            inputEnd -= inputStart
            inputStart = 0
        }
    }

    private func takeFrames() {
        do throws(WireError) {
            while !isPaused, !isClosed, inputEnd - inputStart >= Frame.headerBytes {
                let (first, second) = (input[inputStart], input[inputStart + 1])
                let count =
                    try isStanding
                    ? Frame.sealedCount(first, second) : Frame.handshakeCount(first, second)
                let start = inputStart + Frame.headerBytes
                guard inputEnd - start >= count else { return }
                inputStart = start + count
                try takeFrame(start..<start + count)
            }
        } catch {
            fail(Self.words(error))
        }
    }

    /// Why a peer's bytes end a connection, for a person.
    private static func words(_ error: WireError) -> String {
        switch error {
        case .otherNetwork: "it belongs to another network"
        case .wrongPeer: "another node answers there, with another key"
        case .unsupported(let what): what
        default: "it sent bytes that are not well-formed (\(error))"
        }
    }

    private func takeFrame(_ range: Range<Int>) throws(WireError) {
        switch stage {
        case .shaking(let handshake):
            try shake(handshake, input.bytes(range))
        case .standing: try openFrame(range)
        case .idle, .connecting, .closed: break
        }
    }

    private func shake(_ handshake: Handshake, _ frame: [UInt8]) throws(WireError) {
        switch try handshake.receive(frame, at: Clock.wallMilliseconds()) {
        case .next(let handshake, let reply):
            stage = .shaking(handshake)
            try queueFrame(reply)
            flush()
        case .established where dialling?.isProbe == true:
            // The other side has shown its key: that is all that was asked.
            finishProbe()
        case .established(let channel, let reply):
            if let reply { try queueFrame(reply) }
            // A hello with everything in it may be an old one sent again: whoever sent it must
            // show that it has the key before it counts.
            let isOwn = dialling != nil || punch?.isInitiator == true
            establish(channel, needsConfirmation: !isOwn && reply != nil)
            flush()
        case .refused(let error, let reply):
            try queueFrame(reply)
            flush()
            fail("refused: \(error)")
        }
    }

    // MARK: Channel

    private func openFrame(_ range: Range<Int>) throws(WireError) {
        let plainCount = range.count - Limits.tagBytes
        if let run, let buffer = run.buffer, plainCount - 1 <= run.total - run.filled {
            let target = run.filled..<run.filled + plainCount
            try open(range, into: buffer, target)
            if buffer[target.upperBound - 1] == Frame.Kind.payload.rawValue {
                try filled(by: plainCount - 1)
            } else {
                try takeControl(buffer.bytes(target))
            }
            return
        }
        try open(range, into: scratch, 0..<plainCount)
        if scratch[plainCount - 1] == Frame.Kind.payload.rawValue {
            guard let run, run.expectation == nil, plainCount - 1 <= run.total - run.filled else {
                throw .invalid("payload that was not announced")
            }
            try filled(by: plainCount - 1)
        } else {
            try takeControl(scratch.bytes(0..<plainCount))
        }
    }

    private func open(
        _ range: Range<Int>, into target: Buffer, _ place: Range<Int>
    ) throws(WireError) {
        guard var cipher = receiving else { return }
        receiving = nil
        try input.withSpan(range) { (sealed) throws(WireError) in
            try target.withMutableSpan(place) { (plain) throws(WireError) in
                try cipher.open(sealed, into: &plain)
            }
        }
        receiving = cipher
        confirm()
    }

    private func filled(by count: Int) throws(WireError) {
        guard count > 0, var run else { throw .invalid("empty payload frame") }
        run.filled += count
        self.run = run
        guard run.filled == run.total else { return }
        self.run = nil
        guard let buffer = run.buffer, let expectation = run.expectation else { return }
        guard let coding = run.coding else {
            return finish(expectation, buffer, count: run.total)
        }
        // Whoever stores it decodes it first: this lane has other connections to serve.
        buffer.count = run.total
        shared.deliver(
            .coded(
                CodedGroup(
                    session: number, request: expectation.request, layer: expectation.layer,
                    coding: coding, buffer: buffer)))
    }

    /// Checks a group, or a part of one; the store gets it, or the loop learns that it was wrong.
    private func finish(_ expectation: Expectation, _ buffer: Buffer, count: Int) {
        let values = buffer.withSpan(0..<count) { expectation.leafValues(ifMatching: $0) }
        guard let values else {
            shared.arriving.put(buffer)
            shared.report(
                .groupRefuted(number, request: expectation.request.request))
            return
        }
        buffer.count = count
        shared.deliver(
            .proven(
                VerifiedGroup(
                    session: number, request: expectation.request, buffer: buffer,
                    leafValues: values)))
    }

    private func takeControl(_ plain: [UInt8]) throws(WireError) {
        guard plain.last == Frame.Kind.control.rawValue else { throw .unsupported("frame kind") }
        let message = try Message(bytes: Array(plain.dropLast()))
        switch message {
        case .data(let request, let byteCount): try announced(request, byteCount, nil)
        case .coded(let request, let coding, let byteCount):
            try announced(request, byteCount, coding)
        case .rekey: receiving?.rekey()
        case .reject(let request, _, _):
            expected[request] = nil
            shared.report(.message(number, message))
        case .relay(let word):
            guard let said = circuits?.receive(word, over: number) else {
                return shared.report(.message(number, message))
            }
            for word in said { send(.relay(word)) }
        default: shared.report(.message(number, message))
        }
    }

    private func announced(
        _ request: UInt64, _ byteCount: UInt64, _ coding: GroupCoding?
    ) throws(WireError) {
        guard run == nil else { throw .invalid("payload inside payload") }
        guard byteCount <= UInt64(HashTree.groupBytes) else { throw .tooLarge("payload") }
        let expectation = expected.removeValue(forKey: request)
        if let expectation, !expectation.isAnswer(Int(byteCount), coding) {
            // Not what was asked for: proof enough, and the bytes are thrown away.
            shared.report(.groupRefuted(number, request: request))
            if byteCount > 0 { run = PayloadRun(expectation: nil, total: Int(byteCount)) }
            return
        }
        guard byteCount > 0 else {
            try announcedNothing(expectation)
            return
        }
        run = PayloadRun(expectation: expectation, total: Int(byteCount), coding: coding)
        guard expectation != nil else { return }
        if let buffer = shared.arriving.take() {
            run?.buffer = buffer
        } else {
            isPaused = true
            shared.pressure.noteWait()
            watch()
        }
    }

    /// An empty blob is a group of no bytes: it is proven like any other.
    private func announcedNothing(_ expectation: Expectation?) throws(WireError) {
        guard let expectation else { return }
        finish(expectation, Buffer(capacity: shared.arriving.bufferBytes), count: 0)
    }
}
