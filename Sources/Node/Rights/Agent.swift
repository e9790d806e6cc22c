import Host
import Wire

/// A connection to an SSH agent (`ssh-agent`, `gpg-agent`, a hardware token's), which keeps the
/// secret and only gives signatures.
struct Agent {
    private let socket: LocalSocket
    private let deadline: UInt64

    /// Connects to the agent at a socket; nil where the session has none.
    init(socket path: String?, patience: UInt64 = Signer.patienceDefault) throws(Failure) {
        guard let path, !path.isEmpty else {
            throw Failure(
                .unreachable, "there is no SSH agent", why: "SSH_AUTH_SOCK is not set",
                remedy: "start one with: eval $(ssh-agent); ssh-add")
        }
        deadline = Clock.monotonic() + patience
        do throws(SystemError) {
            socket = try LocalSocket.connect(path, before: deadline)
        } catch {
            if error.isTimedOut { throw Self.silence }
            throw Failure(
                .unreachable, "the SSH agent at \(PlainText.shown(path)) cannot be reached",
                why: error.reason, remedy: "start one with: eval $(ssh-agent); ssh-add")
        }
    }

    /// The Ed25519 keys that it keeps.
    func keys() throws(Failure) -> [AgentMessage.Entry] {
        let answer = try ask(AgentMessage.listRequest)
        return try reading { () throws(AgentFault) in try AgentMessage.keys(answer) }
    }

    /// Why the agent may not have the key that somebody looks for, in words.
    func absence() throws(Failure) -> String {
        let answer = try ask(AgentMessage.listRequest)
        let own = try reading { () throws(AgentFault) in try AgentMessage.keys(answer) }
        let kinds = try reading { () throws(AgentFault) in try AgentMessage.otherKinds(answer) }
        let known = own.map { "\($0.fingerprint) \(PlainText.shown($0.comment))" }
        if !known.isEmpty { return "it has " + known.joined(separator: "; ") }
        return kinds.isEmpty
            ? "it shows no keys: it is locked (ssh-add -X unlocks it), or none was loaded"
            : "it has keys of other kinds: \(kinds.joined(separator: ", ")); Plasmid signs with "
                + "Ed25519"
    }

    /// A signature over exactly `text`; whose it is, the caller checks.
    func sign(_ text: [UInt8], by key: NodeKey) throws(Failure) -> Signature {
        guard text.count <= AgentMessage.textBytesMax else {
            throw Failure(
                .refused, "the document is too large for an SSH agent",
                why: "it has \(text.count) bytes, and an agent takes \(AgentMessage.textBytesMax)",
                remedy: "use an identity with --command or --file")
        }
        guard try keys().contains(where: { $0.key == key }) else {
            throw Failure(
                .notFound, "the SSH agent does not have key \(key.fingerprint)",
                why: try absence(), remedy: "load it with ssh-add, then see it with: ssh-add -l")
        }
        let answer = try ask(AgentMessage.signRequest(text, by: key))
        return try reading { () throws(AgentFault) in try AgentMessage.signature(answer) }
    }

    private func ask(_ request: [UInt8]) throws(Failure) -> [UInt8] {
        let head: [UInt8]?
        do throws(SystemError) {
            try socket.write(request, before: deadline)
            head = try socket.read(count: 4, before: deadline)
        } catch {
            throw silent(error)
        }
        guard let head else { throw wrong("it closed the connection") }
        let count = try reading { () throws(AgentFault) in try AgentMessage.length(head) }
        do throws(SystemError) {
            guard let answer = try socket.read(count: count, before: deadline) else {
                return []
            }
            return answer
        } catch {
            throw silent(error)
        }
    }

    private func reading<Result>(
        _ body: () throws(AgentFault) -> Result
    ) throws(Failure) -> Result {
        do throws(AgentFault) {
            return try body()
        } catch {
            switch error {
            case .refused:
                throw Failure(
                    .refused, "the SSH agent refused", why: "it may be locked, or was told no",
                    remedy: "unlock it with ssh-add -X, or see its keys with ssh-add -l")
            case .malformed(let part): throw wrong("\(part) is missing or wrong")
            case .tooLarge: throw wrong("it announces more than any answer needs")
            }
        }
    }

    private static let silence = Failure(
        .unreachable, "the SSH agent did not answer in time",
        why: "it may be stopped, or wait for somebody to touch a token",
        remedy: "see whether it answers: ssh-add -l")

    private func silent(_ error: SystemError) -> Failure {
        error.isTimedOut ? Self.silence : wrong(error.reason)
    }

    private func wrong(_ why: String) -> Failure {
        Failure(.refused, "the SSH agent gave an answer that is not one", why: why)
    }
}
