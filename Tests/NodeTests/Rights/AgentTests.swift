import Host
import Testing
import Wire

@testable import Node

@Suite("A connection to an SSH agent") struct AgentTests {
    private let laboratory: Laboratory
    private let pair = SigningKey(seed: [UInt8](repeating: 8, count: 32))!

    init() throws { laboratory = try Laboratory() }

    /// An agent that gives one answer after another, whatever it is asked; then it hangs up.
    private func fake(_ answers: [[UInt8]], hangs: Bool = false) throws -> (String, Lane) {
        let path = "\(laboratory.path)/agent"
        let listener = try LocalSocket.listen(path)
        let lane = try Lane("fake-agent")
        lane.submit {
            guard let socket = try? listener.accept() else { return }
            for answer in answers {
                guard let head = try? socket.read(count: 4) else { return }
                let count = head.reduce(0) { $0 << 8 | Int($1) }
                _ = try? socket.read(count: count)
                try? socket.write(answer)
            }
            if hangs { _ = try? socket.read(count: 1 << 20) }
        }
        return (path, lane)
    }

    private func string(_ bytes: [UInt8]) -> [UInt8] {
        [0, 0, UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
    }

    private var list: [UInt8] {
        string(
            [12, 0, 0, 0, 1] + string(AgentMessage.blob(of: pair.publicKey))
                + string(Array("me".utf8)))
    }

    private func failure(_ answers: [[UInt8]], hangs: Bool = false) throws -> Failure? {
        let (path, lane) = try fake(answers, hangs: hangs)
        defer { lane.close() }
        var found: Failure?
        do throws(Failure) {
            let agent = try Agent(socket: path, patience: hangs ? 200_000_000 : 10_000_000_000)
            _ = try agent.sign([1, 2, 3], by: pair.publicKey)
        } catch {
            found = error
        }
        return found
    }

    @Test func `signs with a key that the agent has`() throws {
        let signature = pair.sign([1, 2, 3])
        let signed = string(
            [14] + string(string(Array("ssh-ed25519".utf8)) + string(signature.bytes)))
        #expect(try failure([list, signed]) == nil)
    }

    @Test func `says what is wrong with an answer`() throws {
        #expect(
            try failure([string([12, 0, 0, 0, 0]), string([12, 0, 0, 0, 0])])?.why.contains(
                "locked") == true)
        #expect(try failure([list, string([5])])?.message == "the SSH agent refused")
        #expect(
            try failure([[255, 255, 255, 255, 12]])?.why
                == "it announces more than any answer needs")
        for answers in [[list, [0, 0, 0, 9, 14, 1]], [string([99, 1, 2, 3, 4, 5])]] {
            #expect(try failure(answers)?.why.hasSuffix("is missing or wrong") == true)
        }
        #expect(try failure([])?.message == "the SSH agent gave an answer that is not one")
        #expect(try failure([[0, 0]], hangs: true)?.code == .unreachable)
    }

    @Test func `says where no agent is`() throws {
        let unset = #expect(throws: Failure.self) { try Agent(socket: nil) }
        #expect(unset?.why == "SSH_AUTH_SOCK is not set")
        let none = #expect(throws: Failure.self) {
            try Agent(socket: "\(laboratory.path)/none")
        }
        #expect(none?.message.contains("cannot be reached") == true)
    }

    @Test func `gives up an agent that is stopped and takes no connection`() throws {
        let path = "\(laboratory.path)/stopped"
        let listener = try LocalSocket.listen(path)
        // As many wait as the listener has room for.
        var waiting: [LocalSocket] = []
        let soon = { Clock.monotonic() + 100_000_000 }
        while let next = try? LocalSocket.connect(path, before: soon()), waiting.count < 200 {
            waiting.append(next)
        }
        #expect(waiting.count < 200)
        let start = Clock.monotonic()
        let error = #expect(throws: Failure.self) {
            try Agent(socket: path, patience: 200_000_000)
        }
        #expect(error?.message == "the SSH agent did not answer in time")
        #expect(Clock.monotonic() - start < 5_000_000_000)
        listener.shutdown()
    }

    @Test func `asks for no more than an agent takes`() throws {
        let (path, lane) = try fake([list])
        defer { lane.close() }
        let agent = try Agent(socket: path)
        #expect(try agent.keys().map(\.comment) == ["me"])
        let much = [UInt8](repeating: 0, count: AgentMessage.textBytesMax + 1)
        let error = #expect(throws: Failure.self) { try agent.sign(much, by: pair.publicKey) }
        #expect(error?.message == "the document is too large for an SSH agent")
    }
}
