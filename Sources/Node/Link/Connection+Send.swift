import Host
import Swarm
import Wire

/// A group that is leaving.
struct OutgoingPayload {
    let request: UInt64
    let buffer: Buffer
    /// How its bytes are coded; nil for as they are.
    var coding: GroupCoding?
    var sent = 0
    var isAnnounced = false

    /// The message that goes before its bytes.
    var announcement: Message {
        let byteCount = UInt64(buffer.count)
        guard let coding else { return .data(request: request, byteCount: byteCount) }
        return .coded(request: request, coding, byteCount: byteCount)
    }
}

extension Connection {
    /// Payload bytes of one frame: 17 frames of nearly equal length carry a group, and control
    /// messages wait for one of them at most.
    private static let payloadBytes = 61_696
    /// Control messages that may wait for a peer that does not read: a page of news for each of
    /// many records, far beyond what a live peer leaves unread.
    private static let messagesMax = 4096

    /// Queues a control message; it goes before payload.
    func send(_ message: Message) {
        guard isStanding, closing == nil else { return }
        guard messages.count < Self.messagesMax else {
            fail("the peer does not read")
            return
        }
        messages.append(message)
        flush()
    }

    /// Asks for a group.
    func request(_ request: GroupRequest, _ layer: GroupLayer) {
        guard isStanding, closing == nil else { return }
        expected[request.request] = Expectation(request: request, layer: layer)
        send(.get(request))
    }

    /// Queues a group.
    func sendGroup(_ request: UInt64, _ buffer: Buffer, _ coding: GroupCoding? = nil) {
        guard isStanding, closing == nil else {
            drop(OutgoingPayload(request: request, buffer: buffer))
            return
        }
        payloads.append(OutgoingPayload(request: request, buffer: buffer, coding: coding))
        flush()
    }

    /// Drops a group that has not begun to leave.
    func cancelServing(_ request: UInt64) {
        guard
            let index = payloads.firstIndex(where: {
                $0.request == request && !$0.isAnnounced
            })
        else { return }
        drop(payloads.remove(at: index))
    }

    func dropPayloads() {
        for payload in payloads { drop(payload) }
        payloads = []
    }

    private func drop(_ payload: OutgoingPayload) {
        shared.leaving.put(payload.buffer)
        shared.report(.served(number, request: payload.request, byteCount: 0))
    }

    /// Queues a handshake frame, which is not sealed as a whole.
    func queueFrame(_ frame: [UInt8]) throws(WireError) {
        guard frame.count <= Limits.handshakeBytesMax else { throw .tooLarge("handshake") }
        let header = [UInt8(frame.count >> 8), UInt8(frame.count & 255)]
        output.store(header + frame, at: outputEnd)
        outputEnd += header.count + frame.count
    }

    /// Seals and writes until nothing is left or the socket is full.
    func flush() {
        while let socket, !isClosed {
            fillOutput()
            guard outputStart < outputEnd else { break }
            do {
                switch try socket.write(from: output, outputStart..<outputEnd) {
                case .moved(let count):
                    outputStart += count
                    written += UInt64(count)
                case .wouldBlock:
                    isWaitingToWrite = true
                    watch()
                    return
                case .closed:
                    fail("the peer closed the connection")
                    return
                }
            } catch {
                fail(error.reason)
                return
            }
        }
        guard !isClosed, socket != nil else { return }
        isWaitingToWrite = false
        watch()
        if let closing, isStanding { fail(closing) }
    }

    /// Tells the poller what this connection waits for.
    func watch() {
        guard let socket else { return }
        try? poller.change(
            socket.descriptor, token: number, reads: !isPaused, writes: isWaitingToWrite)
    }

    private func fillOutput() {
        if outputStart == outputEnd {
            outputStart = 0
            outputEnd = 0
        }
        while isStanding, output.capacity - outputEnd >= Limits.frameBytesMax + Frame.headerBytes {
            if isRekeyDue { rekey() }
            if !messages.isEmpty {
                seal(messages.removeFirst())
            } else if !payloads.isEmpty {
                sealPayload()
            } else {
                return
            }
        }
    }

    private var isRekeyDue: Bool {
        guard let sending else { return false }
        return sending.bytes >= Limits.rekeyBytes - UInt64(Limits.frameBytesMax)
            || Clock.monotonic() - keyMade >= Limits.rekeyNanoseconds
    }

    private func rekey() {
        seal(.rekey)
        sending?.rekey()
        keyMade = Clock.monotonic()
    }

    private func seal(_ message: Message) {
        guard var cipher = sending else { return }
        let frame = Frame.seal(message, with: &cipher)
        sending = cipher
        output.store(frame, at: outputEnd)
        outputEnd += frame.count
    }

    private func sealPayload() {
        if !payloads[0].isAnnounced {
            payloads[0].isAnnounced = true
            let payload = payloads[0]
            seal(payload.announcement)
            if payload.buffer.count == 0 { finishPayload() }
            return
        }
        let payload = payloads[0]
        let count = min(Self.payloadBytes, payload.buffer.count - payload.sent)
        sealPart(of: payload.buffer, payload.sent..<payload.sent + count)
        payloads[0].sent += count
        if payloads[0].sent == payload.buffer.count { finishPayload() }
    }

    private func finishPayload() {
        let payload = payloads.removeFirst()
        let byteCount = UInt64(payload.buffer.count)
        shared.leaving.put(payload.buffer)
        shared.report(
            .served(number, request: payload.request, byteCount: byteCount))
    }

    /// Seals bytes of the buffer with their kind byte behind them: the byte that stands there is
    /// put back afterwards, so that nothing is copied.
    private func sealPart(of buffer: Buffer, _ range: Range<Int>) {
        guard var cipher = sending else { return }
        sending = nil
        let behind = buffer[range.upperBound]
        buffer[range.upperBound] = Frame.Kind.payload.rawValue
        let sealedCount = range.count + 1 + Limits.tagBytes
        output[outputEnd] = UInt8(sealedCount >> 8)
        output[outputEnd + 1] = UInt8(sealedCount & 255)
        let start = outputEnd + Frame.headerBytes
        buffer.withSpan(range.lowerBound..<range.upperBound + 1) { plain in
            output.withMutableSpan(start..<start + sealedCount) { sealed in
                cipher.seal(plain, into: &sealed)
            }
        }
        buffer[range.upperBound] = behind
        outputEnd = start + sealedCount
        sending = cipher
    }
}
