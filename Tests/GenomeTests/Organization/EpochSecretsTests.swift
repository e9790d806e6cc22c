import Genome
import Testing
import Wire

@Suite("The secrets of an epoch")
struct EpochSecretsTests {
    private let member = [UInt8](repeating: 9, count: 32)
    private var recipient: [UInt8] { Sodium.exchangePublicKey(secret: member) }

    @Test("reach the member they are sealed for, and nobody else")
    func sealed() throws {
        let secrets = EpochSecrets.random(number: 3)
        let epoch = secrets.sealed(for: recipient)
        #expect(epoch.number == 3 && epoch.recipient == secrets.recipient)
        #expect(EpochSecrets(epoch, secret: member) == secrets)
        #expect(EpochSecrets(epoch, secret: [UInt8](repeating: 8, count: 32)) == nil)
        #expect(EpochSecrets(epoch, secret: []) == nil)
    }

    @Test("are refused when the box holds others than the membership says")
    func swapped() throws {
        let (one, two) = (EpochSecrets.random(number: 1), EpochSecrets.random(number: 1))
        let mixed = Membership.Epoch(
            number: 1, recipient: two.recipient, sealed: one.sealed(for: recipient).sealed)
        #expect(EpochSecrets(mixed, secret: member) == nil)
        var bytes = one.sealed(for: recipient).sealed
        bytes[60] ^= 1
        let bent = Membership.Epoch(number: 1, recipient: one.recipient, sealed: bytes)
        #expect(EpochSecrets(bent, secret: member) == nil)
        let short = Membership.Epoch(
            number: 1, recipient: one.recipient, sealed: Sodium.sealBox([1, 2], for: recipient))
        #expect(EpochSecrets(short, secret: member) == nil)
    }

    @Test("have 32 bytes each and a number from 1")
    func lengths() {
        let good = [UInt8](repeating: 1, count: 32)
        #expect(EpochSecrets(number: 1, sealing: good, circle: good) != nil)
        #expect(EpochSecrets(number: 0, sealing: good, circle: good) == nil)
        #expect(EpochSecrets(number: 1, sealing: [1], circle: good) == nil)
        #expect(EpochSecrets(number: 1, sealing: good, circle: [1]) == nil)
    }
}
