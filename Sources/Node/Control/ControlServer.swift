import Genome
import Host

/// Answers commands on the home's Unix socket, each on a thread of its own, so that a long fetch
/// does not hold up a short question.
final class ControlServer: Sendable {
    /// Commands at once.
    private static let connectionsMax = 64

    private let listener: LocalSocket
    private let path: String
    private let service: Service
    private let active = Lock(0)
    private let thread = LaneThread()
    private let isStopping = Lock(false)

    /// Listens at `path`.
    init(path: String, service: Service) throws(Failure) {
        self.path = path
        self.service = service
        do {
            listener = try LocalSocket.listen(path)
        } catch {
            throw Failure(.refused, "the control socket \(path) cannot be made: \(error.reason)")
        }
    }

    /// Starts answering.
    func start() throws(Failure) {
        do {
            try thread.start("control") { [self] in accept() }
        } catch {
            throw Failure(.internal, "\(error)")
        }
    }

    /// Stops accepting and removes the socket.
    func stop() {
        isStopping.withLock { $0 = true }
        listener.shutdown()
        thread.join()
        try? Directory.removeFile(path)
    }

    private func accept() {
        while !isStopping.withLock({ $0 }) {
            // A passing failure, such as too many open files, must not make the node deaf.
            guard let socket = try? listener.accept() else {
                Semaphore().wait(milliseconds: 50)
                continue
            }
            guard !isStopping.withLock({ $0 }) else { return }
            let channel = ControlChannel(socket)
            let isAdmitted = active.withLock { active in
                guard active < Self.connectionsMax else { return false }
                active += 1
                return true
            }
            guard isAdmitted else {
                try? channel.send(
                    .object(Failure(.busy, "the node answers enough commands").json))
                continue
            }
            let worker = try? Thread("command") { [self] in
                serve(channel)
                active.withLock { $0 -= 1 }
            }
            if worker == nil { active.withLock { $0 -= 1 } }
            worker?.detach()
        }
    }

    private func serve(_ channel: ControlChannel) {
        do throws(Failure) {
            while let request = try channel.receiveRequest() {
                try answer(request, channel)
            }
        } catch {
            try? channel.send(.object(error.json))
        }
    }

    private func answer(
        _ request: ServiceRequest, _ channel: ControlChannel
    ) throws(Failure) {
        let result: JSONObject
        do throws(Failure) {
            result = try service.answer(request) { step in
                var object = JSONObject()
                object["progress"] = .object(step)
                try? channel.send(.object(object))
            }
        } catch {
            try channel.send(.object(error.json))
            return
        }
        var object = JSONObject()
        object["result"] = .object(result)
        try channel.send(.object(object))
    }
}
