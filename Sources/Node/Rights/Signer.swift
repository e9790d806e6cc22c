import Host
import Store
import Wire

/// Asks for signatures of an identity's key where the key is: in a file, in an SSH agent, or
/// behind a program. With the last two the secret never enters this process.
struct Signer {
    /// How long an agent or a program may take: a person may have to touch a token first.
    static let patienceDefault: UInt64 = 60_000_000_000
    /// Most bytes that a program may print: base64 of a signature with blanks around.
    static let printedMax = 256

    /// Whose signature.
    let identity: Identity
    /// Socket of the agent of the session that asks; an identity's own socket comes first.
    let agent: String?
    /// Nanoseconds that the signer may take.
    var patience = Signer.patienceDefault

    /// The signature over exactly `message`. Whatever answered, it is the identity's, or an error.
    func sign(_ message: [UInt8]) throws(Failure) -> Signature {
        let signature: Signature
        switch identity.place {
        case .file(let path):
            let pair = try inStore { () throws(StoreError) in
                try IdentityShelf.secret(at: path)
            }
            guard pair.publicKey == identity.key else {
                throw wrongKey("\(path) holds another key")
            }
            signature = pair.sign(message)
        case .agent(let socket):
            let connection = try Agent(socket: socket ?? agent, patience: patience)
            signature = try connection.sign(message, by: identity.key)
        case .command(let words): signature = try run(words, message)
        }
        guard signature.isValid(over: message, by: identity.key) else {
            throw wrongKey("what its signer answered is no signature of this key over the text")
        }
        return signature
    }

    private func wrongKey(_ why: String) -> Failure {
        Failure(
            .refused, "identity \(identity.name) (\(identity.key.fingerprint)) did not sign",
            why: why, remedy: "see where its signer is with: plasmid identity list")
    }

    private enum Outcome {
        case printed([UInt8], code: Int32)
        case tooMuch
        case tooLate
        case failed(SystemError)
    }

    /// Runs the program with the text on its standard input, never through a shell.
    private func run(_ words: [String], _ message: [UInt8]) throws(Failure) -> Signature {
        switch outcome(words, message) {
        case .failed(let error): throw wrongKey("\(words[0]) cannot be run: \(error.reason)")
        case .tooLate: throw wrongKey("\(words[0]) did not answer in time")
        case .tooMuch: throw wrongKey("\(words[0]) printed more than a signature")
        case .printed(_, let code) where code != 0:
            throw wrongKey("\(words[0]) ended with exit code \(code)")
        case .printed(let bytes, _):
            if let raw = Signature(bytes: bytes) { return raw }
            let text = String(decoding: bytes, as: UTF8.self)
            let word = text.split { $0.isWhitespace }
            guard word.count == 1, let decoded = Base64.decode(String(word[0])),
                let signature = Signature(bytes: decoded)
            else { throw wrongKey("\(words[0]) printed neither 64 bytes nor their base64") }
            return signature
        }
    }

    private func outcome(_ words: [String], _ message: [UInt8]) -> Outcome {
        let deadline = Clock.monotonic() + patience
        do throws(SystemError) {
            let input = try File.inMemory("plasmid-text-to-sign")
            try input.write(message, offset: 0)
            let program = try ChildProcess(
                words[0], Array(words.dropFirst()),
                environment: [
                    "PLASMID_PUBLIC_KEY": identity.key.base32,
                    "PLASMID_PUBLIC_KEY_HEX": Hexadecimal.encode(identity.key.bytes),
                ], input: input, group: true)
            defer {
                program.signal(9)
                program.wait()
            }
            guard let printed = try program.readAll(limit: Self.printedMax, before: deadline)
            else { return .tooMuch }
            guard let code = program.wait(before: deadline) else { return .tooLate }
            return .printed(printed, code: code)
        } catch {
            return error.isTimedOut ? .tooLate : .failed(error)
        }
    }
}
