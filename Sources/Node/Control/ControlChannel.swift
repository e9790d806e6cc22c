import Genome
import Host
import Wire

/// The talk between command and node over the home's Unix socket: JSON texts with a length of
/// four bytes in front; a request is followed by its open descriptors.
struct ControlChannel: Sendable {
    /// Longest text: a share of 100,000 paths.
    static let bytesMax = 64 << 20
    /// Most open files of one request; the system's own limit is usually lower.
    static let filesMax = 100_000

    private let socket: LocalSocket

    /// A channel over a connected socket.
    init(_ socket: LocalSocket) {
        self.socket = socket
    }

    /// Connects to the node of a socket path; nil when none listens there.
    static func connect(_ path: String) -> ControlChannel? {
        (try? LocalSocket.connect(path)).map { ControlChannel($0) }
    }

    /// Sends a text.
    func send(_ json: JSONValue) throws(Failure) {
        let bytes = CanonicalJSON.write(json)
        var writer = Writer(reserving: bytes.count + 4)
        writer.write(UInt32(bytes.count))
        writer.write(bytes)
        do {
            try socket.write(writer.bytes)
        } catch {
            throw Self.lost(error.reason)
        }
    }

    /// Receives a text; nil at the end of the stream.
    func receive() throws(Failure) -> JSONValue? {
        let bytes: [UInt8]?
        do throws(SystemError) {
            guard let header = try socket.read(count: 4) else { return nil }
            let count = header.reduce(0) { $0 << 8 | Int($1) }
            guard count <= Self.bytesMax else { throw SystemError("read", code: 90) }
            bytes = try socket.read(count: count)
        } catch {
            throw Self.lost(error.reason)
        }
        guard let bytes else { return nil }
        return try inGenome("reading the control message") { () throws(GenomeError) in
            try JSONParser.parse(
                bytes, limits: JSONLimits(bytes: Self.bytesMax, depth: 32, values: 4_000_000))
        }
    }

    /// Sends an open file.
    func send(_ file: File) throws(Failure) {
        do {
            try socket.send(file.descriptor)
        } catch {
            throw Self.lost(error.reason)
        }
    }

    /// Receives an open file.
    func receiveFile() throws(Failure) -> File {
        do {
            return File(try socket.receiveDescriptor(), path: "received file")
        } catch {
            throw Self.lost(error.reason)
        }
    }

    /// Ends a blocked read.
    func shutdown() { socket.shutdown() }

    private static func lost(_ reason: String) -> Failure {
        Failure(
            .unreachable, "the talk with the node broke off", why: reason,
            remedy: "see whether it still runs: plasmid status")
    }
}

extension ControlChannel {
    /// Asks a node: sends the request and its files, hands progress on, gives the answer.
    func ask(
        _ request: ServiceRequest, progress: (JSONObject) -> Void
    ) throws(Failure) -> JSONObject {
        var object = JSONObject()
        object["verb"] = .string(request.verb)
        object["arguments"] = .object(request.arguments)
        object["files"] = .integer(Int64(request.files.count))
        try send(.object(object))
        for file in request.files { try send(file) }
        while let answer = try receive() {
            if let step = answer["progress"]?.object {
                progress(step)
            } else if let error = answer["error"] {
                throw Failure(json: error)
            } else if let result = answer["result"]?.object {
                return result
            }
        }
        throw Failure(
            .unreachable, "the node ended before it answered",
            remedy: "start it again with: plasmid run")
    }

    /// Receives a request with its files; nil when the command has gone.
    func receiveRequest() throws(Failure) -> ServiceRequest? {
        guard let json = try receive() else { return nil }
        let count = Int(json["files"]?.integer ?? 0)
        guard let verb = json["verb"]?.string, (0...Self.filesMax).contains(count) else {
            throw Failure(.usage, "not a request")
        }
        var files: [File] = []
        for _ in 0..<count { files.append(try receiveFile()) }
        return ServiceRequest(
            verb: verb, arguments: json["arguments"]?.object ?? JSONObject(), files: files)
    }
}
