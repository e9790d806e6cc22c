import Testing

@testable import Wire

@Suite struct ChallengeAnswerTests {
    @Test func `answers are the bytes that another program writes, and come back`() throws {
        for item in try ChallengeVectors().cases {
            for (name, bytes) in try item.answers {
                let message = try Message(bytes: bytes)
                #expect(message.bytes == bytes)
                guard case .challengeAnswer(let answer) = message else {
                    Issue.record("\(name) is another message")
                    continue
                }
                #expect(answer.nonce == item.terms.nonce)
                switch (name, answer.outcome) {
                case ("absent", .absent), ("damaged", .damaged), ("later", .later(3_600)): break
                case ("code", .code(let code, let received, _)):
                    #expect(try code == item.digest("code"))
                    #expect(try received == item.number("received"))
                default: Issue.record("\(name): \(answer.outcome)")
                }
                #expect(throws: WireError.trailingBytes) { try Message(bytes: bytes + [0]) }
            }
        }
    }

    @Test func `nobody is put off for longer than a day, and other outcomes are refused`() {
        let nonce = Digest(words: (1, 2, 3, 4))
        let late = Message.challengeAnswer(
            ChallengeAnswer(nonce: nonce, outcome: .later(seconds: 86_401))
        ).bytes
        #expect(throws: WireError.tooLarge("pause")) { try Message(bytes: late) }
        #expect(throws: WireError.unsupported("outcome of a challenge")) {
            try Message(bytes: [171] + nonce.bytes + [4])
        }
    }
}
