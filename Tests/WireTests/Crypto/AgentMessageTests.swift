import Testing

@testable import Wire

@Suite("Messages of an SSH agent")
struct AgentMessageTests {
    private let pair = SigningKey(seed: [UInt8](repeating: 3, count: 32))!

    private func string(_ bytes: [UInt8]) -> [UInt8] {
        [0, 0, UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
    }

    private func text(_ text: String) -> [UInt8] { string(Array(text.utf8)) }

    private func answer(_ blobs: [([UInt8], String)]) -> [UInt8] {
        [12, 0, 0, 0, UInt8(blobs.count)] + blobs.flatMap { string($0.0) + text($0.1) }
    }

    @Test func `questions are what the protocol says`() {
        #expect(AgentMessage.listRequest == [0, 0, 0, 1, 11])
        let blob = text("ssh-ed25519") + string(pair.publicKey.bytes)
        #expect(AgentMessage.blob(of: pair.publicKey) == blob)
        #expect(
            AgentMessage.signRequest([1, 2], by: pair.publicKey)
                == string([13] + string(blob) + string([1, 2]) + [0, 0, 0, 0]))
    }

    @Test func `of the keys Ed25519 alone counts`() throws {
        let rsa = text("ssh-rsa") + string([1, 0, 1])
        let found = try AgentMessage.keys(
            answer([(rsa, "old"), (AgentMessage.blob(of: pair.publicKey), "me@lab")]))
        #expect(found == [AgentMessage.Entry(key: pair.publicKey, comment: "me@lab")])
        #expect(found[0].fingerprint.count == 50)
    }

    @Test func `a signature comes out of its answer`() throws {
        let signature = pair.sign([9])
        let bytes = [14] + string(text("ssh-ed25519") + string(signature.bytes))
        #expect(try AgentMessage.signature(bytes) == signature)
        #expect(throws: AgentFault.refused) { try AgentMessage.signature([5]) }
        for cut in 0..<bytes.count {
            #expect(throws: AgentFault.self) {
                try AgentMessage.signature(Array(bytes.prefix(cut)))
            }
        }
        #expect(throws: AgentFault.self) { try AgentMessage.signature(bytes + [0]) }
        let other = [14] + string(text("ssh-rsa") + string(signature.bytes))
        #expect(throws: AgentFault.self) { try AgentMessage.signature(other) }
    }

    @Test func `giant and cut answers are refused`() {
        #expect(throws: AgentFault.tooLarge) {
            try AgentMessage.length([255, 255, 255, 255])
        }
        #expect(throws: AgentFault.self) { try AgentMessage.length([0, 0, 0, 0]) }
        #expect(throws: AgentFault.tooLarge) {
            try AgentMessage.keys([12, 255, 255, 255, 255])
        }
        let bytes = answer([(AgentMessage.blob(of: pair.publicKey), "me")])
        for cut in 0..<bytes.count {
            #expect(throws: AgentFault.self) { try AgentMessage.keys(Array(bytes.prefix(cut))) }
        }
    }
}
