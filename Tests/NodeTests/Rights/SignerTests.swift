import Foundation
import Host
import Store
import Testing
import Wire

@testable import Node

@Suite("A signer") struct SignerTests {
    private let laboratory: Laboratory
    private let pair = SigningKey(seed: [UInt8](repeating: 6, count: 32))!
    private let message: [UInt8] = Array("what is signed".utf8)

    init() throws { laboratory = try Laboratory() }

    private func signer(_ place: Identity.Place, patience: UInt64 = 10_000_000_000) throws -> Signer
    {
        let identity = try #require(Identity(name: "me", key: pair.publicKey, place: place))
        return Signer(identity: identity, agent: nil, patience: patience)
    }

    private func printing(_ bytes: [UInt8]) throws -> Signer {
        try signer(.command(["/bin/cat", try laboratory.write("printed", bytes)]))
    }

    @Test func `takes a program's 64 bytes or their base64`() throws {
        let signature = pair.sign(message)
        #expect(try printing(signature.bytes).sign(message) == signature)
        let text = Array("\(Base64.encode(signature.bytes))\n".utf8)
        #expect(try printing(text).sign(message) == signature)
    }

    @Test func `gives the program the text and the key, and no shell`() throws {
        let seen = "\(laboratory.path)/seen"
        let script = try laboratory.write(
            "script.sh",
            "cat > '\(seen)'; echo $PLASMID_PUBLIC_KEY_HEX >> '\(seen)'; echo \"$1\" >> '\(seen)'")
        let signer = try signer(.command(["/bin/sh", script, "$HOME;x"]))
        let error = #expect(throws: Failure.self) { try signer.sign(message) }
        #expect(error?.why.hasSuffix("printed neither 64 bytes nor their base64") == true)
        let text = String(decoding: try File(seen, .read).readAll(limit: 4_096), as: UTF8.self)
        let key = Hexadecimal.encode(pair.publicKey.bytes)
        #expect(text == "what is signed\(key)\n$HOME;x\n")
    }

    @Test func `believes no program`() throws {
        let stranger = SigningKey(seed: [UInt8](repeating: 7, count: 32))!
        let junk: [[UInt8]] = [
            [], Array("no".utf8), [UInt8](repeating: 1, count: 64),
            stranger.sign(message).bytes, pair.sign(message + [0]).bytes,
            [UInt8](repeating: 0x61, count: 4_096),
        ]
        let reasons = [
            "printed neither", "printed neither", "no signature of this key",
            "no signature of this key", "no signature of this key", "more than a signature",
        ]
        for (bytes, reason) in zip(junk, reasons) {
            let error = #expect(throws: Failure.self) { try printing(bytes).sign(message) }
            #expect(error?.why.contains(reason) == true, "\(error?.why ?? "")")
        }
        let places = [
            (["/bin/false"], "exit code 1"), (["/nowhere/program"], "cannot be run"),
        ]
        for (words, reason) in places {
            let error = #expect(throws: Failure.self) {
                try signer(.command(words)).sign(message)
            }
            #expect(error?.why.contains(reason) == true, "\(error?.why ?? "")")
        }
    }

    @Test func `does not wait for ever`() throws {
        let slow = try signer(.command(["/bin/sleep", "30"]), patience: 100_000_000)
        let start = Clock.monotonic()
        let error = #expect(throws: Failure.self) { try slow.sign(message) }
        #expect(error?.why.contains("in time") == true)
        #expect(Clock.monotonic() - start < 10_000_000_000)
    }

    @Test func `leaves no program behind, in time or too late`() throws {
        for (ending, patience) in [("wait", 1_000_000_000), ("exit 0", 10_000_000_000)] {
            let seen = "\(laboratory.path)/\(ending.count)"
            let script = try laboratory.write(
                "\(ending.count).sh",
                "sleep 600 >/dev/null & echo $! > '\(seen)'; \(ending)")
            let slow = try signer(.command(["/bin/sh", script]), patience: UInt64(patience))
            #expect(throws: Failure.self) { try slow.sign(message) }
            let text = String(decoding: try File(seen, .read).readAll(limit: 99), as: UTF8.self)
            let number = try #require(Int32(text.trimmingCharacters(in: .newlines)))
            Laboratory.eventually("the sleeper is gone", seconds: 5) {
                // An ended program that nobody waited for yet has no command line.
                let line = try? File("/proc/\(number)/cmdline", .read).readAll(limit: 4_096)
                return line?.isEmpty ?? true
            }
        }
    }

    @Test func `reads a file that is closed to others and holds this key`() throws {
        let shelf = IdentityShelf(try Home.create(at: "\(laboratory.path)/home").layout)
        let made = try shelf.create("made")
        let good = Signer(identity: made, agent: nil)
        #expect(try good.sign(message).isValid(over: message, by: made.key))
        guard case .file(let path) = made.place else {
            Issue.record("the key is in no file")
            return
        }
        let other = #expect(throws: Failure.self) {
            try signer(.file(path: path)).sign(message)
        }
        #expect(other?.why == "\(path) holds another key")
        try File(path, .write).setMode(0o640)
        let open = #expect(throws: Failure.self) { try good.sign(message) }
        #expect(open?.message.contains("can be read by others") == true)
    }
}
